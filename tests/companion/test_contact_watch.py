from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import numpy as np
from desk import wait_until

from companion.contact_watch import ContactWatch, told
from companion.tasks import EncoderTasks
from companion.worker import TaskFailed
from embeddings.types import EEGWindow

NAMES = ("TP9", "AF7", "AF8", "TP10")
RNG = np.random.default_rng(0)
WORN = EEGWindow(RNG.normal(0, 8, (4, 7 * 256)), 256.0, NAMES, 7.0)


class Encoder:
    """Answers with the real task, or fails."""

    def __init__(self) -> None:
        self.asked = 0
        self.broken = False

    def submit(self, task: str, *arguments: Any, urgent: bool = False) -> Future[Any]:
        assert urgent, "a person looks at it: not behind the backlog"
        self.asked += 1
        future: Future[Any] = Future()
        if self.broken:
            future.set_exception(TaskFailed("it broke"))
        else:
            future.set_result(getattr(EncoderTasks(), task)(*arguments))
        return future


def watched(window: list[EEGWindow | None], encoder: Encoder, incidents: list[str]) -> ContactWatch:
    return ContactWatch(
        encoder=encoder,  # type: ignore[arg-type]
        last=lambda _seconds: window[0],
        on_incident=lambda part, what: incidents.append(f"{part}: {what}"),
        every=0.02,
    )


def test_an_electrode_that_gives_nothing_is_named_and_then_found_mended() -> None:
    loose = WORN.data.copy()
    loose[1] = 0.0
    window: list[EEGWindow | None] = [EEGWindow(loose, 256.0, NAMES, 7.0)]
    watch = watched(window, Encoder(), [])
    watch.start()
    try:
        wait_until(lambda: "AF7 (no signal)" in watch.sentence, "the electrode is named")
        assert "TP9" not in watch.sentence
        window[0] = WORN
        wait_until(lambda: watch.sentence == "All electrodes lie well.", "it is mended")
        window[0] = None
        wait_until(lambda: not watch.sentence, "nothing is said without EEG")
    finally:
        watch.stop()


def test_a_judge_that_fails_is_told_once_and_nothing_is_claimed() -> None:
    encoder, incidents = Encoder(), list[str]()
    encoder.broken = True
    watch = watched([WORN], encoder, incidents)
    watch.start()
    try:
        wait_until(lambda: encoder.asked > 3, "it asks again")
    finally:
        watch.stop()
    assert not watch.sentence
    assert len(incidents) == 1


def test_every_electrode_in_want_is_told_with_what_is_wrong() -> None:
    said = told({"TP9": "poor contact", "AF7": "", "AF8": "no signal"})

    assert "TP9 (poor contact), AF8 (no signal)" in said
    assert "AF7" not in said
