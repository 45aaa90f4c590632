"""Answers a question: makes its vector, asks the index, says what the person should know about the answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYet
from functools import partial
from typing import Any

from companion.jobs.brain_features import BrainFeatures
from companion.jobs.steps import current_state
from companion.jobs.tasks import Encoder, Vectors
from companion.jobs.worker import TaskFailed, WorkerCrashed
from companion.ports import Answer, Question
from companion.thinking import Considered, Thinking, uncalibrated
from companion.wording import clock_time
from embeddings.types import EEGWindow, EmbeddingsError
from index import feedback
from index.ranking import allowed, hints, recall
from index.ranking.cancelling import Cancelling, QueryCancelledError
from index.ranking.filtering import Keep
from index.ranking.recall import Asked, Hinted
from index.ranking.thought import by_thought
from index.spaces.vectors import Vectors as VectorIndex
from index.store import Store
from index.types import Filters, Hit

THOUGHT_SECONDS = 10.0  # two windows of 4 s after the filter has settled
WORST_PATIENCE = 120.0  # loading the text model from a slow disk, or downloading it
BRAIN_PATIENCE = 20.0  # importing what EEG needs, behind the text model being loaded
FAILED_AT_THIS = (
    "The text model failed at this because of an error in the program (`companion doctor` shows it): searched by the "
    "words themselves only."
)
NOTHING_OF_YOU = (
    "The simulated headset's signal is no EEG: it can be recorded, but no state can be read from it. Recall by state "
    "needs a real headset, or a recording played back (`--board playback:FILE`)."
)

Found = tuple[list[Hit], tuple[str, ...]]  # hits, and what the person should know about them


class RecallError(Exception):
    """A question that cannot be answered; the message says what would help."""


class OvertakenError(RecallError):
    """A question that was let go of before it was answered."""


class Answering:
    """Answers questions from any one thread; which is the newest may be told from another.

    Parameters
    ----------
    thought
        Returns the last seconds of EEG, or None when there are none.
    patience
        Seconds to wait for the text model before answering by words alone.
    brain_patience
        Seconds to wait for what the EEG says.
    simulated
        Whether the EEG is a made-up signal.
    clock
        UTC seconds since 1970.
    on_incident
        Told of errors in the program that did not keep a question from being answered.

    """

    def __init__(
        self,
        *,
        store: Store,
        vectors: VectorIndex,
        encoder: Encoder,
        thought: Callable[[], EEGWindow | None],
        on_incident: Callable[[str, str], None],
        patience: float = WORST_PATIENCE,
        brain_patience: float = BRAIN_PATIENCE,
        simulated: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._vectors, self._encoder = store, vectors, encoder
        self._thought, self._simulated, self._on_incident = thought, simulated, on_incident
        self._patience, self._brain_patience, self._clock = patience, brain_patience, clock
        self._thinking = Thinking(store, self._brain)
        self._newest = self._asked = Cancelling()  # of the question put last, and of the one being answered
        self._putting = threading.Lock()

    def answer(self, question: Question) -> Answer:
        """Return ranked hits; raises `RecallError`, `VaultError`."""
        return self.put(question)()

    def put(self, question: Question) -> Callable[[], Answer]:
        """Return what answers a question, and let go of the one before if it is still being answered.

        The older one raises `OvertakenError`. May be called from any thread, what it returns from the one that answers.
        """
        asked = Cancelling()
        with self._putting:
            self._newest.cancel()
            self._newest = asked
        return partial(self._answer, question, asked)

    def leave(self) -> None:
        """Let go of the question that is being answered."""
        with self._putting:
            self._newest.cancel()

    def _answer(self, question: Question, asked: Cancelling) -> Answer:
        start = time.perf_counter()
        self._asked = asked
        try:
            with asked.over(self._store.db):
                hits, notes = self._hits(question)
        except QueryCancelledError as error:
            raise OvertakenError("This question was let go of: a newer one was asked, or nobody waits.") from error
        except WorkerCrashed as error:
            raise RecallError(f"This question could not be answered: {error}. Ask again.") from error
        except CancelledError as error:
            raise RecallError("This question was not answered any more: Companion is being closed.") from error
        return Answer(question, tuple(hits), notes, time.perf_counter() - start, self._clock())

    def _hits(self, question: Question) -> Found:
        if question.thought:
            return self._by_thought(question)
        if question.text.strip():
            return self._by_words(question)
        if question.like is not None:
            return self._by_like(question, question.like)
        keep = self._keep(question.filters)
        if keep is not None:
            return recall.latest(self._store, keep, k=question.k), ()
        raise RecallError("Nothing was asked: give words, a moment to be alike, or think of it.")

    def _by_words(self, question: Question) -> Found:
        if not any(character.isalnum() for character in question.text):
            raise RecallError(f"There is no word in “{question.text.strip()}”. Ask with words.")
        keep = self._keep(question.filters)
        content, notes = self._content(question.text)
        hits = recall.by_words(
            self._store,
            self._vectors,
            question.text,
            content,
            k=question.k,
            keep=keep,
            hinted=self._hinted(question, content),
        )
        return hits, notes

    def _hinted(self, question: Question, content: Asked | None) -> Hinted | None:
        """Return what the words say about when and where; the rest of them is asked as they are."""
        hint = hints.read(question.text, self._clock(), allowed.apps(self._store))
        if hint is None:
            return None
        rest = self._content(hint.rest)[0] if content is not None else None
        meant = [allowed.narrowed(question.filters, span, hint.app) for span in hint.spans or (None,)]
        keeps = [kept for filters in meant if (kept := self._keep(filters)) is not None]
        return Hinted(hint.rest, rest, tuple(keeps))

    def _keep(self, filters: Filters) -> Keep | None:
        """Return what the filters let through; raises `RecallError` when a state asked for is not known."""
        state = None if filters.state_like is None else self._state_of(filters.state_like)
        return allowed.keep(self._store, self._vectors, filters, state)

    def _state_of(self, moment_id: int) -> Asked:
        """Return a moment's brain state; raises `RecallError` when it has none, `VaultError` when it is not there."""
        self._store.moment(moment_id)
        state = current_state(self._store, moment_id)
        if state is None:
            raise RecallError(
                f"Moment {moment_id} has no brain state: no clean EEG came with it, or less than a minute in all."
            )
        return Asked(*state)

    def _content(self, text: str) -> tuple[Asked | None, tuple[str, ...]]:
        """Return the query's own vector, or why there is none."""
        try:
            future = self._encoder.submit("encode_text", text, urgent=True)
            found: Vectors = self._asked.result(future, self._patience)
        except NotYet:
            return None, ("The text model is not ready yet: searched by the words themselves. Ask again soon.",)
        except EmbeddingsError as error:
            return None, (f"Searched by the words themselves only. {error}",)
        except WorkerCrashed:
            return None, ("The process with the text model died at this: searched by the words themselves only.",)
        except (TaskFailed, OSError) as error:
            self._on_incident("recall", f"The text model could not encode a question: {error}")
            return None, (FAILED_AT_THIS,)
        return Asked(found.space, found.parts[0][0]), ()

    def _by_like(self, question: Question, moment_id: int) -> Found:
        moment, state = self._store.moment(moment_id), self._state_of(moment_id)
        whose = f"your state at {clock_time(moment.time_start)}"
        return self._by_state(question, state, (moment.time_start, moment.time_end), whose)

    def _by_thought(self, question: Question) -> Found:
        window = self._thought()
        if window is None:
            raise RecallError(
                "The last ten seconds of EEG are not there in one piece. Put the headset on (`companion run --board "
                "NAME`). If it is on, it has only just started or its signal broke off a moment ago: wait ten seconds, "
                "then try again."
            )
        found: BrainFeatures = self._brain("brain_features", [window], 8)
        if not len(found.rows) and self._simulated():
            raise RecallError(NOTHING_OF_YOU)
        if not len(found.rows):
            seconds = window.data.shape[1] / window.sfreq
            fault = found.faults or f"only {seconds:.0f} s of it, {THOUGHT_SECONDS:.0f} s are needed"
            raise RecallError(
                f"The last seconds of EEG cannot be used ({fault}). Sit still, check the contact, try again."
            )
        content, notes = self._content(question.text) if question.text else (None, ())
        thought = self._thinking.thought(window, found, text=question.text, content=content)
        if not thought.sources:
            raise RecallError(
                "Your usual state is not known yet: a minute of clean EEG is needed while moments are recorded."
            )
        return self._ranked(question, thought, notes)

    def _ranked(self, question: Question, thought: Considered, notes: tuple[str, ...]) -> Found:
        fusion = feedback.fusion(self._store)
        hits = by_thought(
            self._store,
            self._vectors,
            thought.thought,
            fusion,
            k=question.k,
            keep=self._keep(question.filters),
            exclude_seconds=question.exclude_minutes * 60,
        )
        notes += thought.notes
        if not hits:
            return hits, (*notes, f"No state more than {question.exclude_minutes:g} minutes away is like it.")
        return hits, notes if fusion.calibrated else (*notes, uncalibrated(fusion.opened))

    def _brain(self, task: str, *arguments: object) -> Any:
        """Return what a task about EEG answers; raises `RecallError` where it does not."""
        future = self._encoder.submit(task, *arguments, urgent=True)
        try:
            return self._asked.result(future, self._brain_patience)
        except NotYet as error:
            raise RecallError(
                f"Your state could not be worked out within {self._brain_patience:g} s: Companion is still busy with "
                "what was recorded. Ask again soon."
            ) from error
        except EmbeddingsError as error:
            raise RecallError(str(error)) from error
        except (TaskFailed, OSError) as error:
            self._on_incident("recall", f"`{task}` failed at a question: {error}")
            raise RecallError(
                "Your state could not be worked out because of an error in the program; `companion doctor` shows it."
            ) from error

    def _by_state(self, question: Question, asked: Asked, around: tuple[float, float], whose: str) -> Found:
        hits = recall.by_state(
            self._store,
            self._vectors,
            asked,
            around=around,
            whose=whose,
            k=question.k,
            keep=self._keep(question.filters),
            exclude_seconds=question.exclude_minutes * 60,
        )
        notes = () if hits else (f"No state more than {question.exclude_minutes:g} minutes away is like it.",)
        return hits, notes
