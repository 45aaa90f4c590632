"""From pieces of signal, as they come, to steps of feedback: cut evenly, judged, measured."""

from __future__ import annotations

import numpy as np

from embeddings.feedback.judge import Judge
from embeddings.feedback.measures import Measure, make
from embeddings.feedback.onset import Onset
from embeddings.feedback.plan import SETTLING, STEP_SECONDS, Plan, Step
from embeddings.types import EmbeddingsError, Signal


class FeedbackStream:
    """One plan on one device; starts anew after each gap, but keeps what it measured.

    Parameters
    ----------
    ch_names, sfreq
        Of the device; raises `EmbeddingsError` where it lacks an electrode of the plan.

    """

    def __init__(self, plan: Plan, ch_names: tuple[str, ...], sfreq: float) -> None:
        missing = [name for name in plan.electrodes if name not in ch_names]
        if missing:
            raise EmbeddingsError(f"The headset has no electrode {', '.join(missing)}. Choose what to train again.")
        self._sfreq, self._names = sfreq, plan.electrodes
        self._chosen = [ch_names.index(name) for name in plan.electrodes]
        self._length = max(1, round(STEP_SECONDS * sfreq))
        self._plan = plan
        self._measure: Measure = make(plan, sfreq)
        self._judge = Judge(plan.electrodes, sfreq)
        self._onset = Onset(len(plan.electrodes), sfreq)
        self._rest: Signal = np.empty((len(plan.electrodes), 0))
        self._last: tuple[float | None, tuple[float, ...]] = (None, ())

    @property
    def delay(self) -> float:
        """How old, in seconds, what a value says is on average, beside the way here."""
        return self._measure.delay

    def take(self, data: Signal, time_start: float, *, fresh: bool) -> list[Step]:
        """Take the next samples, ``float64[channels, samples]`` in µV; ``fresh`` ones follow a gap."""
        if fresh:
            self._start_anew()
        waiting = np.hstack([self._rest, data[self._chosen]])
        first = time_start - self._rest.shape[1] / self._sfreq
        whole = waiting.shape[1] // self._length * self._length
        self._rest = waiting[:, whole:].copy()
        ends = range(self._length, whole + 1, self._length)
        return [self._step(waiting[:, end - self._length : end], first + end / self._sfreq) for end in ends]

    def _start_anew(self) -> None:
        self._measure = make(self._plan, self._sfreq)
        self._judge = Judge(self._names, self._sfreq)
        self._onset = Onset(len(self._names), self._sfreq)
        self._rest = self._rest[:, :0]

    def _step(self, piece: Signal, time: float) -> Step:
        muted, faults = self._judge.take(piece)
        settled = self._judge.settled
        held = self._onset.take(piece, settled=settled, faults=faults)
        self._measure.take(piece, self._judge.filtered, frozen=bool(muted) or held, settled=settled)
        value, inhibits = self._measure.read()
        if value is not None:
            self._last = value, inhibits
        why = muted or (SETTLING if not settled or value is None else "")
        return Step(time, *self._last, why, faults, held)
