"""What goes wrong with a headset's signal: gaps and time over two hours, recovery, and the delay to a decision.

The first part replays planted faults in simulated time, also to disk. The others run the real supervisor and its
acquisition process on a stream that another process sends, falls silent with, ends and begins anew.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.brain.headset import Headset
from companion.brain.recorder import Recorder
from companion.brain.ring import Ring
from companion.brain.types import BoardSpec, Chunk
from companion.evaluation import clock, fault_judging
from companion.evaluation.clock_data import Played
from companion.evaluation.fault_plan import plan
from companion.evaluation.fault_replay import WINDOW, replay, true_times
from companion.figures import Bar, report
from embeddings import features, quality
from embeddings.signal import SETTLE_SECONDS, bandpass
from embeddings.types import EEGWindow
from index.keys.keys import Keys
from index.signals.bdf import BdfFile

SFREQ, CH_NAMES = 256.0, ("TP9", "AF7", "AF8", "TP10")
QUIET, AWAY = 15.0, 6.0  # seconds of silence, and without the stream
DECIDING = 30.0  # seconds over which decisions are timed
PATIENCE = 60.0  # seconds until something that should have happened counts as never
MILLI = 1e3
KEYS = Keys.random()  # of the recordings that are made and read again here
# Sends packets of twelve samples as a Muse does. The first channel says when each packet was handed to the library;
# SIGUSR1 makes it fall silent or go on.
STREAMER = """
import signal, sys, time
import numpy as np
import pylsl
pylsl.set_config_content("[multicast]\\nResolveScope = machine\\n[log]\\nlevel = -3\\n")
outlet = pylsl.StreamOutlet(pylsl.StreamInfo(sys.argv[1], "EEG", 5, 256, "double64", "source"))
noise = np.random.default_rng(0).normal(0, 12, (256 * 60, 4))
quiet = False
def turn(*_):
    global quiet
    quiet = not quiet
signal.signal(signal.SIGUSR1, turn)
begin, packet = time.monotonic(), 0
while True:
    packet += 1
    time.sleep(max(0.0, begin + packet * 12 / 256 - time.monotonic()))
    if not quiet:
        now = time.time()
        rows = noise[np.arange(packet * 12, packet * 12 + 12) % len(noise)]
        outlet.push_chunk([[now, *row] for row in rows.tolist()])
"""


class Decider:
    """What the engine does with a chunk, as far as a decision: ring, a window's quality and features."""

    def __init__(self) -> None:
        self._ring = Ring()
        self._lock = threading.Lock()
        self._heard: list[tuple[float, float]] = []  # when a packet was sent, when it came
        self.delays: list[float] = []
        self.decisions = 0

    def take(self, chunk: Chunk) -> None:
        """Decide by the newest window, and note how old each of the chunk's samples is by then."""
        with self._lock:
            self._heard.append((float(chunk.data[0, -1]), time.time()))
        self._ring.append(chunk)
        stretch = self._ring.last(SETTLE_SECONDS + WINDOW)
        if stretch is None:
            return
        decide(stretch)
        self.decisions += 1
        self.delays += (time.time() - chunk.data[0]).tolist()

    def since(self, moment: float) -> float | None:
        """Return when the first packet that was sent after ``moment`` came; None when none has."""
        with self._lock:
            return next((came for sent, came in self._heard if sent >= moment), None)


def decide(stretch: EEGWindow) -> tuple[bool, NDArray[np.float32]]:
    """Judge the last 4 s and compute their features; the first channel is no electrode."""
    data, length = stretch.data[1:], round(WINDOW * stretch.sfreq)
    filtered = bandpass(data, stretch.sfreq)[:, -length:]
    raw = EEGWindow(data[:, -length:], stretch.sfreq, CH_NAMES, stretch.time_end)
    found = quality.assess(raw, filtered, data[:, :-length])
    return found.fit, features.row(filtered, stretch.sfreq)


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--hours", type=float, default=2.0)
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args()
    figures, bars = replayed(asked.hours * 3600, asked.seed)
    silent, ended, killed = recoveries()
    delays, decisions = deciding()
    p95 = float(np.percentile(delays, 95)) * MILLI if delays else float("nan")
    figures |= {
        "recovery_after_silence_seconds": round(silent, 2),
        "recovery_after_the_stream_was_gone_seconds": round(ended, 2),
        "recovery_after_the_process_was_killed_seconds": round(killed, 2),
        "decisions": decisions,
        "sample_to_decision_p50_ms": round(float(np.median(delays)) * MILLI, 1) if delays else float("nan"),
    }
    bars += [
        Bar("recovery after data returns, seconds", round(max(silent, ended, killed), 2), 10.0),
        Bar("sample to decision p95, ms", round(p95, 1), 250.0),
    ]
    return report("faults", figures, bars)


