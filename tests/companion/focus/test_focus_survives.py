"""The thread that follows focus goes on whatever one second came to, and what went wrong is told."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from desktop import wait_until

from companion.focus.watch import FocusWatch
from companion.jobs.tasks import EncoderTasks
from index.store import Store
from index.writer import Writer


class Encoder:
    """Answers with the real task, in this process."""

    def submit(self, task: str, *arguments: Any, urgent: bool = False) -> Future[Any]:
        assert urgent
        future: Future[Any] = Future()
        future.set_result(getattr(EncoderTasks(), task)(*arguments))
        return future


def test_a_second_that_fails_is_told_once_and_the_next_is_tried(writer: Writer, store: Store) -> None:
    incidents: list[str] = []
    failing = [True] * 4

    def idle() -> float:
        if failing:
            failing.pop()
            raise ZeroDivisionError("no such second")
        return 0.0

    watch = FocusWatch(
        writer=writer,
        store=store,
        encoder=Encoder(),
        last=lambda _seconds: None,
        idle=idle,
        on_incident=lambda part, what: incidents.append(f"{part}: {what}"),
        every=0.01,
    )
    before = watch.snapshot()
    watch.start()
    wait_until(lambda: watch.snapshot() is not before, "a second that goes well")
    watch.stop()
    assert ["no such second" in what for what in incidents] == [True]
