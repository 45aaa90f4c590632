from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rendered import pieces

from companion.capture.reuse import Plan, Read, done, plan
from embeddings.reading.boxes import Box, area, clipped, overlapping
from embeddings.types import TextLine

Pixels = NDArray[np.uint8]

SIZE = (640, 480)
PITCH = 24  # pixels from one line to the next
WORDS = [f"{word} and the {number} others" for number, word in enumerate(["alder", "birch", "cedar", "elm", "fir"] * 3)]


def drawn(texts: list[str], *, top: int = 40, left: int = 30) -> Pixels:
    rows = [(left, top + PITCH * i, text) for i, text in enumerate(texts)]
    return pieces(rows, size=SIZE, points=15).copy()


def ink(image: Pixels, within: Box) -> Box:
    left, top, right, bottom = within
    dark = (image[top:bottom, left:right] < 200).any(axis=2)
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1


def lines(image: Pixels, texts: list[str], *, top: int = 40) -> tuple[TextLine, ...]:
    """Return lines as OCR would: boxes of their ink with 3 pixels around."""
    found = []
    for i, text in enumerate(texts):
        y = top + PITCH * i
        a, b, c, d = ink(image, (0, y, SIZE[0], y + PITCH - 3))
        found.append(TextLine(text, 0.99, (a - 3, b - 3, c + 3, d + 3)))
    return tuple(found)


def known(texts: list[str] = WORDS) -> Read:
    image = drawn(texts)
    return Read(image, lines(image, texts))


def share(planned: Plan) -> float:
    return sum(map(area, planned.regions)) / (SIZE[0] * SIZE[1])


def holding(planned: Plan, box: Box) -> list[Box]:
    return [region for region in planned.regions if clipped(box, region) == box]


def test_a_window_never_seen_is_read_where_it_shows_anything() -> None:
    image = drawn(WORDS[:3])
    planned = plan(None, image)
    assert planned.kept == ()
    assert all(any(holding(planned, line.box)) for line in lines(image, WORDS[:3]))
    assert share(planned) < 0.2


def test_of_a_window_of_another_size_nothing_is_kept() -> None:
    planned = plan(known(), drawn(WORDS)[:-1])
    assert planned.kept == ()
    assert planned.regions


def test_nothing_is_read_of_a_blank_picture_or_where_rules_alone_are() -> None:
    blank = np.full((480, 640, 3), 240, np.uint8)
    assert plan(None, blank) == Plan((), ())
    blank[100] = blank[:, 200] = 0
    assert share(plan(None, blank)) < 0.01


def test_what_did_not_change_is_kept_and_nothing_is_read() -> None:
    before = known()
    assert plan(before, before.image.copy()) == Plan(before.lines, ())


@pytest.mark.parametrize(("old", "new"), [("i", "l"), ("c", "e"), ("0", "8"), ("m", "rn"), (".", ",")])
@pytest.mark.parametrize("row", [0, 7, 14])
def test_one_changed_letter_is_seen_and_costs_its_line_alone(old: str, new: str, row: int) -> None:
    texts = [*WORDS[:row], f"a {old} in it", *WORDS[row + 1 :]]
    before = known(texts)
    planned = plan(before, drawn([*texts[:row], f"a {new} in it", *texts[row + 1 :]]))
    assert [line.text for line in planned.kept] == [text for i, text in enumerate(texts) if i != row]
    assert len(planned.regions) == 1
    assert holding(planned, before.lines[row].box)
    assert share(planned) < 0.02


