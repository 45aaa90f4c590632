"""Reels where pictures end within a tile, where they are made anew, and where they are torn."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from index.pictures import encoding, reels
from index.pictures.reels import Reel, _Record

Picture = NDArray[np.uint8]


def drawn(grey: Picture) -> bytes:
    """Return a grey picture, ``uint8[height, width]``, without any loss."""
    return encoding.exact(np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2)))


def off(shown: Picture, file: bytes) -> int:
    with Image.open(BytesIO(file)) as opened:
        return int(np.abs(shown.astype(int) - np.asarray(opened.convert("RGB"))).max())


def worst(files: list[bytes], content: bytes) -> int:
    reel = Reel(content)
    return max(off(reel.picture(place), file) for place, file in enumerate(files))


def test_what_moves_out_of_a_picture_whose_last_tile_is_cut_and_back_in_is_not_taken_from_there() -> None:
    rng = np.random.default_rng(0)
    world = np.where(rng.random((200, 128)) < 0.4, 255, 0).astype(np.uint8)
    world[134:] = 0
    world[134:138, 70] = 20  # 16 rows lower it lies below the picture, within its last tile
    one, other, back = world[50:150], world[34:134], world[42:142].copy()
    back[92:96, 70] = 40
    files = [drawn(each) for each in (one, other, other, back)]
    assert worst(files, reels.encode(files)) <= reels.TOLERANCE


@pytest.mark.parametrize("less", [(0, 0), (7, 0), (0, 60), (7, 60), (7, 63)])
def test_of_a_tile_that_the_picture_ends_in_no_more_is_off_than_of_any_other(less: tuple[int, int]) -> None:
    height, width = 200 - less[0], 320 - less[1]
    plain = np.where(np.random.default_rng(0).random((height, width)) < 0.1, 20, 250).astype(np.uint8)
    marked = plain.copy()
    marked[:, (width - 1) // reels.WIDE * reels.WIDE :] -= 15
    marked[(height - 1) // reels.HIGH * reels.HIGH :] -= 15
    files = [drawn(plain), drawn(marked)]
    assert worst(files, reels.encode(files)) == 0


def test_what_is_made_a_reel_again_is_off_no_further() -> None:
    files = []
    for level in (10, 130, 30, 50):
        picture = np.full((128, 256), 250, np.uint8)
        picture[::8, 100:110] = level
        files.append(drawn(picture))
    first = Reel(reels.encode(files))
    left = [drawn(first.picture(place)[:, :, 0]) for place in (0, 2, 3)]
    again = Reel(reels.encode(left, tolerance=0))
    wanted = [files[0], *files[2:]]
    assert max(off(again.picture(place), file) for place, file in enumerate(wanted)) <= reels.TOLERANCE


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (9, 65), (8, 64)])
def test_pictures_of_any_shape_move_either_way(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    world = np.where(rng.random((size[0] + 40, size[1])) < 0.3, 20, 250).astype(np.uint8)
    files = [drawn(world[at : at + size[0]]) for at in (20, 4, 37, 20, 0, 40, 21)]
    assert worst(files, reels.encode(files)) <= reels.TOLERANCE


def test_a_reel_that_breaks_off_before_what_changed_is_refused() -> None:
    plain = np.full((80, 128), 250, np.uint8)
    marked = plain.copy()
    marked[::3, ::5] = 0
    content = reels.encode([drawn(plain), drawn(marked)])
    *_, last = reels._records(content)
    with pytest.raises(ValueError, match="breaks off"):
        Reel(content[: -len(last.webp)])


@pytest.mark.parametrize(("size", "changed"), [((16, 16_383), 8), ((16_383, 128), 16_383)], ids=["wide", "high"])
def test_pictures_whose_whole_tiles_are_larger_than_a_webp_can_be(size: tuple[int, int], changed: int) -> None:
    rng = np.random.default_rng(4)
    one, other = (rng.choice(np.array([20, 250], np.uint8), size) for _ in range(2))
    other[changed:] = one[changed:]
    files = [drawn(one), drawn(other), drawn(other)]
    assert worst(files, reels.encode(files)) == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: replace(record, kinds=record.kinds[:-3]),
        lambda record: replace(record, kinds=zlib.compress(bytes([reels.NEW] * 7))),
        lambda record: replace(record, kinds=zlib.compress(bytes([reels.NEW] * 20))),
        lambda record: replace(record, webp=b"RIFF"),
    ],
    ids=["a map that breaks off", "a map of another size", "more new than is there", "no picture"],
)
def test_a_picture_that_does_not_fit_is_refused(damage: Callable[[_Record], _Record]) -> None:
    plain = np.random.default_rng(2).choice(np.array([20, 250], np.uint8), (80, 128))
    marked = plain.copy()
    marked[:8, ::5] = 120
    first, last = reels._records(reels.encode([drawn(plain), drawn(marked)]))
    assert last.back == 1
    damaged = Reel(reels.MAGIC + first.stored + damage(last).stored)
    assert damaged.picture(0).shape == (80, 128, 3)
    with pytest.raises((ValueError, OSError)):
        damaged.picture(1)
