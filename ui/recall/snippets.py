"""The part of a text that matched, cut so that the match can be seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

_MARKED = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that matched, or did not."""

    text: str
    marked: bool


def runs(snippet: str) -> tuple[Run, ...]:
    """Split at ``[`` and ``]``; what is between them matched. White space becomes single blanks."""
    flat = " ".join(snippet.split())
    pieces = _MARKED.split(flat)
    return tuple(Run(piece, marked=bool(at % 2)) for at, piece in enumerate(pieces) if piece)


def plain(snippet: str) -> str:
    """Return the snippet without its marks."""
    return "".join(run.text for run in runs(snippet))


def visible(parts: tuple[Run, ...], width: float, measure: Callable[[str, bool], float]) -> tuple[Run, ...]:
    """Drop words from the front until the first match ends within ``width``.

    Parameters
    ----------
    measure
        Returns the width of a text, marked or not, in the unit of ``width``.

    """
    first = next((at for at, run in enumerate(parts) if run.marked), None)
    if not first:
        return parts
    lead = "".join(run.text for run in parts[:first]).lstrip("… ")
    room = width - measure(parts[first].text, True)
    if measure(lead, False) <= room:
        return parts
    words = lead.split(" ")  # the last is empty when the match begins a word
    tails = list(accumulate(reversed(words), lambda tail, word: f"{word} {tail}"))
    fitting = [tail for tail in tails if measure(f"… {tail}", False) <= room * 0.6]
    kept = f"… {fitting[-1]}" if fitting else "… "
    return (Run(kept, marked=False), *parts[first:])
