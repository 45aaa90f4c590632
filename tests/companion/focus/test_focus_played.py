"""The whole way: a board that plays a recording, the real encoder process, which dies in between."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from desk import wait_until
from quiet_eeg import CH_NAMES, SFREQ, quiet, rest
from test_brain_playback import write_muse_csv

from companion.brain.types import BoardSpec, Segment
from companion.focus.watch import FocusWatch
from companion.jobs.tasks import EncoderTasks
from companion.jobs.worker import Worker
from companion.listening import Listening
from index import focus_history
from index.store import Store
from index.writer import Writer


def test_played_back_eeg_is_told_from_stored_rest_also_after_the_encoder_died(
    tmp_path: Path, writer: Writer, store: Store
) -> None:
    path = write_muse_csv(
        tmp_path / "quiet.csv", Segment("Muse2", SFREQ, CH_NAMES, 1_600_000_000.0, quiet(240, seed=3))
    )
    writer.do(focus_history.put_rest, CH_NAMES, (0.0, 60.0), rest()).result()
    incidents: list[str] = []

    def note(part: str, what: str) -> None:
        incidents.append(f"{part}: {what}")

    encoder = Worker("encoder", EncoderTasks, on_incident=note, niceness=0)
    listening = Listening(
        BoardSpec("playback", str(path), {"speed": "2"}), writer=writer, clock=time.time, on_incident=note
    )
    watch = FocusWatch(
        writer=writer, store=store, encoder=encoder, last=listening.last, idle=lambda: 0.0, on_incident=note, every=0.1
    )
    listening.start()
    watch.start()
    try:
        wait_until(lambda: watch.snapshot().eeg is not None, "the EEG to be told", 60.0)
        first = watch.snapshot()
        assert first.behaviour is None
        assert first.probability == pytest.approx(first.probability)
        assert encoder.pid is not None
        os.kill(encoder.pid, signal.SIGKILL)
        died = time.time()
        wait_until(lambda: any("encoder" in what for what in incidents), "the death to be noted", 60.0)
        wait_until(lambda: watch.snapshot().time > died and watch.snapshot().eeg is not None, "the EEG again", 60.0)
    finally:
        listening.stop()
        encoder.stop()
        watch.stop()
    kept = focus_history.between(store, 0, float("inf"))
    assert any(piece.eeg_said is not None for piece in kept)
