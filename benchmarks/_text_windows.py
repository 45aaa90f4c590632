"""Real windows of known text on a private desktop: what they show, and what that says."""

from __future__ import annotations

import json
import random
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json import decoder
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "companion" / "accessible")]

from desktop import Desktop, wait_until  # noqa: E402 it lies beside the tests

SCREEN = "1920x1080x24"
WINDOW = (1000, 640)  # pixels
SANS, SERIF, MONO = "DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"
XTERM_COLOURS = {False: ("-bg", "white", "-fg", "black"), True: ("-bg", "#1c1c1c", "-fg", "#d0d0d0")}
FIELDS = [
    ["Name", "Adaeze Okafor"],
    ["Street", "Lindenstraße 14b"],
    ["City", "89073 Ulm"],
    ["E-mail", "okafor@example.org"],
    ["Phone", "+49 731 5550137"],
    ["Order number", "INV-20931/4"],
    ["Amount", "1,284.50 EUR"],
    ["Delivered", "14.03.2026 09:41"],
    ["Remark", "Please ring twice; the bell sticks."],
]

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shown:
    """A window's picture ``uint8[height, width, 3]``, and its lines in reading order."""

    name: str
    image: Pixels
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks in a window."""

    font: str
    points: int
    dark: bool = False

    def __str__(self) -> str:
        return f"{self.font} {self.points} pt{' on dark' * self.dark}"


def prose(seed: int, columns: int, count: int) -> list[str]:
    """Return so many lines of prose, broken at a column."""
    pages = (ROOT / "tests" / "corpus" / "pages.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [page["text"] for page in map(json.loads, pages) if page["split"] == "test"]
    random.Random(seed).shuffle(texts)  # noqa: S311 an order, no secret
    lines = [line for text in texts for part in text.split("\n") for line in textwrap.wrap(part, columns)]
    return lines[:count]


def code(start: int, count: int) -> list[str]:
    """Return so many lines of Python's own library."""
    lines = Path(decoder.__file__).read_text(encoding="utf-8").split("\n")
    return [line.rstrip()[:100] for line in lines[start : start + count]]


def all_windows(desktop: Desktop) -> Iterator[Shown]:
    """Yield windows of three toolkits in several typefaces and sizes, light and dark."""
    qt = [Look(SANS, 9), Look(SERIF, 11), Look(SANS, 10, dark=True), Look(SANS, 14), Look(SERIF, 12, dark=True)]
    for number, look in enumerate(qt):
        yield qt_window(desktop, f"prose, {look}", look, [prose(number, 88 - 2 * look.points, 26)])
    for number, look in enumerate([Look(MONO, 9, dark=True), Look(MONO, 10), Look(MONO, 12)]):
        yield qt_window(desktop, f"code, {look}", look, [code(10 + 60 * number, 26)])
    for number, look in enumerate([Look(SERIF, 10), Look(SANS, 11, dark=True)]):
        text = prose(10 + number, 40, 52)
        yield qt_window(desktop, f"two columns, {look}", look, [text[:26], text[26:]])
    for look in (Look(SANS, 10), Look(SANS, 12, dark=True)):
        yield form(desktop, f"form, {look}", look)
    for number, look in enumerate(
        [Look(MONO, 9), Look(MONO, 10, dark=True), Look(MONO, 12), Look(MONO, 14, dark=True)]
    ):
        yield terminal(desktop, f"terminal, {look}", look, prose(20 + number, 80, 22))
    yield gtk_window(desktop, "GTK", prose(30, 60, 16))


def qt_window(desktop: Desktop, name: str, look: Look, columns: Sequence[Sequence[str]]) -> Shown:
    """Return a Qt window with columns of text."""
    window = _qt(desktop, name, {"columns": columns}, look)
    return Shown(name, _still(desktop, window), [line for column in columns for line in column])


def form(desktop: Desktop, name: str, look: Look) -> Shown:
    """Return a Qt window with fields and their labels."""
    window = _qt(desktop, name, {"fields": FIELDS}, look)
    return Shown(name, _still(desktop, window), [" ".join(field) for field in FIELDS])


def terminal(desktop: Desktop, name: str, look: Look, lines: list[str]) -> Shown:
    """Return a terminal that shows lines."""
    window = open_terminal(desktop, name, look, lines, "84x24+10+10")
    return Shown(name, _still(desktop, window), lines)


def gtk_window(desktop: Desktop, name: str, lines: list[str]) -> Shown:
    """Return a GTK window that shows lines, above its buttons."""
    window = desktop.open_text_window("\n".join(lines), title=name, size=(700, 480))
    return Shown(name, _still(desktop, window), [*lines, "Cancel OK"])


def open_terminal(desktop: Desktop, title: str, look: Look, lines: list[str], geometry: str) -> str:
    """Open a terminal without a cursor; what is written to its file is shown as it comes. Returns its window."""
    page = file_of(desktop, title)
    page.write_text("\n".join(lines), encoding="utf-8")
    font = ("-fa", look.font, "-fs", str(look.points))
    show = ("sh", "-c", f"printf '\\033[?25l'; exec tail -n +1 -f '{page}'")
    options = (*font, *XTERM_COLOURS[look.dark], "-geometry", geometry, "-T", title)
    desktop.start("xterm", *options, "-e", *show)
    return desktop.await_active(title)


def file_of(desktop: Desktop, title: str) -> Path:
    """Return what a terminal shows the end of."""
    return desktop.home / f"{title}.txt"


def _qt(desktop: Desktop, title: str, told: dict[str, object], look: Look) -> str:
    page = desktop.home / f"{title}.json"
    looks = {"font": look.font, "points": look.points, "dark": look.dark, "size": WINDOW}
    page.write_text(json.dumps(told | looks), encoding="utf-8")
    desktop.start(sys.executable, str(Path(__file__).with_name("_text_window.py")), title, str(page))
    return desktop.await_active(title)


def _still(desktop: Desktop, window: str) -> Pixels:
    """Return what a window shows once it has painted and stands still."""
    wait_until(lambda: desktop.colours(window) > 2, "something in the window")  # noqa: PLR2004 two are an empty one
    return still(desktop, window)


def still(desktop: Desktop, window: str) -> Pixels:
    """Return what a window shows when that stays the same for a while."""
    seen = [desktop.pixels(window)]

    def same() -> bool:
        desktop.run("sleep", "0.4")
        seen.append(desktop.pixels(window))
        return seen[-1].shape == seen[-2].shape and bool((seen[-1] == seen[-2]).all())

    wait_until(same, "the window to stand still")
    return seen[-1]
