"""The CRED-nf checklist of a session: what the program knows, and fields for what only the person does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.settings.sources import sentence

if TYPE_CHECKING:
    from companion.feedback.crednf import Filled

ABOUT = (
    "CRED-nf: what a report of neurofeedback should say (Ros et al. 2020). It was made for studies of groups; for one "
    "person some answers can only be no."
)


class TrainingChecklist(QWidget):
    """Folded until it is asked for."""

    answered = Signal(object)
    """A dict of answers by item."""

    def __init__(self, items: Sequence[Filled]) -> None:
        super().__init__()
        self._count = len(items)
        self.fields: dict[str, QLineEdit] = {}
        self.fold, self.keep, self.all = QPushButton(), QPushButton("Keep my answers"), QWidget()
        inside, column, row = QVBoxLayout(self.all), QVBoxLayout(self), QHBoxLayout()
        for layout in (inside, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(2 * theme.GRID)
        inside.addWidget(sentence(ABOUT, base=self))
        for domain, group in groupby(items, key=lambda one: one.item.domain):
            inside.addWidget(sentence(domain, look="", role="strong", base=self))
            for one in group:
                self._add(inside, one)
        row.addStretch()
        row.addWidget(self.keep)
        inside.addLayout(row)
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.all)
        self.fold.setProperty("look", "word")
        self.keep.setEnabled(False)
        for button in (self.fold, self.keep):
            button.setAutoDefault(False)
        self.fold.clicked.connect(lambda: self.unfold(on=self.all.isHidden()))
        self.keep.clicked.connect(self._keep)
        self.unfold(on=False)

    def unfold(self, *, on: bool) -> None:
        """Show all items, or none."""
        self.all.setVisible(on)
        self.fold.setText(f"{'Hide' if on else 'Show'} the checklist ({self._count} items)")

    def _add(self, inside: QVBoxLayout, one: Filled) -> None:
        asked: QLabel = sentence(f"{one.item.code}  {one.item.text}", look="", base=self)
        inside.addWidget(asked)
        if one.by == "program" and not one.item.hint:
            inside.addWidget(sentence(one.answer, base=self))
            return
        field = self.fields[one.item.code] = QLineEdit(one.answer if one.by == "person" else "")
        field.setPlaceholderText(one.item.hint or "What you know of it")
        field.setAccessibleName(f"{one.item.code} {one.item.text}")
        field.textEdited.connect(lambda: self.keep.setEnabled(True))
        asked.setBuddy(field)
        inside.addWidget(field)

    def _keep(self) -> None:
        self.keep.setEnabled(False)
        self.answered.emit({code: field.text().strip() for code, field in self.fields.items() if field.isModified()})