def test_one_changed_pixel_of_a_letter_is_seen() -> None:
    before = known()
    box = before.lines[4].box
    image = before.image.copy()
    image[(box[1] + box[3]) // 2, box[0] + 20] ^= 0x40
    planned = plan(before, image)
    assert before.lines[4] not in planned.kept
    assert len(planned.kept) == len(WORDS) - 1
    assert holding(planned, box)


def test_a_letter_more_at_the_end_of_a_line_is_read_with_the_line() -> None:
    before = known()
    planned = plan(before, drawn([*WORDS[:5], WORDS[5] + "x", *WORDS[6:]]))
    assert before.lines[5] not in planned.kept
    assert len(planned.kept) == len(WORDS) - 1
    assert holding(planned, before.lines[5].box)


def test_a_mark_above_a_line_belongs_to_it() -> None:
    texts = ["no sun", *WORDS[1:]]
    before = known(texts)
    box = before.lines[0].box
    image = before.image.copy()
    image[box[1] + 1, box[0] + 8 : box[0] + 12] = 0
    image[box[1] - 1 : box[1] + 1, box[0] + 8 : box[0] + 10] = 0
    planned = plan(before, image)
    assert before.lines[0] not in planned.kept
    assert holding(planned, box)


def test_a_new_line_among_others_is_read_alone() -> None:
    before = known([*WORDS[:5], "", *WORDS[6:]][:5])
    image = drawn([*WORDS[:5], "", "something else"])
    planned = plan(before, image)
    assert planned.kept == before.lines
    assert len(planned.regions) == 1
    assert holding(planned, lines(image, ["something else"], top=40 + 6 * PITCH)[0].box)


def test_a_line_that_went_is_gone_and_nothing_is_read_for_it() -> None:
    before = known()
    image = before.image.copy()
    left, top, right, bottom = before.lines[6].box
    image[top:bottom, left:right] = image[0, 0]
    planned = plan(before, image)
    assert planned.kept == before.lines[:6] + before.lines[7:]
    assert planned.regions == ()


def test_a_blinking_cursor_costs_one_small_region() -> None:
    before = known()
    right, middle = before.lines[2].box[2], before.lines[2].box[1]
    image = before.image.copy()
    image[middle : middle + 16, right + 1 : right + 3] = 0
    for planned in (plan(before, image), plan(Read(image, before.lines), before.image)):
        assert len(planned.regions) <= 1
        assert share(planned) < 0.02
        assert len(planned.kept) >= len(WORDS) - 1


@pytest.mark.parametrize("rows", [PITCH, 7, 55, -PITCH, -31])
def test_lines_that_were_scrolled_are_kept_where_they_are_now(rows: int) -> None:
    before = known()
    planned = plan(before, drawn(WORDS, top=40 + rows))
    moved = [(line.text, (line.box[0], line.box[1] + rows, line.box[2], line.box[3] + rows)) for line in before.lines]
    inside = [one for one in moved if one[1][1] >= 0 and one[1][3] <= SIZE[1]]
    assert [(line.text, line.box) for line in planned.kept] == inside
    assert share(planned) < 0.1


def test_of_a_page_scrolled_under_a_fixed_heading_only_what_came_into_view_is_read() -> None:
    """The heading and a bar at the side stay, the text between moves up, one line more comes from below."""

    def page(first: int) -> Pixels:
        image = drawn([f"line {n} of a page about {WORDS[n % 5]}" for n in range(first, first + 12)], top=100)
        image[:80], image[:, 600:] = drawn(["a heading"])[:80], 120
        image[400:] = 230
        return image

    old = page(0)
    texts = [f"line {n} of a page about {WORDS[n % 5]}" for n in range(12)]
    heading = TextLine("a heading", 1.0, tuple(edge for edge in lines(old, ["a heading"])[0].box))  # type: ignore[arg-type]
    before = Read(old, (heading, *lines(old[:, :590].copy(), texts, top=100)))
    planned = plan(before, page(1))
    assert [line.text for line in planned.kept] == ["a heading", *texts[1:]]
    assert any(region[1] >= 100 + 11 * PITCH - 8 for region in planned.regions)
    assert share(planned) < 0.12


def test_equal_lines_that_move_by_one_are_all_kept() -> None:
    texts = ["first of all", *["~ the same"] * 6, "last of all"]
    image = drawn(texts)
    before = Read(image, lines(image, texts))
    later = drawn(["first of all", *["~ the same"] * 7, "last of all"])
    planned = plan(before, later)
    held = [line.text for line in planned.kept]
    unknown = [line for line in lines(later, ["first of all", *["~ the same"] * 7, "last of all"])
               if not any(overlapping(line.box, one.box) for one in planned.kept)]  # fmt: skip
    assert held.count("~ the same") >= 6
    assert all(holding(planned, line.box) for line in unknown)


def test_what_is_covered_is_neither_read_nor_kept() -> None:
    before = known()
    private = before.lines[3].box
    image = drawn([*WORDS[:3], "a secret word", *WORDS[4:]])
    planned = plan(before, image, [private])
    assert all(line.text != WORDS[3] for line in planned.kept)
    assert not any(overlapping(region, private) for region in planned.regions)
    assert plan(None, image, [(0, 0, *SIZE)]) == Plan((), ())
    assert plan(before, before.image, [private]).kept == before.lines[:3] + before.lines[4:]


def test_what_was_covered_is_read_when_it_is_not_any_more() -> None:
    image = drawn(WORDS)
    found = lines(image, WORDS)
    hidden = found[8].box
    first = plan(None, image, [hidden])
    before = done(first, image, [line for line in found if line.box != hidden], [hidden])
    assert [line.text for line in before.lines] == WORDS[:8] + WORDS[9:]
    planned = plan(before, image)
    assert planned.kept == before.lines
    assert any(area(clipped(hidden, region)) > 0.7 * area(hidden) for region in planned.regions)


def test_what_is_found_again_of_a_known_line_counts_once() -> None:
    before = known()
    again = TextLine("half of it", 0.6, before.lines[0].box)
    new = TextLine("below", 0.9, (30, 430, 90, 446))
    after = done(Plan(before.lines, ()), before.image, [again, new])
    assert [line.text for line in after.lines] == [*WORDS, "below"]


def test_noise_all_over_makes_few_regions() -> None:
    before = known()
    image = before.image.copy()
    chance = np.random.default_rng(3)
    image[chance.integers(0, 480, 3000), chance.integers(0, 640, 3000)] = 0
    planned = plan(before, image)
    assert 1 <= len(planned.regions) <= 40


boxes = st.tuples(st.integers(0, 600), st.integers(0, 440), st.integers(2, 200), st.integers(2, 120)).map(
    lambda b: (b[0], b[1], min(640, b[0] + b[2]), min(480, b[1] + b[3]))
)


@settings(max_examples=40)
@given(st.lists(boxes, max_size=4), st.lists(boxes, max_size=3), st.integers(0, 9))
def test_whatever_changes_is_kept_as_it_was_or_read(changed: list[Box], covered: list[Box], seed: int) -> None:
    before = known()
    image = before.image.copy()
    chance = np.random.default_rng(seed)
    for left, top, right, bottom in changed:
        image[top:bottom, left:right] = chance.integers(0, 256, (bottom - top, right - left, 3), np.uint8)
    planned = plan(before, image, covered)
    for i, region in enumerate(planned.regions):
        assert clipped(region, (0, 0, *SIZE)) == region
        assert not any(overlapping(region, other) for other in (*planned.regions[:i], *covered))
    for line in planned.kept:  # its ink is, pixel for pixel, what was read
        left, top, right, bottom = line.box
        was = next(old for old in before.lines if old.text == line.text).box
        old = before.image[was[1] + 3 : was[3] - 3, was[0] : was[2]]
        assert np.array_equal(image[top + 3 : bottom - 3, left:right], old)
    read = np.zeros((480, 640), np.bool_)
    for left, top, right, bottom in [*planned.regions, *covered, *(line.box for line in planned.kept)]:
        read[top:bottom, left:right] = True
    for left, top, right, bottom in changed:
        if right - left > 16 and bottom - top > 16:  # noise this large shows something to read
            assert read[top:bottom, left:right].mean() > 0.8
