"""A window that asks for passphrases and does one thing with them, on another thread: deriving a key takes a while."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from ui import failures, theme
from ui.bridge import Bridge, in_background
from ui.vault.secret_fields import SecretFields

Do = Callable[[str, str], object]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the window says and asks for.

    Attributes
    ----------
    working
        What it says while it is done.
    current, new
        Whether the present passphrase and a new one are asked for.
    lasting
        Whether it cannot be given up half way: the window stays until what came of it is known.

    """

    title: str
    lead: str
    button: str
    working: str
    current: bool = False
    new: bool = False
    lasting: bool = True


UNLOCK = Asked(
    "Unlock memory",
    "Recording goes on while memory is locked. What was recorded meanwhile is brought in after unlocking. If the "
    "passphrase is lost, `companion vault recover` takes the recovery code.",
    "Unlock",
    "Looking whether this is the passphrase…",
    current=True,
    lasting=False,
)
UNLOCK_BY_KEYRING = Asked(
    "Unlock memory",
    "The key is in this machine's keyring.",
    "Unlock",
    "Asking the keyring for the key…",
    lasting=False,
)
SET = Asked(
    "Set a passphrase",
    "From then on memory opens only with it, no longer by being logged in, and it can be locked. Without passphrase "
    "and recovery code nobody can open it again.",
    "Set the passphrase",
    "Setting the passphrase…",
    new=True,
)
CHANGE = Asked(
    "Change the passphrase",
    "The recovery code stays the same.",
    "Change the passphrase",
    "Changing the passphrase…",
    current=True,
    new=True,
)
REMOVE = Asked(
    "Remove the passphrase",
    "From then on memory opens for whoever is logged in as you: its key is kept in this machine's keyring. It cannot "
    "be locked any more.",
    "Remove the passphrase",
    "Moving the key into the keyring…",
    current=True,
)
NEW_CODE = Asked(
    "New recovery code",
    "The code before opens nothing any more. The new one is shown once.",
    "Make a new code",
    "Making a new code…",
    current=True,
)
NEW_CODE_BY_KEYRING = Asked(NEW_CODE.title, NEW_CODE.lead, NEW_CODE.button, NEW_CODE.working)


class SecretWindow(QDialog):
    """Asks, does it, and closes; what went wrong is said and what was typed stays.

    Parameters
    ----------
    do
        Takes the present and the new passphrase (empty where not asked for); called on another thread.

    """

    succeeded = Signal(object)
    """What ``do`` returned."""

    def __init__(self, asked: Asked, do: Do, *, bridge: Bridge) -> None:
        super().__init__()
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)  # as the sidebar, which would else lie over it
        self.setWindowTitle(f"Companion: {asked.title[0].lower()}{asked.title[1:]}")
        self._asked, self._do, self._bridge = asked, do, bridge
        self._working: Future[object] | None = None
        self.fields = SecretFields(current=asked.current, new=asked.new)
        self.fields.entered.connect(self._begin)
        self.problem, self.doing = QLabel(), QLabel()
        self.button, self.cancel = QPushButton(asked.button), QPushButton("Cancel")
        self._lay_out()

    def appear(self) -> None:
        """Open in front, ready to be typed into."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)  # where there is no field to be typed into
        self.fields.take_focus()

    def done(self, result: int) -> None:
        """Close and forget what was typed."""
        if self._working is not None and self._asked.lasting:
            return
        self._working = None  # what comes of it is nobody's any more
        self.fields.clear()
        super().done(result)

    def _begin(self) -> None:
        if self._working is not None:
            return
        problem = self.fields.problem()
        self._complain(problem)
        if problem:
            self.fields.take_focus()
            return
        current, new = self.fields.current_text(), self.fields.new_text()
        self._work(busy=True)
        self._working = in_background(lambda: self._do(current, new), name="secret")
        self._bridge.follow(self._working, self._done)

    def _done(self, working: Future[object]) -> None:
        if working is not self._working:
            return
        self._working = None
        self._work(busy=False)
        error = working.exception()
        if error is not None:
            self._complain(failures.sentence(error))
            self.fields.take_focus()
            return
        self.accept()
        self.succeeded.emit(working.result())

    def _work(self, *, busy: bool) -> None:
        self.doing.setVisible(busy)
        self.fields.setEnabled(not busy)
        self.button.setEnabled(not busy)

    def _complain(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.fields.describe(sentence)

    def _lay_out(self) -> None:
        heading, lead = QLabel(self._asked.title), QLabel(self._asked.lead)
        heading.setFont(theme.font(self.font(), "title"))
        self.doing.setText(self._asked.working)
        self.doing.hide()
        self.problem.hide()
        for label, look in ((lead, "soft"), (self.doing, "soft"), (self.problem, "problem")):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("look", look)
        self.button.setProperty("look", "main")
        self.button.setAutoDefault(not (self._asked.current or self._asked.new))  # Enter in a field is heard there
        self.button.clicked.connect(self._begin)
        self.cancel.setAutoDefault(False)
        self.cancel.setToolTip("Close (Esc)")
        self.cancel.clicked.connect(self.reject)
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(*(4 * (6 * theme.GRID,)))
        column.setSpacing(3 * theme.GRID)
        for part in (heading, lead, self.fields, self.problem, self.doing):
            column.addWidget(part)
        column.addStretch()
        row.addStretch()
        row.addWidget(self.cancel)
        row.addWidget(self.button)
        column.addLayout(row)
        self.setFixedWidth(110 * theme.GRID)
