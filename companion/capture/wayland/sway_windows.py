"""The active window under sway, what could lie over it, and when that changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from companion.capture.screen import NOTHING, Happened, Sight
from companion.capture.titles import normalised_title
from companion.capture.types import Rect, Trigger, Window
from companion.capture.wayland.names import by_other_name
from companion.capture.wayland.sway_ipc import Ask, Event, Kind, Sway
from companion.capture.wayland.sway_tree import Desk, Shown, desk

#: Seconds for which the screen may still show what was there before. Sway changes its tree at once, its picture when
#: all windows have drawn themselves anew or 200 ms are over; a second change waits for the first. The rest is room.
SETTLED = 0.6

#: Seconds after which what happened is told though windows still move.
LONGEST = 2.0

#: What happens to a window without anything of it moving.
_STILL = frozenset({"title", "urgent", "mark"})


class SwayWindows:
    """Looks at windows, never at pixels."""

    def __init__(self, sway: Sway, clock: Callable[[], float] = time.monotonic) -> None:
        self._sway, self._clock = sway, clock
        self._seen: Shown | None = None
        self._heard: list[Event] = []  # not yet told to whoever waits
        self._moved = float("-inf")  # when something last came, went or moved
        self._sights = (float("-inf"), float("-inf"))  # when the last but one was made, and the last

    @property
    def seen(self) -> Shown | None:
        """The active window of the last sight."""
        return self._seen

    def lit(self) -> bool:
        """Whether any output is on."""
        return self._desk().lit

    def outputs(self) -> tuple[Rect, ...]:
        """Return where the outputs lie."""
        return self._desk().outputs

    def sight(self) -> Sight:
        """Return what is active now."""
        self._sights = (self._sights[1], self._clock())
        now = self._desk()
        self._seen = now.focused
        if self._seen is None or self._seen.window.rect is None:
            return NOTHING
        window = self._seen.window
        others = [one for one in now.shown if one.id != self._seen.id and one.reach.overlaps(self._seen.window.rect)]
        over = [name for one in others for name in _whose(one)]
        # Sway raises a floating window that is given the attention.
        above = tuple(one.reach for one in others if one.floating and not self._seen.floating)
        return Sight(self._seen.id, window, (*by_other_name(window), *over), above=above)

    def disturbed(self) -> bool:
        """Whether anything came, went or moved since the last sight but one, or so short before that it may show."""
        self._listen()
        return self._moved >= self._sights[0] - SETTLED

    def happened(self) -> list[Happened]:
        """Return what happened since this was last asked, without waiting; what moves is told when it came to rest."""
        self._listen()
        if self.settles() > 0.0:
            return []
        heard, self._heard = self._heard, []
        return list(_told(heard, self._seen))

    def settles(self) -> float:
        """Return in how many seconds `happened` will tell what it keeps back; 0 when it keeps nothing back."""
        if not self._heard:
            return 0.0
        rests = min(self._moved + SETTLED, self._heard[0].time + LONGEST)
        return max(0.0, rests - self._clock())

    def waiting(self) -> bool:
        """Whether `happened` has something to tell now."""
        return self._sway.waiting() or (bool(self._heard) and self.settles() == 0.0)

    def _desk(self) -> Desk:
        return desk(self._sway.ask(Ask.TREE))

    def _listen(self) -> None:
        for event in self._sway.events():
            self._heard.append(event)
            if event.kind is not Kind.WINDOW or event.what not in _STILL:
                self._moved = event.time


def _whose(one: Shown) -> tuple[Window, ...]:
    """Return a window under all its names, in all its reach: above the active one, or beneath if that shines through.

    What ticks in its title is no reason to look again.
    """
    still = replace(one.window, title=normalised_title(one.window.title), rect=one.reach)
    return (still, *by_other_name(still))


def _told(events: Iterable[Event], seen: Shown | None) -> Iterable[Happened]:
    for event in events:
        if event.kind is not Kind.WINDOW or event.what not in _STILL:
            yield Happened(Trigger.SWITCHED, event.time)
        elif event.what == "title" and seen is not None and event.about["container"]["id"] == seen.id:
            title = event.about["container"]["name"] or ""
            if normalised_title(title) != normalised_title(seen.window.title):
                yield Happened(Trigger.TITLED, event.time)
