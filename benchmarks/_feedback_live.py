"""A real session on the playback board: how old samples are when feedback has them, and marked pulses besides.

The recording is played by BrainFlow's playback board through the acquisition process, the vault's recorder and the
measuring process, as a worn headset is. BrainFlow stamps each sample with the time at which it played it; the adapter
leaves these stamps aside, and the acquisition process notes them here. Each pulse is a jump of the signal that mutes
reward: from the stamp of its sample until a snapshot says so is the whole way, whatever any clock in between says.
"""

from __future__ import annotations

import itertools
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from _feedback_offline import MUSE, generated
from numpy.typing import NDArray

from companion.brain import acquisition
from companion.brain.acquisition import acquire as acquisition_process
from companion.brain.brainflow_board import Session
from companion.brain.playback import Playback
from companion.brain.playback_file import container
from companion.brain.types import BoardSpec
from companion.feedback import protocols
from companion.feedback.protocols import CALM
from companion.feedback.training import Training
from companion.feedback.types import Phase, Snapshot, Times, Wish
from companion.listening import Listening
from index.keys.keys import Keys
from index.signals.bdf import BdfAppender
from index.store import Store
from index.vault import Vault
from index.writer import Writer

SFREQ = 256
BASELINE, BLOCK = 24.0, 75.0
LEAD = 60.0  # seconds of signal more than the session takes, for processes to start on a busy machine
PULSE_EVERY, PULSE_UV = 3.0, 3_000.0
PATIENCE = 60.0
NOTES = "COMPANION_BENCH_NOTES"


@dataclass(frozen=True)
class Heard:
    """What came of a run.

    Attributes
    ----------
    ages
        Seconds, of each sample in a block when the first snapshot had it.
    pulses
        Seconds from each pulse's sample until reward was muted.
    played_late
        Seconds, of each sample in a block: how late the board played it by its own plan.
    baseline_ages, baseline_played_late
        The same of the baseline.

    """

    ages: NDArray[np.float64]
    pulses: NDArray[np.float64]
    played_late: NDArray[np.float64]
    baseline_ages: NDArray[np.float64]
    baseline_played_late: NDArray[np.float64]
    steps: int
    cpu_share: float


class Watch:
    """Takes snapshots as they come; `Training` calls it on its own thread."""

    def __init__(self) -> None:
        self.steps: list[tuple[float, float]] = []  # when a snapshot came, and the time of what is in it
        self.baseline: list[tuple[float, float]] = []  # the same before the first block
        self.mutes: list[float] = []  # when muting began
        self.over = threading.Event()
        self._newest: float | None = None
        self._muted = False

    def take(self, snapshot: Snapshot) -> None:
        now = time.time()
        if snapshot.phase in {Phase.DONE, Phase.FAILED, Phase.ENDED}:
            self.over.set()
        if snapshot.phase is Phase.BASELINE:
            self._note(self.baseline, now, snapshot.time)
        if snapshot.phase is not Phase.BLOCK:
            return
        if snapshot.muted and not self._muted:
            self.mutes.append(now)
        self._muted = snapshot.muted
        self._note(self.steps, now, snapshot.time)

    def _note(self, steps: list[tuple[float, float]], now: float, time: float | None) -> None:
        if time is not None and time != self._newest:
            self._newest = time
            steps.append((now, time))


def run() -> Heard:
    """Train for a minute and more; return what was heard."""
    watch = Watch()
    seconds = LEAD + BASELINE + BLOCK
    with tempfile.TemporaryDirectory() as folder:
        path, notes = Path(folder) / "marked.bdf", Path(folder) / "notes.npz"
        places = _write(path, seconds)
        os.environ[NOTES] = str(notes)
        acquisition.acquire = noting
        with _training(Path(folder), path, watch) as training:
            chosen = protocols.electrodes(CALM, MUSE)
            training.start(Wish(CALM, protocols.plan(CALM, chosen.electrodes), Times(BASELINE, BLOCK, 0.0, 1)))
            before = time.process_time(), time.monotonic()
            if not watch.over.wait(seconds + PATIENCE):
                raise TimeoutError("the training did not end")
            share = (time.process_time() - before[0]) / (time.monotonic() - before[1])
        with np.load(notes) as noted:
            return _told(watch, places, share, noted)


