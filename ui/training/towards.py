"""What a training towards a state goes towards: a tag, or a moment by its number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from ui import theme

MOMENT = "A moment, by its number"
NUMBER_TIP = "The number of a moment, as `companion recall` tells it"
NEEDED = "Choose a tag, or write the number of a moment to train towards."
_MOST = 2_000_000_000


class TrainingTowards(QWidget):
    """Tags, and a field for a number."""

    def __init__(self) -> None:
        super().__init__()
        self.tag, self.moment = QComboBox(), QSpinBox()
        self.tag.setAccessibleName("Train towards")
        self.moment.setRange(0, _MOST)
        self.moment.setSpecialValueText("number")
        self.moment.setAccessibleName(MOMENT)
        self.moment.setToolTip(NUMBER_TIP)
        self.tag.currentIndexChanged.connect(self._fit)
        label = QLabel("Towards")
        label.setBuddy(self.tag)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(label)
        row.addWidget(self.tag, 1)
        row.addWidget(self.moment)
        self.show_tags(())

    def show_tags(self, tags: Sequence[str]) -> None:
        """Offer these tags; what was chosen stays."""
        entries = [*tags, MOMENT]
        if [self.tag.itemText(at) for at in range(self.tag.count())] == entries:
            return
        before = self.tag.currentText()
        self.tag.clear()
        self.tag.addItems(entries)
        self.tag.setCurrentIndex(max(0, self.tag.findText(before)))
        self._fit()

    def chosen(self) -> tuple[int | None, str]:
        """Return a moment's number or None, and a tag or nothing."""
        if self._by_number():
            return self.moment.value() or None, ""
        return None, self.tag.currentText()

    def _by_number(self) -> bool:
        return self.tag.currentIndex() == self.tag.count() - 1  # a tag may be called as that entry is

    def _fit(self) -> None:
        self.moment.setVisible(self._by_number())
