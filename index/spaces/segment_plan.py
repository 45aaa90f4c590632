"""Which work the segments of a space need next: pure decisions over what there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, sqrt

from index.spaces.vector_rows import Span

FAN = 4  # segments of about one size that become one
SMALLEST = 16_384  # rows; smaller segments count as of this size
LARGEST = 4_194_304  # rows a merge may make: what a merge needs of disk for a while, and a purge has to rewrite
OUTGROWN = 4  # times the rows a generation was made for
LEAST_GONE = 0.05  # share of a segment that was deleted, from which on it is written anew

PROBES = 24  # lists looked through for a plain question, at most
PATIENCE = 9_000  # codes in a row without anything better, after which it looks no further: nine lists of a million
SPARE = 16  # candidates beside those asked for: codes are not exact, their order is made right from SQLite


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a search looks: how many candidates it takes, from how many lists."""

    want: int
    probes: int

    def is_enough(self, quiet: int) -> bool:
        """Whether to stop after so many codes in a row without anything better; never once it was made wider."""
        return self.probes == PROBES and quiet >= PATIENCE


def first_reach(k: int) -> Reach:
    """Return how far to look for the ``k`` nearest."""
    return Reach(k + SPARE, PROBES)


def wider(reach: Reach, k: int, *, found: int, kept: int, rows: int) -> Reach:
    """Return how far to look when only ``kept`` of ``found`` candidates may be answered.

    As many more candidates as their share says, and lists as the square root of it: the nearest of a part of all lie
    further away, in more lists. Never more candidates than the ``rows`` there are: there is a place for each.
    """
    share = max(kept, 0.5) / max(found, 1)
    want = max(reach.want, min(rows, max(2 * reach.want, ceil(1.5 * k / share))))
    probes = ceil(PROBES * sqrt(want / first_reach(k).want))
    return Reach(want, max(2 * reach.probes, probes))


def gaps(covered: Sequence[Span], upto: int) -> list[Span]:
    """Return what ``covered``, in order, leaves out of the rows up to ``upto``, newest first."""
    edges = [0, *(edge for span in covered for edge in (span.after, span.upto)), upto]
    between = zip(edges[::2], edges[1::2], strict=True)
    return [Span(after, to) for after, to in between if to > after][::-1]


def run_to_merge(counts: Sequence[int], generations: Sequence[int]) -> slice | None:
    """Return neighbours to make one of, given the rows and generation of each segment, oldest first.

    Segments grow in tiers, each `FAN` times the one below, so that a row is written as often as there are tiers and
    a search opens a few files a tier. The smallest tier goes first. None is made larger than `LARGEST`; two that
    make more than half of it are enough.
    """
    tiers = [_tier(count) for count in counts]
    for tier in sorted(set(tiers)):
        for run in _runs([one <= tier for one in tiers], generations):
            for part in _within_largest(counts, run):
                members = sum(one == tier for one in tiers[part])
                if members >= FAN or (members > 1 and 2 * sum(counts[part]) > LARGEST):
                    return part
    return None


def _within_largest(counts: Sequence[int], run: slice) -> Iterator[slice]:
    """Yield the longest stretch from each place of a run on that makes one segment."""
    for start in range(run.start, run.stop):
        together = accumulate(counts[start : run.stop])
        yield slice(start, start + sum(rows <= LARGEST for rows in together))


def is_outgrown(rows: int, made_for: int) -> bool:
    """Whether a space has outgrown the generation that was made for fewer rows."""
    return rows >= OUTGROWN * made_for


def most_hot(limit: int, *, segments: int) -> tuple[int, int]:
    """Return how many rows memory may hold before a segment takes the older ones over, and how many it leaves.

    A space with segments is not exact anyway: fewer rows in memory are quicker to look through.
    """
    return (limit // 2, limit // 4) if segments else (limit, limit // 4)


def _tier(count: int) -> int:
    tier, size = 0, SMALLEST * FAN
    while count >= size:
        tier, size = tier + 1, size * FAN
    return tier


def _runs(wanted: Sequence[bool], generations: Sequence[int]) -> list[slice]:
    """Return the stretches of wanted neighbours of one generation."""
    runs, start = [], 0
    for i in range(1, len(wanted) + 1):
        if i == len(wanted) or wanted[i] != wanted[start] or generations[i] != generations[start]:
            if wanted[start]:
                runs.append(slice(start, i))
            start = i
    return runs
