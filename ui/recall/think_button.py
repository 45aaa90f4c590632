"""The button that asks for moments like the present state."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from ui import theme

SHORTCUT = "Ctrl+T"


class ThinkButton(QToolButton):
    """A ring around a dot; the dot fills the ring while an answer is awaited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listening = False
        self.setAccessibleName("Think of it")
        self.setToolTip(f"Think of it: find moments when your state was like now ({SHORTCUT})")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_listening(self, listening: bool) -> None:
        """Show whether a thought is being asked about."""
        self._listening = listening
        self.update()

    def sizeHint(self) -> QSize:
        """Square, as high as a text field."""
        side = self.fontMetrics().height() + 6 * theme.GRID
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, then the ring."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(theme.of(self.palette()).text)
        centre = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(QPen(colour, 1.6))
        painter.drawEllipse(centre, 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        dot = 8 if self._listening else 4
        painter.drawEllipse(centre, dot, dot)
        painter.end()
