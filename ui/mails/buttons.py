"""What can be done with a mail that waits: four buttons, each with its keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from companion.sending.types import State
from ui.mails.later import LaterMenu


class MailsButtons(QWidget):
    """Says only what is wanted; whether it is asked for once more is for the window.

    Parameters
    ----------
    now
        UTC seconds.

    """

    send_wanted = Signal()
    edit_wanted = Signal()
    later_wanted = Signal(float)
    """UTC seconds at which the mail is to go."""
    choice_wanted = Signal()
    """Another time is to be chosen; see `LaterMenu.ask`."""
    drop_wanted = Signal()

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self.send, self.edit = QPushButton("Send now"), QPushButton("Edit…")
        self.put_off, self.drop = QPushButton("Later"), QPushButton("Drop…")
        self.later = LaterMenu(now, self)
        self.send.setProperty("look", "main")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for button in self.all:
            button.setAutoDefault(False)
            row.addWidget(button)
        for button, keys, wanted, what in (
            (self.send, "Ctrl+Return", self.send_wanted, "Send it to its server now"),
            (self.edit, "Ctrl+E", self.edit_wanted, "Take it back into a file, for your mail program"),
            (self.drop, "Del", self.drop_wanted, "Let it go without sending it"),
        ):
            button.clicked.connect(lambda _checked=False, wanted=wanted: wanted.emit())
            self._key(keys, button.click)
            button.setToolTip(f"{what} ({keys.replace('Return', 'Enter')})")
        self.put_off.setMenu(self.later)
        self.put_off.setToolTip("Let it wait longer (Ctrl+L)")
        self._key("Ctrl+L", self._show_later)
        self.later.wanted.connect(self.later_wanted)
        self.later.choice_wanted.connect(self.choice_wanted)

    @property
    def all(self) -> tuple[QPushButton, ...]:
        """The buttons, as they stand beside each other."""
        return self.send, self.edit, self.put_off, self.drop

    def offer(self, state: State | None, *, free: bool) -> None:
        """Let only be clicked what does something with a mail in this state; nothing unless ``free``."""
        idle = free and state is not None and state is not State.SENDING
        self.send.setText("Send again" if state is State.UNSURE else "Send now")
        for button in (self.send, self.edit, self.drop):
            button.setEnabled(idle)
        self.put_off.setEnabled(free and state is State.HELD)

    def _show_later(self) -> None:
        if self.put_off.isEnabled():
            self.put_off.showMenu()

    def _key(self, keys: str, call: Callable[[], None]) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(call)
