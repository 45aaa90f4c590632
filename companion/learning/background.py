"""Personal learning in the background: when there is something to learn, in a process that yields to all others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from companion.jobs.worker import TaskFailed, Worker, WorkerCrashed
from companion.learning import pairs as learning_pairs
from companion.learning import room, shared
from companion.learning.plan import Place
from companion.learning.room import MoreRoom
from companion.learning.round import Round, is_outdated
from companion.wording import clock_time
from embeddings.types import EmbeddingsError
from index import changes, database, mappings
from index.forgetting.budget import Kind, NoRoomError
from index.store import Store
from index.types import VaultError
from index.writer import Writer

LEAST_PAIRS, LEAST_HOURS = 300, 3  # before this a judgement by later time means nothing
GROWTH = 1.2  # times as many pairs as at the last try
DAY_SECONDS, DAY_GROWTH = 86_400.0, 1.02  # or a day later, if anything came
LOOK_SECONDS = 300.0
LONGEST_SECONDS = 6 * 3600.0  # a round that takes longer hangs
PART = "learning"
OUTDATED = "The text model was changed while it learned: that round counts for nothing, the next is of the new one."


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to learn from, and what of it was there when it was tried last.

    Attributes
    ----------
    pairs, hours
        Moments with EEG and content, and in how many hours they lie.
    tried_pairs, tried_at
        How many of these moments were there at the last try with this text model, and when that was, UTC seconds; 0
        without one.
    recoding
        How many moments still wait for their content where the last try was with another text model.

    """

    pairs: int
    hours: int
    tried_pairs: int = 0
    tried_at: float = 0.0
    recoding: int = 0


def waits_for(known: Known, now: float) -> str:
    """Return why there is nothing to learn yet, in a sentence; empty when there is."""
    if known.pairs < LEAST_PAIRS or known.hours < LEAST_HOURS:
        return (
            f"{known.pairs} moments with clean EEG and text, in {known.hours} different hours, are known; "
            f"{LEAST_PAIRS} in {LEAST_HOURS} hours are needed. Wear the headset while you work."
        )
    if known.recoding > (GROWTH - 1) * known.pairs:
        return (
            f"The text model is another one since it was tried. {known.recoding} moments with EEG still have to be "
            f"encoded by it, {known.pairs} are: it is tried again when most of them are."
        )
    grown = known.pairs >= GROWTH * known.tried_pairs
    next_day = now - known.tried_at >= DAY_SECONDS and known.pairs >= DAY_GROWTH * known.tried_pairs
    if grown or next_day:
        return ""
    return (
        f"It was tried on {clock_time(known.tried_at)} with {known.tried_pairs} of the {known.pairs} moments that are "
        "known now. "
        f"It is tried again with {GROWTH * known.tried_pairs:.0f}, or a day later when more have come."
    )


def known(store: Store) -> Known:
    """Return what there is to learn from in a vault."""
    pairs, hours = learning_pairs.count(store)
    last = mappings.newest(store)
    if last is None:
        return Known(pairs, hours)
    if last.learned.content_space != learning_pairs.content_space(store):
        return Known(pairs, hours, recoding=learning_pairs.coming(store))
    left = learning_pairs.count(store, before=last.made_at)[0]  # of them some may have been forgotten
    return Known(pairs, hours, min(last.learned.known, left), last.made_at)


def keep(store: Store, writer: Writer, done: Round, now: float) -> mappings.Version:
    """Store what a round came to, begin to encode the past with it where it was adopted, and forget the round."""
    number = writer.do(shared.adopt, done, time=now).result()
    writer.do(changes.output, PART, now, note=done.learned.reason).result()
    if done.trouble:
        writer.do(changes.incident, now, PART, done.trouble).result()
    Place(store.vault).clear()
    return next(version for version in mappings.history(store) if version.version == number)


