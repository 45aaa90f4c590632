from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from companion.capture.change import MOVED_ON, NEAR_DUPLICATE, TILE, TILE_LEVEL, changed_share, tile_differences
from companion.capture.types import Image

SIZES = [(800, 600), (1280, 800), (1920, 1080)]
WORDS = "the quick brown fox jumps over the lazy dog while nine tired clerks file ledgers of a quiet harbour"


def page(size: tuple[int, int], *, scrolled: int = 0, seed: int = 0) -> Pillow.Image:
    """A page of prose, 14 px letters, margins, a blank line between paragraphs."""
    width, height = size
    picture = Pillow.new("RGB", size, "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(14)
    words = np.random.default_rng(seed)
    for line in range(400):
        text = " ".join(words.choice(WORDS.split(), size=width // 60))
        top = 40 + line * 20 - scrolled
        if line % 7 != 6 and -20 < top < height:
            draw.text((60, top), text, "black", font)
    return picture


def slide(size: tuple[int, int], title: str, *points: str) -> Pillow.Image:
    width, height = size
    picture = Pillow.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    draw.text((width // 16, height // 12), title, "navy", ImageFont.load_default(height // 12))
    for number, point in enumerate(points):
        top = height // 3 + number * height // 7
        draw.text((width // 12, top), point, "black", ImageFont.load_default(height // 20))
    return picture


def array(picture: Pillow.Image) -> Image:
    return np.asarray(picture, dtype=np.uint8)


def drawn_over(picture: Pillow.Image, box: tuple[int, int, int, int], text: str = "") -> Image:
    changed = picture.copy()
    draw = ImageDraw.Draw(changed)
    draw.rectangle(box, fill="lightyellow" if text else "black")
    draw.text((box[0] + 4, box[1] + 4), text, "black", ImageFont.load_default(13))
    return array(changed)


@pytest.mark.parametrize("size", SIZES)
def test_a_blinking_cursor_is_a_near_duplicate(size: tuple[int, int]) -> None:
    before = page(size)
    for left in (60, 95, 127):
        after = drawn_over(before, (left, 122, left + 9, 138))
        assert 0 < changed_share(array(before), after) <= NEAR_DUPLICATE


@pytest.mark.parametrize("size", SIZES)
def test_a_clock_stays_below_moved_on(size: tuple[int, int]) -> None:
    before = page(size)
    after = drawn_over(before, (size[0] - 140, 4, size[0] - 10, 24), "Tue 3 Mar  09:12:37")
    assert 0 < changed_share(array(before), after) < MOVED_ON


@pytest.mark.parametrize("size", SIZES)
def test_a_tooltip_stays_below_moved_on(size: tuple[int, int]) -> None:
    before = page(size)
    after = drawn_over(before, (200, 200, 460, 228), "Opens the ledger in a new window")
    assert 0 < changed_share(array(before), after) < MOVED_ON


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pixels", [60, 150, 333, 500])
def test_a_scrolled_page_has_moved_on(size: tuple[int, int], pixels: int) -> None:
    assert changed_share(array(page(size)), array(page(size, scrolled=pixels))) > MOVED_ON


@pytest.mark.parametrize("size", SIZES)
def test_another_document_has_moved_on(size: tuple[int, int]) -> None:
    assert changed_share(array(page(size)), array(page(size, seed=1))) > MOVED_ON


@pytest.mark.parametrize("size", SIZES)
def test_another_slide_has_moved_on(size: tuple[int, int]) -> None:
    first = slide(size, "Harbour ledgers, 1911", "Two thousand pages", "Copied by nine clerks", "Never indexed")
    second = slide(size, "What we found", "A second hand after May", "Ink from another shop", "Missing week in June")
    assert changed_share(array(first), array(second)) > MOVED_ON


def jpeg(picture: Image, quality: int) -> Image:
    file = io.BytesIO()
    Pillow.fromarray(picture).save(file, "JPEG", quality=quality)
    with Pillow.open(file) as again:
        return array(again)


@pytest.mark.parametrize("size", SIZES)
def test_the_noise_of_a_good_jpeg_is_no_change(size: tuple[int, int]) -> None:
    picture = array(page(size))
    assert changed_share(picture, jpeg(picture, 90)) <= MOVED_ON


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("quality", [30, 60])
def test_in_poor_jpegs_a_cursor_is_still_a_near_duplicate(size: tuple[int, int], quality: int) -> None:
    before = page(size)
    after = drawn_over(before, (95, 122, 104, 138))
    assert changed_share(jpeg(array(before), quality), jpeg(after, quality)) <= NEAR_DUPLICATE


def test_pictures_of_different_size_share_nothing() -> None:
    assert changed_share(np.zeros((10, 20, 3), np.uint8), np.zeros((20, 10, 3), np.uint8)) == 1.0


def test_opposite_pictures_changed_wholly_also_in_the_last_narrow_tiles() -> None:
    black, white = np.zeros((65, 33, 3), np.uint8), np.full((65, 33, 3), 255, np.uint8)
    assert changed_share(black, white) == 1.0
    assert np.all(tile_differences(black, white) == 255.0)
    assert tile_differences(black, white).shape == (3, 2)


pictures = st.tuples(st.integers(1, 70), st.integers(1, 70)).flatmap(
    lambda size: st.tuples(arrays(np.uint8, (*size, 3)), arrays(np.uint8, (*size, 3)))
)


@given(pictures)
@settings(max_examples=60)
def test_tile_differences_are_the_plain_means(pair: tuple[Image, Image]) -> None:
    before, after = pair
    found = tile_differences(before, after)
    exact = np.abs(before.astype(float) - after.astype(float))
    for row in range(found.shape[0]):
        for column in range(found.shape[1]):
            tile = exact[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]
            assert found[row, column] == pytest.approx(tile.mean())
    assert changed_share(before, after) == pytest.approx(np.mean(found >= TILE_LEVEL))


@given(pictures)
@settings(max_examples=40)
def test_change_is_the_same_both_ways_and_none_with_itself(pair: tuple[Image, Image]) -> None:
    before, after = pair
    assert changed_share(before, after) == changed_share(after, before)
    assert changed_share(before, before.copy()) == 0.0
    assert 0.0 <= changed_share(before, after) <= 1.0
