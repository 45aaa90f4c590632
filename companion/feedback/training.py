"""The façade: starts a session on the headset that is listened to, shows how it is, keeps what it leaves."""

from __future__ import annotations

import queue
import random
import threading
import time as system_time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol as Port

from companion.brain.types import Chunk
from companion.feedback import kept, replay, sham
from companion.feedback.measuring import Measuring
from companion.feedback.protocols import FeedbackError
from companion.feedback.session import Session
from companion.feedback.types import OVER, Phase, Snapshot, Wish
from embeddings.feedback.plan import STEP_SECONDS, smoothing
from index.store import Store
from index.types import VaultError
from index.writer import Writer

PART = "training"
DRAIN_SECONDS = 0.02  # how often samples are taken from the device while a session runs
TICK_SECONDS = 0.1  # how often the session looks at the clock while nothing comes
SHORTER_STEPS = 1.1  # of steps more than their length says: a device's may be a tenth shorter
TOO_LONG = (
    "A blind session may have {} of blocks by now: more cannot be replayed without repeating. Choose fewer or "
    "shorter blocks, or train without blinding; each session makes it longer."
)
NONE_YET = (
    "A blind session may replay what was measured in your earlier sessions of the same kind, with a headset on, and "
    "none is long enough yet. Train without blinding first."
)
UNSTORED = "The end of the training is not stored: {}"
IDLE = Snapshot(Phase.DONE, sentence="No training runs.")


class Source(Port):
    """Where chunks come from; `companion.listening.Listening` is one."""

    def follow(self, take: Callable[[Chunk], None], *, every: float) -> None:
        """Hand each chunk to ``take`` too, and take samples from the device this often, in seconds."""
        ...

    def unfollow(self) -> None:
        """Hand chunks to nobody else any more."""
        ...


