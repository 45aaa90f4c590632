"""What a person wishes to be forgotten, and what that comes to: which moments, and which stretches of time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index import alpha, focus_history, notices, trainings
from index.store import Store
from index.types import Filters, VaultError

AT_ONCE = 50_000  # moments looked at together
Span = tuple[float, float]  # UTC seconds, the end left out
OF_PERSON = focus_history.any_between, trainings.any_between, alpha.any_between


@dataclass(frozen=True, slots=True)
class Wish:
    """What should be forgotten: moments by number, or all that `Filters` let through.

    A time alone takes everything of that time, EEG without any moment too; program, site and tag take whole moments
    and the EEG recorded while they lasted. ``brain`` takes everything that came from a headset, and nothing else.
    """

    filters: Filters = field(default_factory=Filters)
    moments: tuple[int, ...] = ()
    brain: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a wish comes to.

    Attributes
    ----------
    moments
        Numbers of the moments that go, ascending.
    spans
        Stretches of time whose EEG goes, in order, none touching another.
    time_start, time_end
        From when to when, UTC seconds; None when nothing goes.
    frames, eeg_seconds
        How many pictures and how much EEG go with them.
    focus
        Whether anything goes that was said of the person's focus, or a training, or their alpha frequency.
    notices
        Numbers of the held notifications that go: of these times, and of the program that was named.
    learned
        From when on (UTC seconds) what was learned of notifications goes, as it rests on what goes; None for nothing.

    """

    moments: NDArray[np.int64]
    spans: tuple[Span, ...]
    time_start: float | None
    time_end: float | None
    frames: int
    eeg_seconds: float
    brain: bool = False
    focus: bool = False
    notices: tuple[int, ...] = ()
    learned: float | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to forget."""
        return not (
            self.moments.size
            or self.eeg_seconds
            or self.brain
            or self.focus
            or self.notices
            or self.learned is not None
        )


def plan(store: Store, wish: Wish) -> Plan:
    """Return what goes; raises `VaultError` for a moment that is not there, ValueError for no wish at all."""
    if wish == Wish():
        raise ValueError("an empty wish would take everything")
    if wish.brain:
        return _brain(store)
    ids = _numbered(store, wish.moments) if wish.moments else _filtered(store, wish.filters)
    rows = [row for block in _blocks(ids) for row in _times(store, block)]
    asked = wish.filters
    if not wish.moments:  # a moment that only touches the time is not of it
        rows = [row for row in rows if _within(row, asked)]
    spans = [(start, end) for _, start, end, _ in rows]
    time_alone = not wish.moments and not (asked.app or asked.site or asked.tag)
    if time_alone:
        spans.append((_or(asked.since, float("-inf")), _or(asked.until, float("inf"))))
    whole = merged(spans)
    held = notices.going(store, whole, asked)
    return replace(_plan(store, rows, whole, held), learned=notices.learned_since(store, whole, asked, held))


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return stretches of time joined where they touch, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return [span for span in joined if span[0] < span[1]]


def kept(length: Span, spans: Sequence[Span]) -> list[Span]:
    """Return what is left of one stretch when ``spans`` (in order, apart) are taken out of it."""
    start, end = length
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    edges = [(start, start), *inside, (end, end)]
    return [(left[1], right[0]) for left, right in pairwise(edges) if left[1] < right[0]]


def _plan(
    store: Store, rows: list[tuple[int, float, float, bool]], spans: list[Span], held: list[tuple[int, float]]
) -> Plan:
    seconds, first, last = 0.0, float("inf"), float("-inf")
    for info in store.recordings_between(spans[0][0], spans[-1][1]) if spans else []:
        whole = (info.time_start, info.time_end)
        left = sum(end - start for start, end in kept(whole, spans))
        if left < whole[1] - whole[0]:
            seconds += whole[1] - whole[0] - left
            first, last = min(first, max(whole[0], spans[0][0])), max(last, min(whole[1], spans[-1][1]))
    first = min([first, *(row[1] for row in rows), *(time for _, time in held)])
    last = max([last, *(row[2] for row in rows), *(time for _, time in held)])
    return Plan(
        moments=np.array(sorted(row[0] for row in rows), np.int64),
        spans=tuple(spans),
        time_start=first if first <= last else None,
        time_end=last if first <= last else None,
        frames=sum(row[3] for row in rows),
        eeg_seconds=seconds,
        focus=any(known(store, spans) for known in OF_PERSON),
        notices=tuple(number for number, _ in held),
    )


def _brain(store: Store) -> Plan:
    found = store.rows("SELECT min(time_start), max(time_end), total(samples / sfreq) FROM recordings")[0]
    return Plan(np.empty(0, np.int64), (), found[0], found[1], 0, float(found[2]), brain=True)


def _numbered(store: Store, moments: Sequence[int]) -> NDArray[np.int64]:
    missing = set(moments) - store.moments(moments).keys()
    if missing:
        raise VaultError(f"There is no moment {min(missing)}. `companion recall` prints the numbers of moments.")
    return np.unique(np.array(moments, np.int64))


def _filtered(store: Store, filters: Filters) -> NDArray[np.int64]:
    from index.ranking.allowed import Allowed

    allowed = Allowed(store, filters)
    few = allowed.few()
    if few is not None:
        return few
    known = np.array([row[0] for row in store.rows("SELECT id FROM moments ORDER BY id")], np.int64)
    return np.concatenate([block[allowed.among(block)] for block in _blocks(known)])


def _blocks(ids: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return [ids[i : i + AT_ONCE] for i in range(0, len(ids), AT_ONCE)]


def _times(store: Store, ids: NDArray[np.int64]) -> list[tuple[int, float, float, bool]]:
    sql = (
        "SELECT id, time_start, time_end, frame <> '' FROM moments WHERE id IN (SELECT value FROM json_each(?)) "
        "ORDER BY id"
    )
    return [(row[0], row[1], row[2], bool(row[3])) for row in store.rows(sql, [json.dumps(ids.tolist())])]


def _within(row: tuple[int, float, float, bool], filters: Filters) -> bool:
    _, start, end, _ = row
    after = filters.since is None or end > filters.since or start >= filters.since
    return after and (filters.until is None or start < filters.until)


def _or(time: float | None, otherwise: float) -> float:
    return otherwise if time is None else time
