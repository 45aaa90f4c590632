"""A question in its place, with two answers; Enter and Escape do nothing that cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from ui import theme
from ui.settings.sources import sentence


class TrainingQuestion(QWidget):
    """Hidden until something is asked."""

    def __init__(self) -> None:
        super().__init__()
        self._on_yes: Callable[[], None] = lambda: None
        self._on_no: Callable[[], None] = lambda: None
        self.text: QLabel = sentence("", look="", base=self)
        self.yes, self.no = QPushButton(), QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(self.text, 1)
        for button in (self.no, self.yes):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.no.clicked.connect(lambda: self._answer(self._on_no))
        self.yes.clicked.connect(lambda: self._answer(self._on_yes))
        self.hide()

    def ask(
        self, text: str, *, yes: str, no: str, on_yes: Callable[[], None], on_no: Callable[[], None] = lambda: None
    ) -> None:
        """Ask this."""
        self._on_yes, self._on_no = on_yes, on_no
        self.text.setText(text)
        self.yes.setText(yes)
        self.no.setText(no)
        for button in (self.yes, self.no):
            button.setAccessibleDescription(text)
        self.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def drop(self) -> None:
        """Ask no more."""
        self.hide()

    def _answer(self, act: Callable[[], None]) -> None:
        self.hide()
        act()