def _told(watch: Watch, places: list[int], share: float, noted: Any) -> Heard:
    """Put what came and when it was played together."""
    numbers, stamps, begin = noted["number"], noted["stamp"], float(noted["begin"])
    real = numbers >= 0
    played = stamps[real][np.argsort(numbers[real])]
    ages, late = _ages(watch.steps, played, begin)
    before = _ages(watch.baseline, played, begin)
    heard = [float(played[place]) for place in places if place < played.size]
    pulses = [pulse for pulse in heard if watch.steps[0][0] < pulse < watch.steps[-1][0] - 1]
    followed = [[mute - pulse for mute in watch.mutes if 0 <= mute - pulse < PULSE_EVERY / 2] for pulse in pulses]
    delays = np.array([after[0] for after in followed if after])
    return Heard(ages, delays, late, *before, len(watch.steps), share)


def _ages(
    steps: list[tuple[float, float]], played: NDArray[np.float64], begin: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how old each sample was when a snapshot had it, and how late it was played by the board's own plan."""
    ages, late = [], []
    for (_, before), (now, after) in itertools.pairwise(steps):
        first, last = (round((time - begin) * SFREQ) for time in (before, after))
        ages.append(now - played[first:last])
        late.append(played[first:last] - begin - np.arange(first, last) / SFREQ)
    return np.concatenate(ages), np.concatenate(late)


def _write(path: Path, seconds: float) -> list[int]:
    """Write a recording with pulses; return at which samples they are."""
    data = generated(seconds, seed=3, snr_db=3.0).data
    places = list(range(round(PULSE_EVERY * SFREQ), data.shape[1] - SFREQ, round(PULSE_EVERY * SFREQ) + 5))
    for number, place in enumerate(places):
        data[:, place] += PULSE_UV * (1 if number % 2 else -1)
    with BdfAppender(path, ch_names=MUSE, sfreq=SFREQ, time_start=1.7e9, device="marked") as file:
        file.append(data)
    return places


@contextmanager
def _training(folder: Path, path: Path, watch: Watch) -> Iterator[Training]:
    """Listen to the recording as the engine does, into a vault."""
    with Writer(Vault(folder / "vault", Keys.random())) as writer:
        store = Store(writer.vault)
        spec = BoardSpec("playback", str(path))
        listening = Listening(spec, writer=writer, clock=time.time, on_incident=print)
        training = Training(source=listening, writer=writer, store=store, on_incident=print, on_snapshot=watch.take)
        listening.start()
        try:
            yield training
        finally:
            training.stop()
            listening.stop()
            store.close()


def noting(spec: BoardSpec, segment: int, pipe: Connection, pace: float) -> None:
    """Be the acquisition process, and note the stamps of what is played in the file that the environment names."""
    numbers: list[NDArray[np.float64]] = []
    stamps: list[NDArray[np.float64]] = []
    layout = container(len(MUSE))
    drain, make = Session.drain, Playback.__init__
    begins: list[float] = []

    def noted(session: Session) -> NDArray[np.float64]:
        rows = drain(session)
        numbers.append(rows[layout.number_row])
        stamps.append(rows[layout.time_row])
        return rows

    def made(board: Playback, *args: Any, **kwargs: Any) -> None:
        make(board, *args, **kwargs)
        begins.append(float(board._times[0]))  # noqa: SLF001 by what its samples are known further on

    Session.drain, Playback.__init__ = noted, made  # type: ignore[method-assign, assignment]
    acquisition_process(spec, segment, pipe, pace)
    np.savez(os.environ[NOTES], number=np.concatenate(numbers), stamp=np.concatenate(stamps), begin=begins[0])
