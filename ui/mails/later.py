"""Until when a mail is put off: a few usual times, or one that is chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import QDateTimeEdit, QDialog, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.mails import wording

WEEK = 7 * wording.DAY
LEAST = 60.0  # seconds


class LaterMenu(QMenu):
    """The usual times, then the choice of another.

    Parameters
    ----------
    now
        UTC seconds.

    """

    wanted = Signal(float)
    """UTC seconds at which the mail is to go."""
    choice_wanted = Signal()
    """Another time is to be chosen; see `ask`."""

    def __init__(self, now: Callable[[], float], parent: QWidget) -> None:
        super().__init__("Later", parent)
        self._now = now
        self.minutes = self._act("In 10 minutes", lambda: now() + 10 * wording.MINUTE)
        self.hour = self._act("In 1 hour", lambda: now() + wording.HOUR)
        self.morning = self._act("In the morning, at 8:00", lambda: wording.tomorrow_morning(now()))
        self.addSeparator()
        self.other = self.addAction("Choose…")
        self.other.triggered.connect(self.choice_wanted)
        self.window_of: LaterWindow | None = None

    def ask(self, then: Callable[[float], None]) -> None:
        """Have a time chosen, and hand over its UTC seconds once it is."""
        asked = self.window_of = LaterWindow(self._now(), self.parentWidget())
        asked.accepted.connect(lambda: then(asked.until()))
        asked.open()

    def _act(self, name: str, until: Callable[[], float]) -> object:
        action = self.addAction(name)
        action.triggered.connect(lambda: self.wanted.emit(until()))
        return action


class LaterWindow(QDialog):
    """Asks for a day and a time within a week."""

    def __init__(self, now: float, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Companion: send later")
        name = QLabel("Send it at")
        self.field = QDateTimeEdit(_at(now + wording.HOUR))
        self.field.setDateTimeRange(_at(now + LEAST), _at(now + WEEK - LEAST))
        self.field.setCalendarPopup(True)
        self.field.setDisplayFormat("ddd d MMM yyyy  HH:mm")
        self.field.setAccessibleName(name.text())
        name.setBuddy(self.field)
        for part in (name, self.field):
            part.setFont(theme.font(self.font(), "body"))
        self.go, self.leave = QPushButton("Send then"), QPushButton("Cancel")
        self.go.setProperty("look", "main")
        self.go.setDefault(True)
        self.go.clicked.connect(self.accept)
        self.leave.clicked.connect(self.reject)
        self.leave.setToolTip("Cancel (Esc)")
        column, row, ask = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(*(4 * (5 * theme.GRID,)))
        column.setSpacing(4 * theme.GRID)
        ask.addWidget(name)
        ask.addWidget(self.field, 1)
        column.addLayout(ask)
        row.addStretch()
        row.addWidget(self.leave)
        row.addWidget(self.go)
        column.addLayout(row)

    def until(self) -> float:
        """Return the chosen time, UTC seconds."""
        return float(self.field.dateTime().toSecsSinceEpoch())


def _at(time: float) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(time))
