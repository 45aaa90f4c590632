"""What is trained, from a stream of signal: bands here, what was learned in `embeddings.feedback.scores`."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from embeddings.feedback.plan import BandPlan, Plan
from embeddings.feedback.power import BandPower, delay
from embeddings.types import Signal


class Measure(Protocol):
    """One thing that is measured, step by step."""

    @property
    def delay(self) -> float:
        """How old, in seconds, what it says is on average."""
        ...

    def take(self, piece: Signal, filtered: Signal, *, frozen: bool, settled: bool) -> None:
        """Take the next raw samples, and the newest second of filtered ones; ``frozen`` ones count for nothing."""
        ...

    def read(self) -> tuple[float | None, tuple[float, ...]]:
        """Return the value, None while nothing is known, and the inhibits."""
        ...


class Bands:
    """`BandPlan`."""

    def __init__(self, plan: BandPlan, sfreq: float) -> None:
        self._plan = plan
        self._known = False
        bands = (*plan.up, *plan.under, *plan.inhibits)
        self._power = BandPower(bands, sfreq=sfreq, channels=len(plan.electrodes))
        self.delay = max(delay(band, sfreq) for band in plan.up)

    def take(self, piece: Signal, filtered: Signal, *, frozen: bool, settled: bool) -> None:
        """Take the next samples."""
        del filtered  # its pass band ends where some bands go on
        self._power.take(piece, frozen=frozen, settled=settled)
        self._known |= settled and not frozen

    def read(self) -> tuple[float | None, tuple[float, ...]]:
        """Return the value and the inhibits."""
        if not self._known:
            return None, ()
        logs, ups, unders = self._power.log_power, len(self._plan.up), len(self._plan.under)
        value = np.logaddexp.reduce(logs[:ups], axis=0)
        if unders:
            value = value - np.logaddexp.reduce(logs[ups : ups + unders], axis=0)
        return float(np.mean(value)), tuple(np.mean(logs[ups + unders :], axis=1).tolist())


def make(plan: Plan, sfreq: float) -> Measure:
    """Return what measures a plan. Raises `EmbeddingsError` for one that does not fit what was learned."""
    if isinstance(plan, BandPlan):
        return Bands(plan, sfreq)
    from embeddings.feedback.scores import Cospectra  # its libraries take seconds, which bands need not wait for

    return Cospectra(plan, sfreq)
