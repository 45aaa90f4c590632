"""The engine from its building to its end, as the Qt thread sees it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QObject, QTimer, Signal

from companion.ports import EnginePort
from ui import failures
from ui.bridge import Bridge, OneThread
from ui.view_state import STARTING, ViewState, before_start, broken, view

POLL_MS = 1000
Build = Callable[[], EnginePort]


class EngineLink(QObject):
    """Builds, watches and stops the engine without ever blocking the Qt thread."""

    ready = Signal()
    """The engine runs."""
    changed = Signal(object)
    """The new `ViewState`; only when it differs from the last."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._thread = OneThread("engine")  # one for all: a vault's lock is let go of by the thread that took it
        self._building: Future[EnginePort] | None = None
        self.engine: EnginePort | None = None
        self.state = before_start()
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self.look)

    @property
    def building(self) -> bool:
        """Whether an engine is being built."""
        return self._building is not None and not self._building.done()

    def open(self, build: Build, sentence: str = STARTING) -> Future[EnginePort]:
        """Build and start an engine on a thread of its own: its imports alone may take seconds."""

        def build_and_start() -> EnginePort:
            engine = build()
            engine.start()
            return engine

        self._show(before_start(sentence))
        self._building = self._thread.submit(build_and_start)
        self._bridge.follow(self._building, self._built)
        return self._building

    def replace(self, build: Build, sentence: str) -> Future[EnginePort]:
        """Stop the engine, then build another; ``sentence`` is shown meanwhile."""
        before, self.engine = self.engine, None
        self._poll.stop()

        def stop_and_build() -> EnginePort:
            if before is not None:
                before.stop()
            return build()

        return self.open(stop_and_build, sentence)

    def say(self, sentence: str) -> None:
        """Show why there is no engine yet."""
        self._show(before_start(sentence))

    def look(self) -> None:
        """Take the engine's newest status."""
        if self.engine is not None:
            deep = self.engine.deep_work
            self._show(view(self.engine.status(), deep.state().focus if deep is not None else None))

    def close(self, done: Callable[[], None]) -> None:
        """Stop the engine, also one that is still being started, then call ``done`` on the Qt thread."""
        self._poll.stop()
        building = self._building
        self._building = None
        self.state = before_start()  # what it was is not so any more
        if building is None:
            self._bridge.post(done)
            return

        def stop() -> None:
            if building.exception() is None:
                building.result().stop()

        self._bridge.follow(self._thread.submit(stop), lambda stopped: _closed(stopped, done))

    def forget(self) -> None:
        """Look no more."""
        self._poll.stop()
        self._building = None

    def _built(self, building: Future[EnginePort]) -> None:
        if building is not self._building:
            return  # closing already
        error = building.exception()
        if error is not None:
            self._show(broken(failures.sentence(error)))
            return
        self.engine = building.result()
        self.look()
        self._poll.start()
        self.ready.emit()

    def _show(self, state: ViewState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def _closed(stopped: Future[None], done: Callable[[], None]) -> None:
    done()
    stopped.result()  # what went wrong while stopping is a bug, and is shown as one
