"""What personal learning learns from: each moment's EEG beside what was on screen, and which of them judge it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from companion import sessions
from companion.sessions import BREAK_SECONDS, Rows
from embeddings import spaces
from embeddings.types import EmbeddingsError
from index import feedback
from index.store import Store
from index.types import Job

if TYPE_CHECKING:
    from embeddings.mapping import Pairs

LATER_SHARE = 0.25  # of the moments, the newest, judge what was learned from the others
GUARD_SECONDS = 600.0  # between the two: neighbouring moments are alike without any brain
CLIP = 6.0  # spreads; beyond is an artefact
MOST_SPREAD_WINDOWS = 2_000  # beyond this a person's spread hardly moves
MOST_OPENED = 3  # times that an opened moment counts more
MOST_PAIRS = 60_000  # of a vault of any size: more only costs memory and time
AT_ONCE = 1_000  # moments read at once: while anything is read, the database's log cannot be emptied

NOTHING = (
    "There is nothing to learn from yet: no minute of clean EEG beside text on screen is known. Wear the headset while "
    "you work."
)

# What is known of every moment with EEG before any of its numbers is read; 33 bytes each.
_LISTED = np.dtype([("moment", "i8"), ("start", "f8"), ("end", "f8"), ("windows", "i8"), ("content", "?")])

Numbers = NDArray[np.float64]
Listed = NDArray[np.void]
Some = tuple[list[int], list[int], NDArray[np.float32]]  # numbers of moments among all, their ids, their mean features


@dataclass(frozen=True, slots=True)
class Gathered:
    """The pairs of a vault in order of time, and what they were made with.

    Attributes
    ----------
    start, end
        When the moment of each pair began and ended, UTC seconds, ``float64[n]``.
    later_from
        UTC seconds; what begins from here on judges, what ended `GUARD_SECONDS` and more before it is learned from.
    spread
        The person's usual spread of the features, ``float64[90]``.
    known
        How many moments have EEG and content, also those that are no pair for want of a first minute.

    """

    pairs: Pairs
    start: Numbers
    end: Numbers
    later_from: float
    montages: tuple[str, ...]
    content_space: str
    spread: Numbers
    known: int

    @property
    def earlier(self) -> Pairs:
        """What is learned from."""
        return self.pairs.where(self._learned_from)

    @property
    def later(self) -> Pairs:
        """What judges it."""
        return self.pairs.where(self.start >= self.later_from)

    @property
    def trained_until(self) -> float:
        """When the last moment that is learned from ended, UTC seconds."""
        return float(self.end[self._learned_from].max())

    @property
    def _learned_from(self) -> NDArray[np.bool_]:
        return self.end <= self.later_from - GUARD_SECONDS


@dataclass(frozen=True, slots=True)
class _Worn:
    """A session with a first minute and content: all its moments with EEG, in order of time, without their numbers."""

    kind: str
    listed: Listed

    @property
    def first(self) -> list[int]:
        """The moments of its first minute."""
        enough = np.searchsorted(np.cumsum(self.listed["windows"]), spaces.LEAST_WINDOWS) + 1
        return [int(i) for i in self.listed["moment"][:enough]]

    @property
    def pairs(self) -> Listed:
        """Its moments that have content too; the newest, should one session alone be too large."""
        found: Listed = self.listed[self.listed["content"]][-MOST_PAIRS:]
        return found


def count(store: Store, *, before: float = float("inf")) -> tuple[int, int]:
    """Return how many moments that began ``before`` have both EEG and content, and in how many hours they lie."""
    space = content_space(store)
    sql = (
        "SELECT count(*), count(DISTINCT CAST(time_start / 3600 AS INTEGER)) FROM features "
        "JOIN moments ON id = features.moment_id WHERE EXISTS "
        "(SELECT 1 FROM vectors WHERE vectors.moment_id = features.moment_id AND space = ? AND part = 0) "
        "AND time_start < ?"
    )
    pairs, hours = store.rows(sql, [space, before])[0]
    return int(pairs), int(hours)


def coming(store: Store) -> int:
    """Return how many moments with EEG still wait for their content."""
    sql = "SELECT count(*) FROM jobs JOIN features USING (moment_id) WHERE jobs.kind = ? AND quarantined = 0"
    return int(store.value(sql, [Job.CONTENT]))


def content_space(store: Store) -> str:
    """Return the space of the text model in use: that of the newest content vector; empty when there is none.

    When a space was made says less: whoever goes back to an earlier text model goes back to its space.
    """
    sql = (
        "SELECT name FROM spaces WHERE substr(name, 1, length(?1)) = ?1 "
        "ORDER BY (SELECT max(id) FROM vectors WHERE space = name) DESC NULLS LAST, made_at DESC LIMIT 1"
    )
    return str(store.value(sql, [spaces.CONTENT]) or "")


def gather(store: Store, *, not_before: float, spread: Numbers | None) -> Gathered:
    """Return the pairs of a vault: all, or of more than `MOST_PAIRS` the newest and an even sample of older sessions.

    It is read in parts, so that what is recorded beside it never waits for long. What is deleted between two of them is
    no pair.

    Parameters
    ----------
    not_before
        What judges lies after this time (an older version has learned from what is before it).
    spread
        The person's spread, where an older version fixed it; otherwise it is taken from what is learned from.

    Raises `EmbeddingsError` without a minute of EEG to take a spread from.
    """
    space = content_space(store)
    kinds = [row[0] for row in store.rows("SELECT DISTINCT kind FROM features ORDER BY kind")]
    listed = {kind: _listed(store, kind, space) for kind in kinds}
    known = sum(int(moments["content"].sum()) for moments in listed.values())
    chosen = _chosen([worn for kind in kinds for worn in _worn(kind, listed[kind])])
    later_from = max(_later_from(chosen), not_before + GUARD_SECONDS)
    own = _spread(store, listed, later_from - GUARD_SECONDS) if spread is None else spread
    pairs, start, end = _pairs(store, chosen, space, own)
    return Gathered(pairs, start, end, later_from, tuple(kinds), space, own, known)


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


def _listed(store: Store, kind: str, space: str) -> Listed:
    """Return all moments of one set of electrodes, in order of time."""
    sql = (
        "SELECT moments.id, time_start, time_end, round(weight), EXISTS "
        "(SELECT 1 FROM vectors WHERE vectors.moment_id = moments.id AND space = ? AND part = 0) "
        "FROM features CROSS JOIN moments ON moments.id = features.moment_id "
        "WHERE kind = ? AND features.moment_id > ? ORDER BY features.moment_id LIMIT ?"
    )
    parts = [np.empty(0, _LISTED)]
    last = -1
    while len(part := np.array(store.rows(sql, [space, kind, last, AT_ONCE]), _LISTED)):
        parts.append(part)
        last = int(part["moment"][-1])
    listed = np.concatenate(parts)
    return listed[np.lexsort((listed["moment"], listed["start"]))]


def _worn(kind: str, listed: Listed) -> Iterator[_Worn]:
    """Yield the sessions of one set of electrodes (as `sessions.sessions` has them) that hold pairs."""
    breaks = np.flatnonzero(listed["start"][1:] - listed["end"][:-1] > BREAK_SECONDS) + 1
    for part in np.split(listed, breaks):
        if part["windows"].sum() >= spaces.LEAST_WINDOWS and part["content"].any():
            yield _Worn(kind, part)


def _chosen(worn: Sequence[_Worn]) -> list[_Worn]:
    """Return sessions of `MOST_PAIRS` pairs at most, in order of time.

    The newest stay, whole, until they hold half of that; the older ones are thinned out evenly.
    """
    ordered = sorted(worn, key=lambda one: -float(one.listed["start"][0]))
    sizes = np.array([len(one.pairs) for one in ordered], int)
    if sizes.sum() <= MOST_PAIRS:
        return ordered[::-1]
    newest = max(1, int(np.searchsorted(np.cumsum(sizes), MOST_PAIRS // 2, side="right")))
    room, older = MOST_PAIRS - sizes[:newest].sum(), len(sizes) - newest
    samples = (newest + np.linspace(0, older - 1, n).round().astype(int) for n in range(older, 0, -1))
    sample = next((sample for sample in samples if sizes[sample].sum() <= room), np.empty(0, int))
    return [ordered[i] for i in (*sample[::-1], *range(newest - 1, -1, -1))]


def _later_from(chosen: Sequence[_Worn]) -> float:
    """Return from when on the newest pairs judge."""
    times = np.sort(np.concatenate([worn.pairs["start"] for worn in chosen])) if chosen else np.empty(0)
    return float(times[int(len(times) * (1 - LATER_SHARE))]) if len(times) else 0.0


def _spread(store: Store, listed: Mapping[str, Listed], until: float) -> Numbers:
    """Return the person's spread over all of what is learned from; 1 for what no set of electrodes tells."""
    from embeddings import features
    from embeddings.site_features import SiteReference
    from embeddings.sites import find

    told = []
    for kind, moments in listed.items():
        earlier = moments[moments["end"] <= until]
        if earlier["windows"].sum() < spaces.LEAST_WINDOWS:
            continue
        names, windows = store.ch_names(kind), _some_windows(store, kind, earlier)
        if len(windows) >= spaces.LEAST_WINDOWS:
            told.append(SiteReference.fit(features.matrices(windows, len(names)), find(names)).spread)
    if not told:
        raise EmbeddingsError(NOTHING)
    squares, known = np.sum(np.square(told), axis=0), np.sum(np.array(told) > 0, axis=0)
    return np.where(known > 0, np.sqrt(squares / np.maximum(known, 1)), 1.0)


