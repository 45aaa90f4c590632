"""That somebody types, clicks or scrolls, wherever it goes. Which key it was is never read.

Raw events of XInput 2 arrive whatever program has the keyboard. A key held down comes once; a notch of a wheel, or what
makes one on a touchpad, comes as a press of button 4 to 7.
"""

from __future__ import annotations

from typing import Any, cast

import xcffib
import xcffib.xinput

from companion.capture.screen import Happened
from companion.capture.types import Trigger
from companion.capture.x11 import Display

EXTENSION = "XInputExtension"

#: From this version on raw events also come while a menu or another program has grabbed keyboard or mouse.
VERSION = (2, 1)

_NOTCHES = range(4, 8)  # buttons that are a wheel's: up, down, left, right
_BUTTONS = (1, 2, 3, 8, 9)  # left, middle, right, back, forward

_LATEST = 60.0  # seconds an event may have waited for us; what seems to have waited longer has another clock


class _KeyPressed:
    """Of a raw key event only the time is unpacked: its key code, the four bytes after, never becomes a value."""

    __slots__ = ("milliseconds",)

    def __init__(self, unpacker: Any) -> None:
        (self.milliseconds,) = unpacker.unpack("=12xI", increment=False)


class _ButtonPressed:
    """Time and button of a raw button event."""

    __slots__ = ("button", "milliseconds")

    def __init__(self, unpacker: Any) -> None:
        self.milliseconds, self.button = unpacker.unpack("=12xII", increment=False)


# xcffib would keep the key code, and reads past the end of events that carry valuators: it takes the sum of their mask
# for the number of its bits.
_EVENTS: dict[int, type] = {
    xcffib.xinput.RawKeyPressEvent.event_number: _KeyPressed,
    xcffib.xinput.RawButtonPressEvent.event_number: _ButtonPressed,
}
_add_extension: Any = xcffib._add_ext  # noqa: SLF001 - as its own modules do
_add_extension(xcffib.xinput.key, xcffib.xinput.xinputExtension, _EVENTS, xcffib.xinput._errors)  # noqa: SLF001


class Input:
    """Asks for raw presses of keys and buttons, and says what they were.

    Attributes
    ----------
    told
        Whether the server tells of them; it does not below XInput 2.1.

    """

    def __init__(self, display: Display) -> None:
        self.told = display.has(EXTENSION)
        if not self.told:
            return
        xinput: Any = display.connection(xcffib.xinput.key)
        version = xinput.XIQueryVersion(*VERSION).reply()
        self.told = (version.major_version, version.minor_version) >= VERSION
        if self.told:
            of, masks = xcffib.xinput.XIEventMask, cast("Any", xcffib.xinput.EventMask)
            mask = masks.synthetic(xcffib.xinput.Device.AllMaster, 1, [of.RawKeyPress | of.RawButtonPress])
            xinput.XISelectEventsChecked(display.root, 1, [mask]).check()

    def heard(self, event: Any, now: float) -> Happened | None:
        """Return what an event says the hands did, None for any other; ``now`` is `time.monotonic`."""
        if isinstance(event, _KeyPressed):
            return Happened(Trigger.TYPED, _time(event.milliseconds, now))
        if not isinstance(event, _ButtonPressed):
            return None
        if event.button in _NOTCHES:
            return Happened(Trigger.SCROLLED, _time(event.milliseconds, now))
        return Happened(Trigger.CLICKED, _time(event.milliseconds, now)) if event.button in _BUTTONS else None


def _time(milliseconds: int, now: float) -> float:
    """Return when an event happened by our clock, so that a rhythm survives events that are taken in together.

    Servers of this machine count by the same clock as we, modulo 2**32 ms; any other's events happen as they arrive.
    """
    late = (now * 1000.0 - milliseconds) % 2.0**32 / 1000.0
    return now - late if late < _LATEST else now
