"""Searching one space: the newest rows exactly in memory, the rest in segments on disk, put in order by SQLite."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import numpy as np

from index.ranking.filtering import Keep
from index.spaces import segment_plan
from index.spaces.segment_plan import Reach
from index.spaces.segment_shelf import Manifest, Shards, Shelf, Stamp
from index.spaces.segments import DamagedSegmentError, Segment
from index.spaces.vector_hot import Candidates, Hot
from index.spaces.vector_rows import Batch, Span, VectorRows
from index.spaces.vector_scan import Ids, Rows

NEVER: Stamp = (-1, -1, -1)  # of no manifest: none was looked for yet


class VectorSpace:
    """One space. Safe to use from several threads.

    Parameters
    ----------
    rows
        What SQLite holds of it: the truth.
    shelf
        Its files.
    hot_limit
        How many of the newest rows are held in memory at first; up to twice as many until a segment takes them over.

    """

    def __init__(self, rows: VectorRows, shelf: Shelf, *, hot_limit: int) -> None:
        self.rows = rows
        self.shelf = shelf
        self.hot_limit = hot_limit
        self._lock = threading.Lock()
        self._stamp: Stamp = NEVER
        self._shards = Shards(Manifest(shelf.identity))
        self._hot: Hot | None = None  # until something is searched for
        self._after: int | None = None  # the row after which it will begin

    def search(self, query: Rows, k: int, keep: Keep | None) -> dict[int, float]:
        """Return the moments of the best ``k`` rows and their cosines; see `index.spaces.vectors.Vectors.search`."""
        few = None if keep is None else keep.few()
        if few is not None:
            return self._among_few(query, k, few)
        reach = segment_plan.first_reach(k)
        while True:
            found, is_all = self._nearest(query, reach)
            rows = found.rows if keep is None else found.rows[keep.among(found.moments)]
            held = self.rows.among(rows)
            self._weed_if_gone(rows, held.rows)
            if is_all or len(held.rows) >= k:
                return _best(_scored([held], query), k)
            reach = segment_plan.wider(reach, k, found=len(found.rows), kept=len(held.rows), rows=self._reached())

    def shards(self) -> Shards:
        """Return what is whole on disk."""
        with self._lock:
            self._refresh_if_searched()
            return self._shards

    def _reached(self) -> int:
        """Return how many rows a search can find."""
        with self._lock:
            return len(self._refresh()) + sum(segment.card.count for segment in self._shards.segments)

    def hot_rows(self) -> int:
        """Return how many rows are in memory, or would be once something is searched for."""
        with self._lock:
            hot = self._refresh_if_searched()
            return self.rows.count(self._would_be_hot()) if hot is None else len(hot)

    def overflow(self) -> Span | None:
        """Return the oldest rows in memory when there are more than it is to hold, None otherwise.

        What was deleted is let go of before, so that it neither counts nor is moved to disk. Nothing is taken into
        memory for this: as long as nobody searches there may be none.
        """
        with self._lock:
            hot = self._refresh_if_searched()
            most, leave = segment_plan.most_hot(self.hot_limit, segments=len(self._shards.segments))
            if hot is None:
                span = self._would_be_hot()
                return Span(span.after, self.rows.before_newest(span, leave)) if self.rows.count(span) > most else None
            if len(hot) > most:
                self._weed(hot)
            return Span(hot.after, hot.row_before_newest(leave)) if len(hot) > most else None

    def uncovered(self) -> list[Span]:
        """Return which rows neither a whole segment nor memory holds, newest first."""
        with self._lock:
            hot = self._refresh_if_searched()
            spans = segment_plan.gaps(self._shards.covered, self._would_be_hot().after if hot is None else hot.after)
        return [span for span in spans if self.rows.any(span)]

    def leave_out(self, damaged: Segment) -> None:
        """Answer without a segment from now on."""
        with self._lock:
            self._shards = self._shards.without(damaged)

    def weed(self) -> None:
        """Let go of rows in memory that were deleted, so that they do not take the place of others."""
        with self._lock:
            hot = self._refresh_if_searched()
            if hot is not None:
                self._weed(hot)

    def _weed(self, hot: Hot) -> None:
        hot.weed(self.rows.ids(Span(hot.after, hot.highest)))

    def _weed_if_gone(self, rows: Ids, held: Ids) -> bool:
        """Weed when memory gave rows that SQLite does not hold; returns whether it did."""
        with self._lock:
            oldest = self._refresh().after
        is_gone = len(held) < len(rows) and bool((np.setdiff1d(rows, held) > oldest).any())
        if is_gone:
            self.weed()
        return is_gone

    def _refresh_if_searched(self) -> Hot | None:
        """Take over a manifest that was replaced, and rows committed since if any are in memory."""
        if self._hot is not None:
            return self._refresh()
        self._take_over()
        return None

    def _would_be_hot(self) -> Span:
        """Return the rows that memory begins with, once something is searched for."""
        span = Span(self._shards.upto, self.rows.newest())
        if self._after is None:
            self._after = self._first_hot(span)
        self._after = max(self._after, span.after)
        return Span(self._after, span.upto)

    def _take_over(self) -> None:
        if self.shelf.stamp() != self._stamp:
            self._shards, self._stamp = self.shelf.load(self._shards, newest_row=self.rows.highest_ever())

    def _refresh(self) -> Hot:
        """Take over a manifest that was replaced, and rows committed since."""
        self._take_over()
        newest = self.rows.newest()
        if self._hot is None:
            self._hot = Hot(self.rows.identity.dimension, self._would_be_hot().after)
        self._hot.begin_after(self._shards.upto)
        self._top_up(self._hot, newest)
        return self._hot

    def _first_hot(self, span: Span) -> int:
        """Return after which row memory begins: all of the span, or so few that the first answer comes soon."""
        start = self.rows.before_newest(span, self.hot_limit)
        return start if start == span.after else self.rows.before_newest(span, self.hot_limit // 4)

    def _top_up(self, hot: Hot, newest: int) -> None:
        if newest <= hot.highest:
            return
        most = 2 * self.hot_limit
        start = self.rows.before_newest(Span(hot.highest, newest), most)
        if start > hot.highest:
            hot.begin_after(start)
        for batch in self.rows.stream(Span(hot.highest, newest)):
            hot.add(batch)
            if len(hot) > most:
                hot.begin_after(hot.row_before_newest(self.hot_limit))

    def _among_few(self, query: Rows, k: int, moments: Ids) -> dict[int, float]:
        """Return the nearest of moments that are known one by one, exactly."""
        while True:
            with self._lock:
                hot = self._refresh()
                if hot.after > 0:
                    break
                found = hot.nearest(query, k, moments=moments)
            held = self.rows.among(found.rows)
            if not self._weed_if_gone(found.rows, held.rows):
                return _best(_scored([held], query), k)
        return _best(_scored(self.rows.of_moments(moments), query), k)

    def _nearest(self, query: Rows, reach: Reach) -> tuple[Candidates, bool]:
        """Return the best candidates, and whether there are no others."""
        with self._lock:
            hot = self._refresh()
            shards = self._shards
            parts, is_all = [hot.nearest(query, reach.want)], reach.want >= len(hot)
        try:
            for generation in shards.quantizers:
                part, is_all_of_it = _scan(shards, generation, query, reach)
                parts.append(part)
                is_all = is_all and is_all_of_it
        except DamagedSegmentError as error:
            self.leave_out(error.segment)
            return self._nearest(query, reach)
        total = sum(len(part.rows) for part in parts)
        return Candidates.joined(parts, reach.want), is_all and total <= reach.want


def _scan(shards: Shards, generation: int, query: Rows, reach: Reach) -> tuple[Candidates, bool]:
    """Look through the nearest lists of the segments of one generation."""
    quantizer = shards.quantizers[generation]
    segments = [segment for segment in shards.segments if segment.card.generation == generation]
    want = min(reach.want, sum(segment.card.count for segment in segments))
    scan, rows, moments = quantizer.scan(query, want), [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    lists, cosines = quantizer.nearest(query, reach.probes)
    looked = quiet = 0
    while looked < len(lists) and not reach.is_enough(quiet):
        number, cosine = int(lists[looked]), float(cosines[looked])
        for segment in segments:
            if segment.lengths[number]:
                part = segment.read(number)
                quiet = 0 if scan.look(number, cosine, part.codes) else quiet + len(part.codes)
                rows.append(part.rows)
                moments.append(part.moments)
        looked += 1
    places, scores = scan.best()
    found = Candidates(np.concatenate(rows)[places], np.concatenate(moments)[places], scores)
    return found, looked == quantizer.lists and scan.seen <= reach.want


def _scored(batches: Iterable[Batch], query: Rows) -> tuple[Ids, Rows]:
    """Return moments and exact cosines of rows."""
    moments, cosines = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    for batch in batches:
        moments.append(batch.moments)
        cosines.append(batch.vectors @ query)
    return np.concatenate(moments), np.concatenate(cosines)


def _best(scored: tuple[Ids, Rows], k: int) -> dict[int, float]:
    """Return the best cosine a moment among the best ``k`` rows, best first."""
    moments, cosines = scored
    best: dict[int, float] = {}
    for place in np.argsort(-cosines, kind="stable")[:k].tolist():
        best.setdefault(int(moments[place]), min(float(cosines[place]), 1.0))  # what was rounded may be a bit longer
    return best
