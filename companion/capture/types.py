"""What is seen, and by whom."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:  # the tray icon is there before NumPy is
    import numpy as np
    from numpy.typing import NDArray

    from companion.capture.accessible.reading import Reading

Image: TypeAlias = "NDArray[np.uint8]"


class CaptureError(Exception):
    """Why nothing can be seen here; the message says how to mend it."""


class Trigger(StrEnum):
    """Why the screen is looked at."""

    STARTED = "started"  # recording begins, or goes on
    SWITCHED = "switched"  # another window has the attention, or one came or went
    TITLED = "titled"  # the window's title says something else
    LOADED = "loaded"  # a document has loaded
    CLICKED = "clicked"
    TYPED = "typed"  # typing paused
    SCROLLED = "scrolled"  # scrolling stopped
    CHANGED = "changed"  # the picture changed without a hand on it
    RESTED = "rested"  # nothing of these for a while


@dataclass(frozen=True, slots=True)
class Hands:
    """What the person's hands did between two looks: counts and rhythm, never which keys.

    Attributes
    ----------
    interval, spread
        Mean and standard deviation of the seconds between keys of one burst of typing; 0 below three keys.

    """

    keys: int = 0
    clicks: int = 0
    scrolls: int = 0
    interval: float = 0.0
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class Rect:
    """Pixels on the whole desktop; ``right`` and ``bottom`` are the first outside."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column outside."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """First row outside."""
        return self.top + self.height

    def overlaps(self, other: Rect) -> bool:
        """Whether any pixel belongs to both."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Window:
    """What has the person's attention.

    Attributes
    ----------
    app
        The program's class name (``firefox``, ``XTerm``).
    instance
        What else its program is called (X11: the first name of WM_CLASS); empty where there is no such thing.
    bounds
        What its program may take for the place of its window, off the screen too: its inside with a shadow drawn by
        the program and without, its frame. Empty where nobody tells.
    origin
        Where the monitor begins that shows most of it.
    across
        Whether it lies on several monitors, and its program may count in another unit on each.

    """

    app: str
    title: str
    url: str = ""
    pid: int = 0
    rect: Rect | None = None
    monitor: int = 0
    instance: str = ""
    bounds: tuple[Rect, ...] = ()
    origin: tuple[int, int] = (0, 0)
    across: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What had the attention at one time.

    Attributes
    ----------
    image
        ``uint8[height, width, 3]``, RGB; None where pictures are not recorded or cannot be had.
    time
        UTC seconds since 1970.
    time_end
        When attention moved on, where the source knows it (a replay); else None.
    triggers, triggered
        Why it was looked at, and when the first of these happened (UTC seconds; None for a replay).
    reading
        What the window's program tells of it; None where it tells nothing.
    hands
        What the person did since the look before.
    beside
        Whether it is on a monitor that the person's attention is not on.
    popups
        Where menus and the like of its own lie on it, which its program does not tell of with the rest.
    above
        Where other windows lie over it: nobody asked their programs where password fields are, or what they show.
    typed
        What the person typed into it since the look before, secrets and all; empty where that is not kept.
    secrets
        What it shows that is secret, and of what kind, where something was typed: that must not hold it either.
    text
        What it says, secrets taken out; None while nobody has read it (a replay's is read once it is stored).

    """

    image: Image | None
    time: float
    window: Window
    time_end: float | None = None
    triggers: tuple[Trigger, ...] = ()
    triggered: float | None = None
    reading: Reading | None = None
    hands: Hands = Hands()
    typed: str = ""
    secrets: tuple[tuple[str, str], ...] = ()
    text: str | None = None
    beside: bool = False
    popups: tuple[Rect, ...] = ()
    above: tuple[Rect, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """Nothing was looked at, and why.

    Attributes
    ----------
    private
        Because a rule said so; the tray shows it.
    monitor
        Where the person's attention is not: what is open on the others goes on. None where it is.

    """

    time: float
    reason: str
    private: bool = False
    triggers: tuple[Trigger, ...] = ()
    triggered: float | None = None
    monitor: int | None = None


class FrameSource(Protocol):
    """Where frames come from.

    Attributes
    ----------
    limits
        What cannot be seen now, and how to mend it; empty where everything can.

    """

    name: str

    @property
    def limits(self) -> str: ...  # noqa: D102 above

    def frames(self, stop: threading.Event) -> Iterator[Frame | Skipped]:
        """Yield what is seen until ``stop`` is set or the source ends; raises `CaptureError`."""
        ...
