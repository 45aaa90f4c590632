"""What is done about outgoing mail: changed here, it holds at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from companion.sending.choices import account_of
from companion.settings import DAY_MINUTES, Settings
from ui import theme
from ui.page import Page
from ui.settings.mail_accounts import Accounts
from ui.settings.mail_add_on import AddOn
from ui.settings.sources import sentence
from ui.switch import Switch

LEAD = "Off until you switch it on. A mail that is written in agitation waits, and you are told of it."
RIGHT = "Servers for outgoing mail"
RIGHT_LEAD = (
    "Your mail program hands its mails to Companion, and Companion to the server, over an encrypted connection."
)
GUARD = (
    "Hold mails written in agitation",
    "Told by your headset, how you type, the words and the hour; at least two of the first three must speak for it.",
)
KEEP = (
    "Keep passwords in the keyring meanwhile",
    "So that a mail that waits goes after a restart too. Else it waits for your mail program to log in again.",
)
HOLD, THRESHOLD = "A mail waits, minutes", "It is held"
THRESHOLDS = {0.45: "at the first signs", 0.6: "when it seems likely", 0.8: "only when it is plain"}
ENTER = "Enter in your mail program, under outgoing server (SMTP)"
NO_OAUTH = (
    "Login by OAuth (the usual one at Google and Microsoft) does not pass: make an app password there. While Companion "
    "does not run, or memory is locked, your mail program cannot send, and says so."
)
NO_ACCOUNT = "Only Thunderbird's add-on is served: for other mail programs, add an account."
LITTLE = (
    "Neither a headset nor your typing rhythm is recorded: words alone never hold a mail, so none will be. Switch one "
    "on under Recording."
)


class MailPage(QWidget):
    """Switches and what to enter at the left, servers at the right; ``fixed_vault`` as for `AddOn`."""

    changed = Signal()
    """The person changed something."""

    def __init__(self, settings: Settings, *, fixed_vault: Path | None = None) -> None:
        super().__init__()
        self.switches = {"send_guard": _switch(*GUARD, base=self), "send_keep_passwords": _switch(*KEEP, base=self)}
        self.hold, self.threshold = QSpinBox(), QComboBox()
        self.accounts, self.enter, self.add_on = Accounts(), _Enter(), AddOn(fixed_vault=fixed_vault)
        self.caution = sentence("", look="caution", base=self)
        self._lay_out()
        self.follow(settings)
        for switch in self.switches.values():
            switch.clicked.connect(self.changed)
        self.hold.editingFinished.connect(self._hold_said)
        self.threshold.activated.connect(self._threshold_said)
        self.accounts.changed.connect(self.changed)

    def follow(self, settings: Settings) -> None:
        """Show these settings."""
        self._minutes, self._threshold = settings.send_hold_minutes, settings.send_threshold
        for setting, switch in self.switches.items():
            switch.setChecked(getattr(settings, setting))
        self.hold.setValue(max(1, round(self._minutes)))
        self._show_threshold()
        written = tuple(one for one in settings.send_accounts if one.strip())
        if self.accounts.accounts() != written:
            self.accounts.show_accounts(written)
        self.enter.show_accounts(written)
        said = cautions(settings) if settings.send_guard else ""
        self.caution.setText(said)
        self.caution.setVisible(bool(said))

    def onto(self, settings: Settings) -> Settings:
        """Return these settings with what is chosen here."""
        return replace(
            settings,
            send_guard=self.switches["send_guard"].isChecked(),
            send_keep_passwords=self.switches["send_keep_passwords"].isChecked(),
            send_hold_minutes=self._minutes,
            send_threshold=self._threshold,
            send_accounts=self.accounts.accounts(),
        )

    def _hold_said(self) -> None:
        if self.hold.value() != max(1, round(self._minutes)):
            self._minutes = float(self.hold.value())
            self.changed.emit()

    def _threshold_said(self) -> None:
        self._threshold = float(self.threshold.currentData())
        self.changed.emit()

    def _show_threshold(self) -> None:
        """Choose what the settings say; another figure of the settings file gets an entry of its own."""
        self.threshold.clear()
        known = {**THRESHOLDS, self._threshold: THRESHOLDS.get(self._threshold, f"from {self._threshold:.0%} on")}
        for figure, words in sorted(known.items()):
            self.threshold.addItem(words, figure)
        self.threshold.setCurrentIndex(self.threshold.findData(self._threshold))
        self.threshold.setToolTip(f"From a probability of {self._threshold:.0%} on; the weights are set by hand.")

    def _lay_out(self) -> None:
        left, right = Page("Outgoing mail", LEAD), Page(RIGHT, RIGHT_LEAD)
        left.column.addWidget(self._card())
        left.column.addWidget(self.caution)
        left.column.addWidget(self.add_on)
        left.column.addStretch()
        right.column.addWidget(self.accounts)
        right.column.addWidget(self.enter)
        right.column.addWidget(sentence(NO_OAUTH, role="small", base=self))
        right.column.addStretch()
        sides = QHBoxLayout(self)
        sides.setContentsMargins(*(4 * (4 * theme.GRID,)))
        sides.setSpacing(8 * theme.GRID)
        sides.addWidget(left, 1)
        sides.addWidget(right, 1)

    def _card(self) -> QFrame:
        card = QFrame()
        card.setProperty("look", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(*(4 * (3 * theme.GRID,)))
        column.setSpacing(2 * theme.GRID)
        for switch, (_, kept) in zip(self.switches.values(), (GUARD, KEEP), strict=True):
            column.addWidget(switch)
            column.addWidget(sentence(kept, base=self))
        self.hold.setRange(1, round(DAY_MINUTES))
        for name, field in ((HOLD, self.hold), (THRESHOLD, self.threshold)):
            column.addLayout(self._row(name, field))
        return card

    def _row(self, name: str, field: QWidget) -> QHBoxLayout:
        label = QLabel(name)
        label.setBuddy(field)
        for part in (label, field):
            part.setFont(theme.font(self.font(), "body"))
        field.setAccessibleName(name)
        field.setMinimumHeight(7 * theme.GRID)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addStretch()
        row.addWidget(field)
        return row


class _Enter(QFrame):
    """What is entered in the mail program: the same for each account but for the port."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self.ports = QLabel()
        grid = QGridLayout(self)
        grid.setContentsMargins(*(4 * (3 * theme.GRID,)))
        grid.setHorizontalSpacing(4 * theme.GRID)
        grid.addWidget(sentence(ENTER, look="", role="strong", base=self), 0, 0, 1, 2)
        told = (
            ("Server", QLabel("127.0.0.1")),
            ("Port", self.ports),
            ("Security", QLabel("none: it does not leave this machine")),
            ("Login", QLabel("normal password; name and password as before")),
        )
        for row, (name, label) in enumerate(told, 1):
            key = QLabel(name)
            key.setProperty("look", "soft")
            for part in (key, label):
                part.setFont(theme.font(self.font(), "body"))
            label.setWordWrap(True)
            grid.addWidget(key, row, 0)
            grid.addWidget(label, row, 1)
        grid.setColumnStretch(1, 1)

    def show_accounts(self, written: tuple[str, ...]) -> None:
        """Tell the port of each account."""
        ports = [f"{account.local_port} ({account.name})" for account in map(account_of, written)]
        self.ports.setText(", ".join(ports) or "that of the account, once you have added it")


def cautions(settings: Settings) -> str:
    """Return what keeps mails from being held although that is wanted; empty where nothing does."""
    hands = settings.consent_input and settings.looks_at_windows
    eeg = settings.consent_eeg and settings.board != "none"
    said = (NO_ACCOUNT if not any(map(str.strip, settings.send_accounts)) else "", "" if hands or eeg else LITTLE)
    return " ".join(filter(None, said))


def _switch(name: str, kept: str, *, base: QWidget) -> Switch:
    switch = Switch(name)
    switch.setFont(theme.font(base.font(), "strong"))
    switch.setAccessibleDescription(kept)
    return switch
