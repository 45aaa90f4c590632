"""Real prose with a word in each sentence that stands nowhere else, so that one can ask whether it was kept.

The words are made of syllables whose letters look like no others, so that reading them off pixels is fair.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[1] / "tests" / "corpus" / "pages.jsonl"
CONSONANTS, VOWELS = "bdfgkmprstvz", "aeou"
SYLLABLES = 4
STRIDE = 1_777_771  # shares no factor with the number of words: neighbours look nothing alike
SHORTEST, LONGEST = 5, 11  # words of a sentence
_SENTENCE = re.compile(r"[A-Z][A-Za-z ,']+[a-z]\.")


class Prose:
    """Gives out sentences, each with a word of its own. The same ones in the same order every time."""

    def __init__(self) -> None:
        self._sentences = list(_sentences())
        self._count = 0

    def sentence(self) -> tuple[str, str]:
        """Return a sentence and the word that no other has."""
        marker = word(self._count)
        words = self._sentences[self._count % len(self._sentences)].split()
        self._count += 1
        words.insert(len(words) // 2, marker)
        return " ".join(words), marker

    def paragraph(self, sentences: int) -> tuple[str, str]:
        """Return a paragraph whose *first* sentence holds the word that no other text has."""
        first, marker = self.sentence()
        rest = [self._sentences[(7 * self._count + i) % len(self._sentences)] for i in range(sentences - 1)]
        return " ".join([first, *rest]), marker


def word(number: int) -> str:
    """Return the word of a number; all are different, and none is another's stem."""
    base = len(CONSONANTS) * len(VOWELS)
    rest, syllables = (number + 1) * STRIDE % base**SYLLABLES, []
    for _ in range(SYLLABLES):
        rest, one = divmod(rest, base)
        syllables.append(CONSONANTS[one // len(VOWELS)] + VOWELS[one % len(VOWELS)])
    return "".join(syllables) + "k"


def _sentences() -> Iterator[str]:
    """Yield sentences of the corpus that any keyboard can type."""
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        for found in _SENTENCE.findall(json.loads(line)["text"]):
            if SHORTEST <= len(found.split()) <= LONGEST:
                yield found
