"""What is asked of macOS. The names of its own functions stand where they are called, in `quartz` and `observer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

from companion.capture.types import Rect


class Touch(IntEnum):
    """What hands do ("CGEventType")."""

    LEFT_DOWN = 1
    RIGHT_DOWN = 3
    KEY_DOWN = 10
    SCROLL = 22
    OTHER_DOWN = 25


class Notification:
    """What a program says of itself ("AXNotificationConstants.h", which spells them so)."""

    TITLE = "AXTitleChanged"
    FOCUSED_WINDOW = "AXFocusedWindowChanged"
    LOADED = "AXLoadComplete"


#: Counts are of 32 bits ("CGEventSourceCounterForEventType").
COUNTS = 1 << 32

#: Layers ("CGWindowLevelKey"): windows people work in, and what covers everything when nobody works.
NORMAL, SCREEN_SAVER = 0, 1000


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels of one window: ``data`` has rows of ``stride`` bytes, each pixel blue, green, red and one more byte."""

    data: bytes
    width: int
    height: int
    stride: int


class Calls(Protocol):
    """MacOS as it answers. All places are points, two or more pixels wide on some displays, from the first's corner."""

    def may_see(self) -> bool:
        """Whether titles of windows and pixels may be had (the permission Screen Recording)."""
        ...

    def ask_to_see(self) -> None:
        """Have macOS ask the person for it; it does so once."""
        ...

    def may_follow(self) -> bool:
        """Whether programs may be asked what they show (the permission Accessibility)."""
        ...

    def window_ids(self) -> tuple[int, ...]:
        """Return the numbers of all windows on the displays, the front one first."""
        ...

    def windows(self) -> Sequence[Mapping[str, Any]]:
        """Return what is known of each of them, by the names of "Required Window List Keys" and the optional ones."""
        ...

    def displays(self) -> Sequence[tuple[float, float, float, float]]:
        """Return left, top, width and height of each display, the main one first."""
        ...

    def session(self) -> Mapping[str, Any] | None:
        """Return what is known of the session, None outside one ("CGSessionCopyCurrentDictionary")."""
        ...

    def dark(self) -> bool:
        """Whether the main display sleeps."""
        ...

    def count(self, touch: Touch) -> int:
        """Return how often something was done since the session began, modulo `COUNTS`; what it was is not in it."""
        ...

    def since(self, touch: Touch) -> float:
        """Return seconds since it was last done."""
        ...

    def idle(self) -> float:
        """Return seconds since anything was done."""
        ...

    def executable(self, process: int) -> str:
        """Return where a process's program lies, empty when it is not told."""
        ...

    def picture(self, window: int, rect: Rect) -> Picture | None:
        """Return what a window itself shows of ``rect``, nothing of what lies over it; None when it has gone."""
        ...

    def follow(self, process: int) -> None:
        """Hear from now on what this process says of itself, and no other; 0 for none."""
        ...

    def run(self, seconds: float) -> Sequence[str]:
        """Wait until the process followed says something, at most this long, and return what it said."""
        ...
