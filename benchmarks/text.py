"""Text of the screen: how much of it is read rightly, and what it costs where little changed.

Windows of known text in three toolkits (`_text_windows.py`) are read from their pixels, and by what their programs tell
of them. A terminal as large as the screen then shows what reading costs: one line changed, scrolled, seen again, each
beside a whole reading of the same picture, in processor time of this process (planning, finding, recognising).
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import partial
from typing import TypeVar

import numpy as np
from _text_windows import MONO, SCREEN, Look, Pixels, all_windows, file_of, open_terminal, prose, still
from accessible_desk import AccessibleDesk, accessible_desk, similarity, start_sample
from desktop import Desktop, wait_until
from PIL import Image
from qt_sample import TITLE as QT_SAMPLE

from companion.capture.accessible.text import joined
from companion.capture.reuse import Read, done, plan
from companion.figures import Bar, report
from embeddings.reading.ocr import TextReader, as_text

LEAST_OCR, LEAST_TOLD, MOST_OF_WHOLE = 0.95, 0.98, 0.03
CHANGES = 8  # lines changed one after the other
LARGE, LARGE_TITLE, LARGE_SCREEN = Look(MONO, 10), "large", "2000x1200x24"  # room for the window's frame
COLUMNS, ROWS = 239, 63  # of a terminal of 1920 by 1080 pixels
SCROLLED = 3  # lines
DOCUMENT = "Page"
QT_PARTS = ("label", "edit", "button", "box", "items", "table", "rich", "plain", "scrolled")
# The browser shows nothing but our own page, so that it may run as root, where its sandbox cannot.
CHROMIUM = ("--no-sandbox", "--no-first-run", "--disable-gpu", "--password-store=basic", "--disable-sync")
CHROMIUM += ("--force-renderer-accessibility",)

Result = TypeVar("Result")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--changes", type=int, default=CHANGES, help="lines changed one after the other")
    chosen = options.parse_args()
    reader = TextReader()
    with Desktop(size=SCREEN) as desktop:
        windows = {shown.name: shown for shown in all_windows(desktop)}
    read = {name: alike(as_text(reader.read(shown.image)), shown.lines) for name, shown in windows.items()}
    with Desktop(size=LARGE_SCREEN) as desktop:
        costs = _costs(desktop, chosen.changes)
    told = _told()
    lowest = min(read, key=lambda name: read[name])
    figures = {
        "windows": len(read),
        "ocr_mean": round(statistics.mean(read.values()), 4),
        "ocr_lowest_is_of": lowest,
        **costs,
        **{f"told_{name}": round(value, 4) for name, value in told.items()},
    }
    bars = [
        Bar("similarity of text read from pixels, lowest", round(read[lowest], 4), LEAST_OCR, "least"),
        Bar("similarity of text told by programs, lowest", round(min(told.values()), 4), LEAST_TOLD, "least"),
        Bar("share of a whole reading that one changed line costs", float(costs["changed_line"]), MOST_OF_WHOLE),
    ]
    return report("text", figures, bars)


def alike(text: str, lines: list[str]) -> float:
    """Return the share of characters in common, in order; how many spaces stand in a row does not count."""
    return SequenceMatcher(None, _even(text), _even("\n".join(lines)), autojunk=False).ratio()


def _even(text: str) -> str:
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _costs(desktop: Desktop, changes: int) -> dict[str, float]:
    """Return what reading a picture costs as a share of reading it whole."""
    page = Page(desktop)
    first = page.image()
    whole, _ = _timed(partial(_warm().read, first))
    reader = _warm()
    before = done(plan(None, first), first, reader.read(first))
    known = {"width": first.shape[1], "height": first.shape[0], "lines": len(before.lines)}
    changed, before = _changed_lines(page, reader, before, whole, changes)
    image = page.scrolled(prose(70, COLUMNS - 30, SCROLLED))
    planning, planned = _timed(partial(plan, before, image))
    scrolled, before = _again(reader, before, image)
    seen, _ = _timed(lambda: reader.read(first, plan(None, first).regions))
    return {
        **known,
        "whole_cpu_seconds": round(whole, 2),
        **changed,
        "scrolled": round(scrolled / whole, 4),
        "scrolled_planning_milliseconds": round(1000 * planning, 1),
        "scrolled_lines_kept": len(planned.kept),
        "seen_again": round(seen / whole, 4),
        "like_a_whole_reading_in_the_end": round(similarity(_text(before), as_text(_warm().read(image))), 4),
    }


def _changed_lines(
    page: Page, reader: TextReader, before: Read, whole: float, changes: int
) -> tuple[dict[str, float], Read]:
    """Change lines to others like those of the page, and to the longest; returns the shares, and what is known then."""
    shares: dict[str, list[float]] = {"usual": [], "longest": []}
    planning, regions = [], []
    for change in range(changes):
        texts = prose(50 + change, COLUMNS - 30, 12)
        row = ROWS * (change + 1) // (changes + 1)
        for kind, place, text in (("usual", row, texts[-1]), ("longest", row - 2, max(texts, key=len))):
            image = page.replaced(place, text)
            seconds, planned = _timed(partial(plan, before, image))
            planning.append(seconds)
            regions.append(len(planned.regions))
            seconds, before = _again(reader, before, image)
            shares[kind].append(seconds / whole)
    figures = {
        "changed_line": round(statistics.mean(shares["usual"]), 4),
        "changed_longest_line": round(statistics.mean(shares["longest"]), 4),
        "changed_line_regions": max(regions),
        "changed_line_planning_milliseconds": round(1000 * statistics.mean(planning), 1),
    }
    return figures, before


def _text(read: Read) -> str:
    return as_text(list(read.lines))


class Page:
    """A terminal as large as a screen, full of text that can be changed."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop, self._shown = desktop, file_of(desktop, LARGE_TITLE)
        lines = prose(40, COLUMNS - 30, ROWS)
        self._window = open_terminal(desktop, LARGE_TITLE, LARGE, lines, f"{COLUMNS}x{ROWS}+0+0")
        wait_until(lambda: desktop.colours(self._window) > 2, "the text in the terminal")  # noqa: PLR2004 as above

    def image(self) -> Pixels:
        """Return what it shows once that stands still."""
        return still(self._desktop, self._window)

    def replaced(self, row: int, text: str) -> Pixels:
        """Return what it shows with another text in a row."""
        return self._with(f"\033[{row};1H\033[2K{text}")

    def scrolled(self, lines: list[str]) -> Pixels:
        """Return what it shows with lines more at its end."""
        return self._with(f"\033[{ROWS};1H" + "".join(f"\r\n{line}" for line in lines))

    def _with(self, written: str) -> Pixels:
        before = self._desktop.pixels(self._window)
        with self._shown.open("a", encoding="utf-8") as page:
            page.write(written)
        wait_until(lambda: bool((self._desktop.pixels(self._window) != before).any()), "a change in the terminal")
        return self.image()


