"""The page about who can open memory: the passphrase, the recovery code, locking when away."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from companion.settings import Settings
from ui import failures, theme, wording
from ui.bridge import Bridge, in_background
from ui.page import Page
from ui.vault import secret_window
from ui.vault.door import Door, Facts
from ui.vault.recovery_window import RecoveryWindow
from ui.vault.secret_fields import SecretFields
from ui.vault.secret_window import Asked, Do, SecretWindow

AWAY_MINUTES = (0.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0)
LOOKING = "Looking how this machine can keep a key…"
BY_KEYRING = "Memory opens when you are logged in: its key is in this machine's keyring."
WITH_PASSPHRASE = "Memory opens with your passphrase."  # noqa: S105  a sentence
NEW_BY_KEYRING = (
    "A key is made and kept in this machine's keyring: memory opens when you are logged in. With a passphrase it "
    "opens only for who knows that, and it can be locked."
)
NEW_WITHOUT = (
    "This machine has no keyring that could keep the key. Choose a passphrase: it is asked for at every start, and "
    "what is recorded before you type it is sealed and read later."
)
NO_LOCK = "Only memory with a passphrase can be locked: set one above."
NOT_TOLD = "It does not work on this desktop: nothing tells how long nobody has touched keyboard or mouse."
AWAY = "Counted from the last key or mouse movement. Recording goes on while memory is locked."
DEFENDS = (
    "Encrypted, always: whoever takes the disk or copies the folder reads nothing. It does not keep out a program "
    "that runs as you while memory is unlocked, nor who sits at your unlocked screen."
)


@dataclass(frozen=True, slots=True)
class Vaults:
    """What the page asks about a vault."""

    door: Door
    bridge: Bridge


class LockPage(Page):
    """Asks how a new vault opens; changes how one that is there does."""

    changed = Signal()
    """A passphrase was set, changed or removed."""

    def __init__(self, settings: Settings, vaults: Vaults) -> None:
        super().__init__("Who can open it?", DEFENDS)
        self._vaults, self._root = vaults, settings.vault_path
        self._looking: Future[Facts] | None = None
        self.facts: Facts | None = None
        self.asking: SecretWindow | RecoveryWindow | None = None
        self.said = self.sentence(LOOKING)
        self.wanted = self.switch("Open it with a passphrase", on=False)
        self.fields = SecretFields(current=False, new=True)
        self.set = QPushButton("Set a passphrase…")
        self.remove = QPushButton("Remove it…")
        self.new_code = QPushButton("New recovery code…")
        self.away = _choices(settings.auto_lock_minutes)
        self.note = self.sentence("", look="soft")
        self.buttons = _row(self.set, self.remove, self.new_code)
        self.locking = self._lay_out()
        self._show()

    def look(self, root: Path) -> None:
        """Find out how the vault at ``root`` opens."""
        self._root, self.facts = root, None
        self._show()
        self._looking = in_background(lambda: self._vaults.door.facts(root), name="vault-facts")
        self._vaults.bridge.follow(self._looking, self._found)

    def passphrase(self) -> str:
        """Return the passphrase chosen for a new vault, empty for the keyring."""
        return self.fields.new_text() if self._asks() else ""

    def minutes(self) -> float:
        """Return the settings' ``auto_lock_minutes``."""
        return float(self.away.currentData())

    def problem(self) -> str:
        """Return what is still needed, or nothing."""
        if self.facts is None:
            return self.said.text()
        return self.fields.problem() if self._asks() else ""

    def _asks(self) -> bool:
        facts = self.facts
        return facts is not None and not facts.exists and (self.wanted.isChecked() or not facts.keyring)

    def _found(self, looking: Future[Facts]) -> None:
        if looking is not self._looking:
            return
        error = looking.exception()
        self.facts = None if error else looking.result()
        self._show()
        if error is not None:
            self.said.setText(failures.sentence(error))

    def _show(self) -> None:
        facts = self.facts
        there = facts is not None and facts.exists
        self.said.setText(LOOKING if facts is None else _how(facts))
        self.wanted.setVisible(facts is not None and not there and facts.keyring)
        self.fields.setVisible(self._asks())
        self.buttons.setVisible(there)
        self.set.setText("Change the passphrase…" if facts and facts.passphrase else "Set a passphrase…")
        self.remove.setVisible(there and facts is not None and facts.passphrase)
        self.remove.setEnabled(facts is not None and facts.keyring)
        self.remove.setToolTip("" if self.remove.isEnabled() else "This machine has no keyring to keep the key in.")
        self.locking.setVisible(there)
        self.away.setEnabled(facts is not None and facts.passphrase and facts.idle)
        self.note.setText("" if facts is None else _note(facts))

    def _ask(self, asked: Asked, do: Do) -> SecretWindow:
        window = SecretWindow(asked, do, bridge=self._vaults.bridge)
        self._open(window)
        return window

    def _set(self) -> None:
        asked = secret_window.CHANGE if self.facts and self.facts.passphrase else secret_window.SET
        root, door = self._root, self._vaults.door
        window = self._ask(asked, lambda current, new: door.set_passphrase(root, current, new))
        window.succeeded.connect(self._changed)

    def _remove(self) -> None:
        root, door = self._root, self._vaults.door
        window = self._ask(secret_window.REMOVE, lambda current, _new: door.set_passphrase(root, current, ""))
        window.succeeded.connect(self._changed)

    def _new_code(self) -> None:
        asked = secret_window.NEW_CODE if self.facts and self.facts.passphrase else secret_window.NEW_CODE_BY_KEYRING
        root, door = self._root, self._vaults.door
        window = self._ask(asked, lambda current, _new: door.new_code(root, current))
        window.succeeded.connect(self._show_code)

    def _show_code(self, code: str) -> None:
        self._open(RecoveryWindow(code))

    def _open(self, window: SecretWindow | RecoveryWindow) -> None:
        """Open a window that these pages wait for: what comes of it is theirs to show."""
        self.asking = window
        window.setWindowModality(Qt.WindowModality.ApplicationModal)
        window.appear()

    def _changed(self) -> None:
        self.look(self._root)
        self.changed.emit()

    def _lay_out(self) -> QFrame:
        """Place everything; returns what is about locking."""
        self.wanted.toggled.connect(lambda _on: self._show())
        self.set.clicked.connect(self._set)
        self.remove.clicked.connect(self._remove)
        self.new_code.clicked.connect(self._new_code)
        for button in (self.set, self.remove, self.new_code):
            button.setAutoDefault(False)
        self.card(self.said, self.wanted, self.fields, self.buttons)
        name = QLabel("Lock when I have been away for")
        name.setBuddy(self.away)
        locking = self.card(_row(name, self.away), self.note)
        self.column.addStretch()
        return locking


def _choices(minutes: float) -> QComboBox:
    """Return the times to choose from, with the present one also when it was set by hand."""
    box = QComboBox()
    box.setAccessibleName("Lock when I have been away for")
    box.setMinimumHeight(9 * theme.GRID)
    offered = sorted({*AWAY_MINUTES, minutes})
    for choice in offered:
        box.addItem(wording.long(60 * choice) if choice else "never", choice)
    box.setCurrentIndex(offered.index(minutes))
    return box


def _how(facts: Facts) -> str:
    if facts.exists:
        return WITH_PASSPHRASE if facts.passphrase else BY_KEYRING
    return NEW_BY_KEYRING if facts.keyring else NEW_WITHOUT


def _note(facts: Facts) -> str:
    if not facts.passphrase:
        return NO_LOCK
    return AWAY if facts.idle else NOT_TOLD


def _row(*parts: QWidget) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(2 * theme.GRID)
    for part in parts:
        line.addWidget(part)
    line.addStretch()
    return row
