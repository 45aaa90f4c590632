"""A sentence where a list would be, and the button that helps."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.messages import Message


class MessageView(QWidget):
    """Shows one `Message`."""

    chosen = Signal(str)
    """The message's action."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = ""
        self.headline = _words("title", self)
        self.body = _words("body", self)
        self.body.setProperty("look", "soft")
        self.body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton()
        self.button.clicked.connect(lambda: self.chosen.emit(self._action))
        column = QVBoxLayout(self)
        side = 8 * theme.GRID
        column.setContentsMargins(side, 20 * theme.GRID, side, side)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(self.headline)
        column.addWidget(self.body)
        column.addSpacing(2 * theme.GRID)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def show_message(self, message: Message) -> None:
        """Say this."""
        self._action = message.action
        self.headline.setText(message.headline)
        self.body.setText(message.body)
        self.button.setText(message.button)
        self.button.setVisible(bool(message.button))
        self.setAccessibleName(f"{message.headline}. {message.body}")


def _words(role: theme.TypeRole, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)  # a window's title may look like markup
    label.setFont(theme.font(parent.font(), role))
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label
