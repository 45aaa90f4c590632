"""Encoding and learning are cheap enough to run beside everything else, and learning survives a kill.

One core, counted in processor time: 4 s windows of 4 channels from raw samples to state and shared vector, window by
window, as they are when they come live. Then a person's week of pairs is learned from, and a learner is killed.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from signal import SIGKILL

import numpy as np
from rich.progress import Progress
from threadpoolctl import threadpool_limits

from companion.figures import Bar, report
from embeddings import features, quality, signal, sites
from embeddings.mapping import Mapping, Pairs, evaluate_pairs, train
from embeddings.site_features import SiteReference
from embeddings.types import EEGWindow

CH_NAMES, SFREQ = ("TP9", "AF7", "AF8", "TP10"), 256.0
MINUTES, FIRST = 20, 15  # of EEG; windows that tell what is usual
DECISIONS = 300  # at 1 Hz
WEEK, SMALL = 60_000, 3_000  # pairs
SESSIONS, TOPICS, CONTENT = 35, 60, 384
ROUNDS = 10  # that the learner does before it is killed
FASTER = 20.0  # the killed learner's clock, so that it keeps a checkpoint twice a second


def main() -> int:
    week = _pairs(WEEK, seed=0)
    with Progress(transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("learning a week", total=1.0)
        wall, spent = time.perf_counter(), time.process_time()
        learned = train(week, progress=lambda share, _: bar.update(task, completed=share))
        wall, spent = time.perf_counter() - wall, time.process_time() - spent
    found = evaluate_pairs(learned, _pairs(SMALL, seed=1))
    with threadpool_limits(1):
        each = _seconds_a_window(learned)
        decision = _seconds_a_decision(learned)
    same, rounds = _killed()
    rate = 1 / each
    figures = {
        "windows_per_second": round(rate),
        "times_real_time": round(rate * signal.WINDOW_SECONDS),
        "decision_ms": round(1000 * decision, 2),
        "training_minutes": round(wall / 60, 2),
        "training_processor_minutes": round(spent / 60, 2),
        "share_of_training_kept": learned.facts["share"],
        "order_on_other_days": round(found["order"], 3),
        "lift_mrr_on_other_days": round(found["lift_mrr"], 2),
        "rounds_before_the_kill": rounds,
    }
    bars = [
        Bar("windows a second on one core", rate, 200, "least"),
        Bar("share of a core at 1 Hz", decision, 0.05),
        Bar("minutes to learn 60,000 pairs", wall / 60, 30),
        Bar("right before wrong content on other days", found["order"], 0.7, "least"),
        Bar("killed and resumed ends at the same place", float(same), 1, "least"),
    ]
    return report("encoding", figures, bars)


def _seconds_a_window(learned: Mapping) -> float:
    """Return the processor time of one window of a stretch that is filtered in one go, as stored EEG is."""
    stretch = _eeg(60 * MINUTES)
    usual = _usual(stretch)
    spent = time.process_time()
    done = [_encode(raw, filtered, usual, learned) for raw, filtered in signal.windows(stretch)]
    return (time.process_time() - spent) / len(done)


def _seconds_a_decision(learned: Mapping) -> float:
    """Return the processor time of one window a second, each filtered anew with what lies before it, as when live."""
    stretch = _eeg(DECISIONS + 10)
    usual = _usual(stretch)
    length = round((signal.SETTLE_SECONDS + signal.WINDOW_SECONDS) * SFREQ)
    spent = time.process_time()
    for second in range(DECISIONS):
        first = round(second * SFREQ)
        part = EEGWindow(stretch.data[:, first : first + length], SFREQ, CH_NAMES, 0.0)
        for raw, filtered in signal.windows(part):
            _encode(raw, filtered, usual, learned)
    return (time.process_time() - spent) / DECISIONS


def _encode(raw: EEGWindow, filtered: np.ndarray, usual: SiteReference, learned: Mapping) -> tuple[np.ndarray, ...]:
    """Return what is kept of one window: its quality, its features, its state and its place among contents."""
    judged = quality.assess(raw, filtered)
    spectra = features.matrices(features.row(filtered, raw.sfreq)[np.newaxis], len(raw.ch_names))
    row = usual.features(spectra).astype(np.float32)
    return np.array(judged.bad_contact), row, learned.encode_state(row), learned.encode_brain(row)


def _usual(stretch: EEGWindow) -> SiteReference:
    rows = [
        features.row(filtered, SFREQ) for (_, filtered), _ in zip(signal.windows(stretch), range(FIRST), strict=False)
    ]
    return SiteReference.fit(features.matrices(np.array(rows), len(CH_NAMES)), sites.find(CH_NAMES))


def _eeg(seconds: int) -> EEGWindow:
    """Return noise whose power falls with frequency as that of EEG does, 15 µV."""
    samples = round(seconds * SFREQ)
    spectrum = np.fft.rfft(np.random.default_rng(0).normal(size=(len(CH_NAMES), samples)))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.fft.rfftfreq(samples, 1 / SFREQ), 0.5)), samples)
    return EEGWindow(15 * noise / noise.std(), SFREQ, CH_NAMES, 0.0)


def _pairs(count: int, *, seed: int) -> Pairs:
    """Return pairs of many days in which EEG follows the topic a little, drifts a lot, and is noise for the rest."""
    world, rng = np.random.default_rng(99), np.random.default_rng(seed)
    topics, effect = world.normal(size=(TOPICS, CONTENT)), 0.3 * world.normal(size=(TOPICS, 90))
    each = count // SESSIONS
    topic = np.repeat(rng.integers(TOPICS, size=count), rng.integers(2, 20, size=count))[: each * SESSIONS]
    content = topics[topic] + 0.7 * rng.normal(size=(len(topic), CONTENT))
    slow = np.cumsum(rng.normal(size=(SESSIONS, each, 90)), axis=1).reshape(-1, 90) / np.sqrt(each)
    return Pairs(
        (effect[topic] + slow + rng.normal(size=slow.shape)).astype(np.float32),
        (content / np.linalg.norm(content, axis=1, keepdims=True)).astype(np.float32),
        np.concatenate([86_400.0 * day + 4.0 * np.arange(each) for day in range(SESSIONS)]),
        np.repeat(np.arange(SESSIONS), each),
        np.ones(len(topic), np.float32),
    )


def _killed() -> tuple[bool, int]:
    """Kill a learner, let another go on; returns whether it ends where one that was left alone does, and after what."""
    alone = train(_pairs(SMALL, seed=2), epochs=300)
    with tempfile.TemporaryDirectory() as folder:
        kept, said = Path(folder) / "checkpoint", Path(folder) / "said"
        learner = multiprocessing.get_context("spawn").Process(target=_learn, args=(kept, said))
        learner.start()
        _until_under_way(kept, said, learner)
        learner.kill()
        learner.join()
        left = kept.read_bytes()
        rounds = len(said.read_text().splitlines())
        resumed = train(_pairs(SMALL, seed=2), epochs=300, checkpoint=kept)
        went_on = learner.exitcode == -SIGKILL and len(left) > 0
        return went_on and resumed.dump() == alone.dump(), rounds


def _learn(kept: Path, said: Path) -> None:
    with said.open("w") as lines:
        train(
            _pairs(SMALL, seed=2),
            epochs=300,
            checkpoint=kept,
            progress=lambda _, text: print(text, file=lines, flush=True),
            clock=lambda: FASTER * time.monotonic(),
        )


def _until_under_way(kept: Path, said: Path, learner: multiprocessing.process.BaseProcess) -> None:
    """Wait until some rounds are done and kept; raises RuntimeError when the learner ended before."""
    while not kept.exists() or len(said.read_text().splitlines()) < ROUNDS:
        if not learner.is_alive():
            raise RuntimeError(f"the learner ended by itself ({learner.exitcode})")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