def _again(reader: TextReader, before: Read, image: Pixels) -> tuple[float, Read]:
    """Return how long it takes to read what changed, and what is known then."""

    def read() -> Read:
        planned = plan(before, image)
        return done(planned, image, reader.read(image, planned.regions))

    return _timed(read)


def _warm() -> TextReader:
    """Return a reader that is loaded and knows nothing."""
    reader = TextReader()
    reader.read(np.asarray(Image.effect_noise((64, 64), 90).convert("RGB")))
    return reader


def _timed(do: Callable[[], Result]) -> tuple[float, Result]:
    start = time.process_time()
    result = do()
    return time.process_time() - start, result


def _told() -> dict[str, float]:
    """Return how much of what they show programs tell, for Qt, GTK and, where there is one, a browser."""
    with accessible_desk() as desk:
        pid, shown = start_sample(desk)
        parts = [line for part in QT_PARTS for line in shown[part]]
        told = {"qt": similarity(desk.read(pid, QT_SAMPLE).text, "\n".join(parts))}
        lines = prose(80, 60, 12)
        window = desk.desktop.open_text_window("\n".join(lines), title="GTK", size=(700, 480))
        gtk = desk.read(int(desk.desktop.run("xdotool", "getwindowpid", window)), "GTK")
        told["gtk"] = similarity(gtk.text, "\n".join([*lines, "Cancel OK"]))
        if shutil.which("chromium"):
            told["chromium"] = _browser_told(desk)
    return told


def _browser_told(desk: AccessibleDesk) -> float:
    """Return how much of a page a browser tells."""
    lines = prose(90, 70, 12)
    page = desk.desktop.home / "page.html"
    page.write_text(f"<!doctype html><title>{DOCUMENT}</title>" + "".join(f"<p>{line}</p>" for line in lines))
    own = f"--user-data-dir={desk.desktop.home}/chromium"
    pid = desk.start("chromium", *CHROMIUM, own, page.as_uri())
    title = f"{DOCUMENT} - Chromium"
    desk.desktop.await_active(title)

    def whole() -> str:
        text = joined([block for block in desk.read(pid, title).blocks if block.document])
        return text if lines[-1] in text else ""

    return similarity(wait_until(whole, "the page"), "\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
