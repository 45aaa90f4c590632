"""The end of the windows, while there still is a `QApplication` to end them in."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication


def delete_windows() -> None:
    """Delete every window now.

    A signal connected to a lambda keeps its window alive; left to the interpreter's end, such windows would be
    destroyed after Qt's styles are gone, which crashes.
    """
    for window in QApplication.topLevelWidgets():
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
