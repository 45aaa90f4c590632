"""Servers for outgoing mail: a table, and a form to add one to it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from companion.sending.choices import account_of, as_written
from companion.sending.types import FREE_PORTS, PORTS, Account, Security, SendingError, SendSettings
from ui import theme
from ui.settings.sources import sentence

COLUMNS = ("Name", "Server", "Port here")
ENCRYPTIONS = {
    Security.TLS: "TLS from the start (465)",
    Security.STARTTLS: "STARTTLS (587)",
    Security.NONE: "none, this machine only",
}
IN_TABLE = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "not encrypted"}
USUAL_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}
FIRST_PORT = 2525
ROWS = 3  # seen at once


class Accounts(QWidget):
    """What is shown stays as it is written in the settings."""

    changed = Signal()
    """The person added or took away an account."""

    def __init__(self) -> None:
        super().__init__()
        self._written: tuple[str, ...] = ()
        self.table = QTableWidget(0, len(COLUMNS))
        self.name, self.host = QLineEdit(), QLineEdit()
        self.security, self.port, self.local_port = QComboBox(), QSpinBox(), QSpinBox()
        self.add, self.remove = QPushButton("Add"), QPushButton("Remove")
        self.problem = sentence("", look="problem", base=self)
        self._lay_out()
        self.security.activated.connect(lambda _at: self.port.setValue(USUAL_PORTS[self.security.currentData()]))
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.table.itemSelectionChanged.connect(self._offer)
        for field in (self.name, self.host):
            field.textChanged.connect(self._typed)
            field.returnPressed.connect(self.add.click)
        self.show_accounts(())

    def accounts(self) -> tuple[str, ...]:
        """Return the accounts as they are written in the settings."""
        return self._written

    def show_accounts(self, written: Sequence[str]) -> None:
        """Show these."""
        self._written = tuple(written)
        known = [account_of(one) for one in self._written]
        self.table.setRowCount(len(known))
        for row, account in enumerate(known):
            server = f"{account.host}:{account.port}, {IN_TABLE[account.security]}"
            told = (account.name, server, str(account.local_port))
            for column, text in enumerate(told):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        taken = {account.local_port for account in known}
        self.local_port.setValue(next(port for port in range(FIRST_PORT, FREE_PORTS.stop) if port not in taken))
        self._say("")
        self._offer()

    def _add(self) -> None:
        account = Account(
            " ".join(self.name.text().split()),
            self.host.text().strip(),
            self.port.value(),
            Security(self.security.currentData()),
            self.local_port.value(),
        )
        try:
            written = as_written(account.checked())
            SendSettings(accounts=tuple(map(account_of, (*self._written, written)))).checked()
        except SendingError as error:
            self._say(str(error))
            return
        self.name.clear()
        self.host.clear()
        self.show_accounts((*self._written, written))
        self.table.selectRow(len(self._written) - 1)
        self.changed.emit()

    def _remove(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            self.show_accounts((*self._written[:row], *self._written[row + 1 :]))
            self.changed.emit()

    def _typed(self) -> None:
        self._say("")
        self._offer()

    def _offer(self) -> None:
        self.add.setEnabled(bool(self.name.text().strip() and self.host.text().strip()))
        self.remove.setEnabled(self.table.currentRow() >= 0)

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _lay_out(self) -> None:
        self._lay_out_table()
        for security, name in ENCRYPTIONS.items():
            self.security.addItem(name, security)
        self.port.setRange(PORTS.start, PORTS.stop - 1)
        self.port.setValue(USUAL_PORTS[Security.TLS])
        self.local_port.setRange(FREE_PORTS.start, FREE_PORTS.stop - 1)
        self.name.setPlaceholderText("such as work")
        self.host.setPlaceholderText("such as smtp.example.org")
        form = QGridLayout()
        form.setHorizontalSpacing(2 * theme.GRID)
        form.setVerticalSpacing(2 * theme.GRID)
        fields = (("Name", self.name), ("Server", self.host), ("Encryption", self.security))
        ports = (("Its port", self.port), ("Port here", self.local_port))
        for row, (name, field) in enumerate(fields):
            form.addWidget(self._label(name, field), row, 0)
            form.addWidget(field, row, 1, 1, 3)
        for at, (name, field) in enumerate(ports):
            form.addWidget(self._label(name, field), len(fields), 2 * at)
            form.addWidget(field, len(fields), 2 * at + 1)
        form.setColumnStretch(1, 1)
        form.setColumnStretch(3, 1)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.remove)
        buttons.addWidget(self.add)
        for button in (self.add, self.remove):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(self.table)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addLayout(buttons)

    def _label(self, name: str, field: QWidget) -> QLabel:
        label = QLabel(name)
        label.setBuddy(field)
        for part in (label, field):
            part.setFont(theme.font(self.font(), "body"))
        field.setAccessibleName(name)
        field.setMinimumHeight(7 * theme.GRID)
        return label

    def _lay_out_table(self) -> None:
        table = self.table
        table.setHorizontalHeaderLabels(COLUMNS)
        table.setAccessibleName("Accounts for outgoing mail")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setFont(theme.font(self.font(), "body"))
        table.verticalHeader().hide()
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.setFixedHeight((ROWS + 1) * (table.fontMetrics().height() + 4 * theme.GRID))
