"""What both plots of the headset window have in common: rows above one another, in our colours, nothing to drag."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QGraphicsItem

from ui import theme

Tick = tuple[float, str]
ROW_ROOM = 0.46
"""How far a curve may go from the middle of its row, in rows: the rest keeps it from its neighbours."""
_EDGE = 6 * theme.GRID
_NAMES_MOST = 32 * theme.GRID


class StillPlot:
    """Only shows. Of pyqtgraph's parts without its menus, whose hidden windows would outlive ours.

    Parameters
    ----------
    name
        What screen readers call it.
    below, above
        What stands at which place along x.

    Attributes
    ----------
    widget
        To be laid out.

    """

    def __init__(
        self, name: str, *, x_range: tuple[float, float], below: Sequence[Tick], above: Sequence[Tick] = ()
    ) -> None:
        self.widget = pg.GraphicsView()
        self.widget.setAccessibleName(name)
        self.widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        self._box.disableAutoRange()
        self._box.setXRange(*x_range, padding=0)
        self._axes = {side: pg.AxisItem(side, linkView=self._box) for side in ("left", "top", "bottom")}
        for side, ticks in (("bottom", below), ("top", above)):
            self._axes[side].setTicks([list(ticks)])
            self._axes[side].setHeight(_EDGE)
        for axis in self._axes.values():
            axis.setStyle(tickLength=0, hideOverlappingLabels=False)
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
        letters = QFontMetrics(theme.font(self.widget.font(), "small"))
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

    def dress(self, colours: theme.Colours) -> None:
        """Take the colours and the type of a window."""
        self.widget.setBackground(QColor(colours.surface))
        for side, axis in self._axes.items():
            axis.setPen(pg.mkPen(colours.line))
            axis.setTextPen(pg.mkPen(colours.text if side == "left" else colours.soft))
            axis.setStyle(tickFont=theme.font(self.widget.font(), "small"))

    def _place(self) -> None:
        room, left = QRectF(self.widget.rect()), self._names_width
        inner = room.adjusted(left, _EDGE, -_EDGE, -_EDGE)
        self._box.setGeometry(inner)
        self._axes["left"].setGeometry(QRectF(0, inner.top(), left, inner.height()))
        self._axes["top"].setGeometry(QRectF(left, 0, inner.width(), _EDGE))
        self._axes["bottom"].setGeometry(QRectF(left, inner.bottom(), inner.width(), _EDGE))


def row(at: int, count: int) -> float:
    """Return the middle of the row ``at`` from above of ``count``."""
    return float(count - 1 - at)
