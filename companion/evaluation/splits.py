"""Training and test kept apart by person, session or time, and a check that they are.

Windows next to each other are alike whatever they stand for, so windows drawn at random put near copies of the test
into training: on a day of natural use that makes 0.30 look like 0.90.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.errors import EvaluationError

KINDS = {
    "person": "tested on people it was not trained on",
    "session": "tested on sessions it was not trained on",
    "time": "tested on stretches of time well apart from those it was trained on",
}
BLOCKS = 5
GUARD_SECONDS = 60.0

Words = NDArray[np.str_]
Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]


class LeakError(EvaluationError):
    """Training and test share what they must not."""


class Groups(Protocol):
    """What windows say of where they come from; see `windows.Windows`."""

    @property
    def person(self) -> Words:
        """``str[n]``."""
        ...

    @property
    def session(self) -> Words:
        """``str[n]``, told apart within a person."""
        ...

    @property
    def run(self) -> Words:
        """``str[n]``, the recording."""
        ...

    @property
    def start(self) -> Numbers:
        """``float64[n]``, seconds since the recording's start."""
        ...


@dataclass(frozen=True, slots=True)
class Split:
    """Which windows to train on and which to test on.

    Attributes
    ----------
    name
        How it was split (a key of `KINDS`), a space, and what is tested: ``person 07``, ``session 07/2``, ``time 3/5``.

    """

    name: str
    train: Indices
    test: Indices

    @property
    def kind(self) -> str:
        """How it was split."""
        return self.name.split(" ", 1)[0]


def known(kind: str) -> str:
    """Return ``kind`` when it is an honest way to split; else `EvaluationError` says why not and which there are."""
    if kind in KINDS:
        return kind
    there = "; ".join(f"{name} ({about})" for name, about in KINDS.items())
    if kind in {"random", "window", "windows", "shuffle", "kfold", "stratified"}:
        raise EvaluationError(
            f"Splitting by {kind} is refused: neighbouring windows are near copies, so that training would hold the "
            f"test. On a day of natural use that turns 0.30 into 0.90. Split by {there}."
        )
    raise EvaluationError(f"There is no split {kind!r}. Split by {there}.")


def splits(
    kind: str, windows: Groups, *, seconds: float, blocks: int = BLOCKS, guard: float = GUARD_SECONDS
) -> Iterator[Split]:
    """Yield the splits of a kind, each checked. ``seconds`` is the length of a window. Raises `EvaluationError`."""
    for split in _of(known(kind), windows, seconds, blocks, guard):
        check(split, windows, seconds=seconds, guard=guard)
        yield split


def leave_person_out(person: Words) -> Iterator[Split]:
    """Yield a split a person, who is tested; all others are for training. `EvaluationError` below two people."""
    people = np.unique(person)
    if len(people) < 2:  # noqa: PLR2004 - one to test, one to train on
        raise EvaluationError("Splitting by person needs two people or more. Add people, or split by session or time.")
    for who in people:
        mine = person == who
        yield Split(f"person {who}", np.flatnonzero(~mine), np.flatnonzero(mine))


def leave_session_out(person: Words, session: Words) -> Iterator[Split]:
    """Yield a split for each session of people who have several: it is tested, everything else is for training.

    Everything else are the person's other sessions and all of the other people; who wants a model of one person alone
    takes that person's part of ``train``. `EvaluationError` when nobody has two sessions.
    """
    several = [who for who in np.unique(person) if len(np.unique(session[person == who])) > 1]
    if not several:
        raise EvaluationError(
            "Splitting by session needs people with two sessions or more (ses-*), and nobody here has. "
            "Split by person or time."
        )
    for who in several:
        for which in np.unique(session[person == who]):
            tested = (person == who) & (session == which)
            yield Split(f"session {who}/{which}", np.flatnonzero(~tested), np.flatnonzero(tested))


def time_blocks(
    run: Words, start: Numbers, *, blocks: int = BLOCKS, guard: float = GUARD_SECONDS, seconds: float = 4.0
) -> Iterator[Split]:
    """Yield ``blocks`` splits: every recording is cut into as many stretches of equal length, one of which is tested.

    Windows of the same recording that end less than ``guard`` seconds before a tested one begins, or begin less than
    that after it ended, are in neither part (see `check`). `EvaluationError` when that leaves nothing to train on.

    Parameters
    ----------
    seconds
        Length of a window.

    """
    block = _block(run, start, blocks)
    for number in range(blocks):
        tested = block == number
        if not tested.any():
            continue
        train = ~tested & (_distance(run, start, tested) >= _apart(seconds, guard))
        if not train.any():
            raise EvaluationError(
                f"With a guard of {guard:g} s around each of {blocks} blocks nothing is left to train on: the "
                "recordings are too short to be split by time. Split by person or session."
            )
        yield Split(f"time {number + 1}/{blocks}", np.flatnonzero(train), np.flatnonzero(tested))


