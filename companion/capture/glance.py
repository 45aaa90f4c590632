"""One glance at one window: decided before anything is read, when its page is known, and again after its pixels."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from companion.capture.lately import LatelyKeptOut
from companion.capture.password_places import PasswordPlaces
from companion.capture.privacy import NO_WINDOW, Rules
from companion.capture.screen import Screen, Sight
from companion.capture.tabs import untold, without_others
from companion.capture.texts import Texts
from companion.capture.titles import normalised_title
from companion.capture.types import Frame, Image, Rect, Window

if TYPE_CHECKING:
    from companion.capture.accessible.reading import Reading

MOVING = "The windows changed while they were being looked at."
SETTLING = "A window that is left out was there a moment ago, and what came after it may not be painted yet."
NOTHING_TOLD = "Its program tells no text, and pictures are not recorded."
SILENT = "Its program told what it shows before and does not answer now: where its password fields are is not known."
UNKNOWN = "Whether its program tells where its password fields are is not known: the desktop did not answer in time."


class Glance:
    """Takes glances at windows of one screen.

    Parameters
    ----------
    texts
        What programs tell of their windows.
    pictures
        Whether pixels may be read at all.
    clock
        UTC seconds since 1970.
    passwords
        What is known of password fields from before.

    Attributes
    ----------
    ended
        Whether looking has ended meanwhile: then no pixel is read any more.

    """

    def __init__(
        self, rules: Rules, texts: Texts, *, pictures: bool, clock: Callable[[], float], passwords: PasswordPlaces
    ) -> None:
        self._rules, self._texts, self._pictures, self._clock = rules, texts, pictures, clock
        self._passwords, self._kept_out = passwords, LatelyKeptOut()
        self.ended: Callable[[], bool] = lambda: False

    def beside(self) -> Glance:
        """Return one for the other monitors: a window that is left out there is none that was here a moment ago."""
        other = Glance(self._rules, self._texts, pictures=self._pictures, clock=self._clock, passwords=self._passwords)
        other.ended = self.ended
        return other

    def decide(self, sight: Sight) -> str | None:
        """Return why the window of a sight may not be looked at now, None when it may."""
        refused = self._rules.decide(sight.window, sight.overlapping)
        if refused is not None:
            self._kept_out.keep_out(sight)
            return refused
        rect = sight.window.rect if self._pictures and sight.window is not None else None  # only pixels are another's
        return SETTLING if rect is not None and self._kept_out.may_show(rect, time.monotonic()) else None

    def take(
        self,
        screen: Screen,
        sight_of: Callable[[], Sight],
        before: Sight,
        meanwhile: Callable[[], bool] = lambda: True,
    ) -> Frame | str:
        """Return what the window of ``before`` shows, which was decided about, or why it is not looked at.

        ``sight_of`` says anew what there is to be seen of it; it must be as it was before. ``meanwhile`` says whether
        anything happened since it was decided about; where nobody can say, it is taken to have.
        """
        if before.window is None:
            return NO_WINDOW
        reading = self._read(before.window, before)
        window = _told(before.window, reading)
        name, within = (reading.name, reading.within) if reading is not None else ("", ())
        refused = self._rules.decide_address(window, name=name, within=within)
        if refused is not None:
            self._kept_out.keep_out(before)
            return refused
        image = self._grabbed(screen, window, reading)
        if not self._still_allowed(screen, before, sight_of()):
            return MOVING
        if reading is None or not reading.told:
            unknown = SILENT if window.pid in self._passwords.telling else NOTHING_TOLD
            unknown = UNKNOWN if reading is not None and not reading.complete else unknown
            told = untold(reading, window, self._rules, before.popups)
            return unknown if image is None else self._frame(image, window, told, before)
        if image is not None and (reading.private or meanwhile()):
            return self._read_again(image, window, reading, before)
        return self._frame(image, window, reading, before)

    def _frame(self, image: Image | None, window: Window, reading: Reading | None, before: Sight) -> Frame:
        return Frame(image, self._clock(), window, reading=reading, popups=before.popups, above=before.above)

    def _read(self, window: Window, before: Sight) -> Reading | None:
        reading = self._texts.read(window)
        if reading is None or not reading.told:
            return reading
        if reading.complete or reading.blocks:  # else it did not answer, and may be one that tells nothing
            self._passwords.telling.add(window.pid)
        return without_others(self._passwords.guarded(window, reading), window, self._rules, before.popups)

    def _read_again(self, image: Image, window: Window, reading: Reading, before: Sight) -> Frame | str:
        """Return a frame whose window tells after its pixels were read what it told before, or its newer text alone."""
        again = self._read(window, before)
        if again is None or not again.complete or _page(again) != _page(reading):
            return MOVING  # where the fields nobody may see were as the pixels were read is not known
        # Where they stand, too: what is secret, and what is not to be seen at all, is told by its place.
        same = (again.blocks, again.drawn, again.hidden) == (reading.blocks, reading.drawn, reading.hidden)
        return self._frame(image if same else None, window, again, before)

    def _grabbed(self, screen: Screen, window: Window, reading: Reading | None) -> Image | None:
        """Return the pixels of a window whose program told where its password fields are, if it tells anything."""
        told = reading if reading is not None and reading.told else None
        silent = window.pid not in self._passwords.telling and (reading is None or reading.complete)
        known = told.complete if told is not None else silent
        wanted = self._pictures and known and not self.ended()
        return screen.grab(window.rect) if wanted and window.rect is not None else None

    def _still_allowed(self, screen: Screen, before: Sight, after: Sight) -> bool:
        """Whether what was read shows what was decided about, and the decision would still be the same."""
        if before.id != after.id or before.window is None or after.window is None or screen.asleep():
            return False
        if before.window.rect is not None and screen.disturbed(before.window.rect):
            return False
        if before.retitled != after.retitled and before.window.title == after.window.title:
            return False  # as when another tab was in front and went again; else something in the title went on
        same = (before.window.rect, normalised_title(before.window.title), before.overlapping, before.above) == (
            after.window.rect,
            normalised_title(after.window.title),
            after.overlapping,
            after.above,  # none where a compositor held the pixels apart, which it may have ceased to do
        )
        return same and self._rules.decide(after.window, after.overlapping) is None


def _told(window: Window, reading: Reading | None) -> Window:
    """Return the window with the address its program tells."""
    return window if reading is None or not reading.url else replace(window, url=reading.url)


def _page(reading: Reading) -> tuple[str, frozenset[str], frozenset[Rect]]:
    """Return which page it is and where its password fields lie; they are told in no order."""
    return reading.url, frozenset(reading.within), frozenset(reading.private)


def is_same(before: Window, now: Window) -> bool:
    """Whether it is the same window with the same content by name."""
    return (before.app, before.pid, before.rect) == (now.app, now.pid, now.rect) and (
        normalised_title(before.title) == normalised_title(now.title)
    )
