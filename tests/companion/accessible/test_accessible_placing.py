"""From the units of a program to pixels, with what programs were found to tell on scaled desktops."""

from __future__ import annotations

import pytest

from companion.capture.accessible.by_monitor import by_monitor, counts_by_monitor
from companion.capture.accessible.placing import AS_TOLD, Placing, moved, nowhere, of_page, placing
from companion.capture.accessible.reading import Block, Reading
from companion.capture.accessible.roles import Role
from companion.capture.types import Rect

INSIDE, FRAME = Rect(203, 186, 600, 322), Rect(202, 166, 602, 347)


@pytest.mark.parametrize(
    ("told", "ratio", "label", "lies"),
    [
        (Rect(102, 93, 300, 161), 2.0, Rect(113, 104, 278, 19), Rect(225, 208, 556, 38)),  # Qt: its inside
        (Rect(101, 83, 301, 174), 2.0, Rect(111, 103, 280, 19), Rect(223, 206, 560, 38)),  # GTK: its frame
        (INSIDE, 1.0, Rect(223, 206, 556, 38), Rect(223, 206, 556, 38)),
        (FRAME, 1.0, Rect(223, 206, 556, 38), Rect(223, 206, 556, 38)),
    ],
)
def test_a_window_that_tells_its_size_in_units(told: Rect, ratio: float, label: Rect, lies: Rect) -> None:
    found = placing(told, (INSIDE, FRAME))
    assert found is not None
    assert found.ratio == ratio
    here = found.pixels(label)
    assert here.left <= lies.left
    assert here.top <= lies.top
    assert here.right >= lies.right
    assert here.bottom >= lies.bottom
    assert max(abs(here.left - lies.left), abs(here.top - lies.top), abs(here.right - lies.right)) <= 2 * ratio


def test_a_ratio_that_is_no_whole_number() -> None:
    found = placing(Rect(102, 97, 299, 161), (Rect(153, 145, 449, 242),))
    assert found is not None
    assert found.ratio == 1.5
    assert found.units(found.pixels(Rect(113, 108, 277, 19))).left <= 113


def test_a_window_of_one_size_at_another_place_is_moved() -> None:
    found = placing(Rect(0, 0, 600, 322), (INSIDE, FRAME))
    assert found == Placing(1.0, (0, 0), (203, 186))
    assert found.pixels(Rect(10, 10, 5, 5)) == Rect(213, 196, 5, 5)


@pytest.mark.parametrize("size", [(300, 322), (599, 322), (1, 1), (10_000, 5_366)])
def test_sizes_that_have_no_one_ratio_say_nothing(size: tuple[int, int]) -> None:
    assert placing(Rect(0, 0, *size), (INSIDE, FRAME)) is None


@pytest.mark.parametrize(
    ("factors", "several"),
    [
        ("", False),
        ("2", True),
        ("2;2", False),
        ("1;2", True),
        ("eDP-1=2;HDMI-1=1;", True),
        ("eDP-1=1.5;HDMI-1=1.5;", False),
    ],
)
def test_a_factor_for_each_screen_is_a_unit_for_each(factors: str, several: bool) -> None:
    assert by_monitor({"QT_SCREEN_SCALE_FACTORS": factors}) == several
    assert by_monitor({"QT_SCREEN_SCALE_FACTORS": factors, "QT_USE_PHYSICAL_DPI": "1"})


def test_of_a_process_that_tells_nothing_any_unit_is_possible() -> None:
    assert counts_by_monitor(2**22)  # there is none


def test_a_page_that_counts_in_pixels_within_a_browser_that_does_not() -> None:
    outside = placing(Rect(40, 40, 700, 420), (Rect(60, 60, 1050, 630),))
    assert outside is not None
    page = of_page(Rect(66, 190, 1038, 494), Rect(44, 127, 692, 329), outside)  # as Chromium tells
    assert page is not None
    assert page.ratio == 1.0
    assert abs(page.pixels(Rect(100, 400, 10, 10)).left - 100) <= 2


def test_a_page_that_counts_as_its_browser_does() -> None:
    outside = Placing(2.0, (0, 0), (0, 0), 2)
    assert of_page(Rect(4, 87, 632, 309), Rect(4, 87, 632, 309), outside) is outside
    assert of_page(Rect(4, -500, 632, 3_000), Rect(4, 87, 632, 309), outside) is outside


def test_a_page_of_which_nobody_can_say() -> None:
    around = Rect(4, 87, 632, 309)
    assert of_page(Rect(0, 0, 900, 5_000), around, Placing(2.0, (0, 0), (0, 0), 2)) is None
    assert of_page(Rect(0, 0, 900, 5_000), around, AS_TOLD) is AS_TOLD


def reading(*private: Rect) -> Reading:
    block = Block(Role.LABEL, "words", Rect(1, 2, 30, 10), 0)
    return Reading("words", "", "", (block,), private, complete=True, drawn=(Rect(5, 5, 50, 50),))


def test_nothing_has_a_place_where_none_is_known() -> None:
    lost = nowhere(reading())
    assert (lost.blocks[0].rect, lost.drawn, lost.complete) == (None, (), True)
    assert not nowhere(reading(Rect(0, 0, 5, 5))).complete


def test_a_reading_is_moved_with_all_its_places() -> None:
    there = moved(reading(Rect(0, 0, 5, 5)), 10, 20)
    assert there.blocks[0].rect == Rect(11, 22, 30, 10)
    assert there.private == (Rect(10, 20, 5, 5),)
    assert there.drawn == (Rect(15, 25, 50, 50),)
