"""What of an object's own text is in view. A buffer of ten megabytes is never asked for whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.halving import first_where, stretch_around
from companion.capture.accessible.node import ON_SCREEN, rect_of
from companion.capture.accessible.scrolling import scroll_bar
from companion.capture.types import Rect

TEXT = "org.a11y.atspi.Text"

#: Characters asked for without looking which are in view: about what a screen holds.
AT_ONCE = 4_000

#: Characters of one object at most, to either side of the first found in view; a screen of small print holds fewer.
LONGEST = 40_000

#: Longest text that is read only to count its lines, and how much of it at once: Qt takes some 100 µs for that.
LINES_IN = 200_000
SLICE = 20_000

_STEPS = 2  # characters tried beside one that has no extent, such as the end of a line
_HEIGHTS = (0.5, 0.1, 0.9, 0.3, 0.7)  # where text is looked for; a short line leaves some of them empty
_LOWEST_LINE = 6  # pixels


@dataclass(frozen=True, slots=True)
class Passage:
    """Some text of an object, and whether all in view is in it."""

    text: str
    whole: bool


async def passage(bus: AccessibilityBus, ref: Ref, clip: Rect) -> Passage | None:
    """Return an object's own text as far as it is in view, None when it has none to ask for."""
    count = await bus.get(ref, TEXT, "CharacterCount")
    if count is None:
        return None
    if count <= AT_ONCE:
        return await _between(bus, ref, 0, count)
    return await _LongText(bus, ref, clip, count).in_view()


@dataclass(frozen=True, slots=True)
class _LongText:
    bus: AccessibilityBus
    ref: Ref
    clip: Rect
    count: int

    async def in_view(self) -> Passage:
        async for place in self._guesses():
            if 0 <= place < self.count and await self._shows(place):
                return await self._around(place)
        return await self._by_lines()

    async def _guesses(self) -> AsyncIterator[int]:
        """Yield places that can be in view, the cheapest guesses first."""
        for height in _HEIGHTS:
            point = (self.clip.left + 8, self.clip.top + round(self.clip.height * height))
            answer = await self.bus.ask(self.ref, TEXT, "GetOffsetAtPoint", "iiu", *point, ON_SCREEN)
            if answer:
                yield answer[0]
        yield int(await self.bus.get(self.ref, TEXT, "CaretOffset") or 0)
        yield await first_where(self.count, self._reaches_into)

    async def _by_lines(self) -> Passage:
        """Return the lines in view as the scroll bar counts them.

        Qt's editor of plain text answers no question about places rightly, as it takes lines scrolled for pixels
        scrolled. Its bar stands on the first line in view and ends as many lines early as fit into the view.
        """
        scrolled = await scroll_bar(self.bus, self.ref) if self.count <= LINES_IN else None
        if scrolled is None:
            return Passage("", False)
        slices = [
            await _between(self.bus, self.ref, start, min(start + SLICE, self.count))
            for start in range(0, self.count, SLICE)
        ]
        lines = "".join(one.text for one in slices).split("\n")
        shown = len(lines) - round(scrolled.most)
        # Wrapped lines are more than the lines of the text: then nothing can be said.
        known = all(one.whole for one in slices) and 0 < shown <= self.clip.height / _LOWEST_LINE
        first = round(scrolled.at)
        shown += first < scrolled.most  # the foot of the last page stays empty
        return Passage("\n".join(lines[first : first + shown]), True) if known else Passage("", False)

    async def _around(self, place: int) -> Passage:
        low, high = max(0, place - LONGEST), min(self.count, place + LONGEST)
        seen = await stretch_around(place, low, high, self._shows)
        found = await _between(self.bus, self.ref, seen.start, seen.stop)
        cut = (low > 0 and seen.start == low) or (high < self.count and seen.stop == high)
        return Passage(found.text, found.whole and not cut)

    async def _reaches_into(self, offset: int) -> bool:
        rect = await self._place(offset)
        return rect is not None and rect.bottom > self.clip.top + 1

    async def _shows(self, offset: int) -> bool:
        rect = await self._place(offset)
        return rect is not None and rect.bottom > self.clip.top + 1 and rect.top < self.clip.bottom - 1

    async def _place(self, offset: int) -> Rect | None:
        """Return where a character lies, or the next one that has a place."""
        for at in range(offset, min(offset + _STEPS, self.count)):
            answer = await self.bus.ask(self.ref, TEXT, "GetCharacterExtents", "iu", at, ON_SCREEN)
            if answer is None:
                return None
            left, top, width, height = answer
            # The end of a line has a height and no width.
            rect = rect_of((left, top, max(width, 1), height))
            if rect is not None:
                return rect
        return None


async def _between(bus: AccessibilityBus, ref: Ref, start: int, end: int) -> Passage:
    if end <= start:
        return Passage("", True)
    answer = await bus.ask(ref, TEXT, "GetText", "ii", start, end)
    return Passage(str(answer[0]), True) if answer else Passage("", False)
