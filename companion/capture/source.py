"""Frames of the active window of any desktop, looked at when something calls for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import takewhile

import numpy as np

from companion.capture.attended import NOBODY, Attended
from companion.capture.beside import Beside
from companion.capture.change import MOVED_ON, changed_share
from companion.capture.glance import MOVING, NOTHING_TOLD, SETTLING, SILENT, UNKNOWN, Glance, is_same
from companion.capture.hands import Counter
from companion.capture.password_places import PasswordPlaces
from companion.capture.privacy import NO_WINDOW, Rules, is_private
from companion.capture.screen import Happened, Screen, TextSource, TypedSource
from companion.capture.texts import Texts
from companion.capture.triggers import Triggers, is_there
from companion.capture.types import Frame, Hands, Skipped, Trigger, Window
from companion.capture.written import Written

#: Seconds after which a wait looks whether it should stop.
_STOP_EVERY = 0.25

LOCKED = "The screen is locked or asleep."
NOBODY_THERE = "Nobody touched anything for two minutes."

#: Why nothing is looked at, though no rule says so.
NOT_PRIVATE = (LOCKED, NOBODY_THERE, MOVING, SETTLING, NOTHING_TOLD, SILENT, UNKNOWN)


class ScreenSource:
    """Yields what a look found, whenever something calls for one.

    While the picture rests, the frame carries the *same image object* as the one before, with the new time: no more
    than a sign of life. Whether a window may be looked at is decided before anything is read, again when its page's
    address is known, and again after its pixels were read; when anything moved over it in between, the frame is
    dropped, a `Skipped` says so, and another look follows soon.

    Parameters
    ----------
    open_screen
        The desktop; raises `CaptureError`.
    open_texts
        What programs tell of their windows; None where nothing is to be asked. ``limits`` says where it cannot be had.
    open_typed
        What programs tell of what is typed into their windows; None where nothing of it is kept. Handed out is what was
        typed between two looks at the same page of the same window, both of which were allowed.
    pictures
        Whether pixels may be read at all.
    passwords
        What is known of password fields from before; nothing when None.
    attended
        Hears of what the hands do, and of the program and page that may be looked at.
    clock
        UTC seconds since 1970.

    """

    def __init__(
        self,
        rules: Rules,
        *,
        open_screen: Callable[[], Screen],
        open_texts: Callable[[], TextSource] | None = None,
        open_typed: Callable[[], TypedSource] | None = None,
        pictures: bool = True,
        passwords: PasswordPlaces | None = None,
        attended: Attended = NOBODY,
        clock: Callable[[], float] = time.time,
        name: str = "screen",
    ) -> None:
        self.name = name
        self._attended = attended
        self._clock, self._open_screen = clock, open_screen
        self._texts, self._written = Texts(open_texts), Written(open_typed)
        self._glance = Glance(
            rules, self._texts, pictures=pictures, clock=clock, passwords=passwords or PasswordPlaces()
        )
        self._triggers, self._hands = Triggers(), Counter()
        self._last: Frame | None = None
        self._page: Window | None = None  # what was allowed at the look before, also where windows moved since
        self._titled = self._titled_now = 0  # `Sight.retitled` at the look before that was allowed, and at the newest
        self._tried = float("inf")  # since when a look is called for that came to nothing so far, UTC seconds
        self._screen_limits = ""

    @property
    def limits(self) -> str:
        """What cannot be seen here, and how to mend it; empty where everything can."""
        return " ".join(filter(None, (self._screen_limits, self._texts.limits, self._written.limits)))

    def frames(self, stop: threading.Event) -> Iterator[Frame | Skipped]:
        """Yield what is seen until ``stop`` is set; raises `CaptureError`, after which it can be called again."""
        self._last, self._page, self._triggers, self._hands = None, None, Triggers(), Counter()
        self._glance.ended = stop.is_set
        self._happened(Happened(Trigger.STARTED, time.monotonic()))
        beside = Beside(self._glance.beside(), self._clock)
        try:
            with closing(self._written), closing(self._texts), self._open_screen() as screen:
                self._written.open()
                while not stop.is_set():
                    now = time.monotonic()
                    since = self._triggers.since(now)
                    why = self._triggers.due(now, screen.idle)
                    if why:
                        self._screen_limits = getattr(screen, "limits", "")
                        seen = self._look(screen, why, self._clock() - (now - since))
                        if stop.is_set():
                            break  # what was seen meanwhile may be what nobody may see any more
                        yield seen
                        yield from takewhile(lambda _: not stop.is_set(), beside.look(screen, why))
                    self._wait(screen)
        finally:
            self._attended.window("", "", time.monotonic())  # where the attention is now is nobody's business

    def _wait(self, screen: Screen) -> None:
        for what in screen.wait(min(self._triggers.wait(time.monotonic()), _STOP_EVERY)):
            self._happened(what)

    def _happened(self, what: Happened) -> None:
        self._triggers.happened(what)
        self._hands.add(what)
        self._written.happened(what)
        self._attended.happened(what.trigger, what.time)

    def _look(self, screen: Screen, why: tuple[Trigger, ...], since: float) -> Frame | Skipped:
        before, seen, hands = self._last, self._seen(screen, why), self._hands.take()
        since, self._tried = min(since, self._tried), float("inf")
        if isinstance(seen, str):
            self._last = None
            if seen == MOVING and self._triggers.again(why, time.monotonic()):
                self._tried = since
            elif seen == SETTLING:
                self._triggers.soon(why, time.monotonic())
                self._tried = since
            else:
                self._triggers.looked(time.monotonic(), restless=False)
            if seen == NOBODY_THERE:
                self._triggers.happened(Happened(Trigger.CHANGED, time.monotonic()))  # for whoever comes back
            if seen != MOVING:
                self._page = None
                self._written.drop()
                self._attended.window("", "", time.monotonic())
            private = seen not in NOT_PRIVATE and is_private(seen)
            return Skipped(self._clock(), seen, private=private, triggers=why, triggered=since)
        if before is None or before.window.pid != seen.window.pid or before.window.app != seen.window.app:
            hands = Hands()  # of another window, which may be one that nothing is kept of
        self._attended.window(seen.window.app, seen.window.url, time.monotonic())
        return replace(seen, triggers=why, triggered=since, hands=hands, typed=self._typed(seen.window, why))

    def _typed(self, window: Window, why: tuple[Trigger, ...]) -> str:
        """Return what was typed since the look before into what was allowed then as now; of all else nothing stays."""
        before, self._page = self._page, window
        titled, self._titled = self._titled, self._titled_now
        stayed = before is not None and is_same(before, window) and before.url == window.url
        if before is not None and before.title == window.title:
            stayed = stayed and titled == self._titled  # else another tab may have been in front meanwhile
        if not stayed or {Trigger.TITLED, Trigger.LOADED} & set(why):
            self._written.drop()
            return ""
        return self._written.take(window)

    def _seen(self, screen: Screen, why: tuple[Trigger, ...]) -> Frame | str:
        """Return what is seen now, or why nothing is."""
        if screen.asleep():
            return LOCKED
        if not is_there(screen.idle()):
            return NOBODY_THERE
        before = screen.sight()
        self._titled_now = before.retitled
        refused = self._glance.decide(before)
        if refused is not None or before.window is None:
            return refused or NO_WINDOW
        if why == (Trigger.RESTED,) and self._last is not None and is_same(self._last.window, before.window):
            self._triggers.looked(time.monotonic(), restless=False)
            self._last = replace(self._last, time=self._clock())  # what had changed would have said so
            return self._last
        seen = self._glance.take(screen, screen.sight, before, lambda: self._meanwhile(screen))
        return seen if isinstance(seen, str) else self._compared(seen, why)

    def _meanwhile(self, screen: Screen) -> bool:
        """Take in what happened during a look; returns whether anything did, or nobody can say."""
        happened = screen.wait(0.0)
        for what in happened:
            self._happened(what)
        return bool(happened) or not screen.tells_changes

    def _compared(self, seen: Frame, why: tuple[Trigger, ...]) -> Frame:
        """Return a frame with the image object of the one before where it is the same, and let the pace follow it."""
        last = self._last.image if self._last is not None and is_same(self._last.window, seen.window) else None
        image, restless = seen.image, False
        if last is not None and image is not None:
            image = last if np.array_equal(last, image) else image
            restless = changed_share(last, image) > MOVED_ON
        in_vain = why == (Trigger.CHANGED,) and image is not None and image is last
        self._triggers.looked(time.monotonic(), restless=restless, in_vain=in_vain)
        self._last = replace(seen, image=image)
        return self._last
