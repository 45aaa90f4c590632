"""What stands around the rows of the headset window, in letters of any size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from ui.headset.plot import StillPlot, fitting
from ui.headset.power import BANDS
from ui.headset.spectrum import SpectrumPlot

NAMES = [band.name for band in BANDS]
SYMBOLS = [band.symbol for band in BANDS]


def wide(words: str) -> int:
    return 10 * len(words)


@pytest.fixture(params=[1.0, 1.5, 2.0])
def letters(qt: QApplication, request: pytest.FixtureRequest) -> Iterator[float]:
    usual = qt.font()
    larger = QFont(usual)
    larger.setPointSizeF(usual.pointSizeF() * request.param)
    qt.setFont(larger)
    yield request.param
    qt.setFont(usual)


def test_words_that_would_touch_the_ones_before_are_left_out() -> None:
    ticks = [(0.0, "one"), (0.2, "two"), (0.5, "three"), (1.0, "four")]
    assert fitting(ticks, wide, a_unit=100.0, ends=(-0.5, 1.5)) == [(0.0, "one"), (0.5, "three"), (1.0, "four")]


def test_words_that_would_reach_over_an_end_are_left_out() -> None:
    ticks = [(0.0, "one"), (1.0, "four")]
    assert fitting(ticks, wide, a_unit=100.0, ends=(0.0, 1.0)) == []
    assert fitting(ticks, wide, a_unit=100.0, ends=(-0.15, 1.2)) == ticks


@pytest.mark.parametrize("width", [320, 800])
def test_the_bands_keep_names_or_letters_however_large_the_letters_are(
    qt: QApplication, letters: float, width: int
) -> None:
    spectrum = SpectrumPlot()
    spectrum.resize(width, 300)
    spectrum.restyle()
    spectrum.show()
    qt.processEvents()
    shown = spectrum.plot.shown_above()
    hertz = spectrum.plot.shown_below()
    spectrum.close()
    assert shown == (NAMES if letters == 1.0 or width == 800 else SYMBOLS)
    assert hertz[0] == "1 Hz"
    assert {"2", "4", "8", "13", "30"} <= set(hertz)


def test_a_plot_with_no_room_between_its_margins_is_no_error(qt: QApplication) -> None:  # noqa: ARG001 it paints
    plot = StillPlot("Any", x_range=(0, 4), below=[(0, "none"), (4, "four")], above=[[(2, "middle")]])
    plot.widget.show()
    for width in range(1, 120):  # one of these is just what the margins take
        plot.widget.resize(width, 100)
        plot.name_rows(())
    assert plot.shown_above() == ["middle"]
    plot.widget.close()
