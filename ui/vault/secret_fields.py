"""Fields for passphrases: the present one, a new one typed twice, and whether they are shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ui import theme
from ui.switch import Switch

HIDDEN, SHOWN = QLineEdit.EchoMode.Password, QLineEdit.EchoMode.Normal
DIFFERENT = "The two new passphrases are not the same. Type the same twice."


class SecretFields(QWidget):
    """Any of: the passphrase of now, a new one twice."""

    entered = Signal()
    """Enter was pressed in a field."""

    def __init__(self, *, current: bool, new: bool) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        self._rows = QFormLayout()
        self._rows.setSpacing(2 * theme.GRID)
        column.addLayout(self._rows)
        self._fields: list[QLineEdit] = []
        self.current = self._field("Passphrase" if not new else "Present passphrase") if current else None
        self.new = self._field("New passphrase") if new else None
        self.again = self._field("The same again") if new else None
        self.show_typed = Switch("Show what I type")
        self.show_typed.toggled.connect(self._show_typed)
        column.addWidget(self.show_typed)
        self.show_typed.setVisible(bool(self._fields))

    def current_text(self) -> str:
        """Return the present passphrase as typed; empty where it is not asked for."""
        return self.current.text() if self.current else ""

    def new_text(self) -> str:
        """Return the new passphrase as typed; empty where none is asked for."""
        return self.new.text() if self.new else ""

    def problem(self) -> str:
        """Return what is wrong with what was typed, or nothing."""
        from companion.unlocking import LEAST_PASSPHRASE  # imported by now, off this thread

        if self.current is not None and not self.current.text():
            return "Type the passphrase."
        if self.new is None or self.again is None:
            return ""
        if len(self.new.text()) < LEAST_PASSPHRASE:
            return f"A passphrase has at least {LEAST_PASSPHRASE} characters; a few words are best."
        return "" if self.new.text() == self.again.text() else DIFFERENT

    def describe(self, problem: str) -> None:
        """Have a screen reader say what is wrong when it comes back to a field."""
        for field in self._fields:
            field.setAccessibleDescription(problem)

    def clear(self) -> None:
        """Forget what was typed."""
        for field in self._fields:
            field.clear()

    def take_focus(self) -> None:
        """Be ready to be typed into, over what is there."""
        if self._fields:
            self._fields[0].setFocus(Qt.FocusReason.OtherFocusReason)
            self._fields[0].selectAll()

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setEchoMode(HIDDEN)
        field.setAccessibleName(name)
        field.returnPressed.connect(self.entered)
        label = QLabel(name)
        label.setBuddy(field)
        label.setMinimumHeight(field.sizeHint().height())
        self._rows.addRow(label, field)
        self._fields.append(field)
        return field

    def _show_typed(self, shown: bool) -> None:
        for field in self._fields:
            field.setEchoMode(SHOWN if shown else HIDDEN)