def check(split: Split, windows: Groups, *, seconds: float, guard: float = GUARD_SECONDS) -> None:
    """Refuse a split whose training and test share what they must not; every evaluation calls it.

    Parameters
    ----------
    seconds
        Length of a window.
    guard
        Least time between the end of a window and the begin of another of the same recording in the other part; the
        length of a window where that is more, so that neighbours are always refused.

    Raises
    ------
    LeakError
        When a part is empty or the split is of no honest kind; when both parts hold the same window, windows of the
        same recording nearer than ``guard``, or what the split claims to keep apart (the person, the session).

    """
    known(split.kind)
    if not len(split.train) or not len(split.test):
        raise LeakError(f"Split {split.name!r} has nothing to {'train' if not len(split.train) else 'test'} on.")
    if len(np.intersect1d(split.train, split.test)):
        raise LeakError(f"Split {split.name!r} leaks: the same windows are in training and test.")
    shared = _shared(split, windows)
    if shared:
        raise LeakError(f"Split {split.name!r} leaks: {split.kind} {shared} is in training and test. Keep it in one.")
    tested = np.zeros(len(windows.run), bool)
    tested[split.test] = True
    nearest, needed = _distance(windows.run, windows.start, tested)[split.train].min(), _apart(seconds, guard)
    if nearest < needed - 1e-6:  # the times of windows are sums
        raise LeakError(
            f"Split {split.name!r} leaks: a window for training begins {nearest:g} s from a tested one of the same "
            f"recording, where {needed:g} s are needed. Split by person, session or time."
        )


def _of(kind: str, windows: Groups, seconds: float, blocks: int, guard: float) -> Iterator[Split]:
    """Return the splits of a kind."""
    if kind == "person":
        return leave_person_out(windows.person)
    if kind == "session":
        return leave_session_out(windows.person, windows.session)
    return time_blocks(windows.run, windows.start, blocks=blocks, guard=guard, seconds=seconds)


def _shared(split: Split, windows: Groups) -> str:
    """Return what is in both parts and must not be; empty when nothing is."""
    if split.kind == "time":
        return ""
    names = windows.person if split.kind == "person" else _pairs(windows.person, windows.session)
    both = np.intersect1d(names[split.train], names[split.test])
    return str(both[0]) if len(both) else ""


def _pairs(person: Words, session: Words) -> Words:
    """Return ``str[n]`` that tells sessions of different people apart."""
    return np.char.add(np.char.add(person, "/"), session)


def _apart(seconds: float, guard: float) -> float:
    """Return how far apart windows of both parts must begin (s)."""
    return seconds + max(guard, seconds)


def _block(run: Words, start: Numbers, blocks: int) -> Indices:
    """Return which of ``blocks`` stretches of its recording each window begins in."""
    _, which = np.unique(run, return_inverse=True)
    first, last = np.full(which.max() + 1, np.inf), np.full(which.max() + 1, -np.inf)
    np.minimum.at(first, which, start)
    np.maximum.at(last, which, start)
    span = np.maximum(last - first, np.finfo(np.float64).tiny)
    share = (start - first[which]) / span[which]
    which_block: Indices = np.minimum((share * blocks).astype(np.intp), blocks - 1)
    return which_block


def _distance(run: Words, start: Numbers, tested: NDArray[np.bool_]) -> Numbers:
    """Return how far (s) each window begins from the nearest tested one of its recording; infinity without one."""
    nearest = np.full(len(start), np.inf)
    for name in np.unique(run[tested]):
        mine = run == name
        known_starts = np.sort(start[mine & tested])
        after = np.searchsorted(known_starts, start[mine])
        before = start[mine] - known_starts[np.maximum(after - 1, 0)]
        ahead = known_starts[np.minimum(after, len(known_starts) - 1)] - start[mine]
        nearest[mine] = np.minimum(np.abs(before), np.abs(ahead))
    return nearest
