"""What the program is doing, at the bottom of a window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui import theme
from ui.state_icon import sign
from ui.view_state import ViewState

_SIGN_SIZE = 16


class StatusLine(QWidget):
    """The state's sign and its sentence."""

    def __init__(self, parent: QWidget | None = None, *, margin: int = 3 * theme.GRID) -> None:
        super().__init__(parent)
        self.sign = QLabel()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setFont(theme.font(self.font(), "small"))
        row = QHBoxLayout(self)
        row.setContentsMargins(margin, 2 * theme.GRID, margin, 2 * theme.GRID)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sentence, 1)

    def show_state(self, state: ViewState) -> None:
        """Show this state."""
        self.sign.setPixmap(sign(state.activity, _SIGN_SIZE, self.devicePixelRatioF()))
        self.sign.setAccessibleName(state.activity or "starting")
        self.sentence.setText(state.sentence)
        self.setToolTip(state.headset)
