"""A head seen from above, with a dot for each electrode."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.headset.places import place
from ui.headset.words import Lying

DOT = 2 * theme.GRID
"""Radius of a dot, pixels."""
MOST_WORDS = 4
"""Electrodes beside whose dots their state is written; beside more, there is room for their names alone."""
_MARGIN = 9 * theme.GRID
_LINE = 2.0
_HALF_ROUND = 180 * 16  # Qt counts sixteenths of a degree

Electrode = tuple[str, Lying, str]
"""Name, state and the state in words."""


class Head(QWidget):
    """Paints; `show_electrodes` says what."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._electrodes: tuple[Electrode, ...] = ()
        self.setMinimumSize(68 * theme.GRID, 62 * theme.GRID)
        self.setAccessibleName("Head from above, the nose on top")

    def show_electrodes(self, electrodes: tuple[Electrode, ...]) -> None:
        """Show these."""
        if electrodes == self._electrodes:
            return
        self._electrodes = electrodes
        self.setAccessibleDescription(", ".join(f"{name}: {words}" for name, _, words in electrodes))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the head, then what lies on it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(self.font(), "small"))
        colours = theme.of(self.palette())
        radius = min(self.width(), self.height()) / 2 - _MARGIN
        middle = QPointF(self.width() / 2, self.height() / 2)
        _outline(painter, middle, radius, colours)
        for name, lying, words in self._electrodes:
            where = place(name)
            if where is not None:
                dot = middle + QPointF(where[0] * radius, -where[1] * radius)
                paint_dot(painter, dot, lying, colours)
                self._label(painter, dot, name, words if len(self._electrodes) <= MOST_WORDS else "")
        lost = [name for name, _, _ in self._electrodes if place(name) is None]
        if lost:
            painter.setPen(QColor(colours.soft))
            bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter
            said = f"No place is known for {', '.join(lost)}"
            width = self.width()
            painter.drawText(
                self.rect(), bottom, painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, width)
            )
        painter.end()

    def _label(self, painter: QPainter, dot: QPointF, name: str, words: str) -> None:
        colours, text = theme.of(self.palette()), f"{name}\n{words}" if words else name
        size = painter.fontMetrics().size(0, text)
        left = min(max(dot.x() - size.width() / 2, 0.0), self.width() - size.width())
        painter.setPen(QColor(colours.text))
        below = QRectF(left, dot.y() + DOT + 2, size.width(), size.height())
        painter.fillRect(below, QColor(colours.window))  # the outline does not run through the words
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, text)


def paint_dot(painter: QPainter, at: QPointF, lying: Lying, colours: theme.Colours) -> None:
    """Paint an electrode's state: a disc, a disc half empty, a crossed ring, or a thin ring where it is unknown."""
    colour = QColor(
        {
            Lying.GOOD: colours.accent,
            Lying.BADLY: colours.amber,
            Lying.SILENT: colours.red,
            Lying.UNKNOWN: colours.grey,
        }[lying]
    )
    painter.setPen(QPen(colour, _LINE))
    painter.setBrush(colour if lying is Lying.GOOD else QColor(colours.window))
    painter.drawEllipse(at, DOT - 1, DOT - 1)
    if lying is Lying.BADLY:
        painter.setBrush(colour)
        painter.drawPie(QRectF(at.x() - DOT + 1, at.y() - DOT + 1, 2 * DOT - 2, 2 * DOT - 2), _HALF_ROUND, _HALF_ROUND)
    elif lying is Lying.SILENT:
        arm = DOT / 2
        painter.drawLine(at + QPointF(-arm, -arm), at + QPointF(arm, arm))
        painter.drawLine(at + QPointF(-arm, arm), at + QPointF(arm, -arm))


def dot(lying: Lying, colours: theme.Colours, ratio: float = 1.0) -> QPixmap:
    """Return an electrode's state as a picture."""
    picture = QPixmap(round((2 * DOT + 2) * ratio), round((2 * DOT + 2) * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_dot(painter, QPointF(DOT + 1, DOT + 1), lying, colours)
    painter.end()
    return picture


def _outline(painter: QPainter, middle: QPointF, radius: float, colours: theme.Colours) -> None:
    painter.setPen(QPen(QColor(colours.soft), _LINE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    nose, ear = radius * 0.12, radius * 0.1
    top = middle - QPointF(0, radius)
    painter.drawLine(top + QPointF(-nose, nose / 12), top - QPointF(0, nose))
    painter.drawLine(top + QPointF(nose, nose / 12), top - QPointF(0, nose))
    for side in (-1, 1):
        at = middle + QPointF(side * radius, 0)
        painter.drawArc(QRectF(at.x() - ear, at.y() - 2 * ear, 2 * ear, 4 * ear), side * -90 * 16, _HALF_ROUND)
    painter.drawEllipse(middle, radius, radius)
