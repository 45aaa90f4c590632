"""The worker processes' tasks, run in this one: for commands that end when they are done."""

from __future__ import annotations

import traceback
from concurrent.futures import Future
from typing import Any

from companion.jobs.worker import TaskFailed
from embeddings.types import EmbeddingsError


class Here:
    """Runs an object's tasks in this process, in the way `companion.jobs.worker.Worker` runs them in another."""

    def __init__(self, tasks: object) -> None:
        self._tasks = tasks

    def submit(self, task: str, *arguments: object, urgent: bool = False) -> Future[Any]:
        """Run ``task(*arguments)`` and return its outcome."""
        del urgent
        future: Future[Any] = Future()
        try:
            future.set_result(getattr(self._tasks, task)(*arguments))
        except EmbeddingsError as error:
            future.set_exception(error)
        except Exception:  # noqa: BLE001 arrives as it does from a worker
            future.set_exception(TaskFailed(traceback.format_exc()))
        return future
