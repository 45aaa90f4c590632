"""Lines about notifications as a list Qt can show, with what the person said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.digest.lines import Kind, Line

LINE = Qt.ItemDataRole.UserRole
SAID = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class DigestModel(QAbstractListModel):
    """Lines in order. What the person said of a notification stays with it while lines come and go."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._said: dict[int, bool] = {}
        self._shows: dict[int, Callable[[Line], object]] = {
            LINE: lambda line: line,
            SAID: lambda line: self._said.get(line.number),
            Qt.ItemDataRole.DisplayRole: lambda line: line.title,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            Qt.ItemDataRole.ToolTipRole: lambda line: line.spoken,
        }

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines, where they are others."""
        if tuple(lines) != self._lines:
            self.beginResetModel()
            self._lines = tuple(lines)
            self.endResetModel()

    def say(self, number: int, important: bool | None) -> None:
        """Show that the person called a notification important, or not; None for neither."""
        if important is None:
            self._said.pop(number, None)
        else:
            self._said[number] = important
        row = self.row_of(number)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))

    def line(self, row: int) -> Line:
        """Return the line of a row."""
        return self._lines[row]

    def said(self, number: int) -> bool | None:
        """Return what the person said of a notification."""
        return self._said.get(number)

    def row_of(self, number: int) -> int:
        """Return the row of a notification, -1 where it is not there."""
        return next((row for row, line in enumerate(self._lines) if number and line.number == number), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self._lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a line: nothing with a heading, the arrows walk over it."""
        if index.isValid() and self._lines[index.row()].kind is not Kind.NOTICE:
            return Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a role shows of a line."""
        if not index.isValid():
            return None
        shows = self._shows.get(role)
        return None if shows is None else shows(self._lines[index.row()])

    def _spoken(self, line: Line) -> str:
        said = self._said.get(line.number)
        return line.spoken if said is None else f"{line.spoken} You said: {WORDS[said]}."


WORDS = {True: "important", False: "not important"}
