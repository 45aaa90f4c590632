"""A set's EEG, person after person, as long as a simulated session needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.bids import Recording, cohort
from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options

MOST_CHANNELS = 4  # played unless electrodes are chosen: time does not depend on how many there are


@dataclass(frozen=True, slots=True)
class Played:
    """What is played.

    Attributes
    ----------
    data
        ``float64[channels, samples]`` in µV: each person's ``share`` samples, one person after the other.
    notes
        What was left out, and why.

    """

    data: NDArray[np.float64]
    sfreq: float
    ch_names: tuple[str, ...]
    people: tuple[str, ...]
    share: int
    notes: tuple[str, ...]


def played(folder: Path, options: Options, seconds: float) -> Played:
    """Return equal shares of each person's EEG, repeated where it is too short. Raises `EvaluationError`."""
    found = cohort(folder)
    mine = [one for one in found.recordings if not options.people or one.person in options.people]
    if not mine:
        raise EvaluationError(f"{folder.name} holds no EEG of {', '.join(options.people)}. Choose other people.")
    first = mine[0].segments()[0]
    names = options.picks or first.ch_names[:MOST_CHANNELS]
    people = sorted({one.person for one in mine})
    share = int(seconds * first.sfreq) // len(people)
    if not share:
        raise EvaluationError("There are more people than samples to share. Choose some with --person.")
    parts = {who: _share([one for one in mine if one.person == who], first.sfreq, names, share) for who in people}
    kept = {who: part for who, part in parts.items() if part is not None}
    if not kept:
        raise EvaluationError(f"No recording in {folder.name} has the electrodes {', '.join(names)}. Choose others.")
    gone = [who for who in people if who not in kept]
    notes = (f"Left out, for another rate or other electrodes: {', '.join(gone)}.",) if gone else ()
    return Played(np.hstack(list(kept.values())), first.sfreq, tuple(names), tuple(kept), share, found.notes + notes)


def _share(
    recordings: Sequence[Recording], sfreq: float, names: Sequence[str], share: int
) -> NDArray[np.float64] | None:
    """Return a person's ``share`` samples of these electrodes, None when there is no such recording."""
    parts: list[NDArray[np.float64]] = []
    for recording in recordings:
        for segment in recording.segments():
            at = {name.lower(): row for row, name in enumerate(segment.ch_names)}
            if segment.sfreq == sfreq and all(name.lower() in at for name in names):
                parts.append(segment.data[[at[name.lower()] for name in names]])
        if sum(part.shape[1] for part in parts) >= share:
            break
    if not parts:
        return None
    joined = np.hstack(parts)
    return np.tile(joined, -(-share // joined.shape[1]))[:, :share]
