"""After a blind session: the person's guess first, then what was shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QRadioButton, QVBoxLayout

from ui import theme
from ui.settings.sources import sentence
from ui.training.asking import TrainingQuestion

GUESSES = ("my own signal", "a replay", "I could not tell")
LEAD = "This session was blind. What do you think you followed? Say it first: what you say is kept beside the session."
SURE = "Tell what was shown? It cannot be sealed again, and your guess is kept as it is now."
NOTED = "Your guess: {}. Seal: {}"


class TrainingBlind(QFrame):
    """Asks once."""

    told = Signal(str)
    """The guess with which what was shown is asked for."""

    def __init__(self, seal: str) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._group = QButtonGroup(self)
        self.guesses = {guess: QRadioButton(guess[:1].upper() + guess[1:]) for guess in GUESSES}
        self.tell, self.question = QPushButton("Tell me what was shown…"), TrainingQuestion()
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(*(4 * (4 * theme.GRID,)))
        column.setSpacing(2 * theme.GRID)
        column.addWidget(sentence(LEAD, look="", base=self))
        row.setSpacing(4 * theme.GRID)
        for button in self.guesses.values():
            self._group.addButton(button)
            button.clicked.connect(self._fit)
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.tell)
        column.addLayout(row)
        column.addWidget(self.question)
        column.addWidget(sentence(f"Seal: {seal}", base=self))
        self.tell.setAutoDefault(False)
        self.tell.clicked.connect(self._ask)
        self._fit()

    @property
    def guess(self) -> str:
        """What the person thinks; empty while they have not said."""
        return next((guess for guess, button in self.guesses.items() if button.isChecked()), "")

    def _ask(self) -> None:
        self.question.ask(SURE, yes="Tell me", no="Not yet", on_yes=lambda: self.told.emit(self.guess))

    def _fit(self) -> None:
        self.tell.setEnabled(bool(self.guess))
        self.tell.setToolTip("" if self.guess else "Say what you think first")
