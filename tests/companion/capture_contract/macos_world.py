"""macOS as its documentation describes it, made of lists: what the adapter's calls would be answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from worlds import LEFT, RIGHT, Clock, Image, colour

from companion.capture.geometry import clipped
from companion.capture.macos.calls import COUNTS, NORMAL, Notification, Picture, Touch
from companion.capture.macos.screen import MacScreen
from companion.capture.types import Rect

_MENU_BAR, _DOCK, _FLOATING, _DESKTOP = 24, 20, 3, -2147483623
_ALIGNED = 64  # bytes a row of an image is rounded up to


@dataclass
class Thing:
    """One window. Places are points."""

    number: int
    owner: str
    path: str
    title: str
    rect: Rect
    pid: int
    layer: int = NORMAL
    alpha: float = 1.0
    sharing: int = 1
    on_screen: bool = True


@dataclass
class FakeMac:
    """Satisfies `Calls`. ``things`` has the front window first."""

    clock: Clock
    scale: int = 1  # pixels of a point, in what it gives although one was asked for
    allowed: bool = True
    trusted: bool = True
    asked: int = 0
    bounds: tuple[Rect, ...] = (LEFT, RIGHT)
    things: list[Thing] = field(default_factory=list)
    told: dict[str, Any] | None = field(default_factory=lambda: {"kCGSSessionOnConsoleKey": True})
    sleeps: bool = False
    counts: dict[Touch, int] = field(default_factory=lambda: dict.fromkeys(Touch, COUNTS - 2))
    times: dict[Touch, float] = field(default_factory=lambda: dict.fromkeys(Touch, 900.0))
    followed: int = 0
    said: list[str] = field(default_factory=list)
    counted: int = 0  # how often anything was asked for a count

    def may_see(self) -> bool:
        return self.allowed

    def ask_to_see(self) -> None:
        self.asked += 1

    def may_follow(self) -> bool:
        return self.trusted

    def _on_screen(self) -> list[Thing]:
        # "CGWindowListOption": only windows on screen, in order from front to back. A minimised one is not.
        return [one for one in self.things if one.on_screen]

    def window_ids(self) -> tuple[int, ...]:
        return tuple(one.number for one in self._on_screen())

    def windows(self) -> Sequence[Mapping[str, Any]]:
        return [self._described(one) for one in self._on_screen()]

    def _described(self, one: Thing) -> dict[str, Any]:
        told: dict[str, Any] = {
            "kCGWindowNumber": one.number,
            "kCGWindowOwnerPID": one.pid,
            "kCGWindowLayer": one.layer,
            "kCGWindowAlpha": one.alpha,
            "kCGWindowSharingState": one.sharing,
            "kCGWindowBounds": {
                "X": float(one.rect.left),
                "Y": float(one.rect.top),
                "Width": float(one.rect.width),
                "Height": float(one.rect.height),
            },
        }
        # "Optional Window List Keys": a window without a name has none, and an owner's may be missing.
        return told | {
            key: value
            for key, value in (("kCGWindowOwnerName", one.owner), ("kCGWindowName", one.title))
            if value and (key == "kCGWindowOwnerName" or self.allowed)
        }

    def displays(self) -> Sequence[tuple[float, float, float, float]]:
        return [(one.left, one.top, one.width, one.height) for one in self.bounds]

    def session(self) -> Mapping[str, Any] | None:
        return self.told

    def dark(self) -> bool:
        return self.sleeps

    def count(self, touch: Touch) -> int:
        self.counted += 1
        return self.counts[touch]

    def since(self, touch: Touch) -> float:
        return self.clock.now - self.times[touch]

    def idle(self) -> float:
        return self.clock.now - max(self.times.values())

    def executable(self, process: int) -> str:
        return next((one.path for one in self.things if one.pid == process), "")

    def picture(self, window: int, rect: Rect) -> Picture | None:
        one = next((one for one in self._on_screen() if one.number == window), None)
        if one is None or not self.allowed:
            return None
        height, width = rect.height * self.scale, rect.width * self.scale
        stride = -(-4 * width // _ALIGNED) * _ALIGNED
        rows = np.full((height, stride), 0xEE, np.uint8)
        cells = np.zeros((height, width, 4), np.uint8)
        part = clipped(one.rect, rect)
        if part is not None:
            top, left = (part.top - rect.top) * self.scale, (part.left - rect.left) * self.scale
            cells[top : top + part.height * self.scale, left : left + part.width * self.scale, 2::-1] = colour(window)
        rows[:, : 4 * width] = cells.reshape(height, -1)
        return Picture(rows.tobytes(), width, height, stride)

    def follow(self, process: int) -> None:
        self.followed = process

    def run(self, seconds: float) -> Sequence[str]:
        said, self.said = self.said, []
        if not said:
            self.clock.now += max(0.0, seconds)
        return said

    def say(self, process: int, name: str) -> None:
        if process == self.followed and self.trusted:
            self.said.append(name)

    def touch(self, touch: Touch) -> None:
        self.counts[touch] = (self.counts[touch] + 1) % COUNTS
        self.times[touch] = self.clock()


class MacWorld:
    """Does to the made-up macOS what a person does, and tells what macOS tells."""

    settles = False

    def __init__(self, *, listen: bool = True, scale: int = 1) -> None:
        self.clock = Clock()
        self.calls = FakeMac(self.clock, scale=scale)
        self.screen = MacScreen(self.calls, listen=listen, clock=self.clock)
        self._next = 1
        self._add("Window Server", "", "Menubar", Rect(0, 0, 1280, 24), layer=_MENU_BAR)
        self._add("Dock", "/System/Library/CoreServices/Dock.app/Contents/MacOS/Dock", "Dock", LEFT, layer=_DOCK)
        self._add("Dock", "/System/Library/CoreServices/Dock.app/Contents/MacOS/Dock", "", LEFT, layer=_DESKTOP)

    def _add(self, owner: str, path: str, title: str, rect: Rect, layer: int = NORMAL) -> Thing:
        number, self._next = self._next, self._next + 1
        made = Thing(number, owner, path, title, rect, 100 * number, layer)
        self._insert(made)
        return made

    def _insert(self, made: Thing) -> None:
        place = next((at for at, one in enumerate(self.calls.things) if one.layer <= made.layer), None)
        self.calls.things.insert(len(self.calls.things) if place is None else place, made)

    def thing(self, window: int) -> Thing:
        return next(one for one in self.calls.things if one.number == window)

    def open(self, app: str, title: str, left: int = 100, top: int = 100) -> int:
        path = f"/Applications/{app}.app/Contents/MacOS/{app.lower()}"
        return self._add(f"{app} (localised)", path, title, Rect(left, top, 600, 400)).number

    def open_unknown(self) -> int:
        return self._add("", "", "who is it?", Rect(100, 100, 600, 400)).number

    def pid(self, window: int) -> int:
        return self.thing(window).pid

    def activate(self, window: int) -> None:
        one = self.thing(window)
        self.calls.things.remove(one)
        self._insert(one)

    def keep_on_top(self, window: int) -> None:
        one = self.thing(window)
        self.calls.things.remove(one)
        one.layer = _FLOATING
        self._insert(one)

    def move(self, window: int, left: int, top: int) -> None:
        one = self.thing(window)
        one.rect = Rect(left, top, one.rect.width, one.rect.height)

    def minimise(self, window: int) -> None:
        self.thing(window).on_screen = False

    def retitle(self, window: int, title: str) -> None:
        one = self.thing(window)
        one.title = title
        self.calls.say(one.pid, Notification.TITLE)

    def close(self, window: int) -> None:
        self.calls.things.remove(self.thing(window))

    def lock(self) -> None:
        self.calls.told = {"kCGSSessionOnConsoleKey": True, "CGSSessionScreenIsLocked": True}

    def unlock(self) -> None:
        self.calls.told = {"kCGSSessionOnConsoleKey": True}  # the other key is there only while it is locked

    def press_key(self, key: str) -> None:
        assert key
        self.calls.touch(Touch.KEY_DOWN)

    def click(self) -> None:
        self.calls.touch(Touch.LEFT_DOWN)

    def scroll(self) -> None:
        self.calls.touch(Touch.SCROLL)

    def shown(self, window: int, rect: Rect) -> Image:
        return np.full((rect.height, rect.width, 3), colour(window), np.uint8)
