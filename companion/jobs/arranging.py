"""Puts vectors into their files while the program runs: the `arranging` thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from index import database
from index.spaces.vectors import Vectors
from index.types import VaultError

LOOK_SECONDS = 30.0
RETRY_SECONDS = 3600.0  # after what the person must mend (a full disk)
REST_SECONDS = 0.05  # between two steps, for whoever waits for an answer
PART = "arranging"


class Arranging:
    """Builds, merges and trains the files of vectors a step at a time. Answers do not depend on it: they get faster."""

    def __init__(
        self, *, vectors: Vectors, on_incident: Callable[[str, str], None], look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._vectors, self._on_incident, self._look_seconds = vectors, on_incident, look_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=PART, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; a step in its midst is broken off and done anew another time."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        wait = self._look_seconds
        try:
            while not self._stopping.wait(wait):
                wait = self._arranged()
        except Exception:
            # A bug: it must be seen.
            self._on_incident(PART, "Vectors are not put into files any more because of an error. Start it again.")
            raise

    def _arranged(self) -> float:
        """Do a step; returns how long to wait for the next."""
        try:
            return REST_SECONDS if self._vectors.merge(stop=self._stopping.is_set) else self._look_seconds
        except (VaultError, database.OperationalError, OSError) as error:
            self._on_incident(PART, f"Vectors could not be put into files; it is tried again in an hour. {error}")
            return RETRY_SECONDS
