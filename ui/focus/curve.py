"""Today's focus as one curve, on which a stretch of time is chosen by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui import theme, wording
from ui.focus import scale
from ui.focus.drawing import Drawing, Room, room
from ui.focus.lines import PARTS, WHOLE, Line
from ui.focus.scale import Scale

if TYPE_CHECKING:
    from companion.deep_work.looking_back import Past

STEP_SECONDS = 300.0
_STEPS = {Qt.Key.Key_Left.value: -1, Qt.Key.Key_Right.value: 1}
NEAR_SECONDS = 90.0  # a point so near to where is pointed at is told of
NAME = "Today's focus"
HOW = "Arrow keys choose a time in steps of five minutes, with Shift a stretch."


class FocusCurve(QWidget):
    """Paints a `Past`; what is chosen is one stretch of it."""

    chosen = Signal(float, float)
    """From when to when, UTC seconds."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._past: Past | None = None
        self._lines: tuple[Line, ...] = ()
        self._anchor = self._head = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setAccessibleName(NAME)
        self.setAccessibleDescription(HOW)

    @property
    def span(self) -> tuple[float, float] | None:
        """The stretch that is chosen, None for none."""
        start, end = sorted((self._anchor, self._head))
        return (start, end) if end > start else None

    def show_past(self, past: Past | None) -> None:
        """Show this; None for nothing."""
        self._past = past
        self.setAccessibleDescription(f"{spoken(past)} {HOW}")
        self.update()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these parts beside the whole."""
        self._lines = tuple(lines)
        self.update()

    def choose(self, start: float, end: float) -> None:
        """Show that this stretch is chosen."""
        self._anchor, self._head = start, end
        self.update()

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(140 * theme.GRID, 36 * theme.GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the least that can be read."""
        return QSize(90 * theme.GRID, 36 * theme.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  Qt's own signature
        """Draw the day."""
        colours, painter = theme.of(self.palette()), QPainter(self)
        drawing = Drawing(painter, self._room(), self._scale(), colours, self.font())
        drawing.hours()
        if self._past is not None:
            drawing.deep(self._past)
            for line in (*self._lines, WHOLE):
                drawing.curve(self._past.points, line)
            drawing.held([one.time for one in self._past.held])
            drawing.said(self._past)
        drawing.now(self._now())
        if self.span is not None:
            drawing.chosen(self.span)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along time; with Shift the stretch grows or shrinks."""
        step = _STEPS.get(event.key())
        if step is None:
            super().keyPressEvent(event)
            return
        if not self._head:
            self._anchor = self._head = self._now()
        self._head = self._within(self._head + step * STEP_SECONDS)
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = self._within(self._head - STEP_SECONDS)
        self._chose()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stretch."""
        self._anchor = self._head = self._within(self._time(event))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it out."""
        self._head = self._within(self._time(event))
        self._chose()

    def event(self, event: QEvent) -> bool:
        """Tell the figures of the time that is pointed at."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.told(self._scale().time(event.x() - self._room().curve.left())))
            return True
        return super().event(event)

    def told(self, time: float) -> str:
        """Return what is known of a time (UTC seconds)."""
        past = self._past
        near = [point for point in past.points if abs(point.time - time) <= NEAR_SECONDS] if past is not None else []
        if not near or past is None:
            return f"{wording.clock(time)}: nothing is known."
        point = min(near, key=lambda one: abs(one.time - time))
        deep = any(start <= time < end for start, end in past.deep)
        parts = [f"{line.name}: {value:.0%}" for line in PARTS if (value := line.value(point)) is not None]
        alone = f" ({', '.join(parts)})" if parts else ""
        focus = "deep focus" if deep else "no deep focus"
        return f"{wording.clock(time)}: {focus}, {point.probability:.0%} probable{alone}"

    def _chose(self) -> None:
        self.update()
        if self.span is not None:
            self.chosen.emit(*self.span)

    def _time(self, event: QMouseEvent) -> float:
        time = self._scale().time(event.position().x() - self._room().curve.left())
        return round(time / 60.0) * 60.0

    def _within(self, time: float) -> float:
        return min(max(time, self._scale().start), self._now())

    def _scale(self) -> Scale:
        known = [] if self._past is None else [point.time for point in self._past.points[:1]]
        known += [] if self._past is None else [one.time for one in self._past.held[-1:]]
        return Scale(*scale.shown(self._now(), known), width=self._room().curve.width())

    def _room(self) -> Room:
        side = 2 * theme.GRID
        line = QFontMetrics(theme.font(self.font(), "small")).height()
        return room(QRectF(self.rect()).adjusted(side, theme.GRID, -side, -theme.GRID), line)


def spoken(past: Past | None) -> str:
    """Return the curve in a sentence."""
    if past is None or not past.points:
        return "Nothing is known of today yet."
    stretches = [f"{wording.clock(start)} to {wording.clock(end)}" for start, end in past.deep]
    deep = f"Deep focus: {', '.join(stretches)}." if stretches else "No deep focus yet."
    return f"{deep} {wording.count(len(past.held), 'notification was', 'notifications were')} held."
