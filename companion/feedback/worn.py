"""The headset that is worn now as one source of chunks, whatever takes its place while a session runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from companion.brain.acquisition import DRAIN_SECONDS
from companion.brain.types import Chunk
from companion.feedback.training import Source
from embeddings.types import EEGWindow

Take = Callable[[Chunk], None]


class Heard(Source, Protocol):
    """What follows a headset; `companion.listening.Listening` does."""

    def last(self, seconds: float) -> EEGWindow | None:
        """Return the newest gap-free ``seconds``, or None."""
        ...


class Worn:
    """Satisfies `companion.feedback.training.Source`. Chunks of two headsets are of two segments.

    Parameters
    ----------
    heard
        Returns what follows the headset now, None where nothing does.

    """

    def __init__(self, heard: Callable[[], Heard | None]) -> None:
        self._heard = heard
        self._lock = threading.Lock()  # around who follows what; never taken while a chunk is handed on
        self._take: Take | None = None
        self._every = DRAIN_SECONDS
        self._followed: Heard | None = None
        self._newest = -1  # segment that was handed on

    def follow(self, take: Take, *, every: float = DRAIN_SECONDS) -> None:
        """Hand each chunk to ``take`` from now on, and have samples taken from the device this often, in seconds."""
        with self._lock:
            self._take, self._every = take, every
            self._join()

    def unfollow(self) -> None:
        """Hand chunks to nobody any more."""
        with self._lock:
            followed, self._followed, self._take = self._followed, None, None
        if followed is not None:
            followed.unfollow()

    def changed(self) -> None:
        """Go on with what follows the headset now."""
        with self._lock:
            if self._take is not None:
                self._join()

    def _join(self) -> None:
        heard, take = self._heard(), self._take
        if heard is None or heard is self._followed or take is None:
            return
        if self._followed is not None:
            self._followed.unfollow()
        self._followed = heard
        first = self._newest + 2  # more than one on: it does not continue what came before

        def hand_on(chunk: Chunk) -> None:
            self._newest = first + chunk.segment
            take(replace(chunk, segment=first + chunk.segment))

        heard.follow(hand_on, every=self._every)
