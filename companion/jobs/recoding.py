"""What was encoded by another text model before is asked for again, so that old moments are found by content too."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Protocol

from companion.jobs.worker import TaskFailed, WorkerCrashed
from embeddings.types import EmbeddingsError
from index import changes
from index.store import Store
from index.types import VaultError
from index.writer import Writer

AT_ONCE = 2_000  # moments looked at in one transaction
AGAIN_SECONDS = 30.0  # between tries while there is no text model, or the disk is full: `companion.jobs.fill` says so


class Encoder(Protocol):
    """What knows the text model."""

    def submit(self, task: str, *arguments: object, urgent: bool = False) -> Future[str]:
        """Do a task."""


class Recoding:
    """Wants vectors for all moments that have none in the space of the text model in use, newest first.

    Parameters
    ----------
    store, writer
        Of the vault.
    encoder
        Is asked for the space, which may have to wait for the model.
    on_incident
        Is told what went wrong.

    """

    def __init__(
        self, store: Store, writer: Writer, encoder: Encoder, *, on_incident: Callable[[str, str], None]
    ) -> None:
        self._store, self._writer, self._encoder, self._on_incident = store, writer, encoder, on_incident
        self._leaving = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, *, chosen: bool = False) -> None:
        """Look what is missing, on a thread of its own.

        All moments are looked at when another model was ``chosen``, or no moment was ever encoded by it.
        """
        self.leave()
        self._leaving = threading.Event()
        thread = threading.Thread(target=self._run, args=(chosen, self._leaving), name="recoding", daemon=True)
        self._threads.append(thread)  # one before it may wait for the encoder still
        thread.start()

    def leave(self) -> None:
        """Have it end soon."""
        self._leaving.set()

    def stop(self) -> None:
        """End; the encoder has to let go of what it was asked."""
        self.leave()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _run(self, chosen: bool, leaving: threading.Event) -> None:
        below = sys.maxsize
        while below and not leaving.is_set():
            try:
                space = self._encoder.submit("warm").result()
                if not chosen and self._store.space_data(space) is not None:
                    return
                while below and not leaving.is_set():
                    below = self._writer.do(changes.want_content, space, below, AT_ONCE).result()
            except CancelledError:
                return
            except TaskFailed as error:
                self._on_incident("encoder", f"Older moments could not be asked for again: {error}")
                return
            except (EmbeddingsError, WorkerCrashed, VaultError, OSError):  # each is told where jobs wait for the same
                leaving.wait(AGAIN_SECONDS)
