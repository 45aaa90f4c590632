"""Drawn pictures as a reel: each as it was, in few bytes where the one before shows most of it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from index.pictures import encoding, reels
from index.pictures.reels import Reel

SIZE = (700, 500)
Picture = NDArray[np.uint8]


def page(first: int, *, more: str = "", bar: bool = True) -> Picture:
    """Draw the lines of a long text from ``first`` on, a bar at the side that tells where one is."""
    picture = Image.new("RGB", SIZE, (250, 250, 248))
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=15)
    for i in range(24):
        line = f"{first + i}: {np.random.default_rng(first + i).integers(0, 1 << 62):x} was serviced {more}"
        draw.text((24, 8 + 20 * i), line, fill=(20, 20, 30), font=font)
    if bar:
        draw.rectangle((690, 2 * first, 699, 2 * first + 60), fill=(120, 120, 120))
    return np.asarray(picture)


def kept(picture: Picture) -> bytes:
    file = encoding.whole(Image.fromarray(picture))
    assert encoding.is_drawn(file)
    return file


def off(shown: Picture, file: bytes) -> int:
    """Return by how much a picture is off that which was to be stored, at most."""
    with Image.open(BytesIO(file)) as opened:
        return int(np.abs(shown.astype(int) - np.asarray(opened.convert("RGB"))).max())


def test_each_picture_is_shown_as_it_was_in_whatever_order() -> None:
    files = [kept(page(first)) for first in (1, 1, 9, 30, 26, 27)]
    reel = Reel(reels.encode(files))
    assert len(reel) == len(files)
    for place in (5, 0, 3, 3, 1, 2, 4, 5):
        assert off(reel.picture(place), files[place]) <= reels.TOLERANCE


@pytest.mark.parametrize(
    ("after", "least"),
    [
        (lambda: page(1), 100),
        (lambda: page(1, bar=False), 6),
        (lambda: page(9), 2.5),
        (lambda: np.vstack([page(1)[:-60], page(90)[-60:]]), 4),
    ],
    ids=["shown again", "the bar is gone", "scrolled by a third", "three lines more"],
)
def test_what_the_picture_before_shows_is_not_stored_again(after: Callable[[], Picture], least: float) -> None:
    first, second = kept(page(1)), kept(after())
    assert len(reels.encode([first, second])) - len(reels.encode([first])) < len(second) / least


def test_two_windows_that_take_turns_are_told_from_themselves() -> None:
    one, other = [kept(page(first)) for first in (1, 2)], [kept(255 - page(first)) for first in (40, 41)]
    turns = reels.encode([one[0], other[0], one[1], other[1]])
    assert len(turns) < len(one[0]) + len(other[0]) + (len(one[1]) + len(other[1])) / 2


def test_what_is_like_nothing_before_is_kept_whole_and_exactly() -> None:
    files = [kept(page(1)), kept(255 - page(60))]
    content = reels.encode(files)
    assert off(Reel(content).picture(1), files[1]) == 0
    assert sum(map(len, files)) / 2 < len(content) <= sum(map(len, files)) + 30


def test_a_picture_is_shown_without_decoding_many_others_whole() -> None:
    files = [kept(page(9 * number)) for number in range(16)]  # each shows two thirds of the one before
    records = list(reels._records(reels.encode(files)))
    wholes = [place for place, record in enumerate(records) if not record.back]
    assert 1 < len(wholes) < len(files) / 3


def test_large_pictures_refer_to_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [kept(page(9 * number)) for number in range(6)]
    monkeypatch.setattr(reels, "MOST_PIXELS", 0.3 * 704 * 504)
    records = list(reels._records(reels.encode(files)))
    assert [record.back for record in records] == [0, 1, 0, 1, 0, 1]


def test_pictures_of_other_sizes_do_not_refer_to_each_other() -> None:
    files = [kept(page(1)), kept(page(1)[:-100]), kept(page(1)[:, :-100])]
    reel = Reel(reels.encode(files))
    assert [reel.picture(place).shape for place in range(3)] == [(500, 700, 3), (400, 700, 3), (500, 600, 3)]


def test_a_change_too_faint_for_the_tolerance_is_stored_where_many_pixels_changed() -> None:
    plain = np.full((200, 300, 3), 250, np.uint8)
    marked = plain.copy()
    marked[40:120, 64:256] = 240  # a line that is chosen, on a pale ground
    files = [kept(plain), kept(marked)]
    assert off(Reel(reels.encode(files)).picture(1), files[1]) == 0


@settings(max_examples=30)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(1, 90), st.integers(1, 130))
def test_any_run_of_pages_of_any_size_comes_back(firsts: list[int], less_high: int, less_wide: int) -> None:
    files = [kept(page(first)[:-less_high, :-less_wide]) for first in firsts]
    reel = Reel(reels.encode(files))
    assert all(off(reel.picture(place), file) <= reels.TOLERANCE for place, file in enumerate(files))


@pytest.mark.parametrize("cut", [3, 10, -20, -3])
def test_what_breaks_off_is_no_reel(cut: int) -> None:
    whole = reels.encode([kept(page(1)), kept(page(60))])
    with pytest.raises((ValueError, OSError)):
        Reel(whole[:cut]).picture(1)


def test_a_place_that_is_not_there_is_refused() -> None:
    reel = Reel(reels.encode([kept(page(1))]))
    for place in (-1, 1):
        with pytest.raises(ValueError, match="none at"):
            reel.picture(place)
