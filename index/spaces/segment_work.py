"""What keeps the segments of one space in order, a step at a time. Only the writing process may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.forgetting.budget import size_of
from index.spaces import segment_build, segment_plan
from index.spaces.quantizer import POINTS_A_LIST, InterruptedWorkError, Quantizer, lists_for
from index.spaces.segment_build import Stop
from index.spaces.segment_shelf import Generation, Manifest, Shards
from index.spaces.segments import DamagedSegmentError, Segment
from index.spaces.vector_rows import Span
from index.spaces.vector_space import VectorSpace

LEAST_POINTS_A_LIST = 10  # vectors; of fewer, a centroid is hardly more than one of them


class SegmentWork:
    """The work on one space.

    Parameters
    ----------
    space
        What is worked on; it goes on answering meanwhile.
    piece
        Rows of SQLite that become codes at once: what building needs of memory.

    """

    def __init__(self, space: VectorSpace, *, piece: int) -> None:
        self.space = space
        self._rows = space.rows
        self._shelf = space.shelf
        self._piece = piece
        self._checked: set[str] = set()
        self._missing: dict[Span, int] = {}

    def step(self, stop: Stop) -> bool:
        """Do what is most needed; returns False when nothing is.

        Raises `InterruptedWorkError` when ``stop`` says so, `VaultError` when the disk does not take it; what was
        there before is still valid then.
        """
        try:
            works = (self._drop, self._fill, self._seal, self._train_anew, self._make_anew, self._merge, self._check)
            return any(work(stop) for work in (*works, self._reseal))
        except DamagedSegmentError as error:
            self.space.leave_out(error.segment)
            return True

    def progress(self) -> tuple[int, int]:
        """Return how many rows a search reaches, and how many there are."""
        missing = {span: self._missing.get(span) or self._rows.count(span) for span in self.space.uncovered()}
        self._missing = missing
        done = sum(segment.card.count for segment in self.space.shards().segments) + self.space.hot_rows()
        return done, done + sum(missing.values())

    def purge(self, moments: tuple[int, int] | None) -> int:
        """Write every segment anew that holds rows SQLite does not; returns how many rows went.

        ``moments``: the lowest and highest that were deleted, None to look at every segment.
        """
        self.space.weed()
        gone = 0
        for segment in self.space.shards().segments:
            gone += self._weeded(segment, moments)
        shards = self.space.shards()
        if not shards.is_whole or (shards.manifest.generations and not shards.segments):
            self._publish(shards, shards.segments)
        self._shelf.tidy(self.space.shards().manifest)
        return gone

    def verify(self) -> list[str]:
        """Read everything and say what is wrong, each in a sentence."""
        shards = self.space.shards()
        wrong = [
            f"The vectors of {self._rows.identity.space}: {span.after} to {span.upto} are in no whole segment."
            for span in self.space.uncovered()
        ]
        for segment in shards.segments:
            try:
                found = [part.rows for _, part in segment.parts()]
            except DamagedSegmentError as error:
                self.space.leave_out(segment)
                wrong.append(f"A segment of {self._rows.identity.space} is damaged ({error}).")
                continue
            rows = np.concatenate([np.empty(0, np.int64), *found])
            if not np.isin(self._rows.ids(segment.card.span), rows, assume_unique=True).all():
                self.space.leave_out(segment)
                wrong.append(f"A segment of {self._rows.identity.space} lacks rows of the database.")
        return wrong

    def _drop(self, _stop: Stop) -> bool:
        """Let what is not whole count no longer, at once.

        A segment that claims rows SQLite never gave would pass for whole as soon as other rows get their ids.
        """
        shards = self.space.shards()
        if shards.is_whole:
            return False
        self._publish(shards, shards.segments)
        return True

    def _fill(self, stop: Stop) -> bool:
        """Cover the newest rows that nothing covers."""
        uncovered = self.space.uncovered()
        return bool(uncovered) and self._cover(uncovered[0], stop)

    def _seal(self, stop: Stop) -> bool:
        """Move the older rows in memory to disk."""
        span = self.space.overflow()
        return span is not None and self._cover(span, stop)

    def _cover(self, span: Span, stop: Stop) -> bool:
        """Make a segment of the newest rows of a span."""
        if not self.space.shards().quantizers:
            return self._train(stop)
        start = self._rows.before_newest(span, self._piece)
        (made,) = self._made(Span(start, span.upto), stop)
        if span in self._missing:
            self._missing[Span(span.after, start)] = self._missing.pop(span) - made.card.count
        shards = self.space.shards()
        self._publish(shards, _in_order([*shards.segments, made]))
        return True

    def _made(self, span: Span, stop: Stop) -> list[Segment]:
        """Return new segments of the newest generation that cover a span, newest first, a piece each."""
        quantizers = self.space.shards().quantizers
        newest = max(quantizers)
        made: list[Segment] = []
        while not made or made[-1].card.span.after > span.after:
            upto = made[-1].card.span.after if made else span.upto
            part = Span(self._rows.before_newest(Span(span.after, upto), self._piece), upto)
            path = self._shelf.folder / segment_build.new_name(self._shelf.prefix)
            sealer, most = self._shelf.sealer, segment_build.most_bytes(self._rows.count(part), quantizers[newest])
            with self._shelf.ledger.room(path, most):
                segment_build.from_rows(path, sealer, self._rows, part, (newest, quantizers[newest]), stop=stop)
            made.append(Segment.open(path, sealer))
        return made

    def _train_anew(self, stop: Stop) -> bool:
        """Make a new generation when the space has outgrown the newest."""
        shards = self.space.shards()
        if not shards.segments:
            return False
        made_for = max(shards.manifest.generations, key=lambda one: one.number).made_for
        rows = sum(segment.card.count for segment in shards.segments) + self.space.hot_rows()
        return segment_plan.is_outgrown(rows, made_for) and self._train(stop)

    def _train(self, stop: Stop) -> bool:
        """Add a generation made for the rows there are now."""
        shards = self.space.shards()
        rows = self._rows.count(Span(0, self._rows.newest()))
        number = max((one.number for one in shards.manifest.generations), default=0) + 1
        lists = lists_for(rows)
        sample = self._rows.sample(POINTS_A_LIST * lists, np.random.default_rng(number))
        # Fewer than that are rows deleted since they were counted: they are counted anew another time.
        if stop() or len(sample) < min(rows, LEAST_POINTS_A_LIST * lists) or not rows:
            raise InterruptedWorkError
        file = self._shelf.add_quantizer(Quantizer.train(sample, lists, stop=stop))
        generations = (*_used(shards), Generation(number, file, rows))
        self._shelf.publish(Manifest(self._shelf.identity, generations, _names(shards.segments)))
        return True

    def _make_anew(self, stop: Stop) -> bool:
        """Replace a segment of an older generation."""
        shards = self.space.shards()
        newest = max(shards.quantizers, default=0)
        old = [segment for segment in shards.segments if segment.card.generation != newest]
        if not old:
            return False
        self._replace(old[-1:], self._made(old[-1].card.span, stop))
        return True

    def _merge(self, stop: Stop) -> bool:
        segments = self.space.shards().segments
        counts = [segment.card.count for segment in segments]
        generations = [segment.card.generation for segment in segments]
        run = segment_plan.run_to_merge(counts, generations)
        if run is not None:
            self._join(segments[run], stop)
        return run is not None

    def _check(self, stop: Stop) -> bool:
        """Compare a segment with SQLite, once each time the vault is open."""
        for segment in self.space.shards().segments:
            if segment.path.name not in self._checked:
                self._checked.add(segment.path.name)
                count = self._rows.count(segment.card.span)
                if count > segment.card.count:
                    self.space.leave_out(segment)
                elif count < (1 - segment_plan.LEAST_GONE) * segment.card.count:
                    self._join([segment], stop)
                return True
        return False

    def _reseal(self, stop: Stop) -> bool:
        """Encrypt anew what an older key encrypted."""
        shards = self.space.shards()
        old = [segment for segment in shards.segments if not segment.is_current]
        if old:
            self._join(old[:1], stop)
        elif not shards.is_current:
            made = {one.number: self._shelf.add_quantizer(shards.quantizers[one.number]) for one in _used(shards)}
            generations = tuple(replace(one, file=made[one.number]) for one in _used(shards))
            self._shelf.publish(Manifest(self._shelf.identity, generations, _names(shards.segments)))
        return bool(old) or not shards.is_current

    def _weeded(self, segment: Segment, moments: tuple[int, int] | None) -> int:
        low, high = segment.card.moments
        if moments is not None and (moments[1] < low or moments[0] > high):
            return 0
        gone = segment.card.count - self._rows.count(segment.card.span)
        if gone > 0:
            try:
                self._join([segment], _never)
            except DamagedSegmentError as error:
                self.space.leave_out(error.segment)
        return max(gone, 0)

    def _join(self, old: Sequence[Segment], stop: Stop) -> None:
        """Put one segment in place of neighbours, or of one, without what was deleted."""
        path = self._shelf.folder / segment_build.new_name(self._shelf.prefix)
        sealer = self._shelf.sealer
        with self._shelf.ledger.room(path, sum(size_of(segment.path) for segment in old)):
            segment_build.from_segments(path, sealer, self._rows, old, stop=stop)
        self._checked.add(path.name)
        self._replace(old, [Segment.open(path, sealer)])

    def _replace(self, old: Sequence[Segment], new: Sequence[Segment]) -> None:
        shards = self.space.shards()
        left = [segment for segment in shards.segments if segment not in old]
        self._publish(shards, _in_order([*left, *new]))

    def _publish(self, shards: Shards, segments: Sequence[Segment]) -> None:
        """Let these segments count from now on. Without any, nothing of the past is kept, generations neither."""
        segments = [segment for segment in segments if segment.card.count]
        newest = max(shards.quantizers, default=0)
        used = {segment.card.generation for segment in segments} | ({newest} if segments else set())
        generations = tuple(one for one in shards.manifest.generations if one.number in used)
        self._shelf.publish(Manifest(self._shelf.identity, generations, _names(segments)))


def _never() -> bool:
    return False


def _in_order(segments: Sequence[Segment]) -> list[Segment]:
    return sorted(segments, key=lambda segment: segment.card.span.after)


def _names(segments: Sequence[Segment]) -> tuple[str, ...]:
    return tuple(segment.path.name for segment in segments)


def _used(shards: Shards) -> tuple[Generation, ...]:
    """Return the generations whose quantizer is whole."""
    return tuple(one for one in shards.manifest.generations if one.number in shards.quantizers)
