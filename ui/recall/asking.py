"""One question at a time: the older one is cancelled, and its answer dropped if it comes all the same."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal

from companion.ports import Answer, EnginePort, Question
from ui import failures
from ui.bridge import Bridge


class Asking(QObject):
    """Puts questions to the engine and tells what became of the newest."""

    began = Signal(object)
    """A `Question` was put (or waits for the engine to start)."""
    answered = Signal(object)
    """The `Answer` to the newest question."""
    failed = Signal(str)
    """Why the newest question has no answer."""
    dropped = Signal()
    """The newest question was cancelled and none follows it."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._engine: EnginePort | None = None
        self._running: Future[Answer] | None = None
        self.newest: Question | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._running is not None or (self._engine is None and self.newest is not None)

    def set_engine(self, engine: EnginePort) -> None:
        """Ask ``engine`` from now on, beginning with what was asked before it was there."""
        waiting = self.newest if self.busy else None
        self._engine = engine
        if waiting is not None:
            self._put(engine, waiting)

    def ask(self, question: Question) -> None:
        """Ask this in place of whatever is still being answered."""
        self._cancel()
        self.newest = question
        self.began.emit(question)
        if self._engine is not None:
            self._put(self._engine, question)

    def drop(self) -> None:
        """Forget the newest question."""
        self._cancel()
        self.newest = None
        self.dropped.emit()

    def _put(self, engine: EnginePort, question: Question) -> None:
        self._running = engine.recall(question)
        self._bridge.follow(self._running, self._done)

    def _cancel(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.cancel()

    def _done(self, future: Future[Answer]) -> None:
        if future is not self._running:
            return
        self._running = None
        if future.cancelled():
            self.drop()  # the engine gave up on it, it is closing
            return
        error = future.exception()
        if error is not None:
            self.failed.emit(failures.sentence(error))
        else:
            self.answered.emit(future.result())
