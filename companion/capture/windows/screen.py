"""The screen of Windows. Untried on hardware."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import numpy as np

from companion.capture.beat import BY_HAND, Beat
from companion.capture.geometry import around, clipped
from companion.capture.screen import Happened, Sight
from companion.capture.types import Image, Rect
from companion.capture.windows.calls import TICKS, Calls
from companion.capture.windows.ears import Ears
from companion.capture.windows.sight import sight

#: The desktop people work on; the log-in screen, the lock and a question for consent are on others.
_WORK = "Default"

#: Seconds of rest after messages that told nothing, so that a mouse on its way does not keep this thread busy.
_REST = 0.02


class WindowsScreen:
    """Satisfies `companion.capture.screen.Screen`. Everything is done by the thread that enters it.

    Parameters
    ----------
    calls
        Windows.
    listen
        Whether the person agreed that keys and clicks are counted. Where not, Windows is not asked for any.
    clock
        Seconds that never go back.

    """

    def __init__(self, calls: Calls, *, listen: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls, self._listen, self._clock = calls, listen, clock
        self._ears = Ears(calls, clock)
        self._beat = Beat(clock(), told=listen)

    def __enter__(self) -> Self:
        self._calls.open(listen=self._listen)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._calls.close()

    def asleep(self) -> bool:
        """Whether the session is locked, another desktop has the keyboard, a saver runs or the monitors are off."""
        calls = self._calls
        return calls.session_locked() or calls.input_desktop() != _WORK or calls.saver() or not calls.lit()

    def idle(self) -> float:
        """Return seconds since the person last touched anything."""
        return (self._calls.ticks() - self._calls.last_input()) % TICKS / 1000.0

    def sight(self) -> Sight:
        """Return what is active now."""
        self._ears.hear(self._calls.pump(0.0))  # what they tell is in the sight that follows
        seen = sight(self._calls)
        self._ears.saw(seen)
        return seen

    def grab(self, rect: Rect) -> Image | None:
        """Return the pixels of a rectangle; None where monitors went, so that it is not on the desktop any more."""
        if clipped(rect, around(self._calls.monitors())) != rect:
            return None
        cells = np.frombuffer(self._calls.pixels(rect), np.uint8).reshape(rect.height, rect.width, 4)
        image = np.ascontiguousarray(cells[:, :, 2::-1])
        self._beat.read(image, self._clock())
        return image

    @property
    def tells_changes(self) -> bool:
        """False: what changes is not told here."""
        return False

    def disturbed(self, rect: Rect) -> bool:
        """Whether a window may have come over ``rect`` since the last sight but one."""
        self._ears.hear(self._calls.pump(0.0))
        return self._ears.disturbed(rect)

    def wait(self, seconds: float) -> Sequence[Happened]:
        """Wait until something happens, at most this long, and return what did."""
        due = self._clock() + seconds
        self._ears.hear(self._calls.pump(0.0))
        while True:
            now = self._clock()
            heard = self._beat.after(self._heard(), now, self.idle())
            if heard or now >= due:
                return heard
            self._ears.hear(self._calls.pump(due - now))
            time.sleep(max(0.0, min(_REST, due - self._clock())))

    def _heard(self) -> Sequence[Happened]:
        """Return what happened; what hands do while the screen is locked is not told: it is a password."""
        heard = self._ears.take()
        if any(what.trigger in BY_HAND for what in heard) and self.asleep():
            return [what for what in heard if what.trigger not in BY_HAND]
        return heard