class Training:
    """Runs one session at a time on a thread of its own; every method may be called from any thread.

    Parameters
    ----------
    source
        The headset that is listened to.
    writer, store
        The vault that sessions are kept in.
    on_incident
        Takes a part and a sentence when something goes wrong.
    on_snapshot
        Takes each new snapshot, on the session's thread (or that of whoever pauses or ends it); it must be quick. None
        where snapshots are only asked for.
    clock, monotonic
        UTC seconds, and seconds that only go forward.
    rng
        What draws; the system's by default.

    """

    def __init__(
        self,
        *,
        source: Source,
        writer: Writer,
        store: Store,
        on_incident: Callable[[str, str], None],
        on_snapshot: Callable[[Snapshot], None] | None = None,
        clock: Callable[[], float] = system_time.time,
        monotonic: Callable[[], float] = system_time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        self._source, self._writer, self._store = source, writer, store
        self._on_incident, self._on_snapshot = on_incident, on_snapshot
        self._clock, self._monotonic = clock, monotonic
        self._rng = rng or random.SystemRandom()
        self._starting = threading.Lock()
        self._lock = threading.RLock()  # of everything below
        self._session: Session | None = None
        self._number: int | None = None
        self._unstored = ""  # why what the session came to is not stored
        self._device, self._delay, self._simulated = "", 0.0, False
        self._measuring: Measuring | None = None
        self._thread: threading.Thread | None = None
        self._chunks: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()

    def start(self, wish: Wish) -> None:
        """Begin a session.

        Raises `FeedbackError` while one runs, `VaultError` where earlier ones cannot be read or the last cannot be
        stored: the next one would take its place.
        """
        with self._starting:
            if self._alive:
                raise FeedbackError("A training runs already. End it first.")
            self._keep_rest()
            if self._unstored:
                raise VaultError(self._unstored)
            draw = sham.draw(wish.sham_share, self._rng) if wish.blind else None
            replayed = self._replay(wish) if wish.blind else None  # whatever was drawn: it may take as long
            session = Session(wish, draw=draw, replay=replayed, monotonic=self._monotonic, clock=self._clock)
            with self._lock:  # only now, as whoever asks how it is waits for it
                self._session = session
                self._number, self._device, self._delay, self._simulated = None, "", 0.0, False
                self._chunks = queue.SimpleQueue()
                self._thread = threading.Thread(target=self._run, args=(session,), name="training", daemon=True)
                self._thread.start()

    def pause(self) -> None:
        """Stand still."""
        self._do(Session.pause)

    def go_on(self) -> None:
        """Go on after a pause."""
        self._do(Session.go_on)

    def end(self) -> None:
        """End the session early; what there was is kept."""
        self._do(Session.end)
        self._chunks.put(None)

    def stop(self) -> None:
        """End the session, if one runs, and wait until it is stored and its process is gone."""
        self.end()
        with self._lock:
            measuring, thread = self._measuring, self._thread
        if measuring is not None:
            measuring.close()  # it may be in the midst of something long
        if thread is not None:
            thread.join()
        self.keep()

    def keep(self) -> None:
        """Store what the last session ended with, where that did not succeed before; `unstored` tells how it went."""
        with self._starting:
            self._keep_rest()

    @property
    def unstored(self) -> str:
        """Why the end of the last session is not stored; empty where it is, and while a session runs."""
        with self._lock:
            over = self._session is not None and self._session.over
            return self._unstored if over else ""

    def snapshot(self) -> Snapshot:
        """Return how it is now."""
        with self._lock:
            return self._now()

    def _now(self) -> Snapshot:
        found = IDLE if self._session is None else self._session.snapshot()
        why = self.unstored
        return replace(found, sentence=why) if why else found

    @property
    def running(self) -> bool:
        """Whether a session is not over yet."""
        with self._lock:
            return self._session is not None and self._session.phase not in OVER

    @property
    def seal(self) -> str:
        """The seal of the draw of a blind session, to be noted before it; empty otherwise."""
        with self._lock:
            draw = self._session.draw if self._session else None
            return "" if draw is None else draw.seal

    @property
    def number(self) -> int | None:
        """The number that the session is kept under; None before anything was kept."""
        with self._lock:
            return self._number

    @property
    def _alive(self) -> bool:
        with self._lock:
            return self._thread is not None and self._thread.is_alive()

    def _do(self, act: Callable[[Session], None]) -> None:
        with self._lock:
            if self._session is not None:
                act(self._session)
        self._told()

    def _replay(self, wish: Wish) -> replay.Replay:
        """Return what would be replayed; raises `FeedbackError` where there is nothing, or it would have to repeat."""
        there = kept.earlier(self._store, wish.protocol.name)
        if not there:
            raise FeedbackError(NONE_YET)
        steps = round(SHORTER_STEPS * wish.times.blocks * wish.times.block / STEP_SECONDS)
        rests = wish.times.blocks - 1 if wish.times.rest else 0
        room = replay.most(there) - rests * replay.SKIPPED
        if steps > room:
            raise FeedbackError(TOO_LONG.format(_minutes(int(room * STEP_SECONDS / SHORTER_STEPS / 60))))
        return replay.Replay(
            there, rate=wish.rate, steps=steps, rests=rests, smoothing=smoothing(wish.plan), rng=self._rng
        )

    def _run(self, session: Session) -> None:
        """Run one session to its end: the thread's whole life."""
        measuring = self._measuring = Measuring(session.plan, on_incident=self._on_incident)
        self._source.follow(self._chunks.put, every=DRAIN_SECONDS)
        try:
            self._follow(session, measuring)
        except FeedbackError as error:
            self._fail(session, str(error))
        except BaseException:
            self._fail(session, "The training was ended by an error in the program. What there was is kept.")
            raise
        finally:
            self._source.unfollow()
            measuring.close()
            self._measuring = None
            self._keep(session)
            self._told()

    def _follow(self, session: Session, measuring: Measuring) -> None:
        """Hand what comes to the process and what that says to the session, until it is over."""
        part = session.phase
        while not session.over:
            chunks = self._waiting()
            steps = measuring.steps(chunks) if chunks else []
            with self._lock:
                if chunks:
                    self._device, self._delay = chunks[-1].stream.device, measuring.delay
                    self._simulated |= any(chunk.stream.simulated for chunk in chunks)
                for step in steps:
                    session.take(step)
                    if session.plan != measuring.plan:
                        break  # what else came was measured with the electrodes that are left out now
                if not steps:
                    session.tick()
                if session.plan != measuring.plan:
                    measuring.replan(session.plan)
            self._told()
            if session.phase is not part:
                part = session.phase
                self._keep(session)

    def _waiting(self) -> list[Chunk]:
        """Return the chunks that wait, or one that comes soon."""
        found: list[Chunk] = []
        try:
            first = self._chunks.get(timeout=TICK_SECONDS)
            while first is not None:
                found.append(first)
                first = self._chunks.get_nowait()
        except queue.Empty:
            pass
        return found

    def _fail(self, session: Session, sentence: str) -> None:
        with self._lock:
            over = session.over
            session.fail(sentence)
        if not over:  # otherwise the process was ended in its midst because the session was
            self._on_incident(PART, sentence)

    def _keep(self, session: Session) -> None:
        """Store what there is; where the vault refuses, the next time stores all of it."""
        try:
            number = kept.keep(
                self._writer,
                session,
                device=self._device,
                delay=self._delay,
                simulated=self._simulated,
                number=self._number,
            )
        except VaultError as error:
            self._on_incident(PART, f"The training could not be stored: {error}")
            with self._lock:
                self._unstored = UNSTORED.format(error)
            return
        with self._lock:
            self._number, self._unstored = number, ""

    def _keep_rest(self) -> None:
        """Store what the thread of a session that is over could not."""
        with self._lock:
            session = self._session
        if session is not None and self._unstored and not self._alive:
            self._keep(session)
            self._told()

    def _told(self) -> None:
        with self._lock:
            newest = self._now()
        if self._on_snapshot is not None:
            self._on_snapshot(newest)


def _minutes(count: int) -> str:
    return "less than a minute" if count < 1 else "a minute" if count == 1 else f"{count} minutes"
