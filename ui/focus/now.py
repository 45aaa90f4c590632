"""Focus at the moment: whether, how sure, why; what each part says; who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from companion.focus.types import Mode
from ui import theme
from ui.focus import wording
from ui.focus.part import FocusPart

if TYPE_CHECKING:
    from companion.deep_work.port import DeepWorkState
    from companion.settings import Settings

_MODES = (
    (Mode.AUTOMATIC, "Automatic", "Ctrl+1", "Focus is told by what you do, and by the headset where it is worn"),
    (Mode.ON, "On", "Ctrl+2", "Focus is on for as long as it may last; the tray's menu has shorter times"),
    (Mode.OFF, "Off", "Ctrl+3", "Focus is off, whatever the signs say"),
)


class FocusNow(QWidget):
    """Shows a `DeepWorkState`."""

    mode_wanted = Signal(object)
    """A `Mode`."""

    def __init__(self) -> None:
        super().__init__()
        self.headline = self._words("headline")
        self.why, self.lasting = self._words("body"), self._words("body", look="soft")
        self.notices = self._words("body", look="soft")
        self.eeg, self.behaviour = FocusPart("EEG"), FocusPart("What you do")
        self.modes = {mode: _button(name, keys, tip) for mode, name, keys, tip in _MODES}
        self._group = QButtonGroup(self)
        for mode, button in self.modes.items():
            self._group.addButton(button)
            button.clicked.connect(lambda _on=False, mode=mode: self.mode_wanted.emit(mode))
        self._lay_out()

    def show_state(self, state: DeepWorkState, settings: Settings, now: float) -> None:
        """Show this at ``now`` (UTC seconds)."""
        focus = state.focus
        headline = wording.headline(focus)
        self.headline.setText(headline)
        self.headline.setToolTip(wording.figures(focus))
        self.why.setText(focus.why)
        self.why.setVisible(bool(focus.why))
        self.lasting.setText(wording.lasting(focus, now))
        self.lasting.setVisible(bool(self.lasting.text()))
        self.notices.setText(wording.of_notices(state))
        self.eeg.show_part(focus.eeg, wording.of_eeg(focus), wording.part_figure("EEG", focus.eeg), frozen=focus.frozen)
        self.behaviour.show_part(
            focus.behaviour,
            wording.of_behaviour(focus, settings),
            wording.part_figure("What you do", focus.behaviour),
        )
        self.modes[wording.mode_of(focus)].setChecked(True)
        self.setAccessibleName(f"{headline}. {focus.why}")

    def take_focus(self) -> None:
        """Begin at who decides."""
        checked = self._group.checkedButton()
        if checked is not None:
            checked.setFocus(Qt.FocusReason.OtherFocusReason)

    def _words(self, role: theme.TypeRole, *, look: str = "") -> QLabel:
        label = QLabel()
        label.setFont(theme.font(self.font(), role))
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("look", look)
        return label

    def _lay_out(self) -> None:
        column, parts, row = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        top = QHBoxLayout()
        top.addWidget(self.headline, 1)
        row.setSpacing(theme.GRID)
        for button in self.modes.values():
            row.addWidget(button)
        top.addLayout(row)
        column.addLayout(top)
        column.addWidget(self.why)
        column.addWidget(self.lasting)
        parts.setSpacing(8 * theme.GRID)
        for part in (self.behaviour, self.eeg):
            parts.addWidget(part, 1)
        column.addLayout(parts)
        column.addWidget(self.notices)


def _button(name: str, keys: str, tip: str) -> QPushButton:
    button = QPushButton(name)
    button.setProperty("look", "choice")
    button.setCheckable(True)
    button.setAutoDefault(False)
    button.setShortcut(QKeySequence(keys))
    button.setToolTip(f"{tip} ({keys})")
    button.setAccessibleDescription(tip)
    return button
