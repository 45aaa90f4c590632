"""A check box that looks like what it does: a switch, with its state in words."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from ui import theme

_TRACK = QSize(9 * theme.GRID, 5 * theme.GRID)
_GAP = 3 * theme.GRID


class Switch(QCheckBox):
    """Off at the left and hollow, on at the right and filled; the word stands at the far end.

    Parameters
    ----------
    words
        How its two states are called.

    """

    def __init__(self, text: str, *, words: tuple[str, str] = ("Off", "On")) -> None:
        super().__init__(text)
        self._words = words

    def sizeHint(self) -> QSize:
        """Return the room for switch, name and state."""
        metrics = self.fontMetrics()
        words = _TRACK.width() + metrics.horizontalAdvance(self.text())
        width = words + max(map(metrics.horizontalAdvance, self._words)) + 3 * _GAP
        return QSize(width, max(_TRACK.height(), metrics.height()) + 2 * theme.GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the same: nothing of it is cut."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """Return whether a click counts: anywhere on it."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  Qt's own signature
        """Draw the track and its knob, the name, the state."""
        on, colours = self.isChecked(), theme.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(2, (self.height() - _TRACK.height()) / 2, _TRACK.width(), _TRACK.height())
        radius = track.height() / 2
        painter.setPen(QPen(QColor(colours.strong if on else colours.soft), 1.5))
        painter.setBrush(QColor(colours.strong if on else colours.surface))
        painter.drawRoundedRect(track, radius, radius)
        centre = track.right() - radius if on else track.left() + radius
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.on_strong if on else colours.soft))
        painter.drawEllipse(QPointF(centre, track.center().y()), radius - theme.GRID, radius - theme.GRID)
        painter.setPen(QColor(colours.text))
        words = self.rect().adjusted(round(track.right()) + _GAP, 0, -2, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | middle, self.text())
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | middle, self._words[on])
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRect(0, 0, self.width() - 1, self.height() - 1))
        painter.end()
