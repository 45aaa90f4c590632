"""What the person types into the window that is looked at, asked for as long as it can be had."""

from __future__ import annotations

import time
from collections.abc import Callable

from companion.capture.screen import Happened, TypedSource
from companion.capture.texts import RETRY
from companion.capture.types import CaptureError, Trigger, Window

#: Keys whose times are held between two looks.
KEYS = 4_000

LOST = "What you type is not kept: {}"


class Written:
    """Hands out what was typed, and forgets what is not to be kept.

    Parameters
    ----------
    opened
        Listens to programs from then on, raising `CaptureError`; None where nothing that is typed is kept.

    Attributes
    ----------
    limits
        Why what is typed cannot be had now; empty when it can.

    """

    def __init__(self, opened: Callable[[], TypedSource] | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = ""
        self._make, self._clock = opened, clock
        self._source: TypedSource | None = None
        self._again = float("-inf")
        self._keys: list[float] = []

    def open(self) -> None:
        """Begin to listen, where that was agreed to and is possible."""
        if self._make is None or self._source is not None or self._clock() < self._again:
            return
        try:
            self._source = self._make()
        except CaptureError as error:
            self._lose(error)
        else:
            self.limits = ""

    def happened(self, what: Happened) -> None:
        """Take in that a key was pressed; whatever else happened says nothing here."""
        if self._source is not None and what.trigger is Trigger.TYPED and len(self._keys) < KEYS:
            self._keys.append(what.time)

    def take(self, window: Window) -> str:
        """Return what was typed into ``window`` since this was asked, or `drop` said, last."""
        keys, self._keys = self._keys, []
        if self._source is None:
            self.open()
            return ""
        try:
            return self._source.take(window, keys)
        except CaptureError as error:
            self._lose(error)
            return ""

    def drop(self) -> None:
        """Let go of what was typed: it went elsewhere, or nobody may know of it."""
        self._keys = []
        if self._source is not None:
            self._source.drop()

    def close(self) -> None:
        """Listen no more."""
        source, self._source, self._keys = self._source, None, []
        if source is not None:
            source.close()

    def _lose(self, error: CaptureError) -> None:
        self.limits, self._again = LOST.format(error), self._clock() + RETRY
        self.close()
