"""A day of focus as it is painted: how probable it was, when it was deep, what was held, what the person said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from ui import theme, wording
from ui.focus.lines import Line
from ui.focus.scale import Scale, ticks

if TYPE_CHECKING:
    from companion.deep_work.looking_back import Past, Point

GAP_SECONDS = 150.0  # between two points: longer, and the curve is broken
DOTS_WIDE = 10.0  # pixels that share one dot
CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True, slots=True)
class Room:
    """Where the parts lie, from top to bottom: what was said, the curve, the dots, the hours."""

    said: QRectF
    curve: QRectF
    dots: QRectF
    hours: QRectF


def room(rect: QRectF, line: float) -> Room:
    """Return the rooms within ``rect``; ``line`` is the height of a line of text."""
    top, below = rect.top(), rect.bottom() - line
    dots = below - 4.0 * theme.GRID
    return Room(
        QRectF(rect.left(), top, rect.width(), line),
        QRectF(rect.left(), top + line + theme.GRID, rect.width(), dots - top - line - theme.GRID),
        QRectF(rect.left(), dots, rect.width(), 4.0 * theme.GRID),
        QRectF(rect.left(), below, rect.width(), line),
    )


class Drawing:
    """Draws one day."""

    def __init__(self, painter: QPainter, place: Room, scale: Scale, colours: theme.Colours, font: QFont) -> None:
        self._painter, self._place, self._scale, self._colours = painter, place, scale, colours
        self._small = theme.font(font, "small")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small)

    def hours(self) -> None:
        """Draw a line for each hour, and name it where there is room."""
        place, metrics = self._place, QFontMetrics(self._small)
        for time in ticks(self._scale.start, self._scale.end):
            x = self._x(time)
            self._painter.setPen(QPen(QColor(self._colours.line), 1))
            self._painter.drawLine(QPointF(x, place.curve.top()), QPointF(x, place.dots.bottom()))
            name = wording.clock(time)
            left = min(max(x - metrics.horizontalAdvance(name) / 2, place.hours.left()), self._last(name, metrics))
            self._painter.setPen(QColor(self._colours.soft))
            self._painter.drawText(QPointF(left, place.hours.bottom() - metrics.descent()), name)

    def deep(self, past: Past) -> None:
        """Draw when it was deep focus: a ground, and a bar on top of it."""
        for start, end in past.deep:
            left, right = self._x(start), max(self._x(end), self._x(start) + 1.0)
            ground = QColor(self._colours.focus)
            ground.setAlphaF(0.18)
            curve = self._place.curve
            self._painter.fillRect(QRectF(left, curve.top(), right - left, curve.height()), ground)
            self._painter.fillRect(QRectF(left, curve.top(), right - left, theme.GRID), QColor(self._colours.focus))

    def curve(self, points: Sequence[Point], line: Line) -> None:
        """Draw how probable it was by one of the lines; a gap where nothing is known."""
        self._painter.setPen(line.pen(self._colours))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        known = [(point.time, value) for point in points if (value := line.value(point)) is not None]
        for some in _unbroken(known):
            if len(some) == 1:
                self._painter.drawPoint(self._at(*some[0]))
            else:
                self._painter.drawPolyline(QPolygonF([self._at(*one) for one in some]))

    def held(self, times: Sequence[float]) -> None:
        """Draw a dot for each notification that was held, a larger one for several at once."""
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(self._colours.text))
        together = Counter(int(self._x(time) // DOTS_WIDE) for time in times)
        for at, number in together.items():
            radius = min(1.8 + 0.6 * number, DOTS_WIDE / 2)
            self._painter.drawEllipse(QPointF((at + 0.5) * DOTS_WIDE, self._place.dots.center().y()), radius, radius)

    def said(self, past: Past) -> None:
        """Draw what the person said of the time: a bracket and the word, where it fits."""
        metrics = QFontMetrics(self._small)
        for label in past.corrections:
            left, right = self._x(label.time_start), self._x(label.time_end)
            place = self._place.said
            self._painter.setPen(QPen(QColor(self._colours.text), 1))
            self._painter.drawPolyline(
                QPolygonF([QPointF(x, y) for x, y in _bracket(left, right, place.bottom() + theme.GRID)])
            )
            word = "focused" if label.focused else "not focused"
            wide = metrics.horizontalAdvance(word)
            start = min(max((left + right - wide) / 2, place.left()), place.right() - wide)
            self._painter.drawText(QRectF(start, place.top(), wide + 1, place.height()), CENTRE, word)

    def chosen(self, span: tuple[float, float]) -> None:
        """Draw the stretch that is chosen."""
        left, right = self._x(span[0]), self._x(span[1])
        ground = QColor(self._colours.text)
        ground.setAlphaF(0.12)
        box = QRectF(left, self._place.curve.top(), max(1.0, right - left), self._place.curve.height())
        self._painter.fillRect(box, ground)
        self._painter.setPen(QPen(QColor(self._colours.text), 1, Qt.PenStyle.DashLine))
        self._painter.drawLines([box.topLeft(), box.bottomLeft(), box.topRight(), box.bottomRight()])

    def now(self, time: float) -> None:
        """Draw where the present is."""
        x = self._x(time)
        self._painter.setPen(QPen(QColor(self._colours.soft), 1))
        self._painter.drawLine(QPointF(x, self._place.curve.top()), QPointF(x, self._place.dots.bottom()))

    def _x(self, time: float) -> float:
        return self._place.curve.left() + self._scale.x(time)

    def _at(self, time: float, probability: float) -> QPointF:
        curve = self._place.curve.adjusted(0, theme.GRID + 2, 0, -2)
        return QPointF(self._x(time), curve.bottom() - probability * curve.height())

    def _last(self, name: str, metrics: QFontMetrics) -> float:
        return self._place.hours.right() - metrics.horizontalAdvance(name)


def _bracket(left: float, right: float, y: float) -> list[tuple[float, float]]:
    return [(left, y + theme.GRID), (left, y), (right, y), (right, y + theme.GRID)]


def _unbroken(points: Sequence[tuple[float, float]]) -> Iterator[list[tuple[float, float]]]:
    some: list[tuple[float, float]] = []
    for point in points:
        if some and point[0] - some[-1][0] > GAP_SECONDS:
            yield some
            some = []
        some.append(point)
    if some:
        yield some