def _some_windows(store: Store, kind: str, listed: Listed) -> Rows:
    """Return `MOST_SPREAD_WINDOWS` windows at most, spread evenly over all."""
    ends = np.cumsum(listed["windows"])
    wanted = np.linspace(0, ends[-1] - 1, min(ends[-1], MOST_SPREAD_WINDOWS)).astype(int)
    owners = np.searchsorted(ends, wanted, side="right")
    moments = listed["moment"][owners].tolist()
    tables = _tables(store, kind, set(moments))
    within = wanted - (ends - listed["windows"])[owners]
    there = [(i, row) for i, row in zip(moments, within, strict=True) if i in tables and row < len(tables[i])]
    return np.array([tables[i][row] for i, row in there], np.float32)


def _pairs(store: Store, chosen: Sequence[_Worn], space: str, spread: Numbers) -> tuple[Pairs, Numbers, Numbers]:
    """Return the pairs of sessions in order of time, when each began and when it ended."""
    from embeddings.mapping import Pairs

    sizes = [len(worn.pairs) for worn in chosen]
    listed = np.concatenate([np.empty(0, _LISTED), *(worn.pairs for worn in chosen)])
    middles = (listed["start"] + listed["end"]) / 2
    order = np.argsort(middles, kind="stable")
    places = np.argsort(order)
    dimension = store.value("SELECT dimension FROM spaces WHERE name = ?", [space]) or 0
    brain, content = np.zeros((len(order), len(spread)), np.float32), np.zeros((len(order), dimension), np.float32)
    for numbers, moments, brains in _brains(store, chosen, spread):
        here = places[numbers]
        brain[here], content[here] = brains, _contents(store, moments, space, dimension)
    opened = feedback.openings(store)
    weights = np.array([1 + min(opened.get(int(i), 0), MOST_OPENED) for i in listed["moment"][order]], np.float32)
    known: NDArray[np.bool_] = np.any(content != 0, axis=1)
    session = np.repeat(np.arange(len(chosen)), sizes)[order]
    pairs = Pairs(brain, content, middles[order], session, np.where(known, weights, 0).astype(np.float32))
    found = pairs if known.all() else pairs.where(known)
    return found, listed["start"][order][known], listed["end"][order][known]


