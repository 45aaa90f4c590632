"""Reels that an earlier version wrote are shown as they were, and refused where they are torn."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from index.pictures import encoding, first_reels, reels
from index.pictures.reels import Reel

HEIGHT, WIDTH = 82, 130  # no whole tiles
LOWER = 16

Picture = NDArray[np.uint8]


def noise(seed: int) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


FIRST = noise(1)
SCROLLED = np.vstack([FIRST[LOWER:], noise(2)[-LOWER:]])  # its rows stand higher, below them is something new
TYPED = SCROLLED.copy()
TYPED[8:16, :64] = 7


def record(back: int, rows: int, top: int, webp: bytes) -> bytes:
    return struct.pack("<BhHI", back, rows, top, len(webp)) + webp


def placed(pixels: NDArray[np.uint8]) -> bytes:
    """Encode ``uint8[height, width, 4]`` without any loss, of what is transparent too."""
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, "WEBP", lossless=True, exact=True)
    return made.getvalue()


def scrolled() -> bytes:
    stored = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    stored[:-LOWER, :, 0] = 1  # what moved
    stored[-LOWER:, :, :3], stored[-LOWER:, :, 3] = SCROLLED[-LOWER:], 255
    return record(1, LOWER, 0, placed(stored))


def typed() -> bytes:
    stored = np.zeros((8, WIDTH, 4), np.uint8)
    stored[:, :64] = (7, 7, 7, 255)
    return record(1, 0, 8, placed(stored))


CONTENT = first_reels.MAGIC + record(0, 0, 0, encoding.exact(FIRST)) + scrolled() + typed() + record(1, 0, 0, b"")


def test_each_picture_is_shown_as_it_was_in_whatever_order() -> None:
    assert reels.is_reel(CONTENT)
    reel = Reel(CONTENT)
    assert len(reel) == 4
    for place in (3, 0, 2, 1, 3):
        assert np.array_equal(reel.picture(place), (FIRST, SCROLLED, TYPED, TYPED)[place])


def test_what_is_written_now_is_told_apart_from_it() -> None:
    again = reels.encode([encoding.exact(picture) for picture in (FIRST, SCROLLED, TYPED)], tolerance=0)
    assert not again.startswith(first_reels.MAGIC)
    assert np.array_equal(Reel(again).picture(2), TYPED)


@pytest.mark.parametrize("length", [len(CONTENT) - 1, len(CONTENT) - 20])
def test_one_that_breaks_off_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="breaks off"):
        Reel(CONTENT[:length])


@pytest.mark.parametrize(("top", "shape"), [(HEIGHT - 7, (8, WIDTH, 4)), (0, (8, WIDTH - 1, 4))])
def test_a_picture_that_does_not_fit_is_refused(top: int, shape: tuple[int, int, int]) -> None:
    whole = record(0, 0, 0, encoding.exact(FIRST))
    torn = Reel(first_reels.MAGIC + whole + record(1, 0, top, placed(np.full(shape, 255, np.uint8))))
    with pytest.raises(ValueError, match="does not fit"):
        torn.picture(1)
