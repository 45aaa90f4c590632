"""What was held and what passed today, why, and the person's word on each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui import theme
from ui.bridge import Bridge
from ui.digest import lines
from ui.digest.actions import DigestActions
from ui.digest.list import HINT, DigestList
from ui.settings.sources import sentence

if TYPE_CHECKING:
    from companion.deep_work.looking_back import Past
    from companion.deep_work.port import DeepWorkPort, DeepWorkState

EMPTY = "Nothing was held today, and nothing had to pass."


class FocusHeld(QWidget):
    """A list with what it says below."""

    def __init__(self, *, bridge: Bridge, deep: Callable[[], DeepWorkPort | None], now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._past: Past | None = None
        self._shown: object = None
        self.list = DigestList("Notifications of today, newest first", empty=EMPTY)
        self.noticed = DigestActions(self.list, deep, bridge=bridge)
        self.problem = sentence("", base=self, look="caution")
        self.noticed.told.connect(self.complain)
        frame = QFrame()
        frame.setProperty("look", "card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, theme.GRID, 1, theme.GRID)
        inside.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(sentence("Held and passed today", look="", role="strong", base=self))
        column.addWidget(frame, 1)
        column.addWidget(sentence(HINT, base=self))
        column.addWidget(self.problem)
        self.complain("")

    def show_past(self, past: Past | None) -> None:
        """Take what was held out of this; None for nothing."""
        self._past, self._shown = past, None
        if past is None:
            self.list.show_lines(())

    def show_state(self, state: DeepWorkState) -> None:
        """Show what was held, and what was judged since the program started."""
        past, now = self._past, self._now()
        if past is None:
            return
        recent = state.notices.recent
        shown = (past, recent[:1], now // 60.0)  # how long ago it was is said in minutes
        if shown != self._shown:
            self._shown = shown
            judged = [one for one in recent if one.notice.time >= past.start]
            self.list.show_lines(lines.of_day(past.held, judged, now))

    def complain(self, said: str) -> None:
        """Say what the person should know."""
        self.problem.setText(said)
        self.problem.setVisible(bool(said))
