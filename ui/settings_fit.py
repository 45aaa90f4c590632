"""Windows that stay as high as their wrapped sentences need: Qt asks for that only once, and not beyond a limit."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget


def grow(window: QWidget, event: QEvent) -> None:
    """Make ``window`` high enough after something in it was laid out anew. It is never made smaller."""
    if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
        needed = window.heightForWidth(window.width())
        if needed > window.height():
            window.resize(window.width(), needed)
