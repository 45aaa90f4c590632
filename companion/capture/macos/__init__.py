"""The screen of macOS and the text of its windows. Contract-tested, untried on hardware."""

from __future__ import annotations

from companion.capture.screen import Screen, TextSource


def open_screen(*, listen: bool) -> Screen:
    """Return the screen of this session, to be entered and used by one thread.

    Raises `CaptureError`, here where a library is missing, on entering where the permission Screen Recording is.

    Parameters
    ----------
    listen
        Whether the person agreed that keys and clicks are counted.

    """
    from companion.capture.macos.quartz import Mac
    from companion.capture.macos.screen import MacScreen

    return MacScreen(Mac(), listen=listen)


def open_texts() -> TextSource:
    """Return what programs tell of their windows; raises `CaptureError` without the permission Accessibility."""
    from companion.capture.macos.ax import Ax
    from companion.capture.macos.texts import MacTexts

    return MacTexts(Ax())
