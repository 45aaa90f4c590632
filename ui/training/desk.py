"""Opens the training window, which is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from companion.ports import EnginePort
from ui.bridge import Bridge, in_background
from ui.engine_link import EngineLink

if TYPE_CHECKING:  # the window is imported when it is opened first
    from companion.feedback.port import TrainingPort
    from ui.training.window import TrainingWindow


class TrainingDesk(QObject):
    """Has at most one window, told of every new state.

    Parameters
    ----------
    now
        UTC seconds.

    """

    settings_wanted = Signal()
    resume_wanted = Signal()
    unlock_wanted = Signal()

    def __init__(self, *, bridge: Bridge, link: EngineLink, now: Callable[[], float], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._link, self._now = bridge, link, now
        self._over = False
        self._asked: EnginePort | None = None  # the one that puts its training together
        self._ready: EnginePort | None = None  # the one that has
        self.window: TrainingWindow | None = None

    def port(self) -> TrainingPort | None:
        """Return what trains now; None until it has been put together."""
        engine = self._link.engine
        return None if engine is None or engine is not self._ready else engine.training

    @property
    def goes_on(self) -> bool:
        """Whether somebody trains just now; not while a session stands still, as anybody may have left it so."""
        port = self.port()
        if port is None or not port.running:
            return False
        from companion.feedback.types import GOING

        return port.snapshot().phase in GOING

    def open(self) -> None:
        """Show what can be trained, or the session that runs."""
        if self._over:
            return
        if self.window is None:
            from ui.training.window import TrainingWindow

            self.window = TrainingWindow(self._link.state, bridge=self._bridge, port=self.port, now=self._now)
            self.window.settings_wanted.connect(self.settings_wanted)
            self.window.resume_wanted.connect(self.resume_wanted)
            self.window.unlock_wanted.connect(self.unlock_wanted)
            self._link.changed.connect(self.window.show_state)
            self._link.changed.connect(self._prepare)
        self.window.appear()
        self._prepare()

    def show_begun(self, sound: str) -> None:
        """Show a session that another command began, and play what is to be heard of it."""
        self._asked = self._ready = self._link.engine  # it trains
        self.open()
        if self.window is not None and not self._over:
            self.window.show_begun(sound)

    def let_go(self) -> None:
        """Show nothing any more of what may be forgotten."""
        if self.window is not None:
            self.window.let_go()

    def stop(self) -> None:
        """Close it, and open none any more."""
        self._over = True
        if self.window is not None:
            self.window.put_away()

    def _prepare(self) -> None:
        """Have the engine put its training together, on a thread of its own: its imports take a while."""
        engine = self._link.engine
        if engine is None or engine is self._asked or self._over:
            return
        self._asked = engine

        def done(preparing: Future[TrainingPort | None]) -> None:
            preparing.result()
            self._ready = engine
            if self.window is not None:
                self.window.look()

        self._bridge.follow(in_background(lambda: engine.training, name="training"), done)
