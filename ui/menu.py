"""The menu of the tray icon, and of the small window where there is no tray."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from ui import global_key
from ui.focus.menu import FocusMenu
from ui.view_state import ViewState, before_start

FORGET_MINUTES = 10
MAILS = "Waiting mails…"
LOCKED = "What was recorded is sealed: unlock memory first, then forget."


class CompanionMenu(QMenu):
    """State on top, then everything that can be done from anywhere."""

    pause_wanted = Signal(object)
    """Seconds, or None for "until I resume"."""
    resume_wanted = Signal()
    forget_wanted = Signal()
    toasts_closed = Signal()
    think_wanted = Signal()
    recall_wanted = Signal()
    lock_wanted = Signal()
    unlock_wanted = Signal()
    headset_wanted = Signal()
    training_wanted = Signal()
    mails_wanted = Signal()
    recorded_wanted = Signal()
    settings_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Companion", parent)
        self.state = self._said()
        self.headset = self._said()
        self.deep_focus = self._said()
        self.addSeparator()
        self.pauses = (
            self._act("Pause for 5 minutes", lambda: self.pause_wanted.emit(300)),
            self._act("Pause for 30 minutes", lambda: self.pause_wanted.emit(1800)),
            self._act("Pause until I resume", lambda: self.pause_wanted.emit(None)),
        )
        self.resume = self._act("Resume", self.resume_wanted.emit)
        self.forget = self._act(f"Forget the last {FORGET_MINUTES} minutes…", self.forget_wanted.emit)
        self.focus = FocusMenu(self)
        self.addMenu(self.focus)
        self.toasts = self._act("", self.toasts_closed.emit)
        self.show_toasts(0)
        self.addSeparator()
        self.think = self._act("Think of it", self.think_wanted.emit)
        self.recall = self._act("Open recall", self.recall_wanted.emit)
        self.hotkey_problem = self._said()
        self.hotkey_problem.setVisible(False)
        self.addSeparator()
        self.unlock = self._act("Unlock…", self.unlock_wanted.emit)
        self.lock = self._act("Lock now", self.lock_wanted.emit)
        self._lockable = False
        self.setToolTipsVisible(True)
        self.electrodes = self._act("Headset…", self.headset_wanted.emit)
        self.training = self._act("Training…", self.training_wanted.emit)
        self.mails = self._act(MAILS, self.mails_wanted.emit)
        self.mails.setVisible(False)
        self.recorded = self._act("What is recorded…", self.recorded_wanted.emit)
        self.settings = self._act("Settings…", self.settings_wanted.emit)
        self.leave = self._act("Quit", self.quit_wanted.emit)
        self.show_state(before_start())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay on the screen: what it says may have become longer while it is open."""
        super().resizeEvent(event)
        room = self.screen().availableGeometry()
        over = self.geometry().right() - room.right()
        if self.isVisible() and over > 0:
            self.move(max(room.left(), self.x() - over), self.y())

    def show_state(self, state: ViewState) -> None:
        """Show this state and offer what can be done in it."""
        self.state.setText(_short(state.sentence))
        self.headset.setText(_short(state.headset))
        self.deep_focus.setText(_short(state.focus))
        self.deep_focus.setVisible(bool(state.focus))
        self.focus.show_state(state)
        for pause in self.pauses:
            pause.setVisible(not state.paused)
            pause.setEnabled(state.running)
        self.resume.setVisible(state.paused)
        self.forget.setEnabled(state.running and not state.locked)
        self.forget.setStatusTip(LOCKED if state.locked else "")
        self.forget.setToolTip(LOCKED if state.locked else "")
        self.think.setEnabled(not state.locked)
        self.unlock.setVisible(state.locked)
        self.lock.setVisible(not state.locked)
        self._running = state.running
        self.lock.setEnabled(self._lockable and self._running)

    def show_mails(self, shown: bool, waiting: int) -> None:
        """Offer the mails that wait, or not, and say how many there are."""
        self.mails.setText(f"{MAILS} ({waiting})" if waiting else MAILS)
        self.mails.setVisible(shown)

    def show_toasts(self, count: int) -> None:
        """Offer to close the notices on the screen, where there are some: they themselves never take the keyboard."""
        self.toasts.setText("Close the notice" if count == 1 else f"Close the {count} notices")
        self.toasts.setVisible(count > 0)

    def show_lock(self, lockable: bool, why_not: str) -> None:
        """Offer to lock, or say why that is not possible."""
        self._lockable = lockable
        self.lock.setEnabled(self._lockable and self._running)
        self.lock.setStatusTip(why_not)
        self.lock.setToolTip(why_not)

    def show_hotkey(self, combination: str, problem: str) -> None:
        """Show the keys that open recall, or why there are none."""
        keys = global_key.named(combination)
        self.recall.setText("Open recall" if problem or not keys else f"Open recall\t{keys}")
        self.hotkey_problem.setText(_short(problem))
        self.hotkey_problem.setVisible(bool(problem))

    def _said(self) -> QAction:
        action = self.addAction("")
        action.setEnabled(False)
        return action

    def _act(self, name: str, call: Callable[[], None]) -> QAction:
        action = self.addAction(name)
        action.triggered.connect(call)
        return action


def _short(sentence: str, longest: int = 90) -> str:
    """Return a sentence that fits a menu; the tooltip and the windows have the whole of it."""
    cut = sentence if len(sentence) <= longest else f"{sentence[: longest - 1].rstrip()}…"
    return cut.replace("&", "&&")
