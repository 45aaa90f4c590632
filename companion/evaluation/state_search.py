"""Who searches what for the same state: as in use, what is now searches what was before.

A session searches the person's earlier ones, the second halves of recordings search the first halves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import controls, retrieval
from companion.evaluation.bids import Recording, events_of
from companion.evaluation.encoders import LEAST_SECONDS, Encoder
from companion.evaluation.retrieval import Ranking, Stretches
from companion.evaluation.splits import Split, check
from companion.evaluation.windows import Windows
from embeddings import quality
from embeddings.types import EEGWindow

LENGTH, HOP = 4, 2  # windows of a stretch, and from one's start to the next one's
GUARD_SECONDS = 8.0  # between the halves of a recording
DIGITS = 20  # to which numbers in names of sessions are filled up, more than any has
SLACK = 0.01  # s by which a window may begin off the end of the one before

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for in what.

    Attributes
    ----------
    windows
        Of one person.
    queries, candidates
        Stretches of them.
    reference
        ``bool[n]``: the windows that are searched, all of them earlier, which tell what is usual for the person.

    """

    person: str
    windows: Windows
    queries: Stretches
    candidates: Stretches
    reference: Mask

    def by_angle(self, encoder: Encoder) -> Ranking:
        """Rank by the angle between an encoder's vectors."""
        vectors = encoder(self.windows, self.reference)
        order = retrieval.nearest_angle(self.queries.mean(vectors), self.candidates.mean(vectors))
        return Ranking(self.person, self.queries, self.candidates, order)

    def by_clock(self) -> Ranking:
        """Rank by nearness in time."""
        moments = controls.moments(self.windows)
        order = retrieval.nearest_time(self.queries.mean(moments), self.candidates.mean(moments))
        return Ranking(self.person, self.queries, self.candidates, order)


def task_of(recording: Recording, start: float, stop: float) -> str:
    """Return what was done: the event that lasted over all of the stretch, or else the recording's task."""
    events = events_of(recording)
    over = [event.label for event in events if event.onset <= start and stop <= event.onset + event.duration]
    return over[0] if over else recording.task


def several_tasks(recordings: Sequence[Recording], kind: str, seconds: float) -> list[Recording]:
    """Return the recordings of people who did two things for ``seconds``, in two sessions where these are searched."""
    kept = []
    for person in dict.fromkeys(recording.person for recording in recordings):
        theirs = [recording for recording in recordings if recording.person == person]
        lasting = {event.label for one in theirs for event in one.events() if event.duration >= seconds}
        labels = lasting | {one.task for one in theirs}
        if len(labels) > 1 and (kind == "time" or len({one.session for one in theirs}) > 1):
            kept += theirs
    return kept


def fit(windows: Windows) -> Mask:
    """Return which windows are fit to be encoded, ``bool[n]``: others never get into an index."""
    follows = (windows.run[1:] == windows.run[:-1]) & (np.abs(np.diff(windows.start) - windows.seconds) < SLACK)
    found = np.empty(len(windows), np.bool_)
    past: NDArray[np.float64] | None = None
    for i, known in enumerate(np.concatenate([[False], follows])):
        raw = EEGWindow(windows.data[i].astype(np.float64), windows.sfreq, windows.ch_names, 0.0)
        found[i] = quality.assess(raw, windows.filtered[i].astype(np.float64), past if known else None).fit
        past = raw.data
    return found


def searches(windows: Windows, kind: str) -> Iterator[Search]:
    """Yield every search that has something to look for and enough to look in; ``kind`` is ``session`` or ``time``."""
    for person in np.unique(windows.person).tolist():
        mine = windows.where(windows.person == person)
        pairs = _sessions(mine) if kind == "session" else _halves(mine)
        for split, parts in pairs:
            check(split, mine, seconds=mine.seconds, guard=GUARD_SECONDS)
            tested, searched = _mask(mine, split.test), _mask(mine, split.train)
            queries, candidates = (
                retrieval.stretches(mine, which, length=LENGTH, hop=HOP, part=part)
                for which, part in zip((tested, searched), parts, strict=True)
            )
            if len(queries) and len(candidates) and np.count_nonzero(searched) * mine.seconds >= LEAST_SECONDS:
                yield Search(person, mine, queries, candidates, searched)


def _sessions(mine: Windows) -> Iterator[tuple[Split, tuple[str, str]]]:
    """Yield each session but the first against all earlier ones."""
    order = _in_order(mine)
    for number, session in enumerate(order[1:], start=1):
        earlier, tested = np.isin(mine.session, order[:number]), mine.session == session
        split = Split(f"session {mine.person[0]}/{session}", np.flatnonzero(earlier), np.flatnonzero(tested))
        yield split, ("", "")


def _in_order(mine: Windows) -> list[str]:
    """Return the sessions, earliest first: by the clock where the set tells it of all, else by name, 10 after 9."""
    names: list[str] = np.unique(mine.session).tolist()
    if not np.isnan(mine.clock).any():
        return sorted(names, key=lambda name: float(mine.clock[mine.session == name].min()))
    return sorted(names, key=lambda name: re.sub(r"\d+", lambda digits: digits[0].zfill(DIGITS), name))


def _halves(mine: Windows) -> Iterator[tuple[Split, tuple[str, str]]]:
    """Yield the second half of every recording against the first halves."""
    early, late = np.zeros(len(mine), bool), np.zeros(len(mine), bool)
    for run in np.unique(mine.run):
        here = mine.run == run
        middle = (mine.start[here].min() + mine.start[here].max() + mine.seconds) / 2.0
        early |= here & (mine.start + mine.seconds <= middle - GUARD_SECONDS / 2.0)
        late |= here & (mine.start >= middle + GUARD_SECONDS / 2.0)
    if early.any() and late.any():
        yield Split("time 2/2", np.flatnonzero(early), np.flatnonzero(late)), (" (second half)", " (first half)")


def _mask(windows: Windows, chosen: NDArray[np.intp]) -> Mask:
    mask = np.zeros(len(windows), np.bool_)
    mask[chosen] = True
    return mask
