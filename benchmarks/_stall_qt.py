"""A Qt program with much in its window, whose event loop is measured: ``python _stall_qt.py TICKS``."""

from __future__ import annotations

import sys
from pathlib import Path

from _ticks import ACROSS, COLUMNS, LABELS, LINES, PERIOD_MILLISECONDS, ROWS, SIZE, TITLE, Ticks, cell, label, line
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)


def main(ticks: Path) -> int:
    app = QApplication(["stall"])
    window = QWidget()
    window.setWindowTitle(TITLE)
    below = QVBoxLayout(window)
    below.addLayout(_labels())
    beside = QHBoxLayout()
    beside.addWidget(QPlainTextEdit("\n".join(map(line, range(LINES)))))
    beside.addWidget(_table())
    below.addLayout(beside)
    window.resize(*SIZE)
    window.show()
    noted, timer = Ticks(ticks), QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(noted.tick)
    timer.start(PERIOD_MILLISECONDS)
    return app.exec()


def _labels() -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(0)
    for number in range(LABELS):
        shown = QLabel(label(number))
        shown.setStyleSheet("font-size: 9px")
        grid.addWidget(shown, number // (2 * ACROSS), number % (2 * ACROSS))
    return grid


def _table() -> QTableWidget:
    table = QTableWidget(ROWS, COLUMNS)
    for row in range(ROWS):
        for column in range(COLUMNS):
            table.setItem(row, column, QTableWidgetItem(cell(row, column)))
    return table


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