def _brains(store: Store, chosen: Sequence[_Worn], spread: Numbers) -> Iterator[Some]:
    """Yield `Some` moments at a time, without those that are gone by now."""
    begin = 0
    for worn in chosen:
        for numbers, moments, brains in _brains_of(store, worn, spread):
            yield [begin + number for number in numbers], moments, brains
        begin += len(worn.pairs)


def _brains_of(store: Store, worn: _Worn, spread: Numbers) -> Iterator[Some]:
    """Yield `Some` moments of a session at a time; none when its first minute is gone by now."""
    moments, names = worn.pairs["moment"].tolist(), store.ch_names(worn.kind)
    tables = _tables(store, worn.kind, worn.first)
    if any(i not in tables for i in worn.first):
        return
    first = np.vstack([tables[i] for i in worn.first])
    for start in range(0, len(moments), AT_ONCE):
        asked = moments[start : start + AT_ONCE]
        tables = _tables(store, worn.kind, asked)
        there = [(start + number, i) for number, i in enumerate(asked) if i in tables]
        if there:
            numbers, some = zip(*there, strict=True)
            yield list(numbers), list(some), relative(first, [tables[i] for i in some], names, spread)


def _tables(store: Store, kind: str, moments: Collection[int]) -> dict[int, Rows]:
    """Return the windows of those moments that (still) have any, ``float32[windows, features]`` each."""
    sql = (
        "SELECT moment_id, data, weight FROM features WHERE kind = ? AND moment_id IN (SELECT value FROM json_each(?))"
    )
    found = store.rows(sql, [kind, json.dumps(list(moments))])
    return {i: sessions.table(blob, windows) for i, blob, windows in found}


def _contents(store: Store, moments: Sequence[int], space: str, dimension: int) -> NDArray[np.float32]:
    """Return the direction of the mean of each moment's passages' vectors, a row of zeros where there is none."""
    found, none = store.matrices(moments, space), np.zeros((0, dimension), np.float32)
    sums = np.array([found.get(i, none).sum(axis=0) for i in moments], np.float32).reshape(len(moments), dimension)
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    directions: NDArray[np.float32] = np.divide(sums, norms, out=np.zeros_like(sums), where=norms > 0)
    return directions
