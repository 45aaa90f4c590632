"""EEG beside what was on screen, of everyone in a set: the pairs a mapping is learned from and judged by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import electrodes, thought_contents, thought_events, thought_sessions
from companion.evaluation.bids import Recording
from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options
from companion.evaluation.thought_sessions import Session
from embeddings.mapping import Pairs
from embeddings.mapping.vectors import CLIP

Words = NDArray[np.str_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Seen:
    """``n`` windows, each with what was on.

    Attributes
    ----------
    person, session, run
        ``str[n]``.
    start
        Seconds since the recording's first sample, ``float64[n]``.
    brain, noise
        `site_features` relative to the session's first minute, ``float32[n, 90]``; of noise in the EEG's place.
    loudness
        How loud each electrode was, relative to the first minute, ``float64[n, electrodes]``; their mean alone where
        people wore different ones.
    vectors
        Of the contents, ``float32[n, c]``.
    seconds
        Length of a window.
    notes
        What was left out, and what the contents are.

    """

    person: Words
    session: Words
    run: Words
    start: NDArray[np.float64]
    brain: NDArray[np.float32]
    noise: NDArray[np.float32]
    loudness: NDArray[np.float64]
    vectors: NDArray[np.float32]
    seconds: float
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.start)

    @property
    def coded(self) -> bool:
        """Whether contents are marker codes: these tell the place in a trial, not what was shown."""
        return thought_contents.CODES_NOTE in self.notes

    def pairs(self, which: Indices) -> Pairs:
        """Return chosen windows as pairs; each recording is a session of its own, as no clock joins them."""
        _, number = np.unique(self.run, return_inverse=True)
        return Pairs(
            self.brain[which],
            self.vectors[which],
            self.start[which] + self.seconds / 2,
            number.astype(np.int64)[which],
            np.ones(len(which), np.float32),
        )


def gather(recordings: Sequence[Recording], options: Options) -> Seen:
    """Read everyone; raises `EvaluationError` when there is nothing to go by."""
    seconds = options.seconds or thought_events.window_seconds(recordings)
    picks = electrodes.chosen(recordings, options.picks)
    rng = np.random.default_rng(options.seed)
    sessions: list[Session] = []
    left_out: list[str] = []
    for (person, name), theirs in groupby(recordings, key=lambda one: (one.person, one.session)):
        try:
            sessions.append(thought_sessions.read(list(theirs), seconds=seconds, picks=picks, rng=rng))
        except EvaluationError as error:
            left_out.append(f"{person}{f', session {name}' if name else ''}: {error}")
    if not sessions:
        raise EvaluationError("No recording can be used. " + " ".join(left_out[:3]))
    return _together(sessions, seconds, _summed(left_out, len(sessions)))


def _summed(left_out: Sequence[str], kept: int) -> tuple[str, ...]:
    """Return one note on all sessions that were left out."""
    if not left_out:
        return ()
    return (f"{len(left_out)} of {len(left_out) + kept} sessions are left out; the first: {left_out[0]}",)


def _together(sessions: Sequence[Session], seconds: float, left_out: tuple[str, ...]) -> Seen:
    contents = [content for one in sessions for content in one.content.tolist()]
    tasks = [task for one in sessions for task in one.task]
    vectors, about = thought_contents.vectors(contents, tasks)
    unfit = sum(one.unfit for one in sessions)
    dropped = f"{unfit} windows were not fit to be encoded and are left out, as in use." if unfit else ""
    counts = [len(one.start) for one in sessions]
    others = [_others(sessions, one.person) for one in sessions]
    spreads = list(zip(sessions, others, strict=True))
    return Seen(
        person=np.repeat([one.person for one in sessions], counts),
        session=np.repeat([one.session for one in sessions], counts),
        run=np.concatenate([one.run for one in sessions]),
        start=np.concatenate([one.start for one in sessions]),
        brain=_clipped([one.features(usual) for one, usual in spreads]),
        noise=_clipped([one.features(None, noise=True) for one, _ in spreads]),
        loudness=np.concatenate(list(_alike([one.loudness for one in sessions]))),
        vectors=vectors,
        seconds=seconds,
        notes=(*left_out, *(note for note in (dropped, about) if note)),
    )


def _others(sessions: Sequence[Session], person: str) -> NDArray[np.float64] | None:
    """Return the spread usual among the other people, ``float64[90]``; None when there is nobody else."""
    theirs = np.array([one.spread() for one in sessions if one.person != person])
    if not len(theirs):
        return None
    known = (theirs > 0).sum(axis=0)
    squares: NDArray[np.float64] = np.square(theirs).sum(axis=0) / np.maximum(known, 1)
    return np.where(known > 0, np.sqrt(squares), 1.0)


def _clipped(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float32]:
    return np.clip(np.concatenate(parts), -CLIP, CLIP).astype(np.float32)


def _alike(parts: Sequence[NDArray[np.float64]]) -> Iterator[NDArray[np.float64]]:
    """Yield parts of one width: as they are, or each row's mean where widths differ."""
    same = len({part.shape[1] for part in parts}) == 1
    for part in parts:
        yield part if same else part.mean(axis=1, keepdims=True)
