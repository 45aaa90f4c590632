"""The spectrum of each chosen electrode, in the row of its trace."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from embeddings.types import Signal
from ui import theme
from ui.headset.plot import ROW_ROOM, StillPlot, row
from ui.headset.power import BANDS, HIGHEST_HZ, LOWEST_HZ, SECONDS, Spectrum

WAITING = f"The spectrum needs {SECONDS:g} seconds of signal without a gap."
_STEP = 10.0  # dB to which a row's ends are rounded
_LEAST_RANGE = 30.0  # dB
_HERTZ = (1, 2, 4, 8, 13, 30, 45)


class SpectrumPlot(QWidget):
    """Curves over frequency, with the bands by name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = StillPlot(
            "Spectrum",
            x_range=(math.log2(LOWEST_HZ), math.log2(HIGHEST_HZ)),
            below=[(math.log2(hertz), "1 Hz" if hertz == 1 else str(hertz)) for hertz in _HERTZ],
            above=[
                [(math.log2(band.low * band.high) / 2, words) for band, words in zip(BANDS, wording, strict=True)]
                for wording in ([band.name for band in BANDS], [band.symbol for band in BANDS])
            ],
        )
        self.caption = WAITING
        self.curves: dict[str, pg.PlotCurveItem] = {}
        self._grounds = [
            pg.LinearRegionItem((math.log2(band.low), math.log2(band.high)), movable=False, pen=pg.mkPen(None))
            for band in BANDS[1::2]
        ]
        for ground in self._grounds:
            ground.setZValue(-1)
            self.plot.add(ground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot.widget)
        self.restyle()

    def choose(self, names: Sequence[str]) -> None:
        """Give each of these a row, the first on top."""
        for curve in self.curves.values():
            self.plot.remove(curve)
        self.curves = {name: pg.PlotCurveItem(connect="finite", pen=self._pen()) for name in names}
        for at, curve in enumerate(self.curves.values()):
            curve.setPos(0.0, row(at, len(names)))
            self.plot.add(curve)
        self.plot.name_rows([""] * len(names))  # they stand in the same rows as the traces, which have the names
        self.caption = WAITING

    def draw(self, found: Spectrum | None) -> None:
        """Draw it; without one, nothing but what it waits for."""
        names = [name for name in self.curves if found is not None and name in found.ch_names]
        if found is None or not names:
            for curve in self.curves.values():
                curve.setData([], [])
            self.caption = WAITING
            return
        decibels = found.decibels[[found.ch_names.index(name) for name in names]]
        low, high = _ends(decibels)
        for name, line in zip(names, decibels, strict=True):
            self.curves[name].setData(np.log2(found.frequencies), (2 * (line - low) / (high - low) - 1) * ROW_ROOM)
        self.caption = f"The last {SECONDS:g} s, each row from {low:.0f} to {high:.0f} dB (0 is 1 µV²/Hz)."
        self.plot.widget.setAccessibleDescription(f"{', '.join(names)}. {self.caption}")

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.restyle()

    def restyle(self) -> None:
        """Take the colours of now."""
        colours = theme.of(self.palette())
        self.plot.dress(colours)
        for ground in self._grounds:
            ground.setBrush(QColor(colours.window))
        for curve in self.curves.values():
            curve.setPen(self._pen())

    def _pen(self) -> object:
        return pg.mkPen(theme.of(self.palette()).text, width=1)


def _ends(decibels: Signal) -> tuple[float, float]:
    """Return the round decibels between which all curves lie."""
    known = decibels[np.isfinite(decibels)]
    if not len(known):
        return 0.0, _LEAST_RANGE
    high = math.ceil(float(known.max()) / _STEP) * _STEP
    return min(math.floor(float(known.min()) / _STEP) * _STEP, high - _LEAST_RANGE), high
