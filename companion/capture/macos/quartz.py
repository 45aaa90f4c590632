"""macOS's own functions, called as their documentation says. Nothing is decided here, and nothing runs elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psutil  # type: ignore[import-untyped]  # it ships no types

from companion.capture.macos.calls import Picture, Touch
from companion.capture.macos.observer import Observer
from companion.capture.types import CaptureError, Rect

MISSING = "The screen of macOS needs pyobjc: pip install pyobjc-framework-Quartz pyobjc-framework-ApplicationServices."

_MOST_DISPLAYS = 32
_NO_WINDOW = 0  # kCGNullWindowID


class Mac:
    """Satisfies `companion.capture.macos.calls.Calls`; its methods are explained there. Raises `CaptureError`.

    What macOS hands out is let go of at the end of each call: this thread has no loop that would do it.
    """

    def __init__(self) -> None:
        try:
            import ApplicationServices
            import objc
            import Quartz
        except ImportError as error:
            raise CaptureError(MISSING) from error
        self._quartz: Any = Quartz
        self._services: Any = ApplicationServices
        self._pool: Any = objc.autorelease_pool
        self._observer = Observer()

    def may_see(self) -> bool:  # noqa: D102
        return bool(self._quartz.CGPreflightScreenCaptureAccess())

    def ask_to_see(self) -> None:  # noqa: D102
        self._quartz.CGRequestScreenCaptureAccess()

    def may_follow(self) -> bool:  # noqa: D102
        return bool(self._services.AXIsProcessTrusted())

    def window_ids(self) -> tuple[int, ...]:  # noqa: D102
        with self._pool():
            on_screen = self._quartz.kCGWindowListOptionOnScreenOnly
            return tuple(int(one) for one in self._quartz.CGWindowListCreate(on_screen, _NO_WINDOW) or ())

    def windows(self) -> Sequence[Mapping[str, Any]]:  # noqa: D102
        with self._pool():
            on_screen = self._quartz.kCGWindowListOptionOnScreenOnly
            found = self._quartz.CGWindowListCopyWindowInfo(on_screen, _NO_WINDOW) or ()
            return [{**one, "kCGWindowBounds": dict(one["kCGWindowBounds"])} for one in found]

    def displays(self) -> Sequence[tuple[float, float, float, float]]:  # noqa: D102
        _, displays, number = self._quartz.CGGetActiveDisplayList(_MOST_DISPLAYS, None, None)
        bounds = [self._quartz.CGDisplayBounds(display) for display in displays[:number]]
        return [(one.origin.x, one.origin.y, one.size.width, one.size.height) for one in bounds]

    def session(self) -> Mapping[str, Any] | None:  # noqa: D102
        with self._pool():
            told = self._quartz.CGSessionCopyCurrentDictionary()
            return dict(told) if told is not None else None

    def dark(self) -> bool:  # noqa: D102
        return bool(self._quartz.CGDisplayIsAsleep(self._quartz.CGMainDisplayID()))

    def count(self, touch: Touch) -> int:  # noqa: D102
        state = self._quartz.kCGEventSourceStateHIDSystemState
        return int(self._quartz.CGEventSourceCounterForEventType(state, touch))

    def since(self, touch: Touch) -> float:  # noqa: D102
        state = self._quartz.kCGEventSourceStateHIDSystemState
        return float(self._quartz.CGEventSourceSecondsSinceLastEventType(state, touch))

    def idle(self) -> float:  # noqa: D102
        state, anything = self._quartz.kCGEventSourceStateHIDSystemState, self._quartz.kCGAnyInputEventType
        return float(self._quartz.CGEventSourceSecondsSinceLastEventType(state, anything))

    def executable(self, process: int) -> str:  # noqa: D102
        try:
            return str(psutil.Process(process).exe())
        except psutil.Error:
            return ""

    def picture(self, window: int, rect: Rect) -> Picture | None:
        """Return what a window itself shows of ``rect``.

        "CGWindowListCreateImage", with the option for one window alone and one pixel a point. It is deprecated since
        macOS 14 in favour of ScreenCaptureKit, which answers on a queue of its own.
        """
        quartz = self._quartz
        with self._pool():
            image = quartz.CGWindowListCreateImage(
                quartz.CGRectMake(rect.left, rect.top, rect.width, rect.height),
                quartz.kCGWindowListOptionIncludingWindow,
                window,
                quartz.kCGWindowImageBoundsIgnoreFraming
                | quartz.kCGWindowImageShouldBeOpaque
                | quartz.kCGWindowImageNominalResolution,
            )
            if image is None:
                return None
            data = bytes(quartz.CGDataProviderCopyData(quartz.CGImageGetDataProvider(image)))
            width, height = quartz.CGImageGetWidth(image), quartz.CGImageGetHeight(image)
            return Picture(data, width, height, quartz.CGImageGetBytesPerRow(image))

    def follow(self, process: int) -> None:  # noqa: D102
        self._observer.follow(process)

    def run(self, seconds: float) -> Sequence[str]:  # noqa: D102
        with self._pool():
            return self._observer.run(seconds)
