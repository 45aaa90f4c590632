"""A vault with a planted week, and who thinks of it."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
from planted_week import BEGIN, DAY, MONTAGE, MUSE, Week
from vaults import vault_at

from companion.answering import Answering
from companion.cli.here import Here
from companion.jobs.brain_features import BrainFeatures
from companion.jobs.tasks import EncoderTasks
from companion.learning.shared import SharedStep
from companion.ports import Question
from embeddings.types import EEGWindow
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Job
from index.writer import Writer

NOW = BEGIN + 5 * DAY


class Home:
    """A vault with a planted week, its writer and its store."""

    def __init__(self, root: Path, week: Week) -> None:
        self.week = week
        self.writer = Writer(vault_at(root))
        self.topics = week.store(self.writer)
        self.store = Store(self.writer.vault)

    def step(self) -> SharedStep:
        return SharedStep(store=self.store, writer=self.writer, encoder=Here(EncoderTasks()), clock=lambda: NOW)

    def encode(self) -> None:
        step = self.step()
        while waiting := self.store.waiting(Job.SHARED, step.batch):
            step.fill(waiting)

    def think(self, topic: int, **question: Any) -> Any:
        """Ask with EEG that came while something about ``topic`` was looked at, right after the week."""
        rows = self.week.rows(topic, 2)
        encoder = Thinker(BrainFeatures(MONTAGE, MUSE, rows, windows=2, fit=2, faults=""))
        window = EEGWindow(np.zeros((4, 2560)), 256.0, MUSE, self.week.end + 20)
        made = Answering(
            store=self.store,
            vectors=Vectors(self.store),
            encoder=encoder,
            thought=lambda: window,
            on_incident=lambda *_: None,
            clock=lambda: NOW,
        )
        return made.answer(Question(thought=True, **question))

    def close(self) -> None:
        self.store.close()
        self.writer.close()


class Thinker(Here):
    """The real encoder, but for what the headset said."""

    def __init__(self, found: BrainFeatures) -> None:
        super().__init__(EncoderTasks())
        self._found = found

    def submit(self, task: str, *arguments: object, urgent: bool = False) -> Future[Any]:
        if task != "brain_features":
            return super().submit(task, *arguments, urgent=urgent)
        future: Future[Any] = Future()
        future.set_result(self._found)
        return future
