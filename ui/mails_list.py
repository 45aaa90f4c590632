"""The list of mails that wait: to whom, about what, when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from ui import mails_wording, theme

if TYPE_CHECKING:
    from companion.sending.types import HeldMail

TO, SUBJECT, GOES = range(3)
COLUMNS = ("To", "Subject", "Goes")
ID = Qt.ItemDataRole.UserRole
GOES_WIDE = 32 * theme.GRID
LEAST_ROWS = 3


class MailsList(QTableWidget):
    """A row a mail; what is chosen stays chosen while others come and go."""

    chosen = Signal()
    """Another mail is chosen, or none."""

    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS))
        self.setHorizontalHeaderLabels(COLUMNS)
        self.setAccessibleName("Mails that wait")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFont(theme.font(self.font(), "body"))
        self.verticalHeader().hide()
        high = self.fontMetrics().height() + 4 * theme.GRID
        self.verticalHeader().setDefaultSectionSize(high)
        self.setMinimumHeight((LEAST_ROWS + 1) * high)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(TO, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(SUBJECT, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(GOES, QHeaderView.ResizeMode.Fixed)
        head.resizeSection(GOES, GOES_WIDE)
        self._ids: tuple[str, ...] = ()
        self.itemSelectionChanged.connect(self.chosen)

    @property
    def mail(self) -> str:
        """The name of the chosen mail; empty where none is."""
        row = self.currentRow()
        return self._ids[row] if 0 <= row < len(self._ids) else ""

    def show_mails(self, mails: Sequence[HeldMail], now: float) -> None:
        """Show these."""
        ids = tuple(mail.id for mail in mails)
        if ids != self._ids:
            self._begin(ids)
        for row, mail in enumerate(mails):
            told = (mails_wording.people(mail), mails_wording.subject(mail), mails_wording.goes(mail, now))
            for column, text in enumerate(told):
                item = self.item(row, column)
                if item is not None and item.text() != text:
                    item.setText(text)
                    item.setToolTip(text)

    def _begin(self, ids: tuple[str, ...]) -> None:
        """Make the rows anew, and choose what was chosen; else what took its place."""
        before, row = self.mail, max(0, self.currentRow())
        self.blockSignals(True)
        self._ids = ids
        self.setRowCount(len(ids))
        for at in range(len(ids)):
            for column in range(len(COLUMNS)):
                self.setItem(at, column, QTableWidgetItem())
        at = ids.index(before) if before in ids else min(row, len(ids) - 1)
        if at >= 0:
            self.setCurrentCell(at, TO)
        self.blockSignals(False)
        self.chosen.emit()
