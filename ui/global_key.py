"""The key combination that opens recall from anywhere, where the desktop allows one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtGui import QGuiApplication

from companion.capture.types import CaptureError

ELSEWHERE = (
    "No shortcut from here: bind a key to `companion run` in the desktop's keyboard settings; "
    "a second start opens recall."
)


class KeySource(Protocol):
    """What listens for the combination."""

    def start(self) -> None:
        """Begin to listen; raises `CaptureError`."""
        ...

    def stop(self) -> None:
        """Listen no more."""
        ...


def possible() -> bool:
    """Whether this desktop lets a program listen for keys."""
    return QGuiApplication.platformName() == "xcb"


def named(combination: str) -> str:
    """Return a combination as it is shown: ``Ctrl+Alt+Space``."""
    return "+".join(part.strip().capitalize() for part in combination.split("+"))


def listen(combination: str, on_press: Callable[[], None]) -> tuple[KeySource | None, str]:
    """Return what listens and an empty sentence, or None and why nothing does.

    ``on_press`` is called on a thread of its own.
    """
    if not possible():
        return None, ELSEWHERE
    from companion.capture.hotkey_x11 import Hotkey

    try:
        key = Hotkey(combination, on_press)
        key.start()
    except CaptureError as error:
        return None, str(error)
    return key, ""
