"""The list of mails that wait: to whom, about what, when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from ui import theme
from ui.mails import wording

if TYPE_CHECKING:
    from companion.sending.types import HeldMail

TO, SUBJECT, GOES = range(3)
COLUMNS = ("To", "Subject", "Goes")
ID = Qt.ItemDataRole.UserRole
GOES_WIDE = 32 * theme.GRID
LEAST_ROWS = 3


class MailsList(QTableWidget):
    """A row a mail; what is chosen stays chosen while others come and go.

    Where it goes, nothing is chosen: what is about to be clicked must not be about another mail.
    """

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
        head.resizeSection(GOES, max(GOES_WIDE, self._widest() + 4 * theme.GRID))
        self._ids: tuple[str, ...] = ()
        self.itemSelectionChanged.connect(self.chosen)

    def _widest(self) -> int:
        """Return what the longest word about when a mail goes takes, in this font."""
        words = (*wording.STATES.values(), wording.FOR_YOU)
        return max(map(self.fontMetrics().horizontalAdvance, words))

    @property
    def mail(self) -> str:
        """The name of the chosen mail; empty where none is."""
        rows = [index.row() for index in self.selectionModel().selectedRows()]
        return self._ids[rows[0]] if rows and rows[0] < len(self._ids) else ""

    def choose_first(self) -> None:
        """Choose the first mail, if there is one and none is chosen."""
        if self._ids and not self.mail:
            self.setCurrentCell(0, TO)

    def show_mails(self, mails: Sequence[HeldMail], now: float) -> None:
        """Show these."""
        ids = tuple(mail.id for mail in mails)
        if ids != self._ids:
            self._begin(ids)
        for row, mail in enumerate(mails):
            told = (wording.people(mail), wording.subject(mail), wording.goes(mail, now))
            for column, text in enumerate(told):
                item = self.item(row, column)
                if item is not None and item.text() != text:
                    item.setText(text)
                    item.setToolTip(text)

    def _begin(self, ids: tuple[str, ...]) -> None:
        """Make the rows anew, and choose what was chosen; nothing where that is gone."""
        before = self.mail
        self.blockSignals(True)
        self._ids = ids
        self.setRowCount(len(ids))
        for at in range(len(ids)):
            for column in range(len(COLUMNS)):
                self.setItem(at, column, QTableWidgetItem())
        self.setCurrentIndex(QModelIndex())
        self.clearSelection()
        if before in ids:
            self.setCurrentCell(ids.index(before), TO)
        self.blockSignals(False)
        self.chosen.emit()
