"""Live traces of a few electrodes, above one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QVBoxLayout, QWidget

from ui import theme
from ui.headset.filter import CORNER_HZ
from ui.headset.plot import ROW_ROOM, StillPlot, row
from ui.headset.shades import Shade
from ui.headset.signal import Rolling

SHOWN_SECONDS = 8.0
SCALES = (25, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000)
"""What a row may reach to, µV."""
WAITING = "The traces begin with the first second of signal."
FILTERED = f"Seen without the mains and what is slower than {CORNER_HZ:g} Hz; recorded as it comes."
_ROOM_TO_SPARE = 0.35  # of the scale: a signal that is quieter gets a smaller one
_SECONDS = ((-7.8, "8 s ago"), (-6.0, "6"), (-4.0, "4"), (-2.0, "2"), (-0.2, "now"))


class Traces(QWidget):
    """Curves that wander to the left.

    Attributes
    ----------
    scale
        What each row reaches to, µV.
    caption
        How to read them, in words.

    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = StillPlot("Live traces", x_range=(-SHOWN_SECONDS, 0), below=_SECONDS)
        self.scale, self.caption = SCALES[1], WAITING
        self.curves: dict[str, pg.PlotCurveItem] = {}
        self.grounds: list[QGraphicsItem] = []  # and the words on them
        self._group = pg.ItemGroup()
        self.plot.add(self._group)
        self._origin = 0.0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot.widget)
        self.restyle()

    def choose(self, names: Sequence[str]) -> None:
        """Show these, the first on top."""
        for curve in self.curves.values():
            self.plot.remove(curve)
        self.curves = {name: pg.PlotCurveItem(connect="finite", pen=self._pen()) for name in names}
        for curve in self.curves.values():
            self.plot.add(curve)
        self.plot.name_rows(names)

    def draw(self, rolling: Rolling) -> None:
        """Draw what is known now."""
        self._origin = self._origin or rolling.time_end
        for name, curve in self.curves.items():
            if name in rolling.ch_names:
                times, values = rolling.points(name, self._origin)
                curve.setData(times, np.clip(values / self.scale, -1.0, 1.0) * ROW_ROOM)

    def move_to(self, shown: float) -> None:
        """Have ``shown`` (UTC seconds) at the right edge."""
        left = self._origin - shown
        for at, curve in enumerate(self.curves.values()):
            curve.setPos(left, row(at, len(self.curves)))
        self._group.setPos(left, 0.0)

    def fit(self, rolling: Rolling) -> None:
        """Choose the scale by how loud the electrodes are, half of them at least; say what goes beyond."""
        names = [name for name in self.curves if name in rolling.ch_names]
        loud = {name: rolling.loudness(name) for name in names}
        usual = float(np.median(list(loud.values()))) if loud else 0.0
        if usual > self.scale or usual < _ROOM_TO_SPARE * self.scale:
            self.scale = next((scale for scale in SCALES if scale >= usual), SCALES[-1])
        beyond = [name for name in names if loud[name] > self.scale]
        cut = f" {', '.join(beyond)} {'goes' if len(beyond) == 1 else 'go'} beyond." if beyond else ""
        self.caption = f"Each row from -{self.scale} to {self.scale} µV.{cut} {FILTERED}"
        self.plot.widget.setAccessibleDescription(f"{', '.join(names)}. {self.caption}")

    def shade(self, shades: Sequence[Shade]) -> None:
        """Put a ground with a word behind what the person did."""
        for item in self.grounds:
            self.plot.widget.scene().removeItem(item)
        self.grounds.clear()
        colours, names = theme.of(self.palette()), list(self.curves)
        for shade in shades:
            if shade.name in names:
                self._shade(shade, row(names.index(shade.name), len(names)), colours)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.restyle()

    def restyle(self) -> None:
        """Take the colours of now."""
        self.plot.dress(theme.of(self.palette()))
        for curve in self.curves.values():
            curve.setPen(self._pen())

    def _shade(self, shade: Shade, middle: float, colours: theme.Colours) -> None:
        left, high = shade.start - self._origin, 2 * ROW_ROOM
        ground = QGraphicsRectItem(QRectF(left, middle - ROW_ROOM, shade.end - shade.start, high), self._group)
        ground.setBrush(QColor(colours.selected))
        ground.setPen(pg.mkPen(None))
        ground.setZValue(-1)
        word = pg.TextItem(shade.word, color=colours.soft, anchor=(1, 0))
        word.setFont(theme.font(self.font(), "small"))
        word.setParentItem(self._group)
        word.setPos(left + shade.end - shade.start, middle + ROW_ROOM)
        self.grounds += [ground, word]

    def _pen(self) -> object:
        return pg.mkPen(theme.of(self.palette()).text, width=1)
