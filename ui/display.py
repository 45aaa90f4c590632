"""Whether there is a place for windows, and what to say when there is none. No Qt is imported before it is needed."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping

NO_WINDOWS = 2
"""Exit status when no window can be shown."""
_log = logging.getLogger("qt")


def missing(environment: Mapping[str, str], platform: str) -> str:
    """Return why no window can be shown, or nothing."""
    if platform != "linux" or any(environment.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")):
        return ""
    return (
        "No display was found (neither DISPLAY nor WAYLAND_DISPLAY is set). Start Companion inside a desktop session, "
        "or without windows: companion run --headless"
    )


def explain_failures() -> None:
    """Send Qt's messages to the log, and turn its abort for want of a display into a sentence and exit status 2."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
    }

    def handle(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind == QtMsgType.QtFatalMsg:
            print(_fatal(message), file=sys.stderr, flush=True)
            os._exit(NO_WINDOWS)  # Qt aborts on return, and leaves a core dump in place of a sentence
        _log.log(levels[kind], "%s", message)

    qInstallMessageHandler(handle)


def _fatal(message: str) -> str:
    return (
        f"Qt cannot show windows: {' '.join(message.split())}\n"
        "Start Companion inside a desktop session, or without windows: companion run --headless\n"
        "If this is a desktop session, a system library is missing; on Debian and Ubuntu: "
        "sudo apt-get install libxcb-cursor0 libegl1 libxkbcommon-x11-0"
    )
