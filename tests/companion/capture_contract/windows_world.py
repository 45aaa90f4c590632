"""Windows as its documentation describes it, made of lists: what the adapter's calls would be answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from worlds import LEFT, RIGHT, Clock, Image, colour

from companion.capture.geometry import around, clipped
from companion.capture.types import Rect
from companion.capture.windows.calls import OPAQUE, TICKS, Event, Key, Mouse, Style, Touched, WindowEvent
from companion.capture.windows.screen import WindowsScreen


@dataclass
class Thing:
    """One top-level window. Places are pixels of the monitors."""

    hwnd: int
    app: str
    title: str
    rect: Rect
    pid: int
    visible: bool = True
    iconic: bool = False
    cloaked: bool = False
    style: int = 0
    kind: str = "Window"
    opacity: int | None = OPAQUE
    shaped: bool = False
    withheld: bool = False
    hosted: int = 0
    owner: int = 0


@dataclass
class FakeWindows:
    """Satisfies `Calls`. ``things`` has the highest window first."""

    clock: Clock
    scale: int = 1
    places: tuple[Rect, ...] = (LEFT, RIGHT)
    things: list[Thing] = field(default_factory=list)
    programs: dict[int, str] = field(default_factory=dict)
    front: int = 0
    desktop_with_keyboard: str = "Default"
    locked: bool = False
    saving: bool = False
    on: bool = True
    touched: float = 900.0
    aware: bool = False
    listening: bool = False
    opened: bool = False
    parts: dict[int, int] = field(default_factory=dict)  # windows inside others, by the one they are in
    queue: list[WindowEvent | Touched] = field(default_factory=list)
    grabbed: list[Rect] = field(default_factory=list)

    def thing(self, window: int) -> Thing | None:
        return next((one for one in self.things if one.hwnd == window), None)

    def tell(self, event: Event, window: int, part: int = 0, child: int = 0) -> None:
        if self.opened:
            self.queue.append(WindowEvent(event, window, part, child, self.ticks()))

    def touch(self, *, keyboard: bool, flags: int) -> None:
        self.touched = self.clock()
        if self.listening:
            self.queue.append(Touched(keyboard, flags, self.ticks()))

    # What the adapter asks.

    def open(self, *, listen: bool) -> None:
        self.aware, self.opened, self.listening = True, True, listen

    def close(self) -> None:
        self.opened = self.listening = False

    def pump(self, seconds: float) -> Sequence[WindowEvent | Touched]:
        told, self.queue = self.queue, []
        if not told:
            self.clock.now += max(0.0, seconds)
        return told

    def windows(self) -> Sequence[int]:
        return [one.hwnd for one in self.things]

    def foreground(self) -> int:
        return self.front

    def visible(self, window: int) -> bool:
        one = self.thing(window)
        return one is not None and one.visible and not one.iconic

    def cloaked(self, window: int) -> bool:
        one = self.thing(window)
        return one is not None and one.cloaked

    def frame(self, window: int) -> Rect | None:
        # "DWMWINDOWATTRIBUTE enumeration": the extended frame bounds are not adjusted for DPI.
        one = self.thing(window)
        return one.rect if one is not None else None

    def title(self, window: int) -> str:
        one = self.thing(window)
        return one.title if one is not None else ""

    def kind(self, window: int) -> str:
        one = self.thing(window)
        return one.kind if one is not None else ""

    def process(self, window: int) -> int:
        one = self.thing(window)
        return one.pid if one is not None else 0

    def hosted(self, window: int) -> int:
        one = self.thing(window)
        return one.hosted if one is not None else 0

    def root(self, window: int) -> int:
        outer = self.parts.get(window, window)
        return outer if self.thing(outer) is not None else 0

    def owner(self, window: int) -> int:
        one = self.thing(window)
        return (one.owner or window) if one is not None else 0

    def style(self, window: int) -> int:
        one = self.thing(window)
        return one.style if one is not None else 0

    def opacity(self, window: int) -> int | None:
        one = self.thing(window)
        return one.opacity if one is not None else None

    def shaped(self, window: int) -> bool:
        one = self.thing(window)
        return one is not None and one.shaped

    def withheld(self, window: int) -> bool:
        one = self.thing(window)
        return one is not None and one.withheld

    def program(self, process: int) -> str:
        return self.programs.get(process, "")

    def monitors(self) -> Sequence[Rect]:
        # "High DPI Desktop Application Development on Windows": who is not aware is told of a smaller desktop.
        by = 1 if self.aware else self.scale
        return [Rect(one.left // by, one.top // by, one.width // by, one.height // by) for one in self.places]

    def input_desktop(self) -> str:
        return self.desktop_with_keyboard

    def session_locked(self) -> bool:
        return self.locked

    def saver(self) -> bool:
        return self.saving

    def lit(self) -> bool:
        return self.on

    def ticks(self) -> int:
        return round(self.clock() * 1000) % TICKS

    def last_input(self) -> int:
        return round(self.touched * 1000) % TICKS

    def pixels(self, rect: Rect) -> bytes:
        self.grabbed.append(rect)
        cells = np.zeros((rect.height, rect.width, 4), np.uint8)
        for one in reversed(self.things):
            part = clipped(one.rect, rect)
            if part is not None and self.visible(one.hwnd) and not one.withheld:
                rows = slice(part.top - rect.top, part.bottom - rect.top)
                cells[rows, part.left - rect.left : part.right - rect.left, 2::-1] = colour(one.hwnd)
        return cells.tobytes()


class WindowsWorld:
    """Does to the made-up Windows what a person does, and tells what Windows tells."""

    settles = False

    def __init__(self, *, listen: bool = True, scale: int = 1) -> None:
        self.clock = Clock()
        self.calls = FakeWindows(self.clock, scale=scale)
        self.screen = WindowsScreen(self.calls, listen=listen, clock=self.clock)
        self._next = 1
        self._add("explorer.exe", "Program Manager", around(self.calls.places), kind="Progman")
        self._add("explorer.exe", "", Rect(0, 760, 1280, 40), kind="Shell_TrayWnd", style=Style.TOPMOST)

    def _add(self, program: str, title: str, rect: Rect, kind: str = "Window", style: int = 0) -> int:
        hwnd, self._next = self._next, self._next + 1
        pid = 100 * hwnd
        self.calls.programs[pid] = program
        place = 0 if style & Style.TOPMOST else len(self._topmost())
        self.calls.things.insert(place, Thing(hwnd, program, title, rect, pid, kind=kind, style=style))
        return hwnd

    def _topmost(self) -> list[Thing]:
        return [one for one in self.calls.things if one.style & Style.TOPMOST]

    def thing(self, window: int) -> Thing:
        found = self.calls.thing(window)
        assert found is not None
        return found

    def open(self, app: str, title: str, left: int = 100, top: int = 100) -> int:
        hwnd = self._add(f"{app}.exe", title, Rect(left, top, 600, 400))
        self.calls.tell(Event.SHOW, hwnd)
        self._to_front(hwnd)
        return hwnd

    def open_unknown(self) -> int:
        hwnd = self.open("gone", "who is it?")
        del self.calls.programs[self.pid(hwnd)]
        return hwnd

    def pid(self, window: int) -> int:
        return self.thing(window).pid

    def _to_front(self, window: int) -> None:
        self.calls.front = window
        self.calls.tell(Event.FOREGROUND, window)

    def activate(self, window: int) -> None:
        one = self.thing(window)
        self.calls.things.remove(one)
        self.calls.things.insert(0 if one.style & Style.TOPMOST else len(self._topmost()), one)
        self._to_front(window)

    def keep_on_top(self, window: int) -> None:
        one = self.thing(window)
        one.style |= Style.TOPMOST
        self.calls.things.remove(one)
        self.calls.things.insert(0, one)

    def move(self, window: int, left: int, top: int) -> None:
        one = self.thing(window)
        one.rect = Rect(left, top, one.rect.width, one.rect.height)
        self.calls.tell(Event.LOCATION_CHANGE, window)

    def minimise(self, window: int) -> None:
        self.thing(window).iconic = True
        self.calls.tell(Event.MINIMIZE_START, window)

    def retitle(self, window: int, title: str) -> None:
        self.thing(window).title = title
        self.calls.tell(Event.NAME_CHANGE, window)

    def close(self, window: int) -> None:
        self.calls.tell(Event.HIDE, window)
        self.calls.things.remove(self.thing(window))
        if self.calls.front == window:
            self.calls.front = 0

    def lock(self) -> None:
        # "OpenInputDesktop function": another desktop than ours is not opened.
        self.calls.desktop_with_keyboard, self.calls.locked = "", True

    def unlock(self) -> None:
        self.calls.desktop_with_keyboard, self.calls.locked = "Default", False

    def press_key(self, key: str) -> None:
        assert key
        for flags in (0, Key.RELEASED):
            self.calls.touch(keyboard=True, flags=flags)

    def click(self) -> None:
        for flags in (0x0001, 0x0002):  # the left button pressed, and released
            self.calls.touch(keyboard=False, flags=flags)

    def scroll(self) -> None:
        self.calls.touch(keyboard=False, flags=Mouse.WHEEL & 0x0400)

    def shown(self, window: int, rect: Rect) -> Image:
        return np.full((rect.height, rect.width, 3), colour(window), np.uint8)
