"""The value as a plain bar, for those who want it beside the scene."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.theme import SCENE
from ui.training.look import Look

TARGET = 0.5


class TrainingBar(QWidget):
    """Rises from below; a line across marks the target."""

    def __init__(self) -> None:
        super().__init__()
        self._look = Look()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The value as a bar, with a line at the target")

    @property
    def look(self) -> Look:
        """What is shown."""
        return self._look

    def show_look(self, look: Look) -> None:
        """Show this, which glides as the scene does."""
        changed = (look.value, look.veil, look.target) != (self._look.value, self._look.veil, self._look.target)
        self._look = look
        if changed:
            self.update()

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(9 * theme.GRID, 100 * theme.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  Qt's own signature
        """Draw the bar in its groove, and the target."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(SCENE.ground))
        groove = QRectF(self.rect()).adjusted(*(2 * (3 * theme.GRID,)), -3 * theme.GRID, -3 * theme.GRID)
        painter.setOpacity(1 - 0.5 * self._look.veil)
        painter.fillRect(groove, QColor(SCENE.hills_far[0]))
        if self._look.target > 0:
            high = groove.height() * self._look.value
            painter.fillRect(QRectF(groove.left(), groove.bottom() - high, groove.width(), high), QColor(SCENE.glow))
        painter.setPen(QPen(QColor(SCENE.ring), 2))
        middle = groove.bottom() - TARGET * groove.height()
        painter.drawLine(QRectF(0, middle, self.width(), 0).topLeft(), QRectF(0, middle, self.width(), 0).topRight())
        painter.end()
