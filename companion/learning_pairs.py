"""What personal learning learns from: each moment's EEG beside what was on screen, and which of them judge it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from companion import sessions
from companion.sessions import Rows, Session
from embeddings import spaces
from index import feedback
from index.store import Store

if TYPE_CHECKING:
    from embeddings.mapping import Pairs

LATER_SHARE = 0.25  # of the moments, the newest, judge what was learned from the others
GUARD_SECONDS = 600.0  # between the two: neighbouring moments are alike without any brain
CLIP = 6.0  # spreads; beyond is an artefact
MOST_SPREAD_WINDOWS = 2_000  # beyond this a person's spread hardly moves
MOST_OPENED = 3  # times that an opened moment counts more

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The pairs of a vault in order of time, and what they were made with.

    Attributes
    ----------
    later_from
        UTC seconds; pairs from here on judge, those `GUARD_SECONDS` and more before it are learned from.
    spread
        The person's usual spread of the features, ``float64[90]``.
    known
        How many moments have EEG and content, also those that are no pair for want of a first minute.

    """

    pairs: Pairs
    later_from: float
    montages: tuple[str, ...]
    content_space: str
    spread: Numbers
    known: int

    @property
    def earlier(self) -> Pairs:
        """What is learned from."""
        return self.pairs.where(self.pairs.time < self.later_from - GUARD_SECONDS)

    @property
    def later(self) -> Pairs:
        """What judges it."""
        return self.pairs.where(self.pairs.time >= self.later_from)


@dataclass(frozen=True, slots=True)
class _Moment:
    """One moment's mean EEG features, ``float32[90]``."""

    moment_id: int
    time: float
    session: int
    brain: NDArray[np.float32]


def count(store: Store) -> tuple[int, int]:
    """Return how many moments have both EEG and content, and in how many hours they lie."""
    space = content_space(store)
    sql = (
        "SELECT count(*), count(DISTINCT CAST(time_start / 3600 AS INTEGER)) FROM features "
        "JOIN moments ON id = features.moment_id WHERE EXISTS "
        "(SELECT 1 FROM vectors WHERE vectors.moment_id = features.moment_id AND space = ? AND part = 0)"
    )
    pairs, hours = store.rows(sql, [space])[0]
    return int(pairs), int(hours)


def content_space(store: Store) -> str:
    """Return the newest space of content vectors, empty when there is none."""
    found = store.spaces(spaces.CONTENT)
    return found[0] if found else ""


def gather(store: Store, *, not_before: float, spread: Numbers | None) -> Gathered:
    """Return all pairs of a vault.

    Parameters
    ----------
    not_before
        What judges lies after this time (an older version has learned from what is before it).
    spread
        The person's spread, where an older version fixed it; otherwise it is taken from what is learned from.

    """
    from embeddings.mapping import Pairs

    space = content_space(store)
    contents = dict(_contents(store, space))
    montages = tuple(row[0] for row in store.rows("SELECT DISTINCT kind FROM features ORDER BY kind"))
    later_from = max(_later_from(store, set(contents)), not_before + GUARD_SECONDS)
    own = _spread(store, montages, later_from - GUARD_SECONDS) if spread is None else spread
    moments = sorted((m for m in _moments(store, montages, own) if m.moment_id in contents), key=lambda m: m.time)
    opened = feedback.openings(store)
    pairs = Pairs(
        brain=np.array([moment.brain for moment in moments], np.float32).reshape(len(moments), len(own)),
        content=np.array([contents[moment.moment_id] for moment in moments], np.float32).reshape(len(moments), -1),
        time=np.array([moment.time for moment in moments]),
        session=np.array([moment.session for moment in moments], np.int64),
        weight=np.array([1 + min(opened.get(m.moment_id, 0), MOST_OPENED) for m in moments], np.float32),
    )
    return Gathered(pairs, later_from, montages, space, own, count(store)[0])


def spread_of(blob: bytes) -> Numbers:
    """Return a spread that a version keeps."""
    return np.frombuffer(blob, np.float64)


def relative(first: Rows, tables: list[Rows], ch_names: tuple[str, ...], spread: Numbers) -> NDArray[np.float32]:
    """Return each moment's mean features against its session's first minute, ``float32[moments, 90]``."""
    from embeddings import features
    from embeddings.site_features import SiteReference
    from embeddings.sites import find

    channels = len(ch_names)
    usual = SiteReference.fit(features.matrices(first, channels), find(ch_names), spread)
    found = np.clip(usual.features(features.matrices(np.vstack(tables), channels)), -CLIP, CLIP)
    ends = np.cumsum([len(rows) for rows in tables])[:-1]
    return np.array([part.mean(axis=0) for part in np.split(found, ends)], np.float32)


def _contents(store: Store, space: str) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield each moment with the direction of the mean of its passages' vectors, one at a time from the disk."""
    sql = "SELECT moment_id, vector FROM vectors WHERE space = ? ORDER BY moment_id, part"
    for moment_id, rows in groupby(store.db.execute(sql, [space]), key=itemgetter(0)):
        whole = np.sum([np.frombuffer(row[1], np.float32) for row in rows], axis=0)
        norm = float(np.linalg.norm(whole))
        if norm > 0:
            yield moment_id, np.asarray(whole / norm, np.float32)


def _later_from(store: Store, moments: set[int]) -> float:
    """Return from when on the newest moments judge."""
    sql = "SELECT moment_id, time_start FROM features JOIN moments ON id = moment_id ORDER BY time_start"
    times = [start for moment_id, start in store.rows(sql) if moment_id in moments]
    return times[int(len(times) * (1 - LATER_SHARE))] if times else 0.0


def _spread(store: Store, montages: tuple[str, ...], until: float) -> Numbers:
    """Return the person's spread over all of what is learned from; 1 for what no set of electrodes tells."""
    from embeddings import features
    from embeddings.site_features import SiteReference
    from embeddings.sites import find

    told = []
    for kind in montages:
        held = [m.rows for session in sessions.sessions(store, kind) for m in session.moments if m.start < until]
        rows = np.vstack(held) if held else np.empty((0, 0), np.float32)
        if len(rows) < spaces.LEAST_WINDOWS:
            continue
        chosen = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_SPREAD_WINDOWS)).astype(int)]
        names = store.ch_names(kind)
        told.append(SiteReference.fit(features.matrices(chosen, len(names)), find(names)).spread)
    if not told:
        raise ValueError("there is no minute of EEG to take a spread from")
    squares, known = np.sum(np.square(told), axis=0), np.sum(np.array(told) > 0, axis=0)
    return np.where(known > 0, np.sqrt(squares / np.maximum(known, 1)), 1.0)


def _moments(store: Store, montages: tuple[str, ...], spread: Numbers) -> Iterator[_Moment]:
    """Yield every moment that lies in a session with a first minute, sessions numbered over all electrodes."""
    together: list[Session] = [session for kind in montages for session in sessions.sessions(store, kind)]
    for number, session in enumerate(together):
        first = session.first_minute
        if first is None:
            continue
        names = store.ch_names(session.kind)
        brains = relative(first, [moment.rows for moment in session.moments], names, spread)
        for moment, brain in zip(session.moments, brains, strict=True):
            yield _Moment(moment.moment_id, (moment.start + moment.end) / 2, number, brain)
