"""What a window shows that is secret, word for word: what is typed comes without the label that says so. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from companion.capture.accessible.reading import Reading
from companion.masking import pixels
from companion.masking.spans import found
from embeddings.types import TextLine


def shown(reading: Reading | None, lines: Sequence[TextLine]) -> tuple[tuple[str, str], ...]:
    """Return the secrets in what a program tells, and in lines told and read, each with its kind."""
    told = reading.text if reading is not None else ""
    return tuple(dict.fromkeys([*((told[one.start : one.end], one.kind) for one in found(told)), *_drawn(lines)]))


def _drawn(lines: Sequence[TextLine]) -> Iterable[tuple[str, str]]:
    return ((lines[cut.line].text[cut.start : cut.end], cut.kind) for cut in pixels.cuts(lines)) if lines else ()
