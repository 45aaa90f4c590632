"""Tabs that are not in front: of pages nobody decided about, whose titles are in the picture and in the text.

So are the cards that browsers hang below such a tab, with the page in small, and what they suggest below their bar.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from companion.capture.accessible.reading import UNTOLD, Block, Reading
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


def without_others(reading: Reading, window: Window, rules: Rules, popups: Sequence[Rect] = ()) -> Reading:
    """Return a reading without the tabs that may be of a page or document which is left out; black where they are.

    In a browser these are all that are not in front, where any site or title is left out; elsewhere those whose title
    is. Of a browser that tells nothing, all tabs are black. So are the ``popups`` of a browser where anything is left
    out, as cards of tabs are among them; while it is written into its bar the reading is not complete, as nobody tells
    where what it suggests lies.
    """
    ruled = is_browser(window.app) and bool(rules.exclude_sites or _own(rules))
    over = tuple(popups) if ruled else ()
    if not reading.told:
        return replace(reading, hidden=(*reading.hidden, *over, *_strip(window, reading.ratio))) if ruled else reading
    others = [*_tabs(reading, window, rules, ruled=ruled), *(_over(reading, rules, over) if ruled else ())]
    unknown = ruled and reading.writing
    if not others and not over and not unknown:
        return reading
    left = tuple(block for block in reading.blocks if not any(block is one for one in others))
    places = tuple(one.rect for one in others if one.rect is not None)
    complete = reading.complete and len(places) == len(others) and not unknown
    hidden = (*reading.hidden, *places, *over)
    return replace(reading, text=joined(left), blocks=left, hidden=hidden, complete=complete)


def untold(reading: Reading | None, window: Window, rules: Rules, popups: Sequence[Rect] = ()) -> Reading | None:
    """Return what there is to know of a browser's window that tells nothing of what it shows; None of other windows."""
    return without_others(reading or UNTOLD, window, rules, popups) if is_browser(window.app) else None


def _tabs(reading: Reading, window: Window, rules: Rules, *, ruled: bool) -> list[Block]:
    """Return the tabs that go."""
    tabs = [block for block in reading.blocks if block.role == Role.PAGE_TAB and not block.document]
    front = _in_front([tab.text for tab in tabs], window.title) if ruled else set()
    return [tab for tab in tabs if (ruled and tab.text not in front) or first_that_fits(rules.exclude_titles, tab.text)]


def of_browser(reading: Reading) -> list[Block]:
    """Return what a browser says of itself, beside its tabs and its page."""
    return [block for block in reading.blocks if not block.document and block.role != Role.PAGE_TAB]


def hung(reading: Reading, popups: Sequence[Rect]) -> list[Block]:
    """Return what of a browser itself hangs over its page, such as the card of a tab."""
    return [
        block
        for block in of_browser(reading)
        if block.role == Role.TOOL_TIP or any(block.rect is not None and block.rect.overlaps(one) for one in popups)
    ]


def _over(reading: Reading, rules: Rules, popups: Sequence[Rect]) -> list[Block]:
    """Return what of a browser itself hangs over its page: cards, and what it suggests of what is left out."""
    cards = hung(reading, popups)
    said = [block for block in reading.blocks if reading.writing and rules.names(block.text)]
    return [*cards, *(block for block in said if not any(block is one for one in cards))]


def _own(rules: Rules) -> set[str]:
    """Return the titles that a person left out, beside those of private windows."""
    return {folded(one.strip()) for one in rules.exclude_titles} - set(map(folded, PRIVATE_WINDOWS)) - {""}


def _in_front(tabs: Sequence[str], title: str) -> set[str]:
    """Return what the tab of the page says that a window is called by, nothing where several may be the one.

    Chromium says more behind the title, such as how much memory it takes.
    """
    page = folded(_ENDING.sub("", title)).strip()
    same = {tab for tab in tabs if page and folded(tab).strip() == page}
    more = {tab for tab in tabs if page and folded(tab).strip().startswith(f"{page} - ")}
    return same or (more if len(more) == 1 else set())


def _strip(window: Window, ratio: float) -> tuple[Rect, ...]:
    if window.rect is None:
        return ()
    height = min(window.rect.height, math.ceil(STRIP * (ratio or PIXELS)))
    return (Rect(window.rect.left, window.rect.top, window.rect.width, height),)
