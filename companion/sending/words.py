"""What the words of a mail, and the way they are written, tell of how its writer was. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from companion.sending import lexicon

WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")  # noqa: RUF001 the apostrophe of printed text
SENTENCE_END = re.compile(r"[.!?…]+[\s\"')]*|\n{2,}|\n(?=[-*•])")
SHOUTED = re.compile(r"[!?]{2,}")
LONG_ENOUGH = 2  # letters of a word in capitals


@dataclass(frozen=True, slots=True)
class Written:
    """Counts over one mail.

    Attributes
    ----------
    words, sentences
        How many there are.
    capitals
        The share of words in capitals that stand beside another such word, 0 to 1: an acronym alone is not shouting.
    shouts
        Exclamation marks, and question marks that come in runs.
    orders
        Sentences that begin with an order and do not soften it.
    insults, pressure, softeners
        Words and phrases of the lexicon.

    """

    words: int = 0
    sentences: int = 0
    capitals: float = 0.0
    shouts: int = 0
    orders: int = 0
    insults: int = 0
    pressure: int = 0
    softeners: int = 0


def read(text: str) -> Written:
    """Return what ``text`` tells."""
    words = WORD.findall(text)
    sentences = [part for part in SENTENCE_END.split(text) if WORD.search(part)]
    lowered = " ".join(text.replace("’", "'").casefold().split())  # noqa: RUF001 as above
    return Written(
        words=len(words),
        sentences=len(sentences),
        capitals=_capitals(words),
        shouts=text.count("!") + sum(run.count("?") for run in SHOUTED.findall(text)),
        orders=sum(map(_orders, sentences)),
        insults=len(_pattern(lexicon.INSULTS).findall(lowered)),
        pressure=len(_pattern(lexicon.PRESSURE).findall(lowered)),
        softeners=len(_pattern(lexicon.SOFTENERS).findall(lowered)),
    )


def _capitals(words: list[str]) -> float:
    loud = [len(word) >= LONG_ENOUGH and word.isupper() for word in words]
    beside = [
        here and (before or after)
        for before, here, after in zip([False, *loud], loud, [*loud[1:], False], strict=False)
    ]
    return sum(beside) / len(words) if words else 0.0


def _orders(sentence: str) -> bool:
    lowered = sentence.casefold()
    first = WORD.search(lowered)
    if first is None or _pattern(lexicon.SOFTENERS).search(lowered):
        return False
    return _pattern(lexicon.ORDERS).fullmatch(first.group()) is not None


@cache
def _pattern(listed: str) -> re.Pattern[str]:
    """Return what finds the words of a list, or its phrases where it has any."""
    separator = re.compile(r"[|\n]") if "|" in listed else re.compile(r"\s+")
    known = {one.strip().casefold() for one in separator.split(listed)} - {""}
    parts = [re.escape(one.removesuffix("*")) + (r"\w*" if one.endswith("*") else "") for one in sorted(known)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(parts, key=len, reverse=True))})(?!\w)")
