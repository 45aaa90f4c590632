"""A Qt program that is typed into: ``python typed_sample.py TITLE HIDDEN``; it has no other part in any test.

One window has a line, a password field, a field that shows its password once it is ticked, and an editor that the
program itself writes into; the other, of the same process, has a line.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

PRINTED = "zqprinted"
EVERY_MILLISECONDS = 150


def main() -> None:
    app = QApplication(sys.argv[:1])
    window, hidden = QWidget(), QWidget()
    line, secret, shown = QLineEdit(), QLineEdit(), QLineEdit()
    for field in (secret, shown):
        field.setEchoMode(QLineEdit.EchoMode.Password)
    box, log = QCheckBox("Show it"), QPlainTextEdit()
    box.toggled.connect(lambda: shown.setEchoMode(QLineEdit.EchoMode.Normal))
    inside = QVBoxLayout(window)
    for widget in (line, secret, shown, box, log):
        inside.addWidget(widget)
    other = QLineEdit()
    QVBoxLayout(hidden).addWidget(other)
    printing = QTimer()
    printing.timeout.connect(lambda: log.insertPlainText(PRINTED))
    printing.start(EVERY_MILLISECONDS)
    for each, title, first in ((hidden, sys.argv[2], other), (window, sys.argv[1], line)):
        each.setWindowTitle(title)
        each.resize(300, 200)
        each.show()
        first.setFocus()
    hidden.move(500, 400)
    window.move(20, 20)
    app.exec()


if __name__ == "__main__":
    main()
