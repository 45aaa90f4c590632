"""What programs tell of their windows, asked for as long as it can be had."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from companion.capture.screen import TextSource
from companion.capture.types import CaptureError, Window

if TYPE_CHECKING:
    from companion.capture.accessible.reading import Reading

#: Seconds after which what could not be had is tried again.
RETRY = 60.0


class Texts:
    """Reads windows; where the way to their programs is lost, says so and tries again now and then.

    Parameters
    ----------
    opened
        Opens the way to programs, raising `CaptureError`; None where none is to be asked.

    Attributes
    ----------
    limits
        Why no text can be asked for now; empty when it can.

    """

    def __init__(self, opened: Callable[[], TextSource] | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = ""
        self._make, self._clock = opened, clock
        self._source: TextSource | None = None
        self._again = float("-inf")

    def read(self, window: Window) -> Reading | None:
        """Return what ``window`` shows; None where its program tells nothing, or cannot be asked now."""
        if self._make is None or self._clock() < self._again:
            return None
        try:
            if self._source is None:
                self._source = self._make()
            reading = self._source.read(window)
        except CaptureError as error:
            self.limits, self._again = str(error), self._clock() + RETRY
            self.close()
            return None
        self.limits = ""
        return reading

    def close(self) -> None:
        """Ask for no more, until the next reading."""
        source, self._source = self._source, None
        if source is not None:
            source.close()
