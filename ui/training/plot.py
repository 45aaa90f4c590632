"""A plot that comes as SVG, in the colours of the window."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme

_OWN_COLOUR = "currentColor"  # what the plots are drawn in: that of the text around them


class TrainingPlot(QWidget):
    """Keeps the plot's proportions."""

    def __init__(self, name: str, svg: str) -> None:
        super().__init__()
        self._svg = svg
        self._colour = ""
        self._drawn = QSvgRenderer(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(name)
        self._dress()

    def sizeHint(self) -> QSize:
        """Return the plot's own size."""
        return self._drawn.defaultSize()

    def minimumSizeHint(self) -> QSize:
        """Return the least that can be read."""
        return self._drawn.defaultSize() * 0.6

    def heightForWidth(self, width: int) -> int:
        """Return how high it is when it is so wide."""
        own = self._drawn.defaultSize()
        return round(width * own.height() / max(1, own.width()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  Qt's own signature
        """Draw it."""
        self._dress()
        own = self._drawn.defaultSize().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter = QPainter(self)
        self._drawn.render(painter, QRectF(0, 0, own.width(), own.height()))
        painter.end()

    def _dress(self) -> None:
        colour = theme.of(self.palette()).text
        if colour != self._colour:
            self._colour = colour
            self._drawn.load(QByteArray(self._svg.replace(_OWN_COLOUR, colour).encode()))
