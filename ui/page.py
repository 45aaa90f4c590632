"""What the first-run pages have in common: a heading, a sentence under it, a column."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from ui import theme
from ui.switch import Switch

Look = Literal["", "soft", "caution", "problem"]


class Page(QWidget):
    """One page; `column` takes what it is about."""

    def __init__(self, heading: str, lead: str) -> None:
        super().__init__()
        self.heading = heading
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(3 * theme.GRID)
        self.column.addWidget(self.sentence(heading, role="headline"))
        self.column.addWidget(self.sentence(lead, look="soft"))
        self.column.addSpacing(theme.GRID)

    def sentence(self, text: str, *, look: Look = "", role: theme.TypeRole = "body") -> QLabel:
        """Return a wrapped label, not yet placed."""
        label = QLabel(text)
        label.setFont(theme.font(self.font(), role))
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("look", look)
        return label

    def card(self, *parts: QWidget) -> QFrame:
        """Place a framed group of parts and return it."""
        frame = QFrame()
        frame.setProperty("look", "card")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(*(4 * (4 * theme.GRID,)))
        inner.setSpacing(2 * theme.GRID)
        for part in parts:
            inner.addWidget(part)
        self.column.addWidget(frame)
        return frame

    def switch(self, text: str, *, on: bool) -> Switch:
        """Return a switch, not yet placed."""
        box = Switch(text)
        box.setFont(theme.font(self.font(), "strong"))
        box.setChecked(on)
        return box
