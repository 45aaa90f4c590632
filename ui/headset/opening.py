"""Opens the headset's window, which is made when it is first asked for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ui.bridge import Bridge
from ui.engine_link import EngineLink
from ui.headset.view import HeadsetView


class HeadsetOpening(QObject):
    """Has at most one window, told of every new state."""

    settings_wanted = Signal()
    resume_wanted = Signal()
    unlock_wanted = Signal()

    def __init__(self, *, bridge: Bridge, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._link = bridge, link
        self.window: HeadsetView | None = None

    def open(self) -> None:
        """Show how the headset lies and what it sends."""
        if self.window is None:
            self.window = HeadsetView(lambda: self._link.engine, self._link.state, bridge=self._bridge)
            self.window.settings_wanted.connect(self.settings_wanted)
            self.window.resume_wanted.connect(self.resume_wanted)
            self.window.unlock_wanted.connect(self.unlock_wanted)
            self._link.changed.connect(self.window.show_state)
        self.window.appear()

    def close(self) -> None:
        """Put the window away."""
        if self.window is not None:
            self.window.reject()
