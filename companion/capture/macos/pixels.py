"""From what macOS gives to an image of one pixel a point. Pure."""

from __future__ import annotations

import numpy as np

from companion.capture.macos.calls import Picture
from companion.capture.types import Image, Rect


def image_of(picture: Picture, rect: Rect) -> Image | None:
    """Return ``uint8[height, width, 3]``, RGB, of exactly the size of ``rect``; None when it does not show all of it.

    It was asked for with one pixel a point. Should a display give more, they are averaged: whoever looks for a place
    of ``rect`` in it has to find it.
    """
    times = picture.width // rect.width
    if times < 1 or (picture.width, picture.height) != (times * rect.width, times * rect.height):
        return None
    rows = np.frombuffer(picture.data, np.uint8)[: picture.height * picture.stride].reshape(picture.height, -1)
    cells = rows[:, : 4 * picture.width].reshape(rect.height, times, rect.width, times, 4)[..., 2::-1]
    if times == 1:
        return np.ascontiguousarray(cells[:, 0, :, 0])
    averaged: Image = np.round(cells.mean(axis=(1, 3))).astype(np.uint8)
    return averaged
