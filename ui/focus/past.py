"""What the focus window shows of the past: asked for now and then, while somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui import failures, wording
from ui.bridge import Bridge
from ui.focus import scale
from ui.focus.week import Day

if TYPE_CHECKING:
    from companion.deep_work.looking_back import Past
    from companion.deep_work.port import DeepWorkPort
    from index.focus_history import Totals

TODAY_SECONDS, WEEK_SECONDS = 30.0, 300.0  # after which it is asked for anew
DAYS = 7


class FocusPast(QObject):
    """Asks for today and for the week, one question of each at a time.

    Parameters
    ----------
    now
        UTC seconds.

    """

    today = Signal(object)
    """A `Past`."""
    week = Signal(object)
    """A list of `Day`, the oldest first."""
    failed = Signal(str)

    def __init__(self, *, bridge: Bridge, now: Callable[[], float], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._now = bridge, now
        self._today_due = self._week_due = 0.0
        self._problems: dict[str, str] = {}
        self._asked_today: Future[Past] | None = None
        self._asked_week: Future[tuple[Totals, ...]] | None = None

    def renew(self) -> None:
        """Take what was asked before for too old."""
        self._today_due = self._week_due = 0.0

    def look(self, deep: DeepWorkPort) -> None:
        """Ask for what is too old."""
        now = self._now()
        if self._asked_today is None and now >= self._today_due:
            self._today_due = now + TODAY_SECONDS
            self._asked_today = deep.past(scale.midnight(now), now)
            self._bridge.follow(self._asked_today, self._tell_today)
        if self._asked_week is None and now >= self._week_due:
            self._week_due = now + WEEK_SECONDS
            starts = [scale.midnight(now, days=day) for day in range(1 - DAYS, 2)]
            self._asked_week = deep.totals(list(pairwise(starts)))
            self._bridge.follow(self._asked_week, lambda asked: self._tell_week(asked, starts))

    def _tell_today(self, asked: Future[Past]) -> None:
        self._asked_today = None
        if self._went_well("today", asked):
            self.today.emit(asked.result())

    def _tell_week(self, asked: Future[tuple[Totals, ...]], starts: list[float]) -> None:
        self._asked_week = None
        if self._went_well("week", asked):
            names = [*(wording.weekday(start) for start in starts[: DAYS - 1]), "Today"]
            days = zip(names, asked.result(), strict=True)
            self.week.emit([Day(name, totals) for name, totals in days])

    def _went_well(self, what: str, asked: Future[Past] | Future[tuple[Totals, ...]]) -> bool:
        if asked.cancelled():
            return False
        before = self._problems.get(what, "")
        error = asked.exception()
        self._problems[what] = "" if error is None else failures.sentence(error)
        if self._problems[what] != before:
            self.failed.emit(next(filter(None, self._problems.values()), ""))
        return error is None
