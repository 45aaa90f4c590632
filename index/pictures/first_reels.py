"""Reels as earlier versions wrote them: read as ever, and never written.

What is new of a picture lies in its place, in one WebP whose transparent pixels stand for what its reference shows.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from index.pictures.encoding import Pixels

MAGIC = b"reel\x01"
_HEAD = struct.Struct("<BhHI")  # pictures back (0: whole), rows moved, first row of what is stored, its bytes
_MOVED, _OPAQUE = np.uint32(1), np.uint32(0xFF000000)


@dataclass(frozen=True, slots=True)
class FirstRecord:
    """One picture of such a reel."""

    back: int
    rows: int
    top: int
    webp: bytes

    def paint(self, shown: Pixels, moved: Pixels, size: tuple[int, int]) -> None:
        """Paint what is stored over its reference, of whole tiles; ``moved`` is the reference where it moved to.

        Raises ValueError or OSError where it does not fit a picture of that ``size``, height and width.
        """
        if not self.webp:
            return
        with Image.open(io.BytesIO(self.webp)) as opened:
            raw = opened.convert("RGBA").tobytes()
            stored = np.frombuffer(raw, "<u4").reshape(opened.height, opened.width)
        bottom, (height, width) = self.top + len(stored), size
        if stored.shape[1] != width or bottom > height:
            raise ValueError("a picture does not fit its reference")
        part = shown[self.top : bottom, :width]
        np.copyto(part, moved[self.top : bottom, :width], where=stored == _MOVED)
        np.copyto(part, stored & ~_OPAQUE, where=stored >= _OPAQUE)


def records(content: bytes) -> Iterator[FirstRecord]:
    """Yield the pictures of a reel; raises ValueError where it breaks off."""
    place = len(MAGIC)
    while place < len(content):
        if place + _HEAD.size > len(content):
            raise ValueError("it breaks off")
        back, rows, top, length = _HEAD.unpack_from(content, place)
        place += _HEAD.size
        if place + length > len(content):
            raise ValueError("it breaks off")
        yield FirstRecord(back, rows, top, content[place : place + length])
        place += length
