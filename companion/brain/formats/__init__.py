"""Readers of the files other tools record EEG in."""

from __future__ import annotations

from pathlib import Path

from companion.brain.formats import brainflow_csv, edf, mind_monitor, muse_lsl, openbci, xdf
from companion.brain.formats.source import Format, Source
from companion.brain.types import BoardError, Segment

__all__ = ["FORMATS", "choose", "read"]

# Most telling signature first; a table of bare numbers, which says least of itself, comes last.
FORMATS: tuple[Format, ...] = (edf, xdf, openbci, muse_lsl, mind_monitor, brainflow_csv)


def read(path: Path, board: str = "") -> tuple[Segment, ...]:
    """Return the EEG in a file as gap-free stretches, in the order of the file.

    Parameters
    ----------
    board
        BrainFlow's name of the board, which a BrainFlow file cannot tell by itself; other formats need none.

    Raises
    ------
    BoardError
        When the file cannot be read; the message says what is wrong and how to mend it.

    """
    source = Source.open(path, board)
    return _choose(source).read(source)


def choose(path: Path) -> Format:
    """Return the reader of a file, by its content alone. Raises `BoardError` that says what was seen."""
    return _choose(Source.open(path))


def _choose(source: Source) -> Format:
    """As `choose`, for a file that was looked at."""
    for candidate in FORMATS:
        if candidate.fits(source):
            return candidate
    known = ", ".join(candidate.NAME for candidate in FORMATS)
    raise BoardError(
        f"{source.path.name} is in no format known here: it {_seen(source)}. Known are {known}. "
        "Export it as one of these."
    )


def _seen(source: Source) -> str:
    """Say what a file looks like."""
    lines = [line for line in source.lines if line.strip()]
    if lines and lines[0].isprintable() and "\ufffd" not in lines[0]:
        return f"is text that begins with {lines[0][:60]!r}"
    return f"begins with the bytes {source.head[:8].hex(' ')}"
