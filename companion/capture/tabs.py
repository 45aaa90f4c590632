"""Tabs that are not in front: of pages nobody decided about, whose titles are in the picture and in the text."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from companion.capture.accessible.reading import UNTOLD, Reading
from companion.capture.accessible.roles import Role
from companion.capture.accessible.text import joined
from companion.capture.privacy import Rules
from companion.capture.private_windows import PRIVATE_WINDOWS
from companion.capture.programs import is_browser
from companion.capture.title_patterns import first_that_fits, folded
from companion.capture.types import Rect, Window

#: Units of a browser's own (`Reading.ratio`) from the top of its window down that hold its tabs, and how many pixels
#: one has where nobody says.
STRIP, PIXELS = 46, 2.0

#: What browsers put between the title of a page and their own name.
_ENDING = re.compile(r"\s[-–—]\s(?!.*\s[-–—]\s).*$")  # noqa: RUF001


def without_others(reading: Reading, window: Window, rules: Rules) -> Reading:
    """Return a reading without the tabs that may be of a page or document which is left out; black where they are.

    In a browser these are all that are not in front, where any site or title is left out; elsewhere those whose title
    is. Of a browser that tells nothing, all tabs are black.
    """
    ruled = is_browser(window.app) and bool(rules.exclude_sites or _own(rules))
    if not reading.told:
        return replace(reading, hidden=(*reading.hidden, *_strip(window, reading.ratio))) if ruled else reading
    tabs = [block for block in reading.blocks if block.role == Role.PAGE_TAB and not block.document]
    others = [
        tab
        for tab in tabs
        if (ruled and not _in_front(tab.text, window.title)) or first_that_fits(rules.exclude_titles, tab.text)
    ]
    if not others:
        return reading
    left = tuple(block for block in reading.blocks if not any(block is one for one in others))
    places = tuple(one.rect for one in others if one.rect is not None)
    complete = reading.complete and len(places) == len(others)
    return replace(reading, text=joined(left), blocks=left, hidden=(*reading.hidden, *places), complete=complete)


def untold(reading: Reading | None, window: Window, rules: Rules) -> Reading | None:
    """Return what there is to know of a browser's window that tells nothing of what it shows; None of other windows."""
    return without_others(reading or UNTOLD, window, rules) if is_browser(window.app) else None


def _own(rules: Rules) -> set[str]:
    """Return the titles that a person left out, beside those of private windows."""
    return {folded(one.strip()) for one in rules.exclude_titles} - set(map(folded, PRIVATE_WINDOWS)) - {""}


def _in_front(tab: str, title: str) -> bool:
    """Whether a tab is that of the page a window is called by; Chromium says more behind it, such as its memory."""
    page = folded(_ENDING.sub("", title)).strip()
    said = folded(tab).strip()
    return bool(page) and (said == page or said.startswith(f"{page} - "))


def _strip(window: Window, ratio: float) -> tuple[Rect, ...]:
    if window.rect is None:
        return ()
    height = min(window.rect.height, math.ceil(STRIP * (ratio or PIXELS)))
    return (Rect(window.rect.left, window.rect.top, window.rect.width, height),)
