"""What is to be grouped."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from index.types import FrameError


@dataclass(frozen=True, slots=True)
class Framed:
    """A moment and the name of its frame. ``time`` is its start, UTC seconds.

    ``written`` tells one writing of its file from the next (`index.pictures.frames.written`); None of one in a group.
    """

    moment: int
    frame: str
    time: float
    written: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be grouped, in order, and the moments whose frames are not: they cannot be read, or gain nothing."""

    groups: tuple[tuple[Framed, ...], ...]
    unfit: tuple[int, ...]


def sized(picture: bytes) -> tuple[int, int]:
    """Return height and width of an image file; raises `FrameError`."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            return opened.height, opened.width
    except (OSError, ValueError, SyntaxError) as error:  # the latter two of damaged PNG
        raise FrameError(f"A frame cannot be decoded ({error}).") from error
