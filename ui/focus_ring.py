"""A ring around lists of choice, numbers and sliders that have the keyboard, where Qt's own sign is hardly seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QFocusFrame, QSlider, QWidget
from shiboken6 import isValid

from ui import theme

RINGED = (QComboBox, QAbstractSpinBox, QSlider)
WIDTH = 2  # pixels, as around fields and buttons


class Ring(QFocusFrame):
    """Goes around one widget, in the colour of its text."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a line where the style would fill."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.WindowText), WIDTH))
        inset = WIDTH / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), theme.RADIUS, theme.RADIUS)


class FocusRing(QObject):
    """Follows the keyboard through the windows of a program."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.ring: Ring | None = None
        app.focusChanged.connect(self._follow)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self.ring is not None and isValid(self.ring):  # else it went with its window
            self.ring.hide()
            self.ring.deleteLater()
        self.ring = None
        if isinstance(now, RINGED):
            self.ring = Ring(now)
            self.ring.setWidget(now)
