"""A Qt program that shows what it is told to, a JSON object a line, and answers each with a line once it is seen."""

from __future__ import annotations

import json
import sys
from typing import Any

from PySide6.QtCore import QPoint, QSocketNotifier
from PySide6.QtWidgets import (
    QApplication,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

ECHO = {
    "password": QLineEdit.EchoMode.Password,
    "on edit": QLineEdit.EchoMode.PasswordEchoOnEdit,
    "none": QLineEdit.EchoMode.NoEcho,
}


class Shown:
    """One window at a time."""

    def __init__(self) -> None:
        self.window: QWidget | None = None
        self.popup: QMenu | None = None
        self.passwords: list[QLineEdit] = []
        self.scrolled: QScrollArea | None = None

    def show(self, about: dict[str, Any]) -> None:
        self.close()
        self.window = QWidget()
        self.window.setWindowTitle(about["title"])
        column = QVBoxLayout(self.window)
        for kind, props in about["widgets"]:
            column.addWidget(self.made(kind, props))
        column.addStretch()
        self.window.move(*about["at"])
        self.window.resize(*about["size"])
        self.window.show()

    def made(self, kind: str, props: dict[str, Any]) -> QWidget:
        widget: QWidget = getattr(self, f"_{kind}")(**props)
        if "name" in props:
            widget.setAccessibleName(props["name"])
        return widget

    def reveal(self) -> None:
        for field in self.passwords:
            field.setEchoMode(QLineEdit.EchoMode.Normal)

    def scroll(self, to: int) -> None:
        if self.scrolled is not None:
            self.scrolled.verticalScrollBar().setValue(to)

    def menu(self, text: str, at: list[int]) -> None:
        self.popup = QMenu()
        self.popup.addAction(text)
        self.popup.popup(QPoint(*at))

    def close(self) -> None:
        if self.popup is not None:
            self.popup.close()
            self.popup = None
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
        self.window, self.scrolled = None, None
        self.passwords = []

    def _label(self, text: str, colour: str = "", *, wrap: bool = False, points: int = 12, **_: Any) -> QWidget:
        label = QLabel(text)
        label.setWordWrap(wrap)
        label.setStyleSheet(f"font: bold {points}pt; color: {colour or 'black'}")
        return label

    def _entry(self, text: str, colour: str = "", echo: str = "", **_: Any) -> QWidget:
        field = QLineEdit(text)
        if echo:
            field.setEchoMode(ECHO[echo])
            self.passwords.append(field)
        role = "background" if echo else "color"
        field.setStyleSheet(f"font: bold 12pt; {role}: {colour or 'gray'}")
        field.setCursorPosition(0)
        return field

    def _area(self, text: str, colour: str = "", height: int = 90, **_: Any) -> QWidget:
        area = QPlainTextEdit(text)
        area.setFixedHeight(height)
        area.setStyleSheet(f"font: bold 12pt; color: {colour or 'black'}")
        return area

    def _rich(self, text: str, height: int = 90, **_: Any) -> QWidget:
        area = QTextEdit(text)
        area.setFixedHeight(height)
        return area

    def _table(self, rows: list[list[str]], colour: str = "", **_: Any) -> QWidget:
        table = QTableWidget(len(rows), len(rows[0]))
        table.setStyleSheet(f"font: bold 12pt; color: {colour or 'black'}")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                table.setItem(row, column, QTableWidgetItem(cell))
        table.resizeColumnsToContents()
        return table

    def _row(self, of: list[list[Any]], **_: Any) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        for kind, props in of:
            row.addWidget(self.made(kind, props))
        return whole

    def _group(self, title: str, of: list[list[Any]], **_: Any) -> QWidget:
        group = QGroupBox(title)
        group.setStyleSheet("QGroupBox { font: bold 14pt }")
        column = QVBoxLayout(group)
        for kind, props in of:
            column.addWidget(self.made(kind, props))
        return group

    def _scroll(self, of: list[list[Any]], height: int, **_: Any) -> QWidget:
        self.scrolled, inside = QScrollArea(), QWidget()
        column = QVBoxLayout(inside)
        for kind, props in of:
            column.addWidget(self.made(kind, props))
        self.scrolled.setWidget(inside)
        self.scrolled.setFixedHeight(height)
        return self.scrolled

    def _gap(self, height: int, colour: str = "", **_: Any) -> QWidget:
        gap = QLabel()
        gap.setFixedHeight(height)
        gap.setStyleSheet(f"background: {colour}" if colour else "")
        return gap


def main() -> None:
    app, shown = QApplication(sys.argv[:1]), Shown()
    app.setQuitOnLastWindowClosed(False)

    def told() -> None:
        line = sys.stdin.readline()
        if not line:
            app.quit()
            return
        said = json.loads(line)
        getattr(shown, said.pop("do"))(**said)
        for _ in range(40):
            app.processEvents()
        print("done", flush=True)

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(told)
    app.exec()


if __name__ == "__main__":
    main()
