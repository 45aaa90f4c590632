"""A Qt window of known text: ``python _text_window.py TITLE FILE``, where FILE is JSON that says how it looks.

``columns`` are lists of lines beside each other, ``fields`` pairs of a label and what is in its field; ``font``,
``points``, ``dark``, ``size`` in pixels.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QFormLayout, QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

DARK = "* { background: #1e1f22; color: #d5d7da; } QLineEdit { border: 1px solid #55585d; padding: 3px; }"


def main(title: str, told: dict[str, Any]) -> int:
    app = QApplication(["text"])
    font = QFont(told["font"])
    font.setPixelSize(round(told["points"] * 96 / 72))
    app.setFont(font)
    window = _form(told["fields"]) if "fields" in told else _columns(told["columns"])
    if told["dark"]:
        app.setStyleSheet(DARK)
    window.setWindowTitle(title)
    window.resize(*told["size"])
    window.show()
    return app.exec()


def _columns(columns: list[list[str]]) -> QWidget:
    window = QWidget()
    beside = QHBoxLayout(window)
    beside.setSpacing(24)
    for lines in columns:
        edit = QPlainTextEdit("\n".join(lines))
        edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        edit.setFrameShape(QFrame.Shape.NoFrame)
        edit.setReadOnly(True)
        beside.addWidget(edit)
    return window


def _form(fields: list[list[str]]) -> QWidget:
    window = QWidget()
    form = QFormLayout(window)
    for label, value in fields:
        edit = QLineEdit(value)
        edit.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no cursor in the picture
        form.addRow(label, edit)
    return window


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))