def replayed(seconds: float, seed: int) -> tuple[dict[str, object], list[Bar]]:
    """Replay two hours with all faults, and two without loss; the first also to disk."""
    rng = np.random.default_rng(seed)
    noise = np.round(rng.normal(0, 12, (len(CH_NAMES), 60 * int(SFREQ))) * 32) / 32
    eeg = Played(noise, SFREQ, CH_NAMES, ("noise",), noise.shape[1], ())
    runs = [clock.run(eeg, seconds, faults, WINDOW, rng) for faults in (clock.FAULTS, clock.UNBROKEN)]
    marks = [run.marks for run in runs]
    gaps, found = sum(int(one.gap.sum()) for one in marks), sum(int(one.found.sum()) for one in marks)
    errors = np.concatenate([run.counted for run in runs])
    on_disk, files, joined = disk(eeg, seconds, rng)
    figures: dict[str, object] = {
        "hours": seconds / 3600,
        "gaps": gaps,
        "time_error_p50_ms": round(float(np.median(errors)), 2),
        "time_error_p95_ms": round(float(np.percentile(errors, 95)), 2),
        "time_error_p95_ms_by_arrival": round(float(np.percentile(runs[0].by_arrival, 95)), 1),
        "time_error_largest_ms_by_nominal_rate": round(max(float(run.by_rate.max()) for run in runs), 1),
        "windows": sum(run.outcome.windows for run in runs),
        "slews": sum(len(run.outcome.slews) for run in runs),
        "files": files,
    }
    bars = [
        Bar("share of gaps found", found / gaps if gaps else float("nan"), 1.0, "least"),
        Bar("gaps found where there is none", sum(int(one.false.sum()) for one in marks), 0),
        Bar("samples dropped", sum(one.dropped for one in marks), 0),
        Bar("windows across gaps", sum(run.outcome.across for run in runs), 0),
        Bar("time error, largest, ms", round(float(errors.max()), 2), 20.0),
        Bar("time error on disk, largest, ms", round(on_disk, 2), 20.0),
        Bar("files that reach across a gap", joined, 0),
    ]
    return figures, bars


def disk(eeg: Played, seconds: float, rng: np.random.Generator) -> tuple[float, int, int]:
    """Record a run; return the files' largest error of time (ms), how many there are, and how many have holes."""
    drawn = plan(seconds, SFREQ, clock.START, clock.FAULTS, rng)
    true = true_times(drawn, clock.FAULTS, SFREQ)
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(
            Path(folder),
            on_open=_nothing,
            on_progress=_nothing,
            on_close=_nothing,
            on_error=partial(print, file=sys.stderr),
            sealer=KEYS.eeg,
        )
        outcome = replay(eeg.data, CH_NAMES, SFREQ, drawn, clock.FAULTS, also=recorder.append)
        recorder.close()
        told = [_told(path, true) for path in sorted(Path(folder).glob("*.bdf"))]
    stored = sum(samples for _, _, samples in told)
    if stored != fault_judging.judged(outcome, drawn, clock.FAULTS, SFREQ).number.size:
        raise RuntimeError(f"{stored} samples are on disk, {outcome.number.size} came through")
    return max(error for error, _, _ in told) * MILLI, len(told), sum(holed for _, holed, _ in told)


def _told(path: Path, true: NDArray[np.float64]) -> tuple[float, bool, int]:
    """Return a file's largest error in seconds, whether samples are missing inside, and how many it holds."""
    file = BdfFile(path, KEYS.eeg)
    number = np.rint(file.read(0, file.samples)[0]).astype(np.int64)
    times = file.time_start + np.arange(number.size) / file.sfreq
    return float(np.abs(times - true[number]).max()), bool(np.any(np.diff(number) != 1)), number.size


def _nothing(*_: object) -> None:
    """Do nothing: the files are looked at afterwards."""


def recoveries() -> tuple[float, float, float]:
    """Return the seconds until data is heard again after silence, an ended stream and a killed process."""
    name = f"companion-faults-{os.getpid()}"
    decider = Decider()
    with listening(name, decider) as headset:
        with streaming(name) as streamer:
            _until(lambda: decider.since(0.0) is not None)
            streamer.send_signal(signal.SIGUSR1)
            time.sleep(QUIET)
            silent = _again(decider, partial(streamer.send_signal, signal.SIGUSR1))
        time.sleep(AWAY)
        with streaming(name) as streamer:
            ended = _again(decider, lambda: None)
            killed = _again(decider, lambda: os.kill(headset.pid or 0, signal.SIGKILL) if headset.pid else None)
    return silent, ended, killed


def deciding() -> tuple[list[float], int]:
    """Return each sample's age (s) at the first decision that has it, and how many decisions there were."""
    name = f"companion-decision-{os.getpid()}"
    decider = Decider()
    with streaming(name), listening(name, decider):
        _until(lambda: decider.decisions > 0)
        decider.delays.clear()
        time.sleep(DECIDING)
    return decider.delays, decider.decisions


@contextmanager
def streaming(name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Stream from another process."""
    with subprocess.Popen([sys.executable, "-c", STREAMER, name]) as streamer:
        try:
            yield streamer
        finally:
            streamer.kill()


@contextmanager
def listening(name: str, decider: Decider) -> Iterator[Headset]:
    """Run the real supervisor and its acquisition process."""
    headset = Headset(BoardSpec("lsl", name), on_chunk=decider.take, on_incident=partial(print, file=sys.stderr))
    headset.start()
    try:
        yield headset
    finally:
        headset.stop()


def _again(decider: Decider, act: Callable[[], None]) -> float:
    """Do something that makes data come again; return the seconds until a packet sent after it was heard."""
    moment = time.time()
    act()
    _until(lambda: decider.since(moment) is not None)
    came = decider.since(moment)
    if came is None:
        raise RuntimeError("what was heard cannot be unheard")
    return came - moment


def _until(fits: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not fits():
        if time.monotonic() > end:
            raise TimeoutError(f"nothing was heard for {PATIENCE:.0f} s")
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
