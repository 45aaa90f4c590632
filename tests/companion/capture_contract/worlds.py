"""What a contract test does to a desktop, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from companion.capture.screen import Screen
from companion.capture.types import Rect

Image = NDArray[np.uint8]

LEFT, RIGHT = Rect(0, 0, 1280, 800), Rect(1280, 0, 1920, 1080)


class World(Protocol):
    """A desktop with a screen that looks at it. Windows are opened active, above all others."""

    screen: Screen
    settles: bool  # whether what was done takes a while to be seen

    def open(self, app: str, title: str, left: int = 100, top: int = 100) -> Any: ...

    def open_unknown(self) -> Any:
        """Open a window that does not say whose it is."""
        ...

    def pid(self, window: Any) -> int: ...

    def activate(self, window: Any) -> None: ...

    def keep_on_top(self, window: Any) -> None:
        """Show it above the active window for good."""
        ...

    def move(self, window: Any, left: int, top: int) -> None: ...

    def minimise(self, window: Any) -> None: ...

    def retitle(self, window: Any, title: str) -> None: ...

    def close(self, window: Any) -> None: ...

    def lock(self) -> None: ...

    def unlock(self) -> None: ...

    def press_key(self, key: str) -> None: ...

    def click(self) -> None: ...

    def scroll(self) -> None: ...

    def shown(self, window: Any, rect: Rect) -> Image:
        """Return what the window shows of a rectangle of the desktop."""
        ...


def colour(number: int) -> tuple[int, int, int]:
    """Return a colour of its own for each window, whose red, green and blue differ."""
    return (10 + 7 * number % 200, 60 + 11 * number % 150, 200 - 13 * number % 100)


@dataclass
class Clock:
    """Seconds that pass when a test says so, and a little with every look."""

    now: float = 1000.0

    def __call__(self) -> float:
        self.now += 1e-4
        return self.now
