"""A frame whose page's address is not to be kept: it also stands in the browser's own bar, and in titles. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from companion.capture.accessible.reading import Block, Reading
from companion.capture.accessible.text import joined
from companion.capture.sites import host_of
from companion.capture.types import Frame

HIDDEN = "[address]"

SHORTEST = 4  # characters; what is left of a shorter address stands everywhere


def hidden(frame: Frame) -> Frame:
    """Return a frame without the address of its page; where the browser tells it, its picture will be black there."""
    window = frame.window
    if not window.url:
        return frame
    title = window.title
    for form in _forms(window.url):
        title = title.replace(form, HIDDEN)
    reading = _without(frame.reading, window.url) if frame.reading is not None else None
    return replace(frame, window=replace(window, url="", title=title), reading=reading)


def _without(reading: Reading, url: str) -> Reading:
    """Return a reading in which what the browser itself says of an address is private. A page may say what it likes."""
    bars = [block for block in reading.blocks if not block.document and _tells(block, url)]
    if not bars:
        return reading
    left = tuple(block for block in reading.blocks if block not in bars)
    places = tuple(block.rect for block in bars if block.rect is not None)
    return replace(reading, text=joined(left), blocks=left, private=(*reading.private, *places), url="")


def _tells(block: Block, url: str) -> bool:
    text = block.text.strip()
    on_its_host = " " not in text and bool(host_of(url)) and host_of(text) == host_of(url)
    return on_its_host or any(form in text for form in _forms(url))


def _forms(url: str) -> Iterator[str]:
    """Yield how browsers write an address, the longest first."""
    for whole in dict.fromkeys((url, unquote(url))):
        short = whole.split("://", 1)[-1]
        forms = dict.fromkeys((whole, short, short.removeprefix("www."), short.removeprefix("www.").rstrip("/")))
        yield from (form for form in forms if len(form) >= SHORTEST)
