"""The screen of macOS. Untried on hardware."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from companion.capture.beat import Beat
from companion.capture.geometry import around, clipped
from companion.capture.hands import BURST
from companion.capture.macos.calls import Calls, Notification
from companion.capture.macos.hands import Hands
from companion.capture.macos.pixels import image_of
from companion.capture.macos.sight import Shown, covered, rect_of, shown, sight
from companion.capture.screen import NOTHING, Happened, Sight
from companion.capture.titles import normalised_title
from companion.capture.types import CaptureError, Image, Rect, Trigger

#: Seconds between two questions for windows and counts: usually, and while keys are pressed, for their rhythm.
_STEP = 0.25
_STEP_TYPING = 0.025

MAY_NOT_SEE = (
    "macOS does not let Companion see the screen. Allow it in System Settings, Privacy & Security, "
    "Screen & System Audio Recording, then start Companion again."
)
MAY_NOT_FOLLOW = (
    "macOS does not let Companion ask programs what they show, so another title or page is not noticed at once. "
    "Allow it in System Settings, Privacy & Security, Accessibility, then start Companion again."
)


class MacScreen:
    """Satisfies `companion.capture.screen.Screen`. Everything is done by the thread that enters it.

    Parameters
    ----------
    calls
        MacOS.
    listen
        Whether the person agreed that keys and clicks are counted. Where not, the counts are not looked at.
    clock
        Seconds that never go back.

    """

    def __init__(self, calls: Calls, *, listen: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls, self._listen, self._clock = calls, listen, clock
        self._beat = Beat(clock(), told=listen)
        self._hands: Hands | None = None
        self._typed = float("-inf")
        self._ids: tuple[int, ...] = ()
        self._last = NOTHING
        self._seen: tuple[list[Shown], list[Shown]] = ([], [])  # at the last sight but one, and at the last

    def __enter__(self) -> Self:
        if not self._calls.may_see():
            self._calls.ask_to_see()
            raise CaptureError(MAY_NOT_SEE)
        self._ids = self._calls.window_ids()
        self._hands = Hands(self._calls, self._clock) if self._listen else None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._calls.follow(0)

    @property
    def limits(self) -> str:
        """What cannot be known here, in words; empty where everything can."""
        return "" if self._calls.may_follow() else MAY_NOT_FOLLOW

    def asleep(self) -> bool:
        """Whether the session is locked or another's, the display sleeps or a screen saver hides one."""
        return self._locked() or self._calls.dark() or covered(shown(self._calls.windows()), self._displays())

    def idle(self) -> float:
        """Return seconds since the person last touched anything."""
        return self._calls.idle()

    def sight(self) -> Sight:
        """Return what is active now, and follow its program."""
        windows = shown(self._calls.windows())
        self._seen = (self._seen[1], windows)
        self._last = sight(windows, self._displays(), self._calls.executable)
        self._calls.follow(self._last.window.pid if self._last.window is not None else 0)
        return self._last

    def grab(self, rect: Rect) -> Image | None:
        """Return what the window last seen shows of ``rect``, without anything else there.

        None when it has gone, and where displays went, so that ``rect`` is not on the desktop any more.
        """
        if clipped(rect, around(self._displays())) != rect:
            return None
        picture = self._calls.picture(self._last.id, rect) if self._last.id else None
        if picture is None:
            if not self._calls.may_see():
                raise CaptureError(MAY_NOT_SEE)
            return None
        image = image_of(picture, rect)
        if image is not None:
            self._beat.read(image, self._clock())
        return image

    @property
    def tells_changes(self) -> bool:
        """False: what changes is not told here."""
        return False

    def disturbed(self, rect: Rect) -> bool:
        """Whether other windows lay over ``rect`` at the last sight than at the one before.

        What came and went between the two is not told by macOS. It could not be in the picture either, which `grab`
        asks of one window alone.
        """
        before, now = (self._over(windows, rect) for windows in self._seen)
        return before != now

    def wait(self, seconds: float) -> Sequence[Happened]:
        """Wait until something happens, at most this long, and return what did."""
        due = self._clock() + seconds
        said = self._calls.run(0.0)
        while True:
            now = self._clock()
            heard = self._beat.after(self._happened(said, now), now, self.idle())
            if heard or now >= due:
                return heard
            step = _STEP_TYPING if now - self._typed < BURST else _STEP
            said = self._calls.run(min(step, due - now))

    def _happened(self, said: Sequence[str], now: float) -> list[Happened]:
        found = [*self._windows_changed(now), *self._told(said, now)]
        hands = self._hands.new() if self._hands is not None else []
        if hands and not self._locked():  # else it is a password
            found += hands
            self._typed = max([self._typed, *(what.time for what in hands if what.trigger is Trigger.TYPED)])
        return found

    def _windows_changed(self, now: float) -> list[Happened]:
        before, self._ids = self._ids, self._calls.window_ids()
        return [Happened(Trigger.SWITCHED, now)] if before != self._ids else []

    def _told(self, said: Sequence[str], now: float) -> list[Happened]:
        found = []
        if Notification.FOCUSED_WINDOW in said:
            found.append(Happened(Trigger.SWITCHED, now))
        if Notification.TITLE in said and self._says_something_else():
            found.append(Happened(Trigger.TITLED, now))
        if Notification.LOADED in said:
            found.append(Happened(Trigger.LOADED, now))
        return found

    def _says_something_else(self) -> bool:
        """Whether the title is another: many things in a window have one, and they all say when it changes."""
        before = self._last.window.title if self._last.window is not None else ""
        titles = [window.title for window in shown(self._calls.windows()) if window.id == self._last.id]
        return any(normalised_title(title) != normalised_title(before) for title in titles)

    def _over(self, windows: Sequence[Shown], rect: Rect) -> list[tuple[int, Rect]]:
        """Return what lies over the active window where ``rect`` is, and all of it where that window is missing."""
        ids = [window.id for window in windows]
        place = ids.index(self._last.id) if self._last.id in ids else len(windows)
        return [(window.id, window.rect) for window in windows[:place] if window.rect.overlaps(rect)]

    def _locked(self) -> bool:
        """Whether the session is locked, or does not have the displays."""
        session = self._calls.session()
        if session is None or not session.get("kCGSSessionOnConsoleKey", False):
            return True
        return bool(session.get("CGSSessionScreenIsLocked", False))

    def _displays(self) -> list[Rect]:
        return [rect_of(*bounds) for bounds in self._calls.displays()]
