"""Makes the example sessions that come with the program: ``python benchmarks/_feedback_examples.py eegmat``."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from _feedback_offline import HEADBAND, session

from companion.evaluation.bids import recordings
from companion.feedback import examples, protocols, sham
from embeddings.types import EEGWindow

PEOPLE = 3
TIMES = 1


def main(folder: Path) -> None:
    rests = [one for one in recordings(folder) if one.task == "rest"][: 2 * PEOPLE]
    made: dict[str, np.ndarray] = {}
    for protocol in protocols.PROTOCOLS:
        if protocol is protocols.DIRECTION:
            continue
        for recording in rests:
            (segment,) = recording.segments()
            chosen = [segment.ch_names.index(name) for name in HEADBAND]
            eeg = EEGWindow(np.tile(segment.data[chosen], TIMES), segment.sfreq, HEADBAND, 0.0)
            found = session(protocol, eeg).margins
            found = found[np.isfinite(found)]
            done = sum(name.startswith(f"{protocol.name}/") for name in made)
            if found.size >= sham.LEAST_MARGINS and done < PEOPLE:
                made[f"{protocol.name}/{done}"] = found.astype(np.float16)
    path = Path(examples.__file__).with_name(examples.FILE)
    np.savez_compressed(path, allow_pickle=False, **made)
    print(f"{path.name}: {path.stat().st_size} bytes, {len(made)} sessions")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
