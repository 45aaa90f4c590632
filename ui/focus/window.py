"""Focus: now, today, this week; why it thinks so, what was held, and the person's own word on each."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ui import theme
from ui.bridge import Bridge
from ui.focus import messages
from ui.focus.day import FocusDay
from ui.focus.held import FocusHeld
from ui.focus.now import FocusNow
from ui.focus.past import FocusPast
from ui.message_view import MessageView
from ui.settings.fit import Scrolled, open_at

if TYPE_CHECKING:
    from companion.deep_work.looking_back import Past
    from companion.deep_work.port import DeepWorkPort
    from companion.settings import Settings
    from ui.view_state import ViewState

LOOK_MS = 1000


class FocusWindow(QDialog):
    """Looks once a second while it is open.

    Parameters
    ----------
    deep
        Returns what follows focus now; None where nothing does.
    state, settings
        Return how the program is, and what the person chose.
    now
        UTC seconds.

    """

    mode_wanted = Signal(object)
    """A `Mode`."""
    settings_wanted = Signal()
    unlock_wanted = Signal()
    digest_wanted = Signal()
    calibration_wanted = Signal()

    def __init__(
        self,
        *,
        bridge: Bridge,
        deep: Callable[[], DeepWorkPort | None],
        state: Callable[[], ViewState],
        settings: Callable[[], Settings],
        now: Callable[[], float],
    ) -> None:
        super().__init__()
        self.setWindowTitle("Companion: focus")
        self._deep, self._state, self._settings, self._clock = deep, state, settings, now
        self._before: tuple[bool, int] | None = None
        self.now, self.message = FocusNow(), MessageView()
        self.day = FocusDay(bridge=bridge, deep=deep, now=now)
        self.held = FocusHeld(bridge=bridge, deep=deep, now=now)
        self.past = FocusPast(bridge=bridge, now=now, parent=self)
        self.last, self.leave = QPushButton("What the last focus held…"), QPushButton("Close")
        self.calibrate = QPushButton("Calibrate…")
        self.pages, self.content = QStackedWidget(), QWidget()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._lay_out()
        self._connect()

    def appear(self) -> None:
        """Open in front."""
        self._renew()
        self.show()
        self.raise_()
        self.activateWindow()
        self.now.take_focus()

    def look(self) -> None:
        """Show how it is now."""
        self.day.look()
        deep = self._deep()
        for button in (self.last, self.calibrate):
            button.setVisible(deep is not None)
        if deep is None:
            self.message.show_message(messages.not_followed(self._state()))
            self.pages.setCurrentWidget(self.message)
            return
        self.pages.setCurrentWidget(self.content)
        state = deep.state()
        if (state.focus.deep, state.notices.held) != self._before:
            self._before = (state.focus.deep, state.notices.held)
            self.past.renew()
        self.past.look(deep)
        self.now.show_state(state, self._settings(), self._clock())
        self.held.show_state(state)
        self.last.setEnabled(state.notices.digest is not None)

    def let_go(self) -> None:
        """Show nothing any more of what may be forgotten; what is left is asked for."""
        self._today(None)
        if self.isVisible():
            self._renew()

    def showEvent(self, event: QShowEvent) -> None:
        """Look while it is open."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no more."""
        super().hideEvent(event)
        self._timer.stop()

    def _renew(self) -> None:
        self.past.renew()
        self.look()

    def _today(self, past: Past | None) -> None:
        self.day.show_past(past)
        self.held.show_past(past)
        deep = self._deep()
        if deep is not None:
            self.held.show_state(deep.state())

    def _help(self, action: str) -> None:
        (self.unlock_wanted if action == "unlock" else self.settings_wanted).emit()

    def _connect(self) -> None:
        self._timer.timeout.connect(self.look)
        self.now.mode_wanted.connect(self.mode_wanted)
        self.message.chosen.connect(self._help)
        self.last.clicked.connect(self.digest_wanted)
        self.calibrate.clicked.connect(self.calibration_wanted)
        self.leave.clicked.connect(self.accept)
        self.day.corrected.connect(self._renew)
        self.past.today.connect(self._today)
        self.past.week.connect(self.day.show_week)
        self.past.failed.connect(self.held.complain)

    def _lay_out(self) -> None:
        for button in (self.last, self.calibrate, self.leave):
            button.setAutoDefault(False)
        self.calibrate.setShortcut(QKeySequence("Ctrl+K"))
        self.calibrate.setToolTip("Have the EEG measured against how you rest: about four minutes (Ctrl+K)")
        self.last.setShortcut(QKeySequence("Ctrl+D"))
        self.last.setToolTip("The last digest again (Ctrl+D)")
        self.leave.setToolTip("Close (Esc)")
        about = QWidget()
        sides, left, row, column = QHBoxLayout(self.content), QVBoxLayout(about), QHBoxLayout(), QVBoxLayout(self)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(8 * theme.GRID)
        sides.addWidget(Scrolled(about), 3)
        sides.addWidget(self.held, 2)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(3 * theme.GRID)
        left.addWidget(self.now)
        left.addWidget(self.day, 1)
        row.addWidget(self.last)
        row.addWidget(self.calibrate)
        row.addStretch()
        row.addWidget(self.leave)
        column.setContentsMargins(*(4 * (5 * theme.GRID,)))
        column.setSpacing(3 * theme.GRID)
        self.pages.addWidget(self.content)
        self.pages.addWidget(self.message)
        column.addWidget(self.pages, 1)
        column.addLayout(row)
        order = (self.day.stretch.back, self.held.list, self.last, self.calibrate, self.leave)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        open_at(self, 260 * theme.GRID, 170 * theme.GRID)
