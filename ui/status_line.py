"""What the program is doing, at the bottom of a window."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from ui import theme
from ui.headset.words import headset_word
from ui.state_icon import sign
from ui.view_state import ViewState

_SIGN_SIZE = 16


class StatusLine(QWidget):
    """The state's sign and its sentence, and words on focus and the headset that open their windows."""

    focus_wanted = Signal()
    headset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, margin: int = 3 * theme.GRID) -> None:
        super().__init__(parent)
        self.sign = QLabel()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setFont(theme.font(self.font(), "small"))
        self.focus, self.headset = self._word(self.focus_wanted), self._word(self.headset_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(margin, 2 * theme.GRID, margin, 2 * theme.GRID)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.headset, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.focus, 0, Qt.AlignmentFlag.AlignTop)

    def show_state(self, state: ViewState) -> None:
        """Show this state."""
        self.sign.setPixmap(sign(state.activity, _SIGN_SIZE, self.devicePixelRatioF(), deep=state.deep))
        self.sign.setAccessibleName(f"{state.activity or 'starting'}{', deep focus' if state.deep else ''}")
        self.focus.setText(state.focus_word)
        self.focus.setToolTip(f"{state.focus} Opens Focus.")
        self.focus.setAccessibleName(f"Focus: {state.focus_word}")
        self.focus.setVisible(bool(state.focus_word))
        self.headset.setText(headset_word(state))
        self.headset.setToolTip(f"{state.headset} Opens Headset.")
        self.headset.setVisible(bool(headset_word(state)))
        self.sentence.setText(state.sentence)
        self.setToolTip(state.headset)

    def _word(self, wanted: SignalInstance) -> QPushButton:
        word = QPushButton()
        word.setProperty("look", "word")
        word.setFont(self.sentence.font())
        word.clicked.connect(wanted)
        word.hide()
        return word
