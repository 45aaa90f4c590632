"""Makes the example sessions that come with the program: ``python -P benchmarks/_feedback_examples.py eegmat``.

The checkout and its ``benchmarks`` must be in PYTHONPATH, in this order.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from _feedback_offline import HEADBAND, Measured, measure
from numpy.typing import NDArray

from companion.evaluation.bids import recordings
from companion.feedback import examples, protocols, replay
from companion.feedback.earlier import Earlier
from companion.feedback.training import SHORTER_STEPS
from companion.feedback.types import Times
from embeddings.feedback_plan import STEP_SECONDS
from embeddings.types import EEGWindow

MINUTES = 15.0  # of blocks, as many as a usual session has
BASELINE = 60.0  # seconds of each, of which the rest is replayed


def main(folder: Path) -> None:
    wanted = round(SHORTER_STEPS * 60 * MINUTES / STEP_SECONDS) + replay.SKIPPED * Times().blocks
    made: dict[str, np.ndarray] = {}
    for protocol in protocols.PROTOCOLS:
        if protocol is protocols.DIRECTION:
            continue
        its: list[Earlier] = []
        for person, eeg in rests(folder):
            if its and replay.most(its) >= wanted:
                break
            baseline, readings = parts(measure(protocol, eeg, baseline=BASELINE))
            if (one := examples.earlier(baseline, readings)).enough:
                made[f"{protocol.name}/{person}/{examples.BASELINE}"] = baseline
                made[f"{protocol.name}/{person}/{examples.READINGS}"] = readings
                its.append(one)
        if replay.most(its) < wanted:
            raise ValueError(f"these recordings are too few for {protocol.name}")
    path = Path(examples.__file__).with_name(examples.FILE)
    np.savez_compressed(path, allow_pickle=False, **made)
    print(f"{path.name}: {path.stat().st_size} bytes, {len(made) // 2} sessions")


def rests(folder: Path) -> Iterator[tuple[str, EEGWindow]]:
    """Go through a set's people and their rest, four electrodes in place of a headband's."""
    for recording in recordings(folder):
        if recording.task == "rest":
            (segment,) = recording.segments()
            chosen = [segment.ch_names.index(name) for name in HEADBAND]
            yield recording.person, EEGWindow(segment.data[chosen], segment.sfreq, HEADBAND, 0.0)


def parts(measured: Measured) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    """Return the readings of the baseline and of what follows, in spreads from the baseline's mean."""
    first = round(BASELINE / measured.seconds)
    baseline, rest = (
        np.array([(one.value, *one.inhibits) for one in steps if one.counts], np.float64)
        for steps in (measured.steps[:first], measured.steps[first:])
    )
    mean, spread = baseline.mean(axis=0), baseline.std(axis=0)
    return ((baseline - mean) / spread).astype(np.float16), ((rest - mean) / spread).astype(np.float16)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
