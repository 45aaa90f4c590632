"""Forgetting the last minutes from the menu."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal

from companion.ports import Gone
from index.types import VaultError
from ui.bridge import Bridge
from ui.engine_link import EngineLink
from ui.menu import FORGET_MINUTES
from ui.vault.forget_window import ForgetWindow

NOT_RUNNING = "Companion does not record just now: it is starting or closing. Try again in a moment."


class Forgetting(QObject):
    """Asks the person, then the engine that runs."""

    done = Signal()
    """Something is gone that may still be shown somewhere."""

    def __init__(self, *, bridge: Bridge, link: EngineLink, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._link = bridge, link
        self.window: ForgetWindow | None = None

    def ask(self) -> None:
        """Ask whether it is meant."""
        if self.window is None:
            self.window = ForgetWindow(FORGET_MINUTES, self._forget, bridge=self._bridge)
            self.window.forgotten.connect(self.done)
        self.window.appear()

    def stop(self) -> None:
        """Ask no more."""
        if self.window is not None:
            self.window.put_away()

    def _forget(self) -> Future[Gone]:
        engine = self._link.engine
        if engine is not None:
            return engine.forget_last(60.0 * FORGET_MINUTES)
        refused: Future[Gone] = Future()
        refused.set_exception(VaultError(NOT_RUNNING))
        return refused
