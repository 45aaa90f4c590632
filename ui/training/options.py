"""What there is to train, each with its sentence, and why it cannot be trained now where it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from ui import theme
from ui.settings.sources import sentence

if TYPE_CHECKING:
    from companion.feedback.port import Option

_INDENT = 6 * theme.GRID


class TrainingOptions(QWidget):
    """One of them is chosen; arrows go from one to the next."""

    chosen = Signal(object)
    """An `Option`."""

    def __init__(self) -> None:
        super().__init__()
        self._options: tuple[Option, ...] = ()
        self._group = QButtonGroup(self)
        self.rows: dict[str, TrainingOptionRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 2 * theme.GRID, 0)
        self._column.setSpacing(4 * theme.GRID)
        self.setAccessibleName("What to train")

    @property
    def option(self) -> Option | None:
        """What is chosen; None where nothing can be."""
        return next((one for one in self._options if self.rows[one.name].button.isChecked()), None)

    def show_options(self, options: Sequence[Option]) -> None:
        """Offer these; what was chosen stays so while it can be trained."""
        if tuple(options) == self._options:
            return
        before = self.option
        if [one.name for one in options] != list(self.rows):
            self._make(options)
        self._options = tuple(options)
        for one in options:
            self.rows[one.name].show_option(one)
        possible = [one for one in options if not one.obstacle]
        kept = next((one for one in possible if before is not None and one.name == before.name), None)
        self._choose(kept or next(iter(possible), None))

    def take_focus(self) -> None:
        """Begin at what is chosen."""
        button = self._group.checkedButton()
        if button is not None:
            button.setFocus()

    def _choose(self, option: Option | None) -> None:
        self._group.setExclusive(option is not None)
        for name, row in self.rows.items():
            row.button.setChecked(option is not None and name == option.name)
        self._group.setExclusive(True)
        self.chosen.emit(option)

    def _make(self, options: Sequence[Option]) -> None:
        for row in self.rows.values():
            self._group.removeButton(row.button)
            row.deleteLater()
        self.rows = {}
        while self._column.takeAt(0) is not None:
            pass
        for one in options:
            row = self.rows[one.name] = TrainingOptionRow()
            self._group.addButton(row.button)
            row.button.clicked.connect(lambda: self.chosen.emit(self.option))
            self._column.addWidget(row)
        self._column.addStretch()


class TrainingOptionRow(QWidget):
    """One of them."""

    def __init__(self) -> None:
        super().__init__()
        self.button = QRadioButton()
        self.button.setFont(theme.font(self.font(), "strong"))
        self.said = sentence("", base=self)
        self.note = sentence("", base=self)
        self.obstacle = sentence("", look="caution", base=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.button)
        for part in (self.said, self.note, self.obstacle):
            part.setContentsMargins(_INDENT, 0, 0, 0)
            column.addWidget(part)

    def show_option(self, option: Option) -> None:
        """Show this."""
        self.button.setText(option.title)
        self.button.setEnabled(not option.obstacle)
        self.button.setAccessibleDescription(" ".join(filter(None, (option.sentence, option.note, option.obstacle))))
        _say(self.said, option.sentence)
        _say(self.note, "" if option.obstacle else option.note)
        _say(self.obstacle, option.obstacle)


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
