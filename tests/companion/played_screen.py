"""A screen that shows what it is told to, and programs that tell what they are told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np

from companion.capture.accessible.reading import Block, Reading
from companion.capture.accessible.roles import Role
from companion.capture.attended import NOBODY, Attended
from companion.capture.privacy import Rules
from companion.capture.screen import Happened, Sight
from companion.capture.source import ScreenSource
from companion.capture.types import CaptureError, Frame, Image, Rect, Skipped, Trigger, Window

RECT = Rect(100, 50, 320, 200)
EDITOR = Window("mousepad", "notes.txt", pid=7, rect=RECT)


def image(grey: int = 240) -> Image:
    return np.full((RECT.height, RECT.width, 3), grey, np.uint8)


def reading(text: str = "", *, url: str = "", private: Sequence[Rect] = (), complete: bool = True) -> Reading:
    """Return what a program tells whose text fills the upper half of its window, a line of 16 pixels each."""
    blocks = tuple(
        Block(Role.PARAGRAPH, line, Rect(RECT.left, RECT.top + 16 * row, RECT.width, 16), row)
        for row, line in enumerate(text.splitlines())
    )
    return Reading(text, url, "", blocks, tuple(private), complete)


@dataclass
class Played:
    """Satisfies `Screen` and `TextSource`. ``during`` is called while pixels are read."""

    window: Window | None = EDITOR
    overlapping: tuple[Window, ...] = ()
    above: tuple[Rect, ...] = ()
    retitled: int = 0
    picture: Image | None = field(default_factory=image)
    told: Reading | None = None
    locked: bool = False
    disturbs: bool = False
    tells: bool = True
    on_read: Callable[[], None] | None = None
    away: float | None = 0.0
    broken: str = ""
    during: Callable[[], None] | None = None
    grabs: list[Rect] = field(default_factory=list)
    readings: int = 0
    events: list[Happened] = field(default_factory=list)
    woken: threading.Event = field(default_factory=threading.Event)
    number: int = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return

    def asleep(self) -> bool:
        return self.locked

    def idle(self) -> float | None:
        return self.away

    def sight(self) -> Sight:
        return Sight(self.number, self.window, self.overlapping, above=self.above, retitled=self.retitled)

    def grab(self, rect: Rect) -> Image | None:
        self.grabs.append(rect)
        if self.during is not None:
            self.during()
        return None if self.picture is None else self.picture.copy()

    @property
    def tells_changes(self) -> bool:
        return self.tells

    def disturbed(self, rect: Rect) -> bool:
        assert rect.width == RECT.width
        return self.disturbs

    def wait(self, seconds: float) -> Sequence[Happened]:
        with suppress(TimeoutError):
            self.woken.wait(min(seconds, 0.05))
        self.woken.clear()
        happened, self.events = self.events, []
        return happened

    def read(self, window: Window) -> Reading | None:
        assert window.app
        self.readings += 1
        if self.on_read is not None:
            self.on_read()
        if self.broken:
            raise CaptureError(self.broken)
        return self.told

    def close(self) -> None:
        return

    def happens(self, *triggers: Trigger) -> None:
        self.events += [Happened(trigger, time.monotonic()) for trigger in triggers]
        self.woken.set()


class Watched:
    """A source on a played screen: what is seen next."""

    def __init__(
        self, played: Played, rules: Rules | None = None, *, pictures: bool = True, attended: Attended = NOBODY
    ) -> None:
        self.played = played
        self.source = ScreenSource(
            rules or Rules(),
            open_screen=lambda: played,
            open_texts=lambda: played,
            pictures=pictures,
            attended=attended,
        )
        self.stop = threading.Event()
        self._seen = self.source.frames(self.stop)

    def next(self, *triggers: Trigger) -> Frame | Skipped:
        self.played.happens(*triggers)
        return next(self._seen)

    def end(self) -> None:
        """Have no more looks."""
        self.stop.set()
        assert self.next_or_none() is None

    def next_or_none(self) -> Frame | Skipped | None:
        """Return what is seen next, None once looking has ended."""
        return next(self._seen, None)

    def frame(self, *triggers: Trigger) -> Frame:
        seen = self.next(*triggers)
        assert isinstance(seen, Frame), seen
        return seen

    def reason(self, *triggers: Trigger) -> str:
        seen = self.next(*triggers)
        assert isinstance(seen, Skipped), seen
        return seen.reason
