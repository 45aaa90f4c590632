"""Deep focus on each of the last seven days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui import theme, wording

if TYPE_CHECKING:
    from index.focus_history import Totals

LEAST_SECONDS = 2 * 3600.0  # that the highest column stands for
CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its name, and what it came to."""

    name: str
    totals: Totals

    @property
    def told(self) -> str:
        """The day in a sentence."""
        totals = self.totals
        if not totals.seconds:
            return f"{self.name}: focus was not followed."
        watched = f"{wording.long(totals.seconds)} followed"
        if not totals.deep:
            return f"{self.name}: no deep focus, {watched}."
        longest = f"the longest stretch {wording.long(totals.longest)}"
        return f"{self.name}: {wording.long(totals.deep)} of deep focus, {longest}, {watched}."


class FocusWeek(QWidget):
    """A column a day, the hours written on it."""

    def __init__(self) -> None:
        super().__init__()
        self._days: tuple[Day, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Deep focus on the last seven days")

    def show_days(self, days: Sequence[Day]) -> None:
        """Show these, the oldest first."""
        self._days = tuple(days)
        self.setAccessibleDescription(" ".join(day.told for day in days))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(140 * theme.GRID, 30 * theme.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  Qt's own signature
        """Draw the columns on their line, with their names below and their hours above."""
        colours, painter = theme.of(self.palette()), QPainter(self)
        small = theme.font(self.font(), "small")
        painter.setFont(small)
        line = QFontMetrics(small).height()
        most = max([LEAST_SECONDS, *(day.totals.deep for day in self._days)])
        ground = QRectF(self.rect()).adjusted(0, line, 0, -line - theme.GRID)
        for at, day in enumerate(self._days):
            place = self._column(at)
            high = ground.height() * day.totals.deep / most
            box = QRectF(place.center().x() - 3 * theme.GRID, ground.bottom() - high, 6 * theme.GRID, high)
            painter.fillRect(box, QColor(colours.focus))
            painter.setPen(QColor(colours.text if day.totals.deep else colours.soft))
            painter.drawText(QRectF(place.left(), box.top() - line, place.width(), line), CENTRE, _hours(day))
            painter.setPen(QColor(colours.soft))
            name = QRectF(place.left(), ground.bottom() + theme.GRID, place.width(), line)
            painter.drawText(name, CENTRE, day.name)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(QPointF(ground.left(), ground.bottom()), QPointF(ground.right(), ground.bottom()))
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Tell the figures of the day that is pointed at."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            pointed_at = [day for at, day in enumerate(self._days) if self._column(at).contains(QPointF(event.pos()))]
            QToolTip.showText(event.globalPos(), pointed_at[0].told if pointed_at else "")
            return True
        return super().event(event)

    def _column(self, at: int) -> QRectF:
        wide = self.width() / max(1, len(self._days))
        return QRectF(at * wide, 0, wide, self.height())


def _hours(day: Day) -> str:
    if not day.totals.seconds:
        return "-"
    return wording.long(day.totals.deep) if day.totals.deep else "none"
