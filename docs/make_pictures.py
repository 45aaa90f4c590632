# ruff: noqa: INP001  a script beside its pictures, not a package
"""Make the pictures of the user guide: the real windows over a few sample moments, on an X server of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engine import NOW, SENTENCES, SampleEngine, draw_pages, status

from companion.settings import Settings

if TYPE_CHECKING:  # Qt looks at the environment when it is imported, and the X server is not there yet
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication, QWidget

PICTURES = Path(__file__).parent / "pictures"
QUESTION = "convergence"


@contextmanager
def x_server() -> Iterator[None]:
    """Run an X server of our own while the windows are photographed."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:  # noqa: S603  fixed
        os.close(writing)
        with os.fdopen(reading) as numbers:
            os.environ["DISPLAY"] = f":{numbers.readline().strip()}"
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        try:
            yield
        finally:
            server.terminate()


def photograph(app: QApplication, folder: Path) -> None:
    """Open each window, fill it, and save what it looks like."""
    from PySide6.QtCore import QSize

    from ui import theme
    from ui.bridge import Bridge
    from ui.ending import delete_windows
    from ui.first_run import FirstRun
    from ui.sidebar import Sidebar
    from ui.view_state import view

    draw_pages(folder)
    bridge = Bridge()

    def settle() -> None:
        for _ in range(20):
            app.processEvents()

    def keep(window: QWidget, name: str) -> None:
        settle()
        _save(window.grab().toImage(), name)

    for name, colours in (("light", theme.LIGHT), ("dark", theme.DARK)):
        theme.apply(app, colours)
        sidebar = Sidebar(bridge=bridge, now=lambda: NOW)
        sidebar.set_engine(SampleEngine(folder), exclude_minutes=5.0)
        sidebar.show_state(view(status()))
        sidebar.open()
        sidebar.search.field.setText(QUESTION)
        sidebar.search.field.returnPressed.emit()
        settle()
        sidebar.list.enter()
        keep(sidebar, f"sidebar-{name}")
        if colours is theme.LIGHT:
            sidebar.list.opened.emit(0)
            sidebar.moment.resize(QSize(1240, 640))
            keep(sidebar.moment, "moment")
        sidebar.close()
    theme.apply(app, theme.LIGHT)
    settings = replace(Settings(), vault="~/.local/share/companion/vault")
    pages = FirstRun(settings, save=lambda _settings: None)
    pages.go(1)
    pages.show()
    keep(pages, "first-run")
    pages.close()
    sheet = _state_sheet()
    sheet.show()
    keep(sheet, "tray-states")
    sheet.close()
    bridge.close()
    delete_windows()


def _state_sheet() -> QWidget:
    """Return every state's sign on a light and on a dark panel, what it says, and the menu."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

    from ui import theme
    from ui.menu import CompanionMenu
    from ui.state_icon import sign
    from ui.view_state import view

    sheet, signs = QWidget(), QWidget()
    rows = QGridLayout(signs)
    rows.setSpacing(0)
    rows.setHorizontalSpacing(4 * theme.GRID)
    for row, (activity, sentence) in enumerate(SENTENCES.items()):
        for column, panel in enumerate(theme.PANELS):
            place = QLabel()
            place.setPixmap(sign(activity, 24))
            place.setFixedSize(56, 56)
            place.setAlignment(Qt.AlignmentFlag.AlignCenter)
            place.setStyleSheet(f"background: {panel};")
            rows.addWidget(place, row, column)
        label = QLabel(f"<b>{activity.value.capitalize()}</b><br>{sentence}")
        label.setFont(theme.font(label.font(), "body"))
        rows.addWidget(label, row, len(theme.PANELS))
    menu = CompanionMenu()
    menu.show_state(view(status()))
    menu.show_hotkey(Settings().hotkey, "")
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    picture = QLabel()
    picture.setPixmap(menu.grab())
    line = QHBoxLayout(sheet)
    line.setContentsMargins(*(4 * (6 * theme.GRID,)))
    line.setSpacing(12 * theme.GRID)
    line.addWidget(signs)
    line.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
    return sheet


def _save(image: QImage, name: str) -> None:
    """Save as PNG with as few colours as it takes to stay small."""
    from PIL import Image

    path = PICTURES / f"{name}.png"
    image.save(str(path))
    with Image.open(path) as full:
        small = full.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    print(f"{path.relative_to(PICTURES.parent.parent)}: {path.stat().st_size // 1024} KB")


def main() -> int:
    """Make every picture."""
    os.environ["TZ"] = "UTC"
    PICTURES.mkdir(exist_ok=True)
    with x_server(), tempfile.TemporaryDirectory() as folder:
        from PySide6.QtWidgets import QApplication

        photograph(QApplication([]), Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
