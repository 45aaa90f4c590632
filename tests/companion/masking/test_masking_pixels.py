"""Which pixels are blackened, and that nothing of a secret is left in them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from companion.masking.pixels import blackened, masked_lines, touched
from embeddings.types import TextLine

CARD = ("4111", "1111", "1111", "1111")


def row(text: str, left: int, top: int, width: int = 0) -> TextLine:
    return TextLine(text, 0.9, (left, top, left + (width or 10 * len(text)), top + 20))


def inside(box: tuple[int, int, int, int], line: TextLine) -> bool:
    left, top, right, bottom = line.box
    return box[0] <= left and box[1] <= top and box[2] >= right and box[3] >= bottom


def test_a_card_in_four_boxes_of_one_row_is_covered_in_each() -> None:
    lines = [row(digits, 100 + 60 * place, 40 + place % 2) for place, digits in enumerate(CARD)]
    boxes = touched([lines[2], lines[0], lines[3], lines[1]])
    assert all(any(inside(box, line) for box in boxes) for line in lines)


def test_a_seed_phrase_on_three_lines_is_covered_on_each_and_the_line_below_is_not() -> None:
    words = ["legal winner thank year", "wave sausage worth useful", "legal winner thank yellow", "This is private."]
    lines = [row(text, 20, 30 * place) for place, text in enumerate(words)]
    boxes = touched(lines)
    assert [any(inside(box, line) for box in boxes) for line in lines] == [True, True, True, False]


def test_a_password_in_a_box_beside_its_label_is_covered_and_the_label_is_not() -> None:
    label, value = row("Password:", 10, 10), row("Tr0ub4dor&3", 300, 11)
    boxes = touched([label, value])
    assert any(inside(box, value) for box in boxes)
    assert all(box[0] > label.box[2] for box in boxes)


def test_a_key_in_a_column_beside_other_text_is_covered_in_the_order_it_was_read() -> None:
    block = ["-----BEGIN PRIVATE KEY-----", *("MIIEvQIBADANBgkq" * 2 for _ in range(3)), "-----END PRIVATE KEY-----"]
    key = [row(text, 10, 30 * place) for place, text in enumerate(block)]
    other = [row("some words beside", 600, 30 * place) for place in range(len(block))]
    boxes = touched([*key, *other])
    assert all(any(inside(box, line) for box in boxes) for line in key)
    assert not any(box[2] > 600 for box in boxes)


def test_lines_are_masked_once_for_a_secret_of_several_lines() -> None:
    words = ["legal winner thank year wave sausage", "worth useful legal winner thank yellow", "and nothing else"]
    lines = masked_lines([row(text, 20, 30 * place) for place, text in enumerate(words)])
    assert [line.text for line in lines] == ["[seed phrase]", "", "and nothing else"]


def test_lines_without_a_secret_stay_as_they_are() -> None:
    lines = (row("Nothing to see here", 0, 0), row("at all", 0, 30))
    assert masked_lines(lines) == lines
    assert touched(lines) == ()


@pytest.mark.parametrize("name", ["DejaVuSans.ttf", "DejaVuSansMono.ttf"])
@pytest.mark.parametrize(
    "before", ["the password is ", "WWWWMMMM illlilli password is ", "a very long line of text before it, password is "]
)
def test_no_pixel_of_a_drawn_secret_is_left(name: str, before: str) -> None:
    from matplotlib import get_data_path

    font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/{name}", 16)
    secret, after = "Tr0ub4dor&3", " and some more words after it"
    full, start, end = before + secret + after, font.getlength(before), font.getlength(before + secret)
    width = int(font.getlength(full)) + 20
    picture = Pictures.new("RGB", (width, 40), "white")
    ImageDraw.Draw(picture).text((10, 10), full, font=font, fill="black")
    image = np.asarray(picture)
    line = TextLine(full, 0.99, (10, 10, width - 10, 30))
    left = blackened(image, touched([line]))
    assert not left[10:30, 10 + int(start) : 10 + int(end) + 1].any()
    assert left[:, :8].all()


def test_blackening_copies_and_keeps_within_the_picture() -> None:
    image = np.full((20, 30, 3), 200, dtype=np.uint8)
    left = blackened(image, [(-5, -5, 4, 4), (28, 18, 90, 90), (10, 5, 12, 7)])
    assert (image == 200).all()
    assert np.count_nonzero((left == 0).all(axis=2)) == 4 * 4 + 2 * 2 + 2 * 2
