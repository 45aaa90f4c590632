"""What is asked of Windows. The names of its own functions stand where they are called, in `win32` and `messages`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Protocol

from companion.capture.types import Rect


class Event(IntEnum):
    """What a window does ("Event Constants (Winuser.h)", and IAccessible2's for a document that has loaded)."""

    FOREGROUND = 0x0003
    MINIMIZE_START = 0x0016
    MINIMIZE_END = 0x0017
    DOCUMENT_LOADED = 0x0105
    SHOW = 0x8002
    HIDE = 0x8003
    LOCATION_CHANGE = 0x800B
    NAME_CHANGE = 0x800C
    CLOAKED = 0x8017
    UNCLOAKED = 0x8018


class Style(IntFlag):
    """How a window is drawn ("Extended Window Styles")."""

    TOPMOST = 0x00000008
    LAYERED = 0x00080000
    NO_REDIRECTION_BITMAP = 0x00200000


class Key(IntFlag):
    """What a keyboard tells beside which key it was ("RAWKEYBOARD structure")."""

    RELEASED = 0x01


class Mouse(IntFlag):
    """What a mouse tells ("RAWMOUSE structure")."""

    PRESSED = 0x0001 | 0x0004 | 0x0010 | 0x0040 | 0x0100  # left, right, middle and the two at the side
    WHEEL = 0x0400 | 0x0800  # up and down, left and right


#: The window itself rather than something inside it or the pointer ("Object Identifiers", ``OBJID_WINDOW``).
WINDOW_ITSELF = 0

#: Times are milliseconds in 32 bits, which begin anew every 49.7 days ("GetTickCount function").
TICKS = 1 << 32

OPAQUE = 255


@dataclass(frozen=True, slots=True)
class WindowEvent:
    """Something a window did, at ``ticks``; ``object`` and ``child`` say which part of it."""

    event: int
    window: int
    object: int
    child: int
    ticks: int


@dataclass(frozen=True, slots=True)
class Touched:
    """A keyboard (``keyboard``) or a mouse was touched, at ``ticks``; which key is never asked for."""

    keyboard: bool
    flags: int
    ticks: int


class Calls(Protocol):
    """Windows as it answers. A window that has gone has no frame, no title, no style and the process 0."""

    def open(self, *, listen: bool) -> None:
        """Hear what windows do, and with ``listen`` that keys and buttons are pressed; raises `CaptureError`.

        From now on places are pixels of the monitors, whatever each of them scales.
        """
        ...

    def close(self) -> None:
        """Hear no more."""
        ...

    def pump(self, seconds: float) -> Sequence[WindowEvent | Touched]:
        """Wait for a message, at most this long, and return what all that have arrived tell."""
        ...

    def windows(self) -> Sequence[int]:
        """Return every top-level window, the highest first."""
        ...

    def foreground(self) -> int:
        """Return the window the person works with, 0 when there is none."""
        ...

    def visible(self, window: int) -> bool:
        """Whether it is there and not minimised."""
        ...

    def cloaked(self, window: int) -> bool:
        """Whether it is drawn and not shown, as on another virtual desktop."""
        ...

    def frame(self, window: int) -> Rect | None:
        """Return what it covers without its shadow; None when it has gone."""
        ...

    def title(self, window: int) -> str:
        """Return what its title bar says."""
        ...

    def kind(self, window: int) -> str:
        """Return the name of its window class."""
        ...

    def process(self, window: int) -> int:
        """Return the process it belongs to."""
        ...

    def hosted(self, window: int) -> int:
        """Return the process of the app that a frame of the system shows, 0 when none is in it."""
        ...

    def root(self, window: int) -> int:
        """Return the top-level window it is part of."""
        ...

    def owner(self, window: int) -> int:
        """Return the first of its chain of owners, itself when nobody owns it."""
        ...

    def style(self, window: int) -> int:
        """Return its extended style, bits of `Style`."""
        ...

    def opacity(self, window: int) -> int | None:
        """Return how opaque a layered window is, 0 to 255; None where that differs from pixel to pixel."""
        ...

    def shaped(self, window: int) -> bool:
        """Whether it is cut to a shape."""
        ...

    def withheld(self, window: int) -> bool:
        """Whether its program asks that no picture be taken of it."""
        ...

    def program(self, process: int) -> str:
        """Return the file name of a process's program, empty when it is not told."""
        ...

    def monitors(self) -> Sequence[Rect]:
        """Return where the monitors are."""
        ...

    def input_desktop(self) -> str:
        """Return the name of the desktop that has the keyboard, empty when this program may not know it."""
        ...

    def session_locked(self) -> bool:
        """Whether the session says that it is locked or not shown."""
        ...

    def saver(self) -> bool:
        """Whether the screen saver runs."""
        ...

    def lit(self) -> bool:
        """Whether the monitors are on."""
        ...

    def ticks(self) -> int:
        """Return the time."""
        ...

    def last_input(self) -> int:
        """Return when anything was last touched."""
        ...

    def pixels(self, rect: Rect) -> bytes:
        """Return a rectangle's pixels, blue, green, red and one more byte each, row by row; raises `CaptureError`."""
        ...
