"""What is seen, and by whom."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:  # the tray icon is there before NumPy is
    import numpy as np
    from numpy.typing import NDArray

Image: TypeAlias = "NDArray[np.uint8]"


class CaptureError(Exception):
    """Why nothing can be seen here; the message says how to mend it."""


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
    """What has the person's attention. ``app`` is the program's class name (``firefox``, ``XTerm``)."""

    app: str
    title: str
    url: str = ""
    pid: int = 0
    rect: Rect | None = None
    monitor: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """One image of what had the attention at one time.

    Attributes
    ----------
    image
        ``uint8[height, width, 3]``, RGB.
    time
        UTC seconds since 1970.
    time_end
        When attention moved on, where the source knows it (a replay); else None.

    """

    image: Image
    time: float
    window: Window
    time_end: float | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """Nothing was looked at, and why. ``private`` = because a rule said so; the tray shows it."""

    time: float
    reason: str
    private: bool = False


class FrameSource(Protocol):
    """Where frames come from."""

    name: str

    def frames(self, stop: threading.Event) -> Iterator[Frame | Skipped]:
        """Yield what is seen until ``stop`` is set or the source ends; raises `CaptureError`."""
        ...
