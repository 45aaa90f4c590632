"""A frame whose page's address is not to be kept: it also stands in the browser's own bar, and in titles. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import unquote

from companion.capture.accessible.reading import UNTOLD, Block, Reading
from companion.capture.accessible.text import joined
from companion.capture.programs import is_browser
from companion.capture.sites import host_of
from companion.capture.tabs import hung, of_browser
from companion.capture.types import Frame, Rect

HIDDEN = "[address]"

SHORTEST = 4  # characters; what is left of a shorter address stands everywhere

#: Units of the browser's own (`Reading.ratio`) from the top of its window down that hold its tabs and its bar, and how
#: many pixels one has where nobody says.
TOOLBARS, PIXELS = 96, 2.0


def hidden(frame: Frame) -> Frame:
    """Return a frame without the address of its page, whose picture will be black where the browser shows it.

    That is the bar it is written into; where the browser does not tell of one, all there is at the top of its window;
    and what it hangs over its page, as the card of a tab says whose page it is. While the bar is written into,
    addresses are suggested below it, nobody tells where: there is no picture then, and none of the browser's own words.
    """
    window = frame.window
    browser = is_browser(window.app)
    if not window.url and not browser:
        return frame
    title = window.title
    for form in _forms(window.url):
        title = title.replace(form, HIDDEN)
    before = frame.reading or UNTOLD
    bars = _bars(before, window.url, browser=browser)
    reading = _without(before, [*bars, *(_suggested(before, frame.popups, bars) if browser else ())])
    if browser:
        reading = replace(reading, hidden=(*reading.hidden, *frame.popups))
    if browser and window.rect is not None and not (bars and all(bar.rect is not None for bar in bars)):
        reading = replace(reading, hidden=(*reading.hidden, _top(window.rect, reading.ratio)))
    told = reading if frame.reading is not None or reading.hidden else None
    image = None if browser and before.writing else frame.image
    return replace(frame, image=image, window=replace(window, url="", title=title), reading=told)


def _bars(reading: Reading, url: str, *, browser: bool) -> list[Block]:
    """Return what the browser itself says of an address. A page may say what it likes."""
    own = (block for block in reading.blocks if not block.document)
    return [block for block in own if (browser and block.editable) or _tells(block, url)]


def _suggested(reading: Reading, popups: Sequence[Rect], bars: Sequence[Block]) -> list[Block]:
    """Return what else of a browser itself may say an address: of another page, or one that it suggests."""
    said = of_browser(reading) if reading.writing else hung(reading, popups)
    return [block for block in said if not any(block is bar for bar in bars)]


def _without(reading: Reading, bars: Sequence[Block]) -> Reading:
    """Return a reading in which some blocks are hidden, and no address is left."""
    left = tuple(block for block in reading.blocks if not any(block is bar for bar in bars))
    places = tuple(block.rect for block in bars if block.rect is not None)
    if bars:
        reading = replace(reading, text=joined(left), blocks=left, hidden=(*reading.hidden, *places))
    return replace(reading, url="", within=())


def _top(window: Rect, ratio: float) -> Rect:
    height = math.ceil(TOOLBARS * (ratio or PIXELS))
    return Rect(window.left, window.top, window.width, min(height, window.height))


def _tells(block: Block, url: str) -> bool:
    if not url:
        return False
    text = block.text.strip()
    on_its_host = " " not in text and bool(host_of(url)) and host_of(text) == host_of(url)
    return on_its_host or any(form in text for form in _forms(url))


def _forms(url: str) -> Iterator[str]:
    """Yield how browsers write an address, the longest first."""
    for whole in filter(None, dict.fromkeys((url, unquote(url)))):
        short = whole.split("://", 1)[-1]
        forms = dict.fromkeys((whole, short, short.removeprefix("www."), short.removeprefix("www.").rstrip("/")))
        yield from (form for form in forms if len(form) >= SHORTEST)
