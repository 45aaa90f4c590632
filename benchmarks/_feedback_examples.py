"""Makes the example sessions that come with the program: ``python -P benchmarks/_feedback_examples.py eegmat``.

The checkout and its ``benchmarks`` must be in PYTHONPATH, in this order.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from _feedback_offline import HEADBAND, session

from companion.evaluation.bids import recordings
from companion.feedback import examples, protocols, sham
from companion.feedback.training import SHORTER_STEPS
from embeddings.feedback_plan import STEP_SECONDS
from embeddings.types import EEGWindow

MINUTES = 15.0  # of blocks, as many as a usual session has
RATE = 0.6  # of reward
GRID = 256  # margins are rounded to this part, which keeps the file small; a threshold that follows them hides it


def main(folder: Path) -> None:
    rests = [one for one in recordings(folder) if one.task == "rest"]
    wanted = round(SHORTER_STEPS * 60 * MINUTES / STEP_SECONDS)
    made: dict[str, np.ndarray] = {}
    for protocol in protocols.PROTOCOLS:
        if protocol is protocols.DIRECTION:
            continue
        its: list[sham.Earlier] = []
        for recording in rests:
            if sham.most(its) >= wanted:
                break
            (segment,) = recording.segments()
            chosen = [segment.ch_names.index(name) for name in HEADBAND]
            eeg = EEGWindow(segment.data[chosen], segment.sfreq, HEADBAND, 0.0)
            found = session(protocol, eeg, rate=RATE).margins
            found = np.round(found[np.isfinite(found)] * GRID) / GRID
            if found.size >= sham.LEAST_MARGINS:
                made[f"{protocol.name}/{len(its):02}"] = found.astype(np.float16)
                its.append(sham.Earlier(tuple(found.tolist())))
        if sham.most(its) < wanted:
            raise ValueError(f"these recordings are too few for {protocol.name}")
    path = Path(examples.__file__).with_name(examples.FILE)
    np.savez_compressed(path, allow_pickle=False, **made)
    print(f"{path.name}: {path.stat().st_size} bytes, {len(made)} sessions")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
