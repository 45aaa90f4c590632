"""Finds the text model; one that must be downloaded comes beside all other work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from embeddings import model_place
from embeddings.model_place import ComingError, ModelPlace
from embeddings.types import EmbeddingsError

AGAIN_SECONDS = 20.0  # between a download that failed and the next
COMING = "Downloading the text model. Until it is there, things are found by their words alone."

Download = Callable[[], ModelPlace | None]


class Fetching:
    """Looks on this machine, and downloads on a thread of its own what is not there.

    Parameters
    ----------
    download
        Gets the model from the hub; may take as long as the network does.
    clock
        Seconds that never go backwards.

    """

    def __init__(
        self, download: Download = model_place.from_hub, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._download, self._clock = download, clock
        self._coming: Future[ModelPlace | None] | None = None
        self._ended_at = 0.0

    def find(self, configured: str) -> ModelPlace:
        """Return where the model is.

        Raises
        ------
        ComingError
            It is being downloaded.
        EmbeddingsError
            What the person must mend, as `embeddings.model_place.find` does.

        """
        there = model_place.here(configured)
        if there is not None:
            return there
        if self._coming is None or self._stale(self._coming):
            self._coming = self._begin()
        if not self._coming.done():
            raise ComingError(COMING)
        return self._outcome(self._coming)

    def _stale(self, coming: Future[ModelPlace | None]) -> bool:
        """Whether a download failed so long ago that another one is worth its while."""
        if not coming.done() or self._clock() - self._ended_at < AGAIN_SECONDS:
            return False
        return coming.exception() is not None or coming.result() is None

    def _begin(self) -> Future[ModelPlace | None]:
        coming: Future[ModelPlace | None] = Future()

        def fetch() -> None:
            try:
                place = self._download()
            except Exception as error:  # noqa: BLE001 for whoever asks next to see
                self._ended_at = self._clock()
                coming.set_exception(error)
            else:
                self._ended_at = self._clock()
                coming.set_result(place)

        threading.Thread(target=fetch, name="download", daemon=True).start()
        return coming

    def _outcome(self, coming: Future[ModelPlace | None]) -> ModelPlace:
        place = coming.result()
        if place is None:
            raise EmbeddingsError(f"What was downloaded as the text model is not whole. {model_place.MEND}")
        return place
