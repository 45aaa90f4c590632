"""One list of what is left out, to be added to and taken from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.settings.sources import sentence

NONE_OF_YOUR_OWN = "None of your own yet."
ROWS = 7


@dataclass(frozen=True, slots=True)
class ListWords:
    """How a list is spoken of: what being in it means, and what its buttons do.

    Attributes
    ----------
    state
        Follows the name of the list, and "is".
    add, remove
        What the buttons do, in a sentence without an end.

    """

    state: str = "left out"
    add: str = "Leave this out"
    remove: str = "Take it off the list"


LEFT_OUT = ListWords()


class ExclusionList(QWidget):
    """Entries of the person's own on top; those that come with Companion are shown when asked for.

    Parameters
    ----------
    name
        What the entries are, such as ``Programs``.
    hint
        How one is written.
    example
        Stands in the empty field.
    shipped
        Entries that come with Companion.
    check
        Returns an entry as it is kept; raises `ValueError` whose message says how to write it.
    words
        How it is spoken of.
    rows
        Entries seen at once, at the least.

    """

    changed = Signal()
    """The person added or took away an entry."""

    def __init__(
        self,
        name: str,
        hint: str,
        *,
        example: str,
        shipped: Iterable[str] = (),
        check: Callable[[str], str],
        words: ListWords = LEFT_OUT,
        rows: int = ROWS,
    ) -> None:
        super().__init__()
        self._shipped, self._check, self._words = frozenset(shipped), check, words
        self._entries: tuple[str, ...] = ()
        self.list = _Entries(rows)
        self.list.setAccessibleName(f"{name} that are {words.state}")
        self.field = QLineEdit()
        self.field.setAccessibleName(f"Add to {name.lower()}")
        self.field.setPlaceholderText(example)
        self.add, self.remove = QPushButton("Add"), QPushButton("Remove")
        self.all = QPushButton()
        self.all.setCheckable(True)
        self.problem = sentence("", look="problem", base=self)
        self._lay_out(sentence(hint, base=self))
        self._connect()
        self.show_entries(())

    def entries(self) -> tuple[str, ...]:
        """Return what is left out."""
        return self._entries

    def show_entries(self, entries: tuple[str, ...]) -> None:
        """Show these, the person's own first."""
        row = self.list.currentRow()
        before = self.list.item(row).text() if row >= 0 else ""
        own = [entry for entry in entries if entry not in self._shipped]
        shipped = sorted(entry for entry in entries if entry in self._shipped)
        self._entries = entries
        self.all.setVisible(bool(shipped))
        self.all.setText(f"{'Hide' if self.all.isChecked() else 'Show'} the {len(shipped)} that come with Companion")
        shown = [*own, *(shipped if self.all.isChecked() else ())]
        self.list.clear()
        self.list.addItems(shown)
        if before in shown:
            self.list.setCurrentRow(shown.index(before))
        self._say("")
        self._offer()

    def _add(self) -> None:
        try:
            entry = self._check(self.field.text())
        except ValueError as error:
            self._say(str(error))
            return
        if entry in self._entries:
            self._say(f"“{entry}” is {self._words.state} already.")
            return
        self.field.clear()
        self.show_entries((entry, *self._entries))
        self.list.setCurrentRow(0)
        self.changed.emit()

    def _remove(self) -> None:
        row = self.list.currentRow()
        if row < 0:
            return
        gone = self.list.item(row).text()
        self.show_entries(tuple(entry for entry in self._entries if entry != gone))
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self.changed.emit()

    def _typed(self) -> None:
        self._say("")
        self._offer()

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _offer(self) -> None:
        """Let only be clicked what does something."""
        self.add.setEnabled(bool(self.field.text().strip()))
        self.remove.setEnabled(self.list.currentRow() >= 0)

    def _connect(self) -> None:
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.list.currentRowChanged.connect(lambda _row: self._offer())
        self.all.toggled.connect(lambda _on: self.show_entries(self._entries))
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove)

    def _lay_out(self, hint: QWidget) -> None:
        self.add.setToolTip(f"{self._words.add} (Enter)")
        self.remove.setToolTip(f"{self._words.remove} (Del)")
        for button in (self.add, self.remove, self.all):
            button.setAutoDefault(False)
        frame = QFrame()
        frame.setProperty("look", "card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(*(4 * (theme.GRID,)))
        inside.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(4 * (3 * theme.GRID,)))
        column.setSpacing(2 * theme.GRID)
        column.addWidget(hint)
        column.addLayout(_row(self.field, self.add, wide=True))
        column.addWidget(self.problem)
        column.addWidget(frame, 1)
        column.addLayout(_row(self.all, self.remove, wide=False))


def _row(left: QWidget, right: QWidget, *, wide: bool) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(2 * theme.GRID)
    row.addWidget(left, int(wide))
    if not wide:
        row.addStretch()
    row.addWidget(right)
    return row


class _Entries(QListWidget):
    """A list that says so when it is empty."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.setUniformItemSizes(True)
        self.setFont(theme.font(self.font(), "body"))
        self.setMinimumHeight(rows * (self.fontMetrics().height() + theme.GRID))

    def sizeHint(self) -> QSize:
        """Return the least: a window is no higher than its sentences need."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the entries, or that there are none."""
        super().paintEvent(event)
        if self.count():
            return
        painter = QPainter(self.viewport())
        painter.setPen(QColor(theme.of(self.palette()).soft))
        painter.drawText(self.viewport().rect().adjusted(theme.GRID, theme.GRID, 0, 0), 0, NONE_OF_YOUR_OWN)
        painter.end()
