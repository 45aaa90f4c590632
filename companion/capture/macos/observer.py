"""What the program in front says of itself, by this thread's own run loop. Nothing here runs elsewhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from companion.capture.macos.calls import Notification

_SUCCESS = 0  # kAXErrorSuccess


class Observer:
    """Follows one process at a time; made and used by one thread. Without the permission Accessibility it is silent."""

    def __init__(self) -> None:
        import ApplicationServices
        import CoreFoundation
        import objc

        self._services: Any = ApplicationServices
        self._core: Any = CoreFoundation
        self._process = 0
        self._observer: Any = None
        self._said: list[str] = []

        def hear(_observer: Any, _element: Any, name: Any, _context: Any) -> None:
            self._said.append(str(name))

        self._callback: Any = objc.callbackFor(ApplicationServices.AXObserverCreate)(hear)  # a method cannot be one

    def follow(self, process: int) -> None:
        """Hear this process, and no other; 0 for none."""
        if process == self._process:
            return
        if self._observer is not None:
            self._core.CFRunLoopRemoveSource(*self._place())
        self._process, self._observer = process, None
        self._said.clear()
        if process:
            self._begin(process)

    def run(self, seconds: float) -> Sequence[str]:
        """Wait until something is said, at most this long, and return what was."""
        mode = self._core.kCFRunLoopDefaultMode
        if self._core.CFRunLoopRunInMode(mode, seconds, True) == self._core.kCFRunLoopRunFinished:
            time.sleep(seconds)  # there is nothing that could say anything
        said, self._said = self._said, []
        return said

    def _begin(self, process: int) -> None:
        error, observer = self._services.AXObserverCreate(process, self._callback, None)
        if error != _SUCCESS:
            return  # it has ended, or macOS does not let us: `Calls.may_follow` says so
        element = self._services.AXUIElementCreateApplication(process)
        for name in (Notification.TITLE, Notification.FOCUSED_WINDOW, Notification.LOADED):
            # Programs need not know of all of them.
            self._services.AXObserverAddNotification(observer, element, name, None)
        self._observer = observer
        self._core.CFRunLoopAddSource(*self._place())

    def _place(self) -> tuple[Any, Any, Any]:
        source = self._services.AXObserverGetRunLoopSource(self._observer)
        return self._core.CFRunLoopGetCurrent(), source, self._core.kCFRunLoopDefaultMode
