"""Where password fields were seen: what one of them holds stays a secret when its program shows it in the open."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from companion.capture.accessible.text import joined
from companion.capture.titles import normalised_title
from companion.capture.types import Rect, Window

if TYPE_CHECKING:
    from companion.capture.accessible.reading import Block, Reading

#: Windows whose password fields are remembered; the same window under another title counts as another.
WINDOWS = 32

#: Pixels by which a field may differ in place and size once it shows what it holds.
NEAR = 4

_Key = tuple[str, int, str]


class PasswordPlaces:
    """Remembers where in their windows password fields lay, and takes any field there for one of them."""

    def __init__(self) -> None:
        self._known: OrderedDict[_Key, tuple[Rect, ...]] = OrderedDict()

    def guarded(self, window: Window, reading: Reading) -> Reading:
        """Return a reading without the text of fields that were password fields before; they are private now."""
        if window.rect is None:
            return reading
        key = window.app, window.pid, normalised_title(window.title)
        known = self._known.get(key, ())
        shown = [block for block in reading.blocks if block.editable and _lies_on(block, window.rect, known)]
        private = (*reading.private, *(block.rect for block in shown if block.rect is not None))
        if private:
            self._remember(key, tuple(_inside(window.rect, place) for place in private))
        if not shown:
            return reading
        left = tuple(block for block in reading.blocks if block not in shown)
        return replace(reading, text=joined(left), blocks=left, private=private)

    def _remember(self, key: _Key, places: tuple[Rect, ...]) -> None:
        self._known[key] = places
        self._known.move_to_end(key)
        while len(self._known) > WINDOWS:
            self._known.popitem(last=False)


def _lies_on(block: Block, window: Rect, places: tuple[Rect, ...]) -> bool:
    if block.rect is None:
        return False
    here = _inside(window, block.rect)
    return any(_near(here, place) for place in places)


def _inside(window: Rect, place: Rect) -> Rect:
    """Return a place as seen from its window's corner."""
    return Rect(place.left - window.left, place.top - window.top, place.width, place.height)


def _near(one: Rect, other: Rect) -> bool:
    pairs = zip(
        (one.left, one.top, one.right, one.bottom), (other.left, other.top, other.right, other.bottom), strict=True
    )
    return all(abs(here - there) <= NEAR for here, there in pairs)
