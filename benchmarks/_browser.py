"""A small real browser (Chromium through Qt) for the scripted desktop: Alt+digit goes to a page, keys scroll it.

``python _browser.py PAGE...``: each PAGE is an HTML file.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QToolBar


def main(pages: list[Path]) -> int:
    app = QApplication(["browser"])
    window, view, address = QMainWindow(), QWebEngineView(), QLineEdit()
    bar = QToolBar()
    for text in ("Back", "Forward", "Reload"):
        bar.addAction(text)
    bar.addWidget(address)
    window.addToolBar(bar)
    window.setCentralWidget(view)
    view.titleChanged.connect(lambda title: window.setWindowTitle(f"{title} - Browser"))
    view.urlChanged.connect(lambda url: address.setText(f"https://example.org/{url.fileName()}"))
    view.loadFinished.connect(lambda _: view.setFocus())
    for number, page in enumerate(pages):
        shortcut = QShortcut(QKeySequence(f"Alt+{number + 1}"), window)
        shortcut.activated.connect(partial(view.load, QUrl.fromLocalFile(str(page))))
    view.load(QUrl.fromLocalFile(str(pages[0])))
    window.showMaximized()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]]))
