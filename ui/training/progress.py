"""How a protocol went over weeks: a dot a session, and each week's mean with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.training import words

if TYPE_CHECKING:
    from companion.feedback.progress import Progress

WEEK_SECONDS = 7 * 86_400.0
UNIT = "spreads from the baseline"
LEGEND = "Full dots: own signal. Hollow: a replay. Bars: a week's mean with its 95 % interval."
_LEAST = 0.5  # spreads to either side of zero that are shown at least
_MOST_WEEKS = 12  # that are named


class TrainingProgress(QWidget):
    """Paints a `Progress`."""

    def __init__(self) -> None:
        super().__init__()
        self._progress: Progress | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Sessions over weeks")
        self.setToolTip(LEGEND)
        self.hide()

    def show_progress(self, progress: Progress | None) -> None:
        """Show this; None for nothing."""
        self._progress = progress
        self.setVisible(progress is not None and bool(progress.points))
        self.setAccessibleDescription("" if progress is None else _spoken(progress))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(70 * theme.GRID, 42 * theme.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  Qt's own signature
        """Draw the ground line, the weeks and the sessions."""
        colours, painter = theme.of(self.palette()), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(self.font(), "small"))
        progress = self._progress
        if progress is None or not progress.points:
            painter.end()
            return
        scale = _Scale(progress, QRectF(self.rect()), painter.fontMetrics())
        self._draw_axes(painter, scale, colours)
        self._draw_weeks(painter, progress, scale, colours)
        painter.setPen(QPen(QColor(colours.text), 1.5))
        for point in progress.points:
            painter.setBrush(QColor(colours.surface if point.sham else colours.text))
            painter.drawEllipse(QPointF(scale.x(scale.week_of(point.time)), scale.y(point.value)), 3.5, 3.5)
        painter.end()

    def _draw_axes(self, painter: QPainter, scale: _Scale, colours: theme.Colours) -> None:
        room = scale.room
        for value in (scale.low, 0.0, scale.high):
            painter.setPen(QPen(QColor(colours.soft if value == 0 else colours.line), 1))
            painter.drawLine(QPointF(room.left(), scale.y(value)), QPointF(room.right(), scale.y(value)))
            painter.setPen(QColor(colours.soft))
            place = QRectF(0, scale.y(value) - 10, room.left() - theme.GRID, 20)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:+.1f}")
        every = max(1, -(-scale.weeks // _MOST_WEEKS))
        for week in range(0, scale.weeks, every):
            place = QRectF(scale.x(week), room.bottom(), scale.x(1) - scale.x(0), scale.line)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(week + 1))
        painter.drawText(QRectF(0, 0, self.width(), scale.line), Qt.AlignmentFlag.AlignLeft, UNIT)
        below = QRectF(room.left(), room.bottom() + scale.line, room.width(), scale.line)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, "week")

    def _draw_weeks(self, painter: QPainter, progress: Progress, scale: _Scale, colours: theme.Colours) -> None:
        for week in progress.weeks:
            if week.value is None:
                continue
            left, right = scale.x(week.number - 1), scale.x(week.number)
            shade = QColor(colours.focus)
            shade.setAlphaF(0.25)
            high, low = scale.y(week.value.high), scale.y(week.value.low)
            painter.fillRect(QRectF(left + 2, high, right - left - 4, low - high), shade)
            painter.setPen(QPen(QColor(colours.focus), 2))
            middle = scale.y(week.value.value)
            painter.drawLine(QPointF(left + 2, middle), QPointF(right - 2, middle))


class _Scale:
    """Where weeks and spreads lie."""

    def __init__(self, progress: Progress, whole: QRectF, letters: QFontMetrics) -> None:
        own = [point.time for point in progress.points if not point.sham]
        self._begin = min(own, default=progress.points[0].time)
        values = [point.value for point in progress.points]
        for week in progress.weeks:
            values += [week.value.low, week.value.high] if week.value is not None else []
        self.low, self.high = min(-_LEAST, *values) - 0.1, max(_LEAST, *values) + 0.1
        self.weeks = max(1, *(int(self.week_of(point.time)) + 1 for point in progress.points))
        self.line = letters.height()
        left = letters.horizontalAdvance("+0.00") + 2 * theme.GRID
        self.room = whole.adjusted(left, 1.7 * self.line, -theme.GRID, -2 * self.line)

    def week_of(self, time: float) -> float:
        """Return how many weeks after the first session a time is; none before it."""
        return max(0.0, (time - self._begin) / WEEK_SECONDS)

    def x(self, week: float) -> float:
        """Return where it lies."""
        return self.room.left() + theme.GRID + week / self.weeks * (self.room.width() - 2 * theme.GRID)

    def y(self, value: float) -> float:
        """Return where a value lies."""
        return self.room.bottom() - (value - self.low) / (self.high - self.low) * self.room.height()


def _spoken(progress: Progress) -> str:
    weeks = [f"Week {week.number}: {week.sessions} sessions, {words.spreads(week.value)}" for week in progress.weeks]
    return ". ".join([progress.sentence, *weeks])
