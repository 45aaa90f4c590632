"""What both plots of the headset window have in common: rows above one another, in our colours, nothing to drag."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QGraphicsItem

from ui import theme

Tick = tuple[float, str]
ROW_ROOM = 0.46
"""How far a curve may go from the middle of its row, in rows: the rest keeps it from its neighbours."""
_EDGE = 6 * theme.GRID  # at least, above, below and at the right
_NAMES_MOST = 32 * theme.GRID
_BEYOND = 10_000  # pixels by which words may reach over the end of an axis: `fitting` says which may
_APART = theme.GRID  # pixels between two ticks' words, and around them


class StillPlot:
    """Only shows. Of pyqtgraph's parts without its menus, whose hidden windows would outlive ours.

    Parameters
    ----------
    name
        What screen readers call it.
    below
        What stands at which place along x. Where letters are too large for all, some are left out.
    above
        The same above the rows, in several wordings: the first for which there is room is taken, else the last.

    Attributes
    ----------
    widget
        To be laid out.

    """

    def __init__(
        self, name: str, *, x_range: tuple[float, float], below: Sequence[Tick], above: Sequence[Sequence[Tick]] = ((),)
    ) -> None:
        self.widget = pg.GraphicsView()
        self.widget.setAccessibleName(name)
        self.widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        self._box.disableAutoRange()
        self._box.setXRange(*x_range, padding=0)
        self._axes = {side: pg.AxisItem(side, linkView=self._box) for side in ("left", "top", "bottom")}
        self._x_range, self._below, self._above = x_range, below, above
        self._words: dict[str, list[str]] = {}  # by side
        for axis in self._axes.values():
            axis.setStyle(tickLength=0, hideOverlappingLabels=_BEYOND)
        # Qt deletes the items of a layout before what PySide keeps of it, which crashes: they are placed without one.
        self.widget.centralWidget.setLayout(None)
        self.widget.setCentralItem(None)
        for item in (self._box, *self._axes.values()):
            self.widget.scene().addItem(item)
        self._names_width = 0
        self.name_rows(())
        self.widget.sigDeviceRangeChanged.connect(self._place)

    def name_rows(self, names: Sequence[str]) -> None:
        """Have a row for each name, the first on top; long names are cut."""
        letters = self._letters()
        cut = [letters.elidedText(name, Qt.TextElideMode.ElideMiddle, _NAMES_MOST) for name in names]
        left = self._axes["left"]
        left.setTicks([[(row(at, len(names)), name) for at, name in enumerate(cut)]])
        self._names_width = max((letters.horizontalAdvance(name) for name in cut), default=0) + 4 * theme.GRID
        left.setWidth(self._names_width)
        self._place()
        self._box.setYRange(-0.5, max(len(names), 1) - 0.5, padding=0)

    def add(self, item: QGraphicsItem) -> None:
        """Show an item, placed in seconds or hertz, and in rows."""
        self._box.addItem(item, ignoreBounds=True)

    def remove(self, item: QGraphicsItem) -> None:
        """Show an item no more."""
        self._box.removeItem(item)

    def shown_above(self) -> list[str]:
        """Return what stands above the rows, from left to right."""
        return self._words["top"]

    def shown_below(self) -> list[str]:
        """Return what stands below the rows, from left to right."""
        return self._words["bottom"]

    def dress(self, colours: theme.Colours) -> None:
        """Take the colours and the type of a window."""
        self.widget.setBackground(QColor(colours.surface))
        for side, axis in self._axes.items():
            axis.setPen(pg.mkPen(colours.line))
            axis.setTextPen(pg.mkPen(colours.text if side == "left" else colours.soft))
            axis.setStyle(tickFont=theme.font(self.widget.font(), "small"))
        self._place()

    def _letters(self) -> QFontMetrics:
        return QFontMetrics(theme.font(self.widget.font(), "small"))

    def _place(self) -> None:
        letters = self._letters()
        wide = letters.horizontalAdvance
        edge = max(_EDGE, letters.height() + 2 * _APART)
        left = max(self._names_width, wide(self._below[0][1]) // 2 + _APART)
        right = max(_EDGE, wide(self._below[-1][1]) // 2 + _APART)
        room = QRectF(self.widget.rect())
        inner = room.adjusted(left, edge, -right, -edge)
        self._box.setGeometry(inner)
        for side in ("top", "bottom"):
            self._axes[side].setHeight(edge)
        self._axes["left"].setGeometry(QRectF(0, inner.top(), left, inner.height()))
        self._axes["top"].setGeometry(QRectF(left, 0, inner.width(), edge))
        self._axes["bottom"].setGeometry(QRectF(left, inner.bottom(), inner.width(), edge))
        a_unit = max(1.0, inner.width()) / (self._x_range[1] - self._x_range[0])
        ends = (self._x_range[0] - left / a_unit, self._x_range[1] + right / a_unit)
        above = (shown for shown in self._above if shown == fitting(shown, wide, a_unit, ends))
        self._write("top", next(above, fitting(self._above[-1], wide, a_unit, ends)))
        self._write("bottom", fitting(self._below, wide, a_unit, ends))

    def _write(self, side: str, ticks: Sequence[Tick]) -> None:
        self._words[side] = [words for _, words in ticks]
        self._axes[side].setTicks([list(ticks)])


def fitting(ticks: Sequence[Tick], wide: Callable[[str], int], a_unit: float, ends: tuple[float, float]) -> list[Tick]:
    """Return the ticks, in order of place, for whose words there is room between those before them and the ends.

    Parameters
    ----------
    wide
        How many pixels words take; they stand with their middle at their place.
    a_unit
        Pixels from one unit of place to the next.
    ends
        Between which places words may stand.

    """
    found: list[Tick] = []
    free = ends[0] * a_unit
    for place, words in ticks:
        half = wide(words) / 2
        if free <= place * a_unit - half and place * a_unit + half <= ends[1] * a_unit:
            found.append((place, words))
            free = place * a_unit + half + _APART
    return found


def row(at: int, count: int) -> float:
    """Return the middle of the row ``at`` from above of ``count``."""
    return float(count - 1 - at)
