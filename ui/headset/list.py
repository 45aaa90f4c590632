"""The electrodes by name, each with how it lies; ticked are those whose traces are shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from ui import theme
from ui.headset.head import Electrode, dot
from ui.headset.places import MOST_CHOSEN, first_chosen

WHAT = f"Traces (up to {MOST_CHOSEN}; space ticks)"


class ElectrodeList(QListWidget):
    """Arrows move, space ticks; one tick too many takes away the oldest."""

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._electrodes: tuple[Electrode, ...] = ()
        self._ticked: list[str] = []  # the oldest tick first
        self.setAccessibleName(WHAT)
        self.setToolTip("Tick the electrodes whose traces you want to see (space)")
        self.setMinimumHeight(28 * theme.GRID)
        self.itemChanged.connect(self._turned)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names that are ticked, in the headset's order."""
        return tuple(name for name, _, _ in self._electrodes if name in self._ticked)

    def show_electrodes(self, electrodes: tuple[Electrode, ...]) -> None:
        """Show these; ticks stay where the names are the same."""
        if electrodes == self._electrodes:
            return
        names, before = [name for name, _, _ in electrodes], [name for name, _, _ in self._electrodes]
        self._electrodes = electrodes
        if names != before:
            self._ticked = list(first_chosen(names))
        self._fill(anew=names != before)
        if names != before:
            self.chosen_changed.emit()

    def choose_only(self, name: str) -> None:
        """Tick one and no other."""
        self._tick([name])

    def choose_first(self) -> None:
        """Tick those that are ticked before anybody chose."""
        self._tick(list(first_chosen([name for name, _, _ in self._electrodes])))

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.restyle()

    def restyle(self) -> None:
        """Paint the signs in the colours of now."""
        self._fill()

    def _fill(self, *, anew: bool = False) -> None:
        self.blockSignals(True)
        if anew:
            self.clear()
            for _ in self._electrodes:
                self.addItem(QListWidgetItem())
        colours = theme.of(self.palette())
        for at, (name, lying, words) in enumerate(self._electrodes):
            item = self.item(at)
            item.setText(f"{name}: {words}")
            item.setIcon(_sign(dot(lying, colours, self.devicePixelRatioF())))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if name in self._ticked else Qt.CheckState.Unchecked)
        if anew and self._electrodes:
            self.setCurrentRow(0)
        self.blockSignals(False)
        self.viewport().update()

    def _turned(self, item: QListWidgetItem) -> None:
        name = self._electrodes[self.row(item)][0]
        others = [ticked for ticked in self._ticked if ticked != name]
        self._tick([*others, name][-MOST_CHOSEN:] if item.checkState() is Qt.CheckState.Checked else others)

    def _tick(self, names: list[str]) -> None:
        self._ticked = names
        self._fill()
        self.chosen_changed.emit()


def _sign(picture: QPixmap) -> QIcon:
    """Return an icon that keeps its colours in the current row: they mean something."""
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon
