"""A watch of focus whose seconds pass when they are told to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from quiet_eeg import Stream

from companion.capture.types import Trigger
from companion.focus.rules import Local, Rules
from companion.focus.types import FocusState
from companion.focus.watch import FocusWatch
from companion.jobs.tasks import EncoderTasks
from companion.jobs.worker import TaskFailed
from embeddings.types import EEGWindow
from index import focus_history
from index.store import Store
from index.writer import Writer

UTC = 1_772_442_720.0


class Encoder:
    """Answers with the real task, in this process; late or not at all where it is told to."""

    def __init__(self) -> None:
        self.tasks = EncoderTasks()
        self.broken = self.silent = False
        self.asked = 0

    def submit(self, task: str, *arguments: Any, urgent: bool = False) -> Future[Any]:
        assert urgent
        self.asked += 1
        future: Future[Any] = Future()
        if self.broken:
            future.set_exception(TaskFailed("it broke"))
        elif not self.silent:
            future.set_result(getattr(self.tasks, task)(*arguments))
        return future


class Desk:
    """A watch whose seconds pass when they are told to."""

    def __init__(
        self,
        writer: Writer,
        store: Store,
        stream: Stream | None = None,
        rules: Rules | None = None,
        *,
        hands: bool = True,
    ) -> None:
        self.now, self.encoder, self.stream = 1000.0, Encoder(), stream
        self.idle: float | None = 0.0
        self.may_keep = True
        self.incidents: list[str] = []
        self.changes: list[FocusState] = []
        self.watch = FocusWatch(
            writer=writer,
            store=store,
            encoder=self.encoder,
            last=self._last,
            idle=lambda: self.idle,
            on_incident=lambda part, what: self.incidents.append(f"{part}: {what}"),
            rules=rules or Rules(dwell_enter=20.0, dwell_leave=20.0),
            hands=hands,
            clock=lambda: UTC + self.now,
            monotonic=lambda: self.now,
            local=lambda _time: Local(1, 600),
            every=3600.0,  # the thread waits; seconds are passed here
            may_keep=lambda: self.may_keep,
        )
        self.watch.listen(self.changes.append)
        self.watch.start()

    def _last(self, seconds: float) -> EEGWindow | None:
        return None if self.stream is None else self.stream.last(seconds)

    def for_(self, seconds: int, each: Callable[[], None] = lambda: None) -> FocusState:
        for _ in range(seconds):
            self.now += 1.0
            if self.stream is not None:
                self.stream.seconds += 1.0
            each()
            self.watch._second()
        return self.watch.snapshot()

    def works(self) -> None:
        self.watch.window("code", "", self.now - 1.0)
        for key in range(3):
            self.watch.happened(Trigger.TYPED, self.now - 0.9 + 0.25 * key)

    def mails(self) -> None:
        self.watch.window("thunderbird" if round(self.now) % 20 < 10 else "slack", "", self.now - 1.0)


def pieces(store: Store) -> list[focus_history.Piece]:
    return focus_history.between(store, 0, float("inf"))
