"""Programs' own texts for whoever looks at the screen."""

from __future__ import annotations

import os
from collections.abc import Mapping

from companion.capture.accessible.bus import AccessibilityBus
from companion.capture.accessible.reader import AccessibleReader, Known, nothing_known
from companion.capture.accessible.reading import Reading
from companion.capture.accessible.tree import Bounds
from companion.capture.types import Window

#: For a window that was more than a first, quick reading gets through: longer, with a rest after each object.
PATIENT = Bounds(nodes=6_000, seconds=0.8, at_once=2, pause=0.0002)


class AccessibleTexts:
    """Reads windows over AT-SPI. Satisfies `companion.capture.screen.TextSource`. Raises `AccessibilityError`.

    ``known``: password fields that were seen before.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ, known: Known = nothing_known) -> None:
        self._bus = AccessibilityBus(environ)
        self._quick = AccessibleReader(self._bus, known=known)
        self._patient = AccessibleReader(self._bus, PATIENT, known)

    def read(self, window: Window) -> Reading | None:
        """Return what ``window`` shows, asked once more with patience where that was cut short."""
        reading = self._quick.read(window)
        if reading is None or reading.complete:
            return reading
        again = self._patient.read(window)
        return reading if again is None and reading.told else again

    def close(self) -> None:
        """Let the programs sleep again, and hang up."""
        self._bus.close()
