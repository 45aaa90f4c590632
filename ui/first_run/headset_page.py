"""The choice of a headset, with the fields it needs."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from companion.settings import Settings
from ui import theme
from ui.first_run import headsets
from ui.first_run.headsets import HEADSETS, Headset
from ui.page import Page


class HeadsetPage(Page):
    """One list of names; below it only the fields of the chosen one."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("Which headset?", "You can come back to this at any time.")
        present, values = headsets.find(settings.board, settings.board_params)
        self._params = dict(settings.board_params)
        self._offered = {item.name for item in present.parameters}
        self._settings_headset = present
        self.choice = QComboBox()
        self.choice.setAccessibleName("Headset")
        for headset in HEADSETS:
            self.choice.addItem(headset.label)
        self.choice.setMinimumHeight(9 * theme.GRID)
        self.choice.setMaxVisibleItems(len(HEADSETS))
        self.note = self.sentence("", look="soft")
        self.note.hide()
        self._values = {present.label: values}
        self._form = QWidget()
        self._rows = QFormLayout(self._form)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2 * theme.GRID)
        self.fields: dict[str, QLineEdit] = {}
        self.column.addWidget(self.choice)
        self.column.addWidget(self._form)
        self.column.addWidget(self.note)
        self.column.addStretch()
        self.choice.setCurrentIndex(HEADSETS.index(present))
        self.choice.currentIndexChanged.connect(self._show_fields)
        self._show_fields()

    @property
    def headset(self) -> Headset:
        """What is chosen."""
        return HEADSETS[self.choice.currentIndex()]

    def values(self) -> dict[str, str]:
        """Return what was typed into the chosen headset's fields."""
        return {name: field.text() for name, field in self.fields.items()}

    def problem(self) -> str:
        """Return what is still needed, or nothing."""
        return headsets.missing(self.headset, self.values())

    def board(self) -> tuple[str, dict[str, str]]:
        """Return the settings' ``board`` and ``board_params``."""
        name, params = headsets.chosen(self.headset, self.values())
        if self.headset is self._settings_headset:  # what was set by hand in the file stays
            params = {key: value for key, value in self._params.items() if key not in self._offered} | params
        return name, params

    def _show_fields(self) -> None:
        while self._rows.rowCount():
            self._rows.removeRow(0)
        known = self._values.get(self.headset.label, {})
        self.fields = {}
        for item in self.headset.parameters:
            field = QLineEdit(known.get(item.name, ""))
            field.setPlaceholderText(item.hint if item.required or not item.hint else f"{item.hint} (optional)")
            field.setAccessibleName(item.label)
            self.fields[item.name] = field
            label = QLabel(item.label)
            label.setBuddy(field)
            label.setMinimumHeight(field.sizeHint().height())
            self._rows.addRow(label, self._with_browse(field) if item.name == "file" else field)
        self._form.setVisible(bool(self.fields))
        self.note.setText(self.headset.note)
        self.note.setVisible(bool(self.headset.note))

    def _with_browse(self, field: QLineEdit) -> QWidget:
        def browse() -> None:
            path, _ = QFileDialog.getOpenFileName(self, "Recording to play back")
            if path:
                field.setText(path)

        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(field, 1)
        button = QPushButton("Browse…")
        button.clicked.connect(browse)
        line.addWidget(button)
        return row
