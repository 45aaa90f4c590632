"""Lines of a block of text are told by the blank rows between them; all else is left to the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from rendered import page, pieces

from embeddings.reading.blocks import lines_in
from embeddings.reading.boxes import Box

LINES = ["total 48", "drwxr-xr-x 2 anna anna 4096 Mar 3 notes", "-rw-r--r-- 1 anna anna 120 Mar 9 Åre, übrig; (ja)"] * 2
GROUND = 250


def inked(image: NDArray[np.uint8], box: Box) -> NDArray[np.bool_]:
    left, top, right, bottom = box
    return (image[top:bottom, left:right].min(axis=2) < GROUND - 40).astype(np.bool_)


def spaced(lines: Sequence[str], apart: int) -> NDArray[np.uint8]:
    return pieces([(40, 30 + i * apart, line) for i, line in enumerate(lines)], points=22)


@pytest.mark.parametrize("points", [12, 14, 22])
def test_each_line_has_a_box_around_its_ink_accents_and_descenders_with_it(points: int) -> None:
    image = page(LINES, points=points)
    found = lines_in(image)
    assert found is not None
    assert len({(top, bottom) for _, top, _, bottom in found}) == len(LINES)
    assert sum(inked(image, box).sum() for box in found) == inked(image, (0, 0, 1000, 420)).sum()
    for box in found:
        ink = inked(image, box)
        assert all(edge.any() for edge in (ink[1], ink[-2], ink[:, 0], ink[:, -1]))
        assert not ink[[0, -1]].any()  # what reaches the edges of a box is taken for a neighbour's


def test_light_letters_on_dark_are_as_good() -> None:
    image = page(LINES)
    found = lines_in(image)
    assert found is not None
    assert lines_in(255 - image) == found


def test_what_stands_far_apart_in_a_line_is_read_by_itself() -> None:
    rows = [(left, 30 + 40 * i, word) for i, line in enumerate(LINES) for left, word in ((40, line[:8]), (500, "left"))]
    found = lines_in(pieces(rows))
    assert found is not None
    assert len(found) == 2 * len(LINES)
    assert [box[0] < 300 for box in found] == [True, False] * len(LINES)


def test_what_reaches_in_from_a_line_outside_is_none() -> None:
    image = page(LINES)
    whole = lines_in(image)
    assert whole is not None
    cut = max(bottom for _, top, _, bottom in whole if top == whole[0][1]) - 3
    inside = lines_in(image[cut:])
    assert inside == [(left, top - cut, right, bottom - cut) for left, top, right, bottom in whole if top > cut]


@pytest.mark.parametrize(
    "lines", [LINES[:3], ["gypsum jigs", "(bracket) q"] * 2], ids=["few lines", "lines that touch"]
)
def test_few_lines_and_lines_that_touch_are_left_to_the_model(lines: list[str]) -> None:
    assert lines_in(spaced(lines, apart=20 if len(lines) > 3 else 40)) is None


def test_lines_of_unlike_height_are_left_to_the_model() -> None:
    small, large = page(LINES[:4], points=12), page(LINES[:2], points=40)
    assert lines_in(np.concatenate([small[:110], large])) is None


def test_a_marked_line_is_left_to_the_model() -> None:
    image = page(LINES).copy()
    image[66:100] = (40, 90, 200)
    assert lines_in(image) is None


def test_pictures_noise_and_nothing_are_left_to_the_model() -> None:
    chance = np.random.default_rng(1)
    noise = chance.integers(0, 256, (300, 400, 3), dtype=np.uint8)
    slope = np.broadcast_to(np.linspace(0, 255, 400, dtype=np.uint8)[:, None], (300, 400, 3))
    stripes = np.full((300, 400, 3), GROUND, np.uint8)
    for top in range(20, 280, 30):
        stripes[top : top + 14] = 60
    for image in (noise, slope, stripes, np.full((300, 400, 3), GROUND, np.uint8), noise[:1, :1]):
        assert lines_in(image) is None


def test_rules_and_two_rows_in_one_are_no_line_of_letters() -> None:
    image = np.full((300, 400, 3), GROUND, np.uint8)
    for top in range(20, 280, 40):
        image[top : top + 7, 20:380:8] = 40
        image[top + 13 : top + 20, 20:380:8] = 40
        image[top + 7 : top + 13, 20] = 40  # one column joins them
    assert lines_in(image) is None


@pytest.mark.parametrize("pale", [range(3, 4), range(6)], ids=["a line", "a part of each"])
def test_what_is_too_pale_for_ink_is_left_to_the_model(pale: range) -> None:
    image = page(LINES)
    told = image.copy()
    for row in pale:
        top = 30 + 40 * row
        beside = np.s_[top : top + 22, 700:900] if len(pale) > 1 else np.s_[230:236, 40:300]
        told[beside] = np.where(np.indices(told[beside].shape)[1] % 8 < 3, GROUND - 26, told[beside])
    assert lines_in(image) is not None
    assert lines_in(told) is None


def _beside_pictures(words: Sequence[tuple[int, str]], high: int) -> NDArray[np.uint8]:
    apart = high + 18
    image = pieces([(90, 20 + i * apart + off, text) for i in range(5) for off, text in words], points=12).copy()
    rows, columns = np.indices(image.shape[:2])
    for i in range(5):
        middle = 20 + i * apart + high / 2
        image[(rows - middle) ** 2 + (columns - 50) ** 2 <= (high / 2) ** 2] = (180, 60, 60)
    return image


@pytest.mark.parametrize(
    ("words", "high"),
    [([(2, "Anna Berg"), (20, "read a book about the sea")], 36), ([(5, "read a book about the sea")], 24)],
    ids=["two lines", "one line"],
)
def test_lines_beside_pictures_are_left_to_the_model(words: list[tuple[int, str]], high: int) -> None:
    assert lines_in(_beside_pictures(words, high)) is None
