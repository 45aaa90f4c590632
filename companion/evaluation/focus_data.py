"""What people did while they were focused and while they rested, ready to be scored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.bids import Recording, events_of
from companion.evaluation.errors import EvaluationError
from companion.evaluation.windows import Windows, cut
from embeddings import features
from embeddings.focus_training import Labelled

FOCUSED = frozenset({"arithmetic", "focus", "task", "work", "success"})
RESTING = frozenset({"rest", "relax", "relaxation"})
LAPSED = frozenset({"failure", "distracted"})
REFERENCE_SECONDS = 60.0  # of a new person's rest, which nobody labels
STEP = 2.0
SLACK = 1.0  # s: events end where somebody rounded
ROUNDS = 6  # recordings a person from which on a round, not a window, is what is judged

Mask = NDArray[np.bool_]


class NobodyError(EvaluationError):
    """Nobody in a set was seen both focused and not."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One person.

    Attributes
    ----------
    windows
        Of the electrodes the figure is for, in time: rest before work where the set does not tell.
    whole
        All electrodes of the same windows, with what was done and what serves as the person's reference.
    tested
        Windows that count: all but the reference and what overlaps it, ``bool[n]``.
    rounds
        Whether a whole recording is what is judged (a game's rounds), not a window.

    """

    person: str
    windows: Windows
    whole: Labelled
    tested: Mask
    rounds: bool

    @property
    def focused(self) -> Mask:
        """``bool[n]``."""
        return self.whole.focused

    def judged(self, scores: NDArray[np.float64]) -> tuple[Mask, NDArray[np.float64]]:
        """Return labels and scores of what is judged: tested windows, or the mean over each tested round."""
        labels, kept = self.focused[self.tested], scores[self.tested]
        if not self.rounds:
            return labels, kept
        _, which = np.unique(self.windows.run[self.tested], return_inverse=True)
        count = np.bincount(which)
        return np.bincount(which, labels) > 0, np.bincount(which, kept) / count


def sittings(recordings: Iterable[Recording], *, seconds: float, picks: Sequence[str]) -> list[Sitting]:
    """Return every person who was seen both focused and not. Raises `NobodyError`."""
    by_person: dict[str, list[Recording]] = {}
    for recording in recordings:
        by_person.setdefault(recording.person, []).append(recording)
    found = [_sitting(person, theirs, seconds, picks) for person, theirs in by_person.items()]
    kept = [sitting for sitting in found if sitting is not None]
    if not kept:
        raise NobodyError(
            "Nobody in this set was seen both focused and at rest. events.tsv needs trial_type "
            f"{', '.join(sorted(FOCUSED))} and {', '.join(sorted(RESTING | LAPSED))}."
        )
    return kept


def _sitting(person: str, recordings: Sequence[Recording], seconds: float, picks: Sequence[str]) -> Sitting | None:
    timed = all(recording.acq_time is not None for recording in recordings)
    ordered = recordings if timed else sorted(recordings, key=lambda recording: _labels(recording)[0] not in RESTING)
    if not {True, False} <= {_kind(label) for recording in ordered for label in _labels(recording)}:
        return None
    windows = cut(_long_enough(ordered, seconds), _said, seconds=seconds, step=STEP)
    focused = np.array([bool(_kind(str(label))) for label in windows.label])
    if focused.all() or not focused.any():
        return None
    into = _seconds_into(windows, np.isin(windows.label, list(RESTING)))
    rest = into + seconds <= REFERENCE_SECONDS
    matrices = features.matrices(_rows(windows), len(windows.ch_names))
    whole = Labelled(windows.ch_names, matrices, focused, rest)
    return Sitting(person, picked(windows, picks), whole, into >= REFERENCE_SECONDS, len(ordered) >= ROUNDS)


def picked(windows: Windows, picks: Sequence[str]) -> Windows:
    """Return the windows with only some electrodes; all when none is named. Raises `EvaluationError`."""
    if not picks:
        return windows
    at = {name.lower(): i for i, name in enumerate(windows.ch_names)}
    missing = [name for name in picks if name.lower() not in at]
    if missing:
        raise EvaluationError(f"There is no electrode {', '.join(missing)}; there are {', '.join(windows.ch_names)}.")
    rows = [at[name.lower()] for name in picks]
    names = tuple(windows.ch_names[i] for i in rows)
    return replace(windows, data=windows.data[:, rows], filtered=windows.filtered[:, rows], ch_names=names)


def joined(parts: Sequence[Windows]) -> Windows:
    """Return the windows of many people (same electrodes and rate) as one."""
    arrays: dict[str, Any] = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Windows)
        if field.name not in {"sfreq", "ch_names"}
    }
    return replace(parts[0], **arrays)


def matrices_of(windows: Windows) -> NDArray[np.float64]:
    """Return `features.matrices` of windows."""
    return features.matrices(_rows(windows), len(windows.ch_names))


def _rows(windows: Windows) -> NDArray[np.float32]:
    return np.array([features.row(one.astype(np.float64), windows.sfreq) for one in windows.filtered], np.float32)


def _seconds_into(windows: Windows, resting: Mask) -> NDArray[np.float64]:
    """Return how much of the person's rest (of all they did, where nobody rested) was over as each window began.

    Windows of work come after any reference: infinity.
    """
    counts = resting if resting.any() else np.ones(len(windows), bool)
    into, gone = np.full(len(windows), np.inf), 0.0
    for run in dict.fromkeys(windows.run[counts]):
        mine = counts & (windows.run == run)
        begin = windows.start[mine].min()
        into[mine] = gone + windows.start[mine] - begin
        gone += float(windows.start[mine].max() - begin) + windows.seconds
    return into


def _long_enough(recordings: Sequence[Recording], seconds: float) -> list[Recording]:
    """Leave out what no window fits into: a short round says nothing, and is no error."""
    kept = [r for r in recordings if any(s.data.shape[1] >= (seconds + 2.0) * s.sfreq for s in r.segments())]
    return kept or list(recordings)


def _labels(recording: Recording) -> list[str]:
    """Return what a recording stands for, in time; its task where nothing marks a stretch of it."""
    return [event.label.lower() for event in events_of(recording)] or [recording.task.lower()]


def _said(recording: Recording, start: float, stop: float) -> str | None:
    """Return what a stretch stands for; None where it stands for nothing, or for two things."""
    events = events_of(recording)
    if not events:
        return recording.task.lower() if _kind(recording.task.lower()) is not None else None
    over = [e for e in events if e.onset < stop and e.onset + e.duration > start and _kind(e.label.lower()) is not None]
    labels = {event.label.lower() for event in over}
    inside = any(e.onset <= start + SLACK and e.onset + e.duration >= stop - SLACK for e in over)
    return labels.pop() if len(labels) == 1 and inside else None


def _kind(label: str) -> bool | None:
    """Whether a label stands for focus; None when it stands for neither."""
    if label in FOCUSED:
        return True
    return False if label in RESTING | LAPSED else None
