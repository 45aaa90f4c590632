"""Which electrodes to judge by where nobody said."""

from __future__ import annotations

from collections.abc import Sequence

from companion.evaluation.bids import Recording

WHOLE_CAP = 8  # electrodes: more are no headset for every day
# Where a headband's AF7, AF8, TP9 and TP10 nearly are, in the names of a cap of 19.
HEADBAND_LIKE = ("F7", "F8", "T5", "T6")


def chosen(recordings: Sequence[Recording], picks: Sequence[str]) -> tuple[str, ...] | None:
    """Return ``picks``; without them those like a headband's on a whole cap; None for all there are.

    A whole cap's files can be told apart by what cleaning left in them, without any brain.
    """
    if picks:
        return tuple(picks)
    names = recordings[0].segments()[0].ch_names
    return HEADBAND_LIKE if len(names) > WHOLE_CAP and set(HEADBAND_LIKE) <= set(names) else None