class Learning:
    """Looks now and then whether there is something to learn, and has it learned.

    Parameters
    ----------
    make_worker
        Makes the process; it ends after each round, as it holds much memory.
    clock
        UTC seconds since 1970.
    on_adopted
        Called when the past is to be encoded anew.

    Attributes
    ----------
    obstacle
        Why nothing is learned now: until the vault has room for it or, after an error in the program, until the next
        start. Empty while it looks.

    """

    def __init__(
        self,
        *,
        store: Store,
        writer: Writer,
        make_worker: Callable[[], Worker],
        clock: Callable[[], float],
        on_incident: Callable[[str, str], None],
        on_adopted: Callable[[], None],
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._store, self._writer, self._make_worker, self._clock = store, writer, make_worker, clock
        self._on_incident, self._on_adopted, self._look_seconds = on_incident, on_adopted, look_seconds
        self._stopping, self._gate, self._round = threading.Event(), threading.Lock(), threading.Lock()
        self._resting = 0  # how many want no round now
        self._worker: Worker | None = None
        self._not_before, self._lacking = 0.0, 0  # bytes
        self.obstacle = ""
        self._thread = threading.Thread(target=self._run, name="learning", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process, while something is learned."""
        worker = self._worker
        return worker.pid if worker is not None else None

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; a round in its midst goes on from its checkpoint at the next start."""
        with self._gate:  # no worker may be made behind this
            self._stopping.set()
            worker = self._worker
        if worker is not None:
            worker.stop()
        if self._thread.is_alive():
            self._thread.join()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Learn nothing while the body runs; a round in its midst is ended, and goes on if its files are still there.

        Nothing reads the vault for it, or writes to its folder, meanwhile.
        """
        with self._gate:
            self._resting += 1
            worker = self._worker
        try:
            if worker is not None:
                worker.stop()
            with self._round:
                yield
        finally:
            with self._gate:
                self._resting -= 1

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._look_seconds):
                with self._round, suppress(CancelledError):
                    self._try()
        except Exception:
            # A bug: it must be seen, and nobody may wait for what will not come.
            self.obstacle = "Learning stopped because of an error in the program. Start it again."
            self._on_incident(PART, self.obstacle)
            raise

    def _try(self) -> None:
        try:
            self._look_and_clear()
        except VaultError as error:
            self._put_off(f"What was learned waits to be stored; it is tried again in a day. {error}")
        except (OSError, database.OperationalError) as error:
            where = self._store.vault.root
            mend = f"Is the disk full, or may you not write to {where}?"
            self._put_off(f"The vault could not be read or written ({error}); it is tried again in a day. {mend}")

    def _look_and_clear(self) -> None:
        place = Place(self._store.vault)
        before = place.reached()
        try:
            self._look()
        except WorkerCrashed as error:
            if place.reached() in {"", before}:
                self._give_up(place, error)
            else:  # it may only take long here
                self._on_incident(PART, f"A round of learning was ended in its midst; it goes on from there. {error}")
        except (EmbeddingsError, TaskFailed) as error:
            self._give_up(place, error)

    def _give_up(self, place: Place, error: Exception) -> None:
        self._put_off(f"Nothing was learned; it is begun anew in a day. {error}")
        place.clear()  # it may be the round itself

    def _put_off(self, what: str) -> None:
        self._not_before = self._clock() + DAY_SECONDS
        self._on_incident(PART, what)

    def _look(self) -> None:
        now = self._clock()
        if now < self._not_before and not self._has_room():
            return
        self._lacking, self.obstacle = 0, ""
        if mappings.coming(self._store) is not None:
            return  # it serves first: a newer one has to be compared with it
        if not Place(self._store.vault).begun and waits_for(known(self._store), now):
            return
        try:
            done = self._learned(now)
        except NoRoomError as short:
            self._wait_for_room(short)
            return
        if done is None or is_outdated(self._store, done.learned.content_space):
            self._let_go()
            return
        version = keep(self._store, self._writer, done, self._clock())
        if version.learned.adopted:
            self._on_adopted()

    def _let_go(self) -> None:
        """Let go of a round that nothing could be found by any more; the next one waits as any does."""
        Place(self._store.vault).clear()
        self._writer.do(changes.output, PART, self._clock(), note=OUTDATED).result()

    def _has_room(self) -> bool:
        """Whether there is by now what was lacking; asking for it again would let what is left of old moments go."""
        return 0 < self._lacking <= self._store.vault.ledger.free(Kind.REST)

    def _wait_for_room(self, short: NoRoomError) -> None:
        """Say why nothing is learned; what was begun stays, and is gone on with."""
        self._lacking = short.size
        self.obstacle = f"Learning waits for room; nothing of it is lost. {short}"
        self._put_off(self.obstacle)

    def _learned(self, now: float) -> Round | None:
        """Have a round done with as much room as it needs; raises `NoRoomError`."""
        vault = self._store.vault
        most = room.expected(self._store) if vault.ledger.limits.whole else None
        while True:
            with room.taken(vault, most):
                done = self._asked(now, most)
            if not isinstance(done, MoreRoom):
                return done
            most = done.most  # more than it was: it cannot be told for certain before everything is read

    def _asked(self, now: float, most: int | None) -> Round | MoreRoom | None:
        """Have a process of its own learn within so many bytes."""
        with self._gate:
            if self._stopping.is_set() or self._resting:
                raise CancelledError
            worker = self._worker = self._make_worker()
        try:
            done: Round | MoreRoom | None = worker.submit("learn", self._store.vault, now, most).result()
            return done
        finally:
            worker.stop()
            self._worker = None
