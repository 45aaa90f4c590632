"""Answers a question: makes its vector, asks the index, says what the person should know about the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any, Protocol

import numpy as np

from companion.ports import Answer, Question
from companion.steps import current_space
from companion.tasks import BrainFeatures, Vectors
from companion.wording import clock_time
from companion.worker import WorkerCrashed
from embeddings.types import EEGWindow, EmbeddingsError
from index import recall
from index.recall import Asked
from index.store import Store
from index.types import Hit
from index.vectors import Vectors as VectorIndex

THOUGHT_SECONDS = 10.0  # two windows of 4 s after the filter has settled
WORST_PATIENCE = 120.0  # loading the text model from a slow disk, or downloading it


Found = tuple[list[Hit], tuple[str, ...]]  # hits, and what the person should know about them


class RecallError(Exception):
    """A question that cannot be answered; the message says what would help."""


class Encoder(Protocol):
    """Runs the tasks of `companion.tasks.EncoderTasks`, here or in another process."""

    def submit(self, task: str, *arguments: object, urgent: bool = False) -> Future[Any]:
        """Ask for ``task(*arguments)``."""
        ...


class Answering:
    """Answers questions from any one thread.

    Parameters
    ----------
    thought
        Returns the last seconds of EEG, or None when there are none.
    patience
        Seconds to wait for the text model before answering by words alone; None = as long as it takes.

    """

    def __init__(
        self,
        *,
        store: Store,
        vectors: VectorIndex,
        encoder: Encoder,
        thought: Callable[[], EEGWindow | None],
        patience: float | None = None,
    ) -> None:
        self._store, self._vectors, self._encoder = store, vectors, encoder
        self._thought, self._patience = thought, patience

    def answer(self, question: Question) -> Answer:
        """Return ranked hits; raises `RecallError`, `VaultError`."""
        start = time.perf_counter()
        try:
            hits, notes = self._hits(question)
        except WorkerCrashed as error:
            raise RecallError(f"This question could not be answered: {error}. Ask again.") from error
        return Answer(question, tuple(hits), notes, time.perf_counter() - start)

    def _hits(self, question: Question) -> Found:
        if question.text.strip():
            return self._by_words(question)
        if question.like is not None:
            return self._by_like(question, question.like)
        if question.thought:
            return self._by_thought(question)
        raise RecallError("Nothing was asked: give words, a moment to be alike, or think of it.")

    def _by_words(self, question: Question) -> Found:
        content, notes = self._content(question.text)
        hits = recall.by_words(
            self._store, self._vectors, question.text, content, k=question.k, filters=question.filters
        )
        return hits, notes

    def _content(self, text: str) -> tuple[Asked | None, tuple[str, ...]]:
        """Return the query's own vector, or why there is none."""
        try:
            future = self._encoder.submit("encode_text", text, urgent=True)
            found: Vectors = future.result(self._patience or WORST_PATIENCE)
        except NotYet:
            future.cancel()
            return None, ("The text model is not ready yet: searched by the words themselves. Ask again soon.",)
        except EmbeddingsError as error:
            return None, (f"Searched by the words themselves only. {error}",)
        except WorkerCrashed:
            return None, ("The process with the text model died at this: searched by the words themselves only.",)
        return Asked(found.space, found.parts[0][0]), ()

    def _by_like(self, question: Question, moment_id: int) -> Found:
        moment = self._store.moment(moment_id)
        montage = self._store.value("SELECT kind FROM features WHERE moment_id = ?", [moment_id])
        space = current_space(self._store, montage) if montage else None
        vector = self._store.vector(moment_id, space) if space else None
        if space is None or vector is None:
            raise RecallError(
                f"Moment {moment_id} has no brain state: no clean EEG came with it, or less than a minute in all."
            )
        whose = f"your state at {clock_time(moment.time_start)}"
        return self._by_state(question, Asked(space, vector), (moment.time_start, moment.time_end), whose)

    def _by_thought(self, question: Question) -> Found:
        window = self._thought()
        if window is None:
            raise RecallError("No EEG has come yet. Put the headset on (`companion run --board NAME`), then try again.")
        found: BrainFeatures = self._encoder.submit("brain_features", [window], 8, urgent=True).result()
        if not len(found.rows):
            seconds = window.data.shape[1] / window.sfreq
            fault = found.faults or f"only {seconds:.0f} s of it, {THOUGHT_SECONDS:.0f} s are needed"
            raise RecallError(
                f"The last seconds of EEG cannot be used ({fault}). Sit still, check the contact, try again."
            )
        space = current_space(self._store, found.montage)
        if space is None:
            raise RecallError(
                "Your usual state is not known yet: a minute of clean EEG is needed while moments are recorded."
            )
        baseline = self._store.space_data(space)
        vectors = self._encoder.submit("state_vectors", baseline, [found.rows], urgent=True).result()
        around = (window.time_end - window.data.shape[1] / window.sfreq, window.time_end)
        whose = f"your state at {clock_time(window.time_end)}"
        return self._by_state(question, Asked(space, np.asarray(vectors[0], np.float32)), around, whose)

    def _by_state(self, question: Question, asked: Asked, around: tuple[float, float], whose: str) -> Found:
        hits = recall.by_state(
            self._store,
            self._vectors,
            asked,
            around=around,
            whose=whose,
            k=question.k,
            filters=question.filters,
            exclude_seconds=question.exclude_minutes * 60,
        )
        notes = () if hits else (f"No state more than {question.exclude_minutes:g} minutes away is like it.",)
        return hits, notes
