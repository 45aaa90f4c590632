"""Personal learning in the background: when there is something to learn, in a process that yields to all others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass

from companion import learning_pairs, shared
from companion.learning_plan import Place
from companion.learning_round import Round
from companion.wording import clock_time
from companion.worker import TaskFailed, Worker, WorkerCrashed
from embeddings.types import EmbeddingsError
from index import changes, database, mappings
from index.store import Store
from index.types import VaultError
from index.writer import Writer

LEAST_PAIRS, LEAST_HOURS = 300, 3  # before this a judgement by later time means nothing
GROWTH = 1.2  # times as many pairs as at the last try
DAY_SECONDS, DAY_GROWTH = 86_400.0, 1.02  # or a day later, if anything came
LOOK_SECONDS = 300.0
LONGEST_SECONDS = 6 * 3600.0  # a round that takes longer hangs
PART = "learning"


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to learn from, and what was tried last (0 without a try; UTC seconds)."""

    pairs: int
    hours: int
    tried_pairs: int = 0
    tried_at: float = 0.0


def waits_for(known: Known, now: float) -> str:
    """Return why there is nothing to learn yet, in a sentence; empty when there is."""
    if known.pairs < LEAST_PAIRS or known.hours < LEAST_HOURS:
        return (
            f"{known.pairs} moments with clean EEG and text, in {known.hours} different hours, are known; "
            f"{LEAST_PAIRS} in {LEAST_HOURS} hours are needed. Wear the headset while you work."
        )
    grown = known.pairs >= GROWTH * known.tried_pairs
    next_day = now - known.tried_at >= DAY_SECONDS and known.pairs >= DAY_GROWTH * known.tried_pairs
    if grown or next_day:
        return ""
    return (
        f"It was tried on {clock_time(known.tried_at)} with {known.tried_pairs} moments; {known.pairs} are known now. "
        f"It is tried again with {GROWTH * known.tried_pairs:.0f}, or a day later when more have come."
    )


def known(store: Store) -> Known:
    """Return what there is to learn from in a vault."""
    pairs, hours = learning_pairs.count(store)
    last = mappings.newest(store)
    if last is None:
        return Known(pairs, hours)
    return Known(pairs, hours, last.learned.known, last.made_at)


def keep(store: Store, writer: Writer, done: Round, now: float) -> mappings.Version:
    """Store what a round came to, begin to encode the past with it where it was adopted, and forget the round."""
    number = writer.do(shared.adopt, done, time=now).result()
    writer.do(changes.output, PART, now, note=done.learned.reason).result()
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
        Why nothing is learned any more until the next start; empty while it looks.

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
        self._stopping, self._gate = threading.Event(), threading.Lock()
        self._worker: Worker | None = None
        self._not_before = 0.0
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

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._look_seconds):
                self._try()
        except CancelledError:
            return
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
        try:
            self._look()
        except (EmbeddingsError, TaskFailed, WorkerCrashed) as error:
            self._put_off(f"Nothing was learned; it is begun anew in a day. {error}")
            Place(self._store.vault).clear()  # it may be the round itself

    def _put_off(self, what: str) -> None:
        self._not_before = self._clock() + DAY_SECONDS
        self._on_incident(PART, what)

    def _look(self) -> None:
        now = self._clock()
        if now < self._not_before or (not Place(self._store.vault).begun and waits_for(known(self._store), now)):
            return
        done = self._learned(now)
        version = keep(self._store, self._writer, done, self._clock())
        if version.learned.adopted:
            self._on_adopted()

    def _learned(self, now: float) -> Round:
        with self._gate:
            if self._stopping.is_set():
                raise CancelledError
            worker = self._worker = self._make_worker()
        try:
            done: Round = worker.submit("learn", self._store.vault, now).result()
            return done
        finally:
            worker.stop()
            self._worker = None
