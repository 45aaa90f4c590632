"""Sessions that come with the program, to be replayed while a person has none of their own.

What was measured, in spreads of each one's own baseline: rest of the public set eegmat (PhysioNet, ODC-By 1.0; Zyma
et al. 2019, doi:10.3390/data4010014) taken through the same measures and judgements as a live session.
`benchmarks/_feedback_examples.py` makes the file.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from companion.feedback.earlier import Earlier, Readings
from companion.feedback.protocols import DIRECTION, FOCUS, FeedbackError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = "examples.npz"
BASELINE, READINGS = "baseline", "readings"  # of each session in the file


def sessions(protocol: str) -> list[Earlier]:
    """Return example sessions of a protocol; raises `FeedbackError` where the file is damaged."""
    its = _saved(protocol)
    try:
        return [earlier(its[f"{one}/{BASELINE}"], its[f"{one}/{READINGS}"]) for one in _people(its)]
    except KeyError as error:
        raise _damaged(error) from error


def people(protocol: str) -> list[str]:
    """Return by what name the set knows those whose examples of a protocol these are; raises as `sessions` does."""
    return _people(_saved(protocol))


def _people(its: Mapping[str, object]) -> list[str]:
    return sorted({name.partition("/")[0] for name in its})


def _saved(protocol: str) -> dict[str, NDArray[Any]]:
    """Return a protocol's arrays by person and part."""
    import numpy as np

    # A direction is followed by the same running mean of co-spectra as the focus score, so that it moves alike.
    wanted = FOCUS.name if protocol == DIRECTION.name else protocol
    try:
        blob = resources.files("companion.feedback").joinpath(FILE).read_bytes()
        with np.load(io.BytesIO(blob), allow_pickle=False) as saved:
            split = ((name, name.partition("/")) for name in saved.files)
            return {place: saved[name] for name, (of, _, place) in split if of == wanted}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> FeedbackError:
    return FeedbackError(f"The example sessions are missing or damaged ({error}). Install Companion again.")


def earlier(baseline: NDArray[np.floating[Any]], readings: NDArray[np.floating[Any]]) -> Earlier:
    """Return a session of which ``baseline`` and ``readings`` are all that counts, ``[steps, 1 + inhibits]``."""
    return Earlier(_rows(baseline), (_rows(readings),))


def _rows(table: NDArray[np.floating[Any]]) -> Readings:
    return tuple(map(tuple, table.astype("float64").tolist()))
