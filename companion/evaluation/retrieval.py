"""Searching one stretch of EEG by another: stretches, rankings, and what chance would find. Pure logic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import statistics
from companion.evaluation.windows import Windows

Indices = NDArray[np.intp]
Numbers = NDArray[np.float64]
Words = NDArray[np.str_]
Found = NDArray[np.bool_]  # which ranks hold something relevant, ``bool[queries, candidates]``


LOOSE = 2.0


@dataclass(frozen=True, slots=True)
class Stretches:
    """Windows of one recording and one label that lie near each other, taken together.

    Attributes
    ----------
    members
        ``intp[n, length]``: the windows of each.
    label, block, stratum
        ``str[n]``. A block has one label throughout, and exchanges it as a whole with others of its stratum when
        labels are permuted.

    """

    members: Indices
    label: Words
    block: Words
    stratum: Words

    def __len__(self) -> int:
        return len(self.members)

    def mean(self, values: NDArray[np.floating]) -> Numbers:
        """Return the mean of ``float[windows, ...]`` over each stretch, ``float64[n, ...]``."""
        return np.asarray(values[self.members].mean(axis=1, dtype=np.float64), np.float64)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates in the order in which they are found, for the queries of one person and one split.

    Attributes
    ----------
    order
        ``intp[queries, candidates]``, best first.

    """

    person: str
    queries: Stretches
    candidates: Stretches
    order: Indices

    def relevant(self) -> Found:
        """Return which ranks hold a candidate of the query's label, ``bool[queries, candidates]``."""
        return np.asarray(self.candidates.label[self.order] == self.queries.label[:, np.newaxis], np.bool_)

    def labelled(self, queries: Words, candidates: Words) -> Ranking:
        """Return the same order under other labels."""
        return replace(
            self, queries=replace(self.queries, label=queries), candidates=replace(self.candidates, label=candidates)
        )


def stretches(windows: Windows, within: NDArray[np.bool_], *, length: int, hop: int, part: str = "") -> Stretches:
    """Take ``length`` windows in a row, every ``hop`` windows, of those that ``within`` allows.

    Where some are not allowed (as their signal is bad) a stretch may last up to `LOOSE` times as long as its windows.
    A recording is a block, a session a stratum; ``part`` tells a part of them, which then is one of its own.
    """
    found: list[Indices] = []
    for name in dict.fromkeys(windows.run[within].tolist()):
        mine = np.flatnonzero((windows.run == name) & within)
        mine = mine[np.argsort(windows.start[mine], kind="stable")]
        first = 0
        while first + length <= len(mine):
            members = mine[first : first + length]
            together = _together(windows, members)
            first += hop if together else 1
            if together:
                found.append(members)
    members = np.array(found, np.intp).reshape(-1, length)
    begun = windows.where(members[:, 0])
    session = np.char.add(np.char.add(begun.person, "/"), begun.session)
    block, stratum = (np.asarray(np.char.add(names, part), np.str_) for names in (begun.run, session))
    return Stretches(members, begun.label, block, stratum)


def nearest_angle(queries: Numbers, candidates: Numbers) -> Indices:
    """Return candidates by their angle to each query, ``intp[queries, candidates]``, from ``float64[n, dimension]``."""
    return np.argsort(-_unit(queries) @ _unit(candidates).T, axis=1, kind="stable")


def nearest_time(queries: Numbers, candidates: Numbers) -> Indices:
    """Return candidates by how near in time they are to each query, from ``float64[n]`` seconds."""
    return np.argsort(np.abs(queries[:, np.newaxis] - candidates[np.newaxis]), axis=1, kind="stable")


def average_precision(relevant: Found) -> Numbers:
    """Return the mean precision at the relevant ranks of each query, ``float64[queries]``; nan where none is."""
    hits = np.cumsum(relevant, axis=1)
    precision = hits / np.arange(1, relevant.shape[1] + 1)
    total = hits[:, -1]
    summed = np.sum(precision * relevant, axis=1)
    none = np.full(len(relevant), np.nan)
    return np.asarray(np.divide(summed, total, out=none, where=total > 0), np.float64)


def first(relevant: Found) -> Numbers:
    """Return whether the first that is found is relevant, 0 or 1 for each query."""
    return relevant[:, 0].astype(np.float64)


def exchanged(rankings: Sequence[Ranking], *, seed: int, times: int) -> Iterator[list[Ranking]]:
    """Yield the same orders with labels exchanged among whole blocks of a stratum, ``times`` times.

    What they find on average is chance. A random order's average precision is not: stretches of a recording are alike
    and are found together or not at all, which lifts average precision though nothing of the task is known.
    """
    sides = [side for ranking in rankings for side in (ranking.queries, ranking.candidates)]
    block, label, stratum = (
        np.concatenate([getattr(side, of) for side in sides]) for of in ("block", "label", "stratum")
    )
    names, begin = np.unique(block, return_index=True)
    at = [tuple(np.searchsorted(names, side.block) for side in (r.queries, r.candidates)) for r in rankings]
    for moved in statistics.permuted(label[begin], names, seed=seed, times=times, within=stratum[begin]):
        yield [r.labelled(moved[q], moved[c]) for r, (q, c) in zip(rankings, at, strict=True)]


def chance(
    rankings: Sequence[Ranking], measure: Callable[[Found], Numbers], *, seed: int, times: int
) -> dict[str, float]:
    """Return what a measure is on average for each person when labels mean nothing."""
    found: dict[str, list[float]] = {}
    for moved in exchanged(rankings, seed=seed, times=times):
        for person, value in each_person(moved, measure).items():
            found.setdefault(person, []).append(value)
    return {person: float(np.mean(values)) for person, values in found.items()}


def each_person(rankings: Iterable[Ranking], measure: Callable[[Found], Numbers]) -> dict[str, float]:
    """Return the mean of a measure over each person's queries, each label counting the same.

    Queries whose candidates are all relevant, or of which none is, cannot be told right from wrong and do not count;
    people with no other ones are left out.
    """
    found: dict[str, list[tuple[str, float]]] = {}
    for ranking in rankings:
        relevant = ranking.relevant()
        told = relevant.any(axis=1) & ~relevant.all(axis=1)
        values = zip(ranking.queries.label[told].tolist(), measure(relevant[told]).tolist(), strict=True)
        found.setdefault(ranking.person, []).extend(values)
    return {person: _mean_of_means(values) for person, values in found.items() if values}


def _mean_of_means(values: Sequence[tuple[str, float]]) -> float:
    by_label: dict[str, list[float]] = {}
    for label, value in values:
        by_label.setdefault(label, []).append(value)
    return float(np.mean([np.mean(mine) for mine in by_label.values()]))


def _together(windows: Windows, members: Indices) -> bool:
    """Whether windows lie near each other and stand for one thing."""
    span = windows.start[members[-1]] - windows.start[members[0]] + windows.seconds
    return len(set(windows.label[members].tolist())) == 1 and bool(span <= LOOSE * len(members) * windows.seconds)


def _unit(vectors: Numbers) -> Numbers:
    norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float64).tiny)
    return np.asarray(vectors / norms, np.float64)
