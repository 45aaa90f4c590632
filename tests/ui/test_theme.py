from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

import ui
from ui import theme


@pytest.mark.parametrize("pair", theme.TEXT_PAIRS, ids=" on ".join)
@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_text_can_be_read(colours: theme.Colours, pair: tuple[str, str]) -> None:
    text, ground = (getattr(colours, name) for name in pair)
    assert theme.contrast(text, ground) >= 4.5


@pytest.mark.parametrize("panel", theme.PANELS)
@pytest.mark.parametrize("colour", dataclasses.astuple(theme.TRAY))
def test_tray_signs_stand_out_on_light_and_dark_panels(colour: str, panel: str) -> None:
    assert theme.contrast(colour, panel) >= 3.0


def test_every_text_colour_is_in_a_measured_pair() -> None:
    grounds = {"window", "surface", "selected", "line", "strong", "mark"}
    texts = {field.name for field in dataclasses.fields(theme.Colours)} - grounds
    assert texts == {text for text, _ in theme.TEXT_PAIRS}


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#777777") == 1


def test_no_other_module_names_a_colour() -> None:
    folder = Path(ui.__file__).parent
    named = re.compile(r"#[0-9a-fA-F]{6}\b|Qt\.GlobalColor\.(?!transparent)|QColor\(\d|rgba?\(")
    guilty = [
        path.name for path in folder.rglob("*.py") if path != folder / "theme.py" and named.search(path.read_text())
    ]
    assert guilty == []


def test_lengths_are_on_the_grid() -> None:
    assert theme.SIDEBAR_WIDTH % theme.GRID == 0
    assert theme.THUMBNAIL[0] / theme.THUMBNAIL[1] == pytest.approx(1.6)
