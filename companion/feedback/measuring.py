"""The process that measures during a training, and the way to it.

A process of its own, not the encoder's: a step is due every 50 ms, and there a text may take seconds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, wait
from typing import TYPE_CHECKING

from companion.brain.types import Chunk
from companion.feedback.protocols import LEAST_SFREQ, FeedbackError
from companion.jobs.worker import TaskFailed, Worker, WorkerCrashed
from embeddings.feedback.plan import AlphaFrequency, Plan, Step
from embeddings.types import EEGWindow, EmbeddingsError

if TYPE_CHECKING:
    from embeddings.feedback.stream import FeedbackStream

NAME = "training"
ANSWER_SECONDS = 60.0  # until a question counts as never answered; the first imports what it needs
LOOK_SECONDS = 0.2  # how often it is looked whether a search was broken off
_keys = itertools.count(1)


class MeasuringTasks:
    """What the process can do: follow one plan on one device."""

    def __init__(self) -> None:
        self._key = 0
        self._plan: Plan | None = None
        self._stream: FeedbackStream | None = None
        self._device: tuple[tuple[str, ...], float] | None = None
        self._fits: str | None = None  # the headset that had all electrodes of the plan
        self._segment: int | None = None

    def begin(self, key: int, plan: Plan, fits: str | None = None) -> None:
        """Follow ``plan`` from now on; the next chunk makes it known for what device.

        ``fits`` is the headset that had all its electrodes already.
        """
        from embeddings.feedback import stream  # noqa: F401 here, so that no chunk has to wait for it

        self._key, self._plan, self._stream, self._device, self._segment = key, plan, None, None, None
        self._fits = fits

    def take(self, key: int, chunks: Sequence[Chunk]) -> tuple[list[Step], float] | None:
        """Return the steps of the next chunks and how old a value is on average; None for a plan that is not followed.

        None come of chunks in which an electrode is missing that the headset had before: it may come back. Raises
        `EmbeddingsError` where the plan does not fit the device.
        """
        if self._plan is None or key != self._key:
            return None
        steps: list[Step] = []
        for chunk in chunks:
            if chunk.stream.device == self._fits and not set(self._plan.electrodes) <= set(chunk.stream.ch_names):
                continue
            follows = chunk.segment == self._segment or (
                chunk.continues and self._segment is not None and chunk.segment == self._segment + 1
            )
            self._segment = chunk.segment
            steps += self._followed(chunk, self._plan).take(chunk.data, chunk.time_start, fresh=not follows)
        return steps, self._stream.delay if self._stream else 0.0

    def alpha(self, stretches: Sequence[EEGWindow]) -> AlphaFrequency:
        """Return the person's own alpha frequency from rest with closed eyes."""
        from embeddings import alpha

        return alpha.find(stretches)

    def _followed(self, chunk: Chunk, plan: Plan) -> FeedbackStream:
        from embeddings.feedback.stream import FeedbackStream

        device = chunk.stream.ch_names, chunk.stream.sfreq
        if self._stream is None or device != self._device:
            if chunk.stream.sfreq < LEAST_SFREQ:
                raise EmbeddingsError(
                    f"{chunk.stream.device} gives {chunk.stream.sfreq:g} samples a second; training needs "
                    f"{LEAST_SFREQ:g}. Train with another headset."
                )
            self._stream, self._device = FeedbackStream(plan, *device), device
            self._fits = chunk.stream.device
        return self._stream


class Measuring:
    """Asks the process; a new one goes on where an older one died, but for the seconds that its filters take.

    Parameters
    ----------
    plan
        What is measured.

    """

    def __init__(self, plan: Plan, *, on_incident: Callable[[str, str], None]) -> None:
        self._plan, self._key = plan, next(_keys)
        self._fits: str | None = None  # the headset whose chunks could be measured
        self._worker = Worker(NAME, MeasuringTasks, on_incident=on_incident, niceness=0, limit=ANSWER_SECONDS)
        self._worker.submit("begin", self._key, plan, urgent=True)
        self.delay = 0.0

    @property
    def pid(self) -> int | None:
        """The process."""
        return self._worker.pid

    @property
    def plan(self) -> Plan:
        """What is measured."""
        return self._plan

    def replan(self, plan: Plan) -> None:
        """Measure something else from now on."""
        self._plan, self._key = plan, next(_keys)

    def steps(self, chunks: Sequence[Chunk]) -> list[Step]:
        """Return the steps of the next chunks; raises `FeedbackError` where it cannot go on."""
        try:
            found = self._worker.submit("take", self._key, chunks, urgent=True).result()
            if found is None:
                self._worker.submit("begin", self._key, self._plan, self._fits, urgent=True).result()
                found = self._worker.submit("take", self._key, chunks, urgent=True).result()
        except EmbeddingsError as error:
            raise FeedbackError(str(error)) from error
        except CancelledError as error:
            raise FeedbackError("The training was ended with the program.") from error
        except (TaskFailed, WorkerCrashed) as error:
            raise FeedbackError(f"What the headset sends could not be measured: {error}") from error
        steps: list[Step]
        steps, self.delay = found
        self._fits = chunks[-1].stream.device
        return steps

    def close(self) -> None:
        """End the process."""
        self._worker.stop()


def alpha_frequency(
    stretches: Sequence[EEGWindow],
    *,
    on_incident: Callable[[str, str], None],
    broken_off: Callable[[], bool] = lambda: False,
) -> AlphaFrequency:
    """Return the person's own alpha frequency from rest with closed eyes, worked out in a process; takes seconds.

    Raises `FeedbackError`, also once ``broken_off`` returns True.
    """
    worker = Worker(NAME, MeasuringTasks, on_incident=on_incident, limit=ANSWER_SECONDS)
    try:
        asked = worker.submit("alpha", stretches)
        while not wait([asked], LOOK_SECONDS).done:
            if broken_off():
                raise FeedbackError("The search was broken off.")
        found: AlphaFrequency = asked.result()
    except (EmbeddingsError, TaskFailed, WorkerCrashed) as error:
        raise FeedbackError(f"The alpha rhythm could not be looked for: {error}") from error
    finally:
        worker.stop()
    return found
