from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from companion.feedback.svg import Line, Plot, drawn


@pytest.mark.parametrize(
    ("up", "ticks"),
    [
        ((0.0, 1.0), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ((-3.1, 1.6), ["-3", "-2", "-1", "0", "1"]),
        ((0.0165, 2.39), ["0.5", "1", "1.5", "2"]),
        ((100.0, 1000.0), ["200", "400", "600", "800", "1000"]),
    ],
)
def test_axes_carry_round_numbers(up: tuple[float, float], ticks: list[str]) -> None:
    line = Line(np.arange(3.0), np.linspace(*up, 3))
    picture = drawn(Plot("A <plot>", "minutes", "spreads", (line,), (), up))
    assert ET.fromstring(picture).attrib["aria-label"] == "A <plot>"  # noqa: S314 our own
    assert re.findall(r'text-anchor="end">([^<]*)<', picture) == ticks


def test_a_line_is_broken_where_nothing_is_known() -> None:
    line = Line(np.arange(6.0), np.array([0, 1, np.nan, 1, np.nan, np.nan]))
    picture = drawn(Plot("", "", "", (line,)))
    assert (picture.count("<polyline"), picture.count("<circle")) == (1, 1)
    assert "nan" not in picture


def test_a_plot_of_nothing_is_still_one() -> None:
    picture = drawn(Plot("", "", "", (Line(np.empty(0), np.empty(0)),)))
    assert ET.fromstring(picture) is not None  # noqa: S314 our own
