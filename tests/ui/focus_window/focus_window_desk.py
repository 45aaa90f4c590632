"""A focus window over a fake."""

from __future__ import annotations

from recording_deep_work import RecordingDeepWork
from recording_engine import NOW, status
from waiting import settle

from companion.settings import Settings
from ui.bridge import Bridge
from ui.focus.window import FocusWindow
from ui.view_state import view

ALL_TOLD = Settings(consent_input=True, consent_text=True)


class Desk:
    """A focus window over a fake."""

    def __init__(self, bridge: Bridge, deep: RecordingDeepWork | None) -> None:
        self.deep, self.settings, self.state = deep, ALL_TOLD, view(status())
        self.time = NOW
        self.window = FocusWindow(
            bridge=bridge,
            deep=lambda: self.deep,
            state=lambda: self.state,
            settings=lambda: self.settings,
            now=lambda: self.time,
        )
        self.window.appear()
        settle()
