"""How the electrodes lie: the head, what to do about the worst of them, and their list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from companion.contact_watch import NO_SIGNAL, Electrodes
from ui import theme
from ui.headset import words
from ui.headset.head import Electrode, Head
from ui.headset.list import WHAT, ElectrodeList

ALL_AGAIN = "Show the others again"


class ContactPanel(QWidget):
    """Shows what `show_contact` is given."""

    chosen_changed = Signal()
    """Other traces are wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worst = ""
        self.head, self.list = Head(), ElectrodeList()
        self.advice, self.alone = QLabel(), QPushButton()
        self.advice.setWordWrap(True)
        self.advice.setTextFormat(Qt.TextFormat.PlainText)
        self.advice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.advice.setFont(theme.font(self.font(), "body"))
        self.alone.setAutoDefault(False)
        self.alone.clicked.connect(self._turn_alone)
        self.list.chosen_changed.connect(self.chosen_changed)
        self.list.chosen_changed.connect(self._offer)
        what = QLabel(WHAT)
        what.setFont(theme.font(self.font(), "strong"))
        what.setBuddy(self.list)
        what.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(self.head, 1)
        column.addWidget(self.advice)
        column.addWidget(self.alone, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(2 * theme.GRID)
        column.addWidget(what)
        column.addWidget(self.list)
        self.setFixedWidth(76 * theme.GRID)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Whose traces are wanted."""
        return self.list.chosen

    def show_contact(self, ch_names: Sequence[str], known: Electrodes | None, *, simulated: bool) -> None:
        """Show the electrodes of a headset, and how they lie as far as that is known."""
        faults = {} if known is None else dict(known.faults)
        shown: tuple[Electrode, ...] = tuple(
            (name, words.lying(faults.get(name), NO_SIGNAL), words.word(faults.get(name))) for name in ch_names
        )
        self.head.show_electrodes(shown)
        self.list.show_electrodes(shown)
        if known is None:
            self._advise(words.SIMULATED if simulated else words.NOT_JUDGED, "soft")
        else:
            self._advise(known.advice, "caution" if known.worst else "")
        self._worst = "" if known is None else known.worst
        self._offer()

    def _advise(self, said: str, look: str) -> None:
        if (said, look) != (self.advice.text(), self.advice.property("look")):
            self.advice.setText(said)
            self.advice.setProperty("look", look)
            self.advice.style().polish(self.advice)

    def _offer(self) -> None:
        """Offer to see the worst electrode alone, or all of them again."""
        one_of_many = len(self.list.chosen) == 1 < self.list.count()
        back = one_of_many and self.list.chosen[0] == (self._worst or self.list.chosen[0])
        self.alone.setText(ALL_AGAIN if back else f"Show {self._worst} alone")
        self.alone.setVisible(back or bool(self._worst))

    def _turn_alone(self) -> None:
        if self.alone.text() == ALL_AGAIN:
            self.list.choose_first()
        else:
            self.list.choose_only(self._worst)
