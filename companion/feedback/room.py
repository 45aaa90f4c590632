"""Neurofeedback as windows and commands ask for it. Satisfies `companion.feedback.port.TrainingPort`."""

from __future__ import annotations

import threading
import time as system_time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from companion.brain.types import HeadsetState
from companion.feedback import choosing, directions, kept
from companion.feedback.choosing import Signal
from companion.feedback.port import AlphaSearch, Choice, Option
from companion.feedback.protocols import FeedbackError
from companion.feedback.seeking import ASKED_SECONDS, AlphaSeeking
from companion.feedback.training import Training
from companion.feedback.types import OVER, Phase, Snapshot
from companion.feedback.worn import Heard, Worn
from embeddings.feedback.plan import AlphaFrequency
from index import alpha, trainings
from index.store import Store
from index.trainings import Training as Session
from index.types import VaultError
from index.writer import Writer

if TYPE_CHECKING:
    from companion.feedback.progress import Progress
    from companion.feedback.reported import Report

P = ParamSpec("P")
T = TypeVar("T")

CLOSING = "Companion is closing."
FORGETTING = "Something is being forgotten just now. Begin again in a moment."
SEEKING = "Your alpha frequency is being looked for. Wait for that, or break it off."
TRAINS = "A training runs. End it first."
STANDS_STILL = "Recording is paused, and the training with it. It goes on when recording does, or end it."
TAKEN_AWAY = "The headset was taken away, and the training ended with it. The report tells what there was."


class Sources(Protocol):
    """What is recorded from; `companion.sources.Sources` is."""

    @property
    def listening(self) -> Heard | None:
        """What follows the headset now."""
        ...

    @property
    def paused_until(self) -> float | None:
        """When the pause ends; None when there is none now."""
        ...

    def headset(self) -> HeadsetState:
        """Return how the headset is, or why there is none."""
        ...


class TrainingRoom:
    """Trains on whatever headset is worn now, and tells of sessions that are kept.

    Parameters
    ----------
    on_incident
        Takes a part and a sentence.
    made_up
        Whether what is heard is no EEG.
    clock
        UTC seconds.
    alpha_seconds
        Of closed eyes that are asked for to find the own alpha frequency.

    """

    def __init__(
        self,
        sources: Sources,
        *,
        store: Store,
        writer: Writer,
        on_incident: Callable[[str, str], None],
        made_up: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = system_time.time,
        alpha_seconds: float = ASKED_SECONDS,
    ) -> None:
        self._sources, self._store, self._writer = sources, store, writer
        self._on_incident, self._clock, self._alpha_seconds = on_incident, clock, alpha_seconds
        self._made_up = made_up
        self._worn = Worn(lambda: sources.listening)
        self._beginning = threading.RLock()  # around what begins and ends sessions and searches
        self._resting = self._stopped = False
        self._ended = ""  # why a session ended that the person did not end
        self._training, self._seeking = self._made()
        self._turn = ThreadPoolExecutor(max_workers=1, thread_name_prefix="training room")

    def options(self) -> Future[tuple[Option, ...]]:
        """Return what there is to train, with the headset that is worn now."""
        return self._soon(self._options)

    def tags(self) -> Future[tuple[str, ...]]:
        """Return the tags that a training may go towards."""
        return self._soon(self._tags)

    def start(self, choice: Choice) -> Future[None]:
        """Begin a session."""
        return self._soon(self._start, choice)

    def pause(self) -> None:
        """Stand still."""
        self._training.pause()

    def go_on(self) -> None:
        """Go on after a pause."""
        self._training.go_on()

    def end(self) -> None:
        """End the session early; what there was is kept."""
        self._training.end()

    def snapshot(self) -> Snapshot:
        """Return how the session is now."""
        found = self._training.snapshot()
        if found.phase is Phase.ENDED and self._ended and not self._training.unstored:
            return replace(found, sentence=self._ended)
        if found.phase not in OVER and self._sources.paused_until is not None:
            return replace(found, sentence=STANDS_STILL)
        return found

    @property
    def running(self) -> bool:
        """Whether a session is not over yet."""
        return self._training.running

    @property
    def seal(self) -> str:
        """The seal of the draw of the present or last session if it is blind; else empty."""
        return self._training.seal

    @property
    def number(self) -> int | None:
        """The number under which the present or last session is kept; None before anything was kept."""
        return self._training.number

    def seek_alpha(self) -> Future[None]:
        """Begin to look for the own alpha frequency."""
        return self._soon(self._seek_alpha)

    def leave_alpha(self) -> None:
        """Break the search off."""
        self._seeking.leave()

    def alpha(self) -> AlphaSearch:
        """Return how that search stands."""
        return self._seeking.search

    def sessions(self) -> Future[tuple[Session, ...]]:
        """Return the sessions that are kept, newest first."""
        return self._soon(self._sessions)

    def report(self, number: int) -> Future[Report]:
        """Return the report of a session."""
        return self._soon(self._report, number)

    def progress(self, protocol: str) -> Future[Progress]:
        """Return how a protocol went over weeks."""
        return self._soon(self._progress, protocol)

    def answer(self, number: int, answers: Mapping[str, str]) -> Future[None]:
        """Note what the person said of a session."""
        return self._soon(kept.answer, self._writer, number, answers)

    def unblind(self, number: int) -> Future[bool | None]:
        """Tell whether a replay was shown; None where nothing was drawn."""
        return self._soon(self._unblind, number)

    def forget(self, number: int) -> Future[None]:
        """Forget a session for good."""
        return self._soon(self._forget, number)

    def headset_changed(self) -> None:
        """Take in that something else, or nothing, follows the headset now."""
        with self._beginning:
            self._worn.changed()
            if self._sources.listening is not None:
                return
            self._seeking.leave()
            if self._training.running:
                self._ended = TAKEN_AWAY
                self._training.end()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Have what runs ended and stored, and nothing begun, for as long as this lasts; memory of it is let go of."""
        with self._beginning:
            self._resting = True
        try:
            self._leave()
            yield
        finally:
            with self._beginning:
                self._training, self._seeking = self._made()
                self._resting = self._stopped

    def stop(self) -> None:
        """End what runs; it is stored. Nothing can be asked for any more."""
        with self._beginning:
            self._resting = self._stopped = True
        self._turn.shutdown(wait=True, cancel_futures=True)
        self._leave()

    def _made(self) -> tuple[Training, AlphaSeeking]:
        training = Training(
            source=self._worn,
            writer=self._writer,
            store=self._store,
            on_incident=self._on_incident,
            clock=self._clock,
        )
        seeking = AlphaSeeking(
            self._worn, writer=self._writer, on_incident=self._on_incident, seconds=self._alpha_seconds
        )
        return training, seeking

    def _leave(self) -> None:
        self._training.stop()
        self._seeking.stop()

    def _soon(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        try:
            return self._turn.submit(act, *args, **kwargs)
        except RuntimeError:  # it was shut down
            refused: Future[T] = Future()
            refused.set_exception(FeedbackError(CLOSING))
            return refused

    def _signal(self) -> Signal:
        paused = self._sources.paused_until is not None
        heard, state = self._sources.listening, self._sources.headset()
        return choosing.signal(heard, state, paused=paused, made_up=self._made_up())

    def _options(self) -> tuple[Option, ...]:
        try:
            worn: Signal | FeedbackError = self._signal()
        except FeedbackError as error:
            worn = error
        self._seeking.remember(self._known_alpha())
        return choosing.options(self._store, worn)

    def _tags(self) -> tuple[str, ...]:
        try:
            return directions.tags(self._store, self._signal().ch_names)
        except FeedbackError:  # nothing is worn: any may be chosen once something is
            return directions.tags(self._store, None)

    def _start(self, choice: Choice) -> None:
        with self._beginning:
            self._refuse_beginning()
            wish = choosing.wish(self._store, choice, self._signal(), self._clock())
            self._training.stop()  # the last one may still be storing what it ended with
            self._ended = ""
            self._training.start(wish)

    def _seek_alpha(self) -> None:
        with self._beginning:
            self._refuse_beginning()
            worn = self._signal()
            self._seeking.stop()
            self._training.stop()
            self._seeking.begin(made_up=worn.made_up)

    def _refuse_beginning(self) -> None:
        if self._resting:
            raise FeedbackError(CLOSING if self._stopped else FORGETTING)
        if self._training.running:
            raise FeedbackError(TRAINS)
        if self._seeking.search.running:
            raise FeedbackError(SEEKING)

    def _known_alpha(self) -> AlphaFrequency | None:
        found = alpha.newest(self._store)
        return None if found is None else AlphaFrequency(**found.found)

    def _sessions(self) -> tuple[Session, ...]:
        self._training.keep()
        return tuple(trainings.all_of(self._store))

    def _report(self, number: int) -> Report:
        from companion.feedback import report

        self._need_stored(number)
        return report.of(self._store, number)

    def _progress(self, protocol: str) -> Progress:
        from companion.feedback import progress

        self._training.keep()
        return progress.of(self._store, protocol)

    def _unblind(self, number: int) -> bool | None:
        self._need_stored(number)
        draw = kept.unblind(self._writer, self._store, number, time=self._clock())
        return None if draw is None else draw.sham

    def _need_stored(self, number: int) -> None:
        """Have a session that is over stored to its end; raises `VaultError` where that does not succeed."""
        self._training.keep()
        if self._training.unstored and number == self._training.number:
            raise VaultError(self._training.unstored)

    def _forget(self, number: int) -> None:
        with self._beginning:
            if self._training.running:  # whichever it is: it may replay the one to be forgotten
                raise FeedbackError(TRAINS)
            self._training.stop()  # what is stored after this would be what it replayed of the forgotten one
            if self._training.unstored and number != self._training.number:
                raise VaultError(self._training.unstored)
            self._writer.do(trainings.forget, number).result()
