"""Sessions that come with the program, to be replayed while a person has none of their own.

Margins of unmuted steps, a sequence a person: rest of the public set eegmat (PhysioNet, ODC-By 1.0; Zyma
et al. 2019, doi:10.3390/data4010014) taken through the same measures, thresholds and judgements as a live session.
`benchmarks/_feedback_examples.py` makes the file.
"""

from __future__ import annotations

import io
from importlib import resources
from zipfile import BadZipFile

from companion.feedback.protocols import DIRECTION, FOCUS, FeedbackError
from companion.feedback.sham import Earlier

FILE = "examples.npz"


def sessions(protocol: str) -> list[Earlier]:
    """Return example sessions of a protocol; raises `FeedbackError` where the file is damaged."""
    import numpy as np

    # A direction is followed by the same running mean of co-spectra as the focus score, so that it moves alike.
    wanted = FOCUS.name if protocol == DIRECTION.name else protocol
    try:
        blob = resources.files("companion.feedback").joinpath(FILE).read_bytes()
        with np.load(io.BytesIO(blob), allow_pickle=False) as saved:
            names = sorted(name for name in saved.files if name.rpartition("/")[0] == wanted)
            return [Earlier(tuple(np.asarray(saved[name], np.float64).tolist())) for name in names]
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise FeedbackError(
            f"The example sessions are missing or damaged ({error}). Install Companion again."
        ) from error
