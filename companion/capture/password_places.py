"""Where password fields were seen: what one of them holds stays a secret when its program shows it in the open."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from companion.capture.accessible.text import joined
from companion.capture.known_fields import KnownFields
from companion.capture.running import Run, Telling, run_of
from companion.capture.titles import normalised_title
from companion.capture.types import Rect, Window

if TYPE_CHECKING:
    from companion.capture.accessible.reading import Block, Reading

#: Windows whose password fields are remembered by their places; the same window under another title counts as another
#: where its program has names for its fields.
WINDOWS = 32

#: Pixels by which a field may differ in place and size once it shows what it holds.
NEAR = 4

_Key = tuple[str, Run, str]


class PasswordPlaces:
    """Remembers password fields by their names, and by where in their windows they lay.

    It outlives the sources that use it: what was a password field before recording was paused is one afterwards.

    Attributes
    ----------
    fields
        Those whose programs have names for them.
    telling
        The programs that told what they show.

    """

    def __init__(self) -> None:
        self.fields, self.telling = KnownFields(), Telling()
        self._known: OrderedDict[_Key, tuple[Rect, ...]] = OrderedDict()

    def guarded(self, window: Window, reading: Reading) -> Reading:
        """Return a reading without the text of fields that were password fields before; they are private now.

        It is not complete where one of them has no place, just went and may be anywhere, or lies elsewhere than it did
        at the reading before: programs tell where things are to be before they draw them there, and after.
        """
        gone = self.fields.see(window.pid, reading.fields)
        titled = normalised_title(window.title) if reading.fields.page else ""  # else there is nothing but the place
        key = window.app, run_of(window.pid), titled
        before = self._known.get(key, ())
        shown = self._shown(window, reading, before)
        private = (*reading.private, *(block.rect for block in shown if block.rect is not None))
        if private and reading.fields.asked:
            self._remember(key, tuple(_inside(window.rect, place) for place in private))
        settled = all(_lies_on(block, window.rect, before) for block in shown)
        complete = reading.complete and not gone and settled
        if not shown:
            return reading if complete == reading.complete else replace(reading, complete=complete)
        left = tuple(block for block in reading.blocks if not any(block is one for one in shown))
        return replace(reading, text=joined(left), blocks=left, private=private, complete=complete)

    def _shown(self, window: Window, reading: Reading, places: tuple[Rect, ...]) -> list[Block]:
        """Return the fields that show what they may not."""
        written = [block for block in reading.blocks if block.editable]
        here = {block.object for block in written if block.object and _lies_on(block, window.rect, places)}
        for name in here:
            self.fields.was_private(name)
        known = self.fields.suspect(window.pid, [block.object for block in written])
        return [block for block in written if block.object in known or _lies_on(block, window.rect, places)]

    def _remember(self, key: _Key, places: tuple[Rect, ...]) -> None:
        self._known[key] = places
        self._known.move_to_end(key)
        while len(self._known) > WINDOWS:
            self._known.popitem(last=False)


def _lies_on(block: Block, window: Rect | None, places: tuple[Rect, ...]) -> bool:
    if block.rect is None:
        return False
    here = _inside(window, block.rect)
    return any(_near(here, place) for place in places)


def _inside(window: Rect | None, place: Rect) -> Rect:
    """Return a place as seen from its window's corner; where that is not known, programs tell it so themselves."""
    if window is None:
        return place
    return Rect(place.left - window.left, place.top - window.top, place.width, place.height)


def _near(one: Rect, other: Rect) -> bool:
    pairs = zip(
        (one.left, one.top, one.right, one.bottom), (other.left, other.top, other.right, other.bottom), strict=True
    )
    return all(abs(here - there) <= NEAR for here, there in pairs)
