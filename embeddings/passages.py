"""Cutting a screen's text into passages short enough for the text model to read whole.

Where a passage begins is told by the words near that place alone, as in content-defined chunking: what was scrolled,
or is written further, is cut as it was, and the vectors of its passages are known already (`embeddings.text`).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import pairwise

WORDS = 90  # about 120 word pieces of English: well under the model's 256, one thought of a page
FEWEST = 25  # words between two beginnings; with fewer, more stays as it was, but says too little to be found by
MOST = 24  # some 1,100 words, a screen full of prose; more text than this on one frame is a wall of numbers
AHEAD = 4  # words that tell a place from others: two prompts of a shell differ in the command

#: How well a passage may begin at a word (0 at a line, 1 at a sentence, 2 within one), and a hash to choose by among
#: equals. The least of a neighbourhood stays the least wherever on the screen it stands.
Mark = tuple[int, int]

_ENDS, _CLOSING = (".", "!", "?", "…"), "\"'”’)]"  # noqa: RUF001 - what may stand after a sentence's end


def passages(text: str, *, title: str = "") -> list[str]:
    """Return the passages of ``text``, each led by ``title``; at least one unless both are blank.

    A text of up to `WORDS` words is one passage. Of a longer one each passage has `FEWEST` to `WORDS` words; the first
    may have fewer, as it is what scrolling left of one.
    """
    lines = [line.split() for line in text.splitlines()]
    words = [word for line in lines for word in line][: MOST * WORDS]
    lead = f"{title.strip()}. " if title.strip() else ""
    if not words:
        return [title.strip()] if title.strip() else []
    depths = [_depth(line, place) for line in lines for place in range(len(line))]
    hashes = [zlib.crc32(" ".join(words[place : place + AHEAD]).encode()) for place in range(len(words))]
    borders = [*_beginnings(list(zip(depths, hashes, strict=False))), len(words)]
    return [lead + " ".join(words[start:end]) for start, end in pairwise(borders)][:MOST]


def _depth(line: Sequence[str], place: int) -> int:
    if place == 0:
        return 0
    return 1 if line[place - 1].rstrip(_CLOSING).endswith(_ENDS) else 2


def _beginnings(marks: Sequence[Mark]) -> list[int]:
    """Return where passages begin: at the least of each neighbourhood, and between those that lie far apart."""
    if len(marks) <= WORDS:
        return [0]
    least = [place for place in range(1, len(marks) - FEWEST) if _is_least(marks, place)]
    return [start for pair in pairwise([0, *least, len(marks)]) for start in _parted(marks, *pair)]


def _is_least(marks: Sequence[Mark], place: int) -> bool:
    """Whether no mark up to `FEWEST` words away is less, nor one before it equal."""
    near = range(max(0, place - FEWEST), place + FEWEST + 1)
    return min(near, key=marks.__getitem__) == place


def _parted(marks: Sequence[Mark], start: int, end: int) -> list[int]:
    """Return where the passages between two borders begin, each of `WORDS` words at most."""
    if end - start <= WORDS:
        return [start]
    middle = min(range(start + FEWEST, end - FEWEST + 1), key=marks.__getitem__)
    return _parted(marks, start, middle) + _parted(marks, middle, end)
