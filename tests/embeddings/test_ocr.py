from __future__ import annotations

import os
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered import page, pieces

from embeddings.reading.ocr import TextReader, as_text
from embeddings.silent import SWITCHES
from embeddings.types import TextLine

MAIL = [
    "Dear Ms Okafor, the boiler was serviced on 14 March.",
    "Pressure 1.6 bar, flue gas 62 C, next visit in April 2027.",
    "Invoice 20931: 184.50 EUR, payable within 14 days.",
    "def encode(self, texts): return self._model(texts)",
    "https://example.org/orders/4711?state=open",
    "Kind regards, Lindqvist Heating and Plumbing",
]


def alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def line(text: str, box: tuple[int, int, int, int]) -> TextLine:
    return TextLine(text, 1.0, box)


@pytest.mark.model
@pytest.mark.parametrize("points", [14, 22])
def test_what_stands_on_the_screen_is_read(reader: TextReader, points: int) -> None:
    image = page(MAIL, points=points, size=(points * 34, points * 14))
    assert alike(as_text(reader.read(image)), "\n".join(MAIL)) >= 0.98


@pytest.mark.model
def test_light_text_on_a_dark_ground_is_read(reader: TextReader) -> None:
    assert alike(as_text(reader.read(255 - page(MAIL))), "\n".join(MAIL)) >= 0.98


@pytest.mark.model
def test_every_line_has_its_place_and_how_sure_it_is(reader: TextReader) -> None:
    lines = reader.read(pieces([(60, 50, "first"), (600, 300, "second")]))
    assert [line.text for line in lines] == ["first", "second"]
    for found, (left, top) in zip(lines, [(60, 50), (600, 300)], strict=True):
        assert abs(found.box[0] - left) < 15
        assert abs(found.box[1] - top) < 15
        assert found.box[2] > found.box[0] + 20
        assert 0.5 <= found.confidence <= 1


@pytest.mark.model
def test_pieces_of_one_row_are_joined_from_left_to_right(reader: TextReader) -> None:
    rows = [("Boiler", "1.6 bar", "good"), ("Pump", "0.4 bar", "replace"), ("Tank", "2.1 bar", "good")]
    image = pieces(
        [
            (60 + 320 * column, 40 + 60 * row, cell)
            for row, cells in enumerate(rows)
            for column, cell in enumerate(cells)
        ]
    )
    assert as_text(reader.read(image)).splitlines() == ["  ".join(cells) for cells in rows]


@pytest.mark.model
@pytest.mark.parametrize("shape", [(1, 1), (15, 900), (900, 15), (16, 16), (17, 1500), (1500, 17), (300, 300)], ids=str)
def test_tiny_narrow_and_blank_images_hold_no_text(reader: TextReader, shape: tuple[int, int]) -> None:
    assert reader.read(np.full((*shape, 3), 240, np.uint8)) == []


@pytest.mark.model
def test_a_view_of_a_larger_image_can_be_read(reader: TextReader) -> None:
    image = page(["the left half", "of a page"])[20:140, 10:500]
    assert as_text(reader.read(image)) == "the left half\nof a page"


def test_no_lines_are_no_text() -> None:
    assert as_text([]) == ""


def test_pieces_found_out_of_order_are_put_in_order() -> None:
    lines = [line("right", (300, 12, 400, 32)), line("left", (10, 10, 100, 30)), line("below", (10, 40, 100, 60))]
    assert as_text(lines) == "left  right\nbelow"


def test_a_piece_half_a_line_lower_is_another_row() -> None:
    assert as_text([line("one", (0, 0, 50, 20)), line("two", (60, 11, 99, 31))]) == "one\ntwo"
    assert as_text([line("one", (0, 0, 50, 20)), line("two", (60, 9, 99, 29))]) == "one  two"


boxes = st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(1, 200), st.integers(1, 40)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(st.lists(boxes, max_size=15))
def test_no_line_is_lost_or_doubled(places: list[tuple[int, int, int, int]]) -> None:
    words = [f"w{i}" for i in range(len(places))]
    text = as_text([line(word, box) for word, box in zip(words, places, strict=True)])
    assert sorted(text.split()) == sorted(words)


@pytest.mark.model
def test_reading_leaves_nothing_that_would_be_told_to_anybody(tmp_path: Path) -> None:
    read = (
        "import numpy\nfrom embeddings.reading.models import TextModels\n"
        "TextModels().recognise(numpy.full((48, 200, 3), 255, numpy.uint8))"
    )
    kept = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", read], env=kept | home, check=True)
    assert [path for path in tmp_path.rglob("*") if "microsoft" in str(path).lower()] == []
