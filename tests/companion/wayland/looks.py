"""What the source of frames makes of a desktop, look by look."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing, nullcontext
from typing import Any

import numpy as np
from desktop import wait_until

from companion.capture.privacy import Rules
from companion.capture.screen import Happened, Screen, TextSource
from companion.capture.source import ScreenSource
from companion.capture.types import Frame, Image, Skipped


def look(screen: Screen, rules: Rules | None = None, *, texts: TextSource | None = None) -> Frame | Skipped:
    """Return what the first look at a desktop that came to rest yields; the screen stays open."""
    rest(screen)
    kept: Any = nullcontext(screen)
    open_texts = None if texts is None else lambda: texts
    source = ScreenSource(rules or Rules(), open_screen=lambda: kept, open_texts=open_texts)
    with closing(source.frames(threading.Event())) as frames:  # type: ignore[type-var]  # a generator, as it is now
        return next(frames)


def frame(screen: Screen, rules: Rules | None = None) -> Frame:
    seen = look(screen, rules)
    assert isinstance(seen, Frame), seen
    return seen


def reason(screen: Screen, rules: Rules | None = None) -> str:
    seen = look(screen, rules)
    assert isinstance(seen, Skipped), seen
    return seen.reason


def rest(screen: Screen) -> None:
    """Let what moved come to rest: a picture taken before is refused."""
    wait_until(lambda: _rests(screen), "the windows to rest")


def _rests(screen: Screen) -> bool:
    screen.wait(0.02)
    screen.sight()
    seen = screen.sight().window
    return seen is None or seen.rect is None or not screen.disturbed(seen.rect)


def colours(image: Image | None) -> set[str]:
    """Return the colours of a picture as foot names them; none for no picture."""
    if image is None:
        return set()
    numbers = image.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    return {f"{number:06x}" for number in np.unique(numbers)}


def picture(screen: Screen) -> Image | None:
    """Return the picture of the active window."""
    seen = screen.sight().window
    assert seen is not None
    assert seen.rect is not None
    return screen.grab(seen.rect)


def heard(screen: Screen, wanted: Callable[[Happened], bool]) -> Happened:
    """Wait until something of that kind happens."""
    return wait_until(lambda: next(filter(wanted, screen.wait(0.1)), None), "what should have happened")


def apps(screen: Screen) -> list[str]:
    """Return whose windows may have pixels in the active one's picture."""
    return [window.app for window in screen.sight().overlapping]


def limits(screen: Screen) -> str:
    """Return what a screen says it cannot see."""
    return str(getattr(screen, "limits", ""))
