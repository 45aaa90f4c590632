"""A Qt window with a line to write into and a password; ``python form.py TITLE``, only there to be looked at."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

WORDS = "Words of the form"


def main() -> None:
    app = QApplication(sys.argv[:1])
    window = QWidget()
    window.setWindowTitle(sys.argv[1])
    secret = QLineEdit("correct horse")
    secret.setEchoMode(QLineEdit.EchoMode.Password)
    line = QLineEdit()
    inside = QVBoxLayout(window)
    for widget in (QLabel(WORDS), line, secret):
        inside.addWidget(widget)
    window.show()
    line.setFocus()
    app.exec()


if __name__ == "__main__":
    main()
