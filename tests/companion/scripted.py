"""Frame sources that say what they are told to, and pictures to tell apart."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np

from companion.capture.types import CaptureError, Frame, Image, Skipped, Window

BEGIN = 1_772_442_720.0  # 2 March 2026, 09:12 UTC

Said = Frame | Skipped | Exception | threading.Event


def picture(grey: int) -> Image:
    return np.full((64, 96, 3), grey, np.uint8)


def frame(second: float, title: str = "page", *, grey: int = 200, lasts: float | None = None) -> Frame:
    end = None if lasts is None else BEGIN + second + lasts
    return Frame(picture(grey), BEGIN + second, Window("firefox", title), end)


class Scripted:
    """Yields what it is given; raises errors, and waits at events until they are set."""

    name = "scripted"
    limits = ""

    def __init__(self, *said: Said, lasting: bool = False) -> None:
        self._said = said
        self._lasting = lasting

    def frames(self, stop: threading.Event) -> Iterator[Frame | Skipped]:
        for item in self._said:
            if isinstance(item, threading.Event):
                while not (item.wait(0.01) or stop.is_set()):
                    pass
            elif isinstance(item, Exception):
                raise item
            else:
                yield item
            if stop.is_set():
                return
        if self._lasting:
            stop.wait()


class InTurn:
    """Makes one source after another, as a keeper opens them again; an error is raised in place of a source."""

    def __init__(self, sources: Sequence[Scripted | CaptureError]) -> None:
        self._sources = list(sources)
        self.made = 0

    def __call__(self) -> Scripted:
        self.made += 1
        source = self._sources.pop(0)
        if isinstance(source, CaptureError):
            raise source
        return source
