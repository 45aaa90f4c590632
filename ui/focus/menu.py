"""Focus in the tray's menu: who decides, and the way to its window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from companion.focus.types import Mode
from ui.view_state import ViewState

NOT_FOLLOWED = "Focus is not followed: “Focus…” says how to switch it on."
MINUTES = (30, 90)


class FocusMenu(QMenu):
    """Automatic, on for a while, off; the one that holds now is marked."""

    mode_wanted = Signal(object, object)
    """A `Mode`, and for how many seconds: None for as long as it may last."""
    window_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Focus", parent)
        self.setToolTipsVisible(True)
        self.automatic = self._mode("Automatic", Mode.AUTOMATIC, None)
        self.on = tuple(self._mode(f"On for {minutes} minutes", Mode.ON, 60.0 * minutes) for minutes in MINUTES)
        self.on_and_on = self._mode("On for as long as it may last", Mode.ON, None)
        self.off = self._mode("Off", Mode.OFF, None)
        self.addSeparator()
        self.open = self._act("Focus…", self.window_wanted.emit)

    @property
    def modes(self) -> tuple[QAction, ...]:
        """Everything that says who decides."""
        return (self.automatic, *self.on, self.on_and_on, self.off)

    def show_state(self, state: ViewState) -> None:
        """Mark who decides, where focus is followed."""
        why_not = "" if state.mode is not None else NOT_FOLLOWED
        for action in self.modes:
            action.setEnabled(not why_not)
            action.setStatusTip(why_not)
            action.setToolTip(why_not)
        self.automatic.setChecked(state.mode is Mode.AUTOMATIC)
        self.off.setChecked(state.mode is Mode.OFF)
        self.menuAction().setText(f"Focus: {_SAID[state.mode]}" if state.mode is not None else "Focus")

    def _mode(self, name: str, mode: Mode, seconds: float | None) -> QAction:
        action = self._act(name, lambda: self.mode_wanted.emit(mode, seconds))
        action.setCheckable(mode is not Mode.ON)  # for how long it is on is said in the window
        return action

    def _act(self, name: str, call: Callable[[], None]) -> QAction:
        action = self.addAction(name)
        action.triggered.connect(call)
        return action


_SAID = {Mode.AUTOMATIC: "automatic", Mode.ON: "on", Mode.OFF: "off"}
