"""What of a session's series can be replayed: the measured steps that count, cut where they have a seam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from companion.feedback.earlier import LOOK_READINGS, Earlier, Readings
from companion.feedback.series import INHIBIT, PHASES
from companion.feedback.types import Phase
from embeddings.feedback.plan import SETTLING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Series = Mapping[str, NDArray[Any]]
    Flags = NDArray[np.bool_]


def earlier(
    shown: Series, measured: Series, words: Sequence[str], *, since: float = 0.0, number: int
) -> Earlier | None:
    """Return a session as it can be replayed; None where it is too short.

    Parameters
    ----------
    shown, measured
        `companion.feedback.series.Log.visible` and ``hidden``.
    words
        Why it was muted, by what stands in ``shown``.
    since
        Seconds from its first step to when the baseline began that counts: an earlier one had other electrodes.

    """
    import numpy as np

    names = ["value", *(f"{INHIBIT}{i}" for i in range(sum(name.startswith(INHIBIT) for name in measured)))]
    table = np.column_stack([np.asarray(measured[name], np.float64) for name in names])
    muted = np.asarray(shown["muted"])
    held = np.asarray(shown.get("held", np.zeros_like(muted)))  # sessions of old have none
    counts = (muted == 0) & (held == 0) & np.isfinite(table).all(axis=1)
    baseline = counts & (shown["phase"] == PHASES.index(Phase.BASELINE)) & (shown["time"] >= since)
    block = counts & (shown["phase"] == PHASES.index(Phase.BLOCK))
    seams = np.cumsum(_seams(shown, words))
    pieces = (table[block & (seams == one)] for one in np.unique(seams[block]))
    found = Earlier(
        _readings(table[baseline]), tuple(_readings(one) for one in pieces if len(one) > LOOK_READINGS), number
    )
    return found if found.enough else None


def _seams(shown: Series, words: Sequence[str]) -> Flags:
    """Return before which steps something else began: a block, or a value that knows nothing of the one before."""
    import numpy as np

    begins: Flags = np.concatenate([[True], np.diff(np.asarray(shown["block"], np.int64)) != 0])
    if SETTLING in words:
        begins |= np.asarray(shown["muted"]) == words.index(SETTLING)
    return begins


def _readings(rows: NDArray[np.float64]) -> Readings:
    return tuple(map(tuple, rows.tolist()))
