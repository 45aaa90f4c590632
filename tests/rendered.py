"""Text as pixels, with the font that comes with Pillow: the same on every machine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Piece = tuple[int, int, str]  # left, top, text


def page(lines: Sequence[str], *, size: tuple[int, int] = (1000, 420), points: int = 22) -> NDArray[np.uint8]:
    """Return lines of text under each other, ``uint8[height, width, 3]``."""
    return pieces([(40, 30 + i * round(points * 1.8), line) for i, line in enumerate(lines)], size=size, points=points)


def pieces(texts: Sequence[Piece], *, size: tuple[int, int] = (1000, 420), points: int = 22) -> NDArray[np.uint8]:
    """Return pieces of text, each at its place."""
    picture = Image.new("RGB", size, (250, 250, 248))
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=points)
    for left, top, text in texts:
        draw.text((left, top), text, fill=(20, 20, 30), font=font)
    return np.asarray(picture)
