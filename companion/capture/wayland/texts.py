"""The text of windows under Wayland, put where it is on the screen.

No program knows where its windows lie: what one says of places counts from a corner of its own. The compositor knows,
and where both speak of a window of one size, one is carried over to the other. Else no place is known.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace

from companion.capture.accessible.bus import ANSWER_SECONDS, AccessibilityBus
from companion.capture.accessible.node import extents
from companion.capture.accessible.placing import moved, nowhere
from companion.capture.accessible.reader import AccessibleReader, Known, nothing_known
from companion.capture.accessible.reading import Reading
from companion.capture.accessible.source import PATIENT
from companion.capture.accessible.window import Windows
from companion.capture.types import Rect, Window


class WaylandTexts:
    """Satisfies `companion.capture.screen.TextSource`. Raises `AccessibilityError`.

    ``known``: password fields that were seen before.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ, known: Known = nothing_known) -> None:
        self._bus = AccessibilityBus(environ)
        self._quick = AccessibleReader(self._bus, known=known)
        self._patient = AccessibleReader(self._bus, PATIENT, known)
        self._windows = Windows(self._bus)

    def read(self, window: Window) -> Reading | None:
        """Return what ``window`` shows, asked once more with patience where that was cut short.

        With ``window.rect`` all places are on the desktop and cut to it. Where the window's program speaks of another
        size, no block has a place, and a reading with password fields is not complete.
        """
        own = replace(window, rect=None)
        reading = self._quick.read(own)
        if reading is not None and not reading.complete:
            again = self._patient.read(own)
            reading = reading if again is None and reading.told else again
        if reading is None or window.rect is None:
            return reading
        return placed(reading, self._bus.thread.run(self._frame(own)), window.rect)

    def close(self) -> None:
        """Let the programs sleep again, and hang up."""
        self._bus.close()

    async def _frame(self, window: Window) -> Rect | None:
        """Return the window's place as its program says it, None when it does not say."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                found = await self._windows.find(window)
                return await extents(self._bus, found.ref) if found is not None else None
        except TimeoutError:
            return None


def placed(reading: Reading, frame: Rect | None, rect: Rect) -> Reading:
    """Return a reading whose places count from ``frame`` with places that count from ``rect``, if both are one size."""
    if frame is None or (frame.width, frame.height) != (rect.width, rect.height):
        return nowhere(reading)
    return moved(reading, rect.left - frame.left, rect.top - frame.top)
