"""Today and the week: the curve, the person's word on a stretch of it, and what each day came to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.bridge import Bridge
from ui.focus.curve import FocusCurve
from ui.focus.lines import FocusLines
from ui.focus.stretch import FocusStretch
from ui.focus.week import Day, FocusWeek
from ui.settings.sources import sentence

if TYPE_CHECKING:
    from companion.deep_work.looking_back import Past
    from companion.deep_work.port import DeepWorkPort


class FocusDay(QWidget):
    """What is chosen on the curve is what is corrected below it."""

    corrected = Signal()
    """What is known of the past is not as it was."""

    def __init__(self, *, bridge: Bridge, deep: Callable[[], DeepWorkPort | None], now: Callable[[], float]) -> None:
        super().__init__()
        self.curve, self.week = FocusCurve(now=now), FocusWeek()
        self.lines = FocusLines()
        self.stretch = FocusStretch(bridge=bridge, deep=deep, now=now)
        self.lines.changed.connect(lambda: self.curve.show_lines(self.lines.wanted))
        self.curve.chosen.connect(self.stretch.choose)
        self.stretch.chosen.connect(self.curve.choose)
        self.stretch.corrected.connect(self.corrected)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        head = QHBoxLayout()
        head.addWidget(sentence("Today", look="", role="strong", base=self), 1)
        head.addWidget(self.lines)
        column.addWidget(_edge())
        column.addLayout(head)
        week = (_edge(), sentence("The last seven days", look="", role="strong", base=self), self.week)
        for part in (self.curve, self.stretch, *week):
            column.addWidget(part, int(part is self.curve))

    def look(self) -> None:
        """Let the usual stretch go on with the time; one that was chosen on another day is none of today."""
        if self.stretch.renew():
            self.curve.choose(0.0, 0.0)

    def show_past(self, past: Past | None) -> None:
        """Show today; None for nothing."""
        self.curve.show_past(past)

    def show_week(self, days: Sequence[Day]) -> None:
        """Show the week, the oldest day first."""
        self.week.show_days(days)


def _edge() -> QFrame:
    edge = QFrame()
    edge.setProperty("look", "line")
    edge.setFixedHeight(1)
    return edge
