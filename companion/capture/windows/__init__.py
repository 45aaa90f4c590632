"""The screen of Windows and the text of its windows. Contract-tested, untried on hardware."""

from __future__ import annotations

from companion.capture.screen import Screen, TextSource


def open_screen(*, listen: bool) -> Screen:
    """Return the screen of this session, to be entered and used by one thread; entering raises `CaptureError`.

    Parameters
    ----------
    listen
        Whether the person agreed that keys and clicks are counted.

    """
    from companion.capture.windows.screen import WindowsScreen
    from companion.capture.windows.win32 import Win32

    return WindowsScreen(Win32(), listen=listen)


def open_texts() -> TextSource:
    """Return what programs tell of their windows, for the thread that entered the screen; raises `CaptureError`."""
    from companion.capture.windows.texts import WindowsTexts
    from companion.capture.windows.uia import Uia
    from companion.capture.windows.win32 import Win32

    return WindowsTexts(Win32(), Uia())
