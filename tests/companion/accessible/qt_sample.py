"""A Qt program with a bit of everything; writes what it shows, asked of Qt itself, as JSON to the path it is given.

``python qt_sample.py TRUTH`` - it has no other part in any test than to be looked at.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

TITLE = "Sample of everything"
SECRET = "correct horse battery"
LINES = 4_000


class Sample(QWidget):
    """Two columns of widgets, most with more in them than can be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.label = QLabel("Ünïcode label: Straße, 東京")
        self.edit = QLineEdit("a line the person typed")
        self.password = QLineEdit(SECRET)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.button, self.box = QPushButton("Press here"), QCheckBox("Remember this choice")
        self.items = QListWidget()
        self.items.addItems([f"list item {number}" for number in range(3000)])
        self.table = _table(600, 30)
        self.rich = QTextEdit("".join(f"<p>rich paragraph {number}</p>" for number in range(400)))
        self.plain = QPlainTextEdit("\n".join(f"line {number} of a very long buffer" for number in range(LINES)))
        self.scrolled = _scrolled()
        self._lay_out()
        self.resize(1100, 720)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        places: list[tuple[QWidget, int, int]] = [
            (self.plain, 5, 1),  # made in another order than it is read in
            (self.label, 0, 0),
            (self.edit, 1, 0),
            (self.password, 1, 1),
            (self.button, 2, 0),
            (self.box, 2, 1),
            (self.items, 3, 0),
            (self.table, 3, 1),
            (self.rich, 5, 0),
            (self.scrolled, 6, 0),
        ]
        for widget, row, column in places:
            grid.addWidget(widget, row, column)

    def scroll(self) -> None:
        for view in (self.items, self.table, self.rich, self.plain):
            bar = view.verticalScrollBar()
            bar.setValue(bar.maximum() // 2)

    def truth(self) -> dict[str, list[str]]:
        return {
            "label": [self.label.text()],
            "edit": [self.edit.text()],
            "button": [self.button.text()],
            "box": [self.box.text()],
            "items": [self.items.item(row).text() for row in _rows(self.items)],
            "table": self._table_truth(),
            "rich": _lines_in_view(self.rich),
            "plain": _lines_in_view(self.plain),
            "scrolled": [f"row {number} of the scrolled part" for number in range(_whole_rows(self.scrolled))],
        }

    def _table_truth(self) -> list[str]:
        last = self.table.columnAt(self.table.viewport().width() - 1)
        columns = range(self.table.columnAt(0), last + 1)
        cells = [[self.table.item(row, column).text() for column in columns] for row in _rows(self.table)]
        return ["\t".join(str(column + 1) for column in columns), *("\t".join(row) for row in cells)]


def _table(rows: int, columns: int) -> QTableWidget:
    table = QTableWidget(rows, columns)
    table.verticalHeader().hide()
    for row in range(rows):
        for column in range(columns):
            table.setItem(row, column, QTableWidgetItem(f"r{row}c{column}"))
    return table


def _scrolled() -> QScrollArea:
    area, inside = QScrollArea(), QWidget()
    below = QVBoxLayout(inside)
    for number in range(60):
        below.addWidget(QLabel(f"row {number} of the scrolled part"))
    area.setWidget(inside)
    area.setFixedHeight(100)
    return area


def _rows(view: QAbstractItemView) -> range:
    """Return the rows of which more than an edge shows: with some fonts a pixel of the next one does too."""
    edge, shown = QPoint(0, 4), view.viewport().rect()
    assert shown.height() > 0
    first = view.indexAt(shown.topLeft() + edge).row()
    last = max(view.indexAt(shown.bottomLeft() - edge).row(), first)
    return range(first, last + 1)


def _lines_in_view(edit: QTextEdit | QPlainTextEdit) -> list[str]:
    area = edit.viewport().rect()
    first = edit.cursorForPosition(area.topLeft()).block()
    last = edit.cursorForPosition(area.bottomLeft() - QPoint(0, 13)).block().blockNumber()
    lines = []
    while first.isValid() and first.blockNumber() <= last:
        lines.append(first.text())
        first = first.next()
    return lines


def _whole_rows(area: QScrollArea) -> int:
    labels = area.widget().findChildren(QLabel)
    return sum(label.y() < area.viewport().height() for label in labels)


def main() -> None:
    app = QApplication(sys.argv[:1])
    sample = Sample()
    sample.show()

    def tell() -> None:
        draft = Path(sys.argv[1]).with_suffix(".draft")
        draft.write_text(json.dumps(sample.truth()), encoding="utf-8")
        draft.replace(sys.argv[1])

    QTimer.singleShot(300, sample.scroll)
    QTimer.singleShot(600, tell)
    app.exec()


if __name__ == "__main__":
    main()
