"""A bell that rings once: for eyes that are not on the screen."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from companion.feedback.sound import Sound
from ui.bridge import Bridge
from ui.training.feed import Feed
from ui.training.sound import Speaker


class Bell(QObject):
    """Rings by the desktop's usual sound; where there is none, by the desktop's own beep, which may be silent."""

    def __init__(self, *, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._speaker = Speaker(bridge=bridge, parent=self)

    @property
    def problem(self) -> str:
        """Why it is not heard; empty where it is, or has not rung yet."""
        return self._speaker.problem

    def ring(self) -> None:
        """Ring once."""
        bell = Feed(Sound.CHIME)
        bell.ring()
        self._speaker.play(bell, volume=1.0)
        if self.problem:
            QApplication.beep()

    def still(self) -> None:
        """Let go of the sound."""
        self._speaker.stop()
