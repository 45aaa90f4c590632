from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest
from desk import wait_until

from companion import contact_watch
from companion.contact_watch import ContactWatch, Electrodes, told
from companion.jobs.tasks import EncoderTasks
from companion.jobs.worker import TaskFailed
from embeddings import quality
from embeddings.types import EEGWindow, EmbeddingsError

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
            return future
        try:
            future.set_result(getattr(EncoderTasks(), task)(*arguments))
        except EmbeddingsError as error:
            future.set_exception(error)
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


def test_too_few_samples_a_second_are_said_in_a_sentence() -> None:
    slow = EEGWindow(RNG.normal(0, 8, (4, 7 * 64)), 64.0, NAMES, 7.0)
    incidents: list[str] = []
    watch = watched([slow], Encoder(), incidents)
    watch.start()
    try:
        wait_until(lambda: bool(incidents), "it is told")
    finally:
        watch.stop()
    assert not watch.sentence
    assert "64 samples a second, and 80 are needed" in incidents[0]


@pytest.mark.parametrize("sfreq", [80.0, 100.0, 250.0])
def test_from_80_samples_a_second_on_contact_is_judged(sfreq: float) -> None:
    data = RNG.normal(0, 8, (4, round(7 * sfreq)))
    assert set(EncoderTasks().contact(EEGWindow(data, sfreq, NAMES, 7.0))) == set(NAMES)


def test_every_electrode_in_want_is_told_with_what_is_wrong() -> None:
    said = told({"TP9": "poor contact", "AF7": "", "AF8": "no signal"})

    assert "TP9 (poor contact), AF8 (no signal)" in said
    assert "AF7" not in said


def test_how_each_electrode_lies_and_what_the_person_did_is_kept_with_its_time() -> None:
    blinked = WORN.data.copy()
    blinked[1, -512:-384] += 200 * np.hanning(128)
    blinked[3] = 0.0
    window: list[EEGWindow | None] = [EEGWindow(blinked, 256.0, NAMES, 7.0)]
    watch = watched(window, Encoder(), [])
    watch.start()
    try:
        wait_until(lambda: watch.electrodes is not None, "it is judged")
        known = watch.electrodes
        assert known is not None
        assert (known.time_start, known.time_end) == (3.0, 7.0)
        assert dict(known.faults) == {"TP9": "", "AF7": "", "AF8": "", "TP10": "no signal"}
        assert dict(known.disturbed)["AF7"] == "blink"
        assert dict(known.disturbed)["TP10"] == ""  # an electrode with a fault is not asked
        assert known.worst == "TP10"
        window[0] = None
        wait_until(lambda: watch.electrodes is None, "nothing is known without EEG")
    finally:
        watch.stop()


def test_there_is_something_to_do_about_every_fault_that_is_judged() -> None:
    assert set(contact_watch.WHAT_TO_DO) == {quality.NO_SIGNAL, quality.JUMPS, quality.HUM, quality.LOOSE}
    assert contact_watch.NO_SIGNAL == quality.NO_SIGNAL


def lying(**faults: str) -> Electrodes:
    return Electrodes(0.0, 4.0, tuple(faults.items()), ())


def test_the_worst_electrode_comes_first_and_what_all_share_before_it() -> None:
    assert lying(TP9="", AF7="").worst == ""
    assert lying(TP9="", AF7="").advice == contact_watch.GOOD
    some = lying(TP9="poor contact", AF7="", AF8="mains hum", TP10="mains hum")
    assert some.worst == "AF8"
    assert some.advice.startswith("AF8 hears the mains")
    assert "reference" in lying(TP9="poor contact", AF7="no signal").advice
