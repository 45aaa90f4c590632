# ruff: noqa: INP001  a script beside its pictures, not a package
"""Make the pictures of the user guide: the real windows over a few sample moments, on an X server of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sample_deep_work import SampleBell, SampleDeepWork, focus_state, passed, sample_digest
from sample_door import SampleDoor
from sample_engine import NOW, SENTENCES, SampleEngine, draw_pages, status
from sample_training import IN_BLOCK, SampleTraining

from companion.settings import Settings
from companion.status import Activity

if TYPE_CHECKING:  # Qt looks at the environment when it is imported, and the X server is not there yet
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication, QWidget

    from ui.bridge import Bridge

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


Keep = Callable[["QWidget", str], None]


def photograph(app: QApplication, folder: Path) -> None:
    """Open each window, fill it, and save what it looks like."""
    from ui import theme
    from ui.bridge import Bridge
    from ui.ending import delete_windows

    draw_pages(folder)
    bridge = Bridge()

    def keep(window: QWidget, name: str) -> None:
        _settle()
        _save(window.grab().toImage(), name)

    for name, colours in (("light", theme.LIGHT), ("dark", theme.DARK)):
        theme.apply(app, colours)
        _recall(bridge, folder, keep, name)
        _focus(bridge, keep, name)
        _calibration(bridge, keep, name)
        _headset(bridge, folder, keep, name)
        _training(bridge, keep, name)
        _mails(bridge, keep, name)
    theme.apply(app, theme.LIGHT)
    _pages(bridge, keep)
    _recorded(keep)
    _locked(bridge, keep)
    _digest(bridge, keep)
    sheet = _state_sheet()
    sheet.show()
    keep(sheet, "tray-states")
    sheet.close()
    bridge.close()
    delete_windows()


def _settle() -> None:
    from PySide6.QtWidgets import QApplication

    for _ in range(20):
        QApplication.processEvents()


def _recall(bridge: Bridge, folder: Path, keep: Keep, scheme: str) -> None:
    """Photograph recall, and in the light one of its moments."""
    from PySide6.QtCore import QSize

    from ui.recall.sidebar import Sidebar
    from ui.view_state import view

    sidebar = Sidebar(bridge=bridge, now=lambda: NOW)
    sidebar.set_engine(SampleEngine(folder), exclude_minutes=5.0)
    sidebar.show_state(view(replace(status(), focus=focus_state().why), focus_state()))
    sidebar.open()
    sidebar.search.field.setText(QUESTION)
    sidebar.search.field.returnPressed.emit()
    _settle()
    sidebar.list.enter()
    keep(sidebar, f"sidebar-{scheme}")
    if scheme == "light":
        sidebar.list.opened.emit(0)
        sidebar.moment.resize(QSize(1240, 640))
        keep(sidebar.moment, "moment")
    sidebar.close()


def _pages(bridge: Bridge, keep: Keep) -> None:
    """Photograph two of the first-run pages."""
    from ui.first_run.window import FirstRun
    from ui.vault.lock_page import Vaults

    settings = replace(Settings(), vault="~/.local/share/companion/vault")
    pages = FirstRun(settings, save=lambda settings: settings, vaults=Vaults(SampleDoor(), bridge))
    pages.go(1)
    pages.show()
    keep(pages, "first-run")
    pages.go(3)
    while pages.lock.facts is None:
        _settle()
    pages.lock.wanted.click()
    keep(pages, "who-can-open-it")
    pages.close()


def _recorded(keep: Keep) -> None:
    """Photograph the window about what is recorded and what is left out."""
    from ui.settings.window import RecordedWindow

    settings = replace(
        Settings(), consent_screen=True, consent_text=True, consent_urls=True, exclude_sites=("bank.example",)
    )
    window = RecordedWindow(settings)
    window.lists.setCurrentWidget(window.sites)
    window.show()
    keep(window, "what-is-recorded")
    window.close()


def _focus(bridge: Bridge, keep: Keep, scheme: str) -> None:
    """Photograph the focus window, and in the light its settings."""
    from ui.focus.window import FocusWindow
    from ui.settings.window import RecordedWindow
    from ui.view_state import view

    chosen = replace(Settings(), consent_text=True, consent_input=True, follow_focus=True, quiet_in_focus=True)
    deep = SampleDeepWork()
    window = FocusWindow(
        bridge=bridge, deep=lambda: deep, state=lambda: view(status()), settings=lambda: chosen, now=lambda: NOW
    )
    window.appear()
    _settle()
    window.day.stretch.choose(NOW - 60 * 60, NOW - 45 * 60)
    window.day.curve.choose(NOW - 60 * 60, NOW - 45 * 60)
    for switch in window.day.lines.switches.values():
        switch.click()
    keep(window, f"focus-{scheme}")
    window.close()
    if scheme == "light":
        recorded = RecordedWindow(replace(chosen, starred_people=("Ines",), quiet_hours=("22:00-07:00",)))
        recorded.show_focus()
        recorded.show()
        keep(recorded, "focus-settings")
        recorded.close()


def _calibration(bridge: Bridge, keep: Keep, scheme: str) -> None:
    """Photograph a calibration in the midst of its rest."""
    from ui.focus.calibration import FocusCalibration

    deep = SampleDeepWork()
    window = FocusCalibration(bridge=bridge, deep=lambda: deep, bell=SampleBell())
    window.appear()
    window.go.click()
    keep(window, f"focus-calibration-{scheme}")
    window.close()


def _digest(bridge: Bridge, keep: Keep) -> None:
    """Photograph the digest, and a notification that passes."""
    from ui.digest.window import DigestWindow
    from ui.toasts.window import ToastWindow

    deep = SampleDeepWork()
    window = DigestWindow(bridge=bridge, deep=lambda: deep, now=lambda: NOW)
    window.show_digest(sample_digest())
    keep(window, "digest")
    window.close()
    toast = ToastWindow(passed())
    toast.appear()
    keep(toast, "passed")
    toast.leave()


def _mails(bridge: Bridge, keep: Keep, scheme: str) -> None:
    """Photograph the mails that wait, and in the light their settings."""
    from sample_sending import SampleSending

    from ui.mails.window import MailsWindow
    from ui.settings.window import RecordedWindow

    window = MailsWindow(bridge=bridge, sending=SampleSending, locked=lambda: False, now=lambda: NOW)
    window.appear()
    keep(window, f"mails-{scheme}")
    window.let_go()
    if scheme == "light":
        account = "work tls smtp.example.org:465 local 2525"
        chosen = replace(Settings(), consent_text=True, consent_input=True, send_guard=True, send_accounts=(account,))
        recorded = RecordedWindow(chosen)
        recorded.show_mail()
        recorded.show()
        keep(recorded, "mail-settings")
        recorded.close()


def _headset(bridge: Bridge, folder: Path, keep: Keep, scheme: str) -> None:
    """Photograph how a headset lies and what it sends."""
    from ui.headset.view import HeadsetView
    from ui.view_state import view

    engine = SampleEngine(folder)
    window = HeadsetView(lambda: engine, view(status()), bridge=bridge)
    window.appear()
    while window.live is None or "dB" not in window.live.spectrum.caption:
        _settle()
    keep(window, f"headset-{scheme}")
    window.close()


def _training(bridge: Bridge, keep: Keep, scheme: str) -> None:
    """Photograph what can be trained, the scene (which is the same in the dark), and what came of it."""
    from ui.training.window import TrainingWindow
    from ui.view_state import view

    port = SampleTraining()
    window = TrainingWindow(view(status()), bridge=bridge, port=lambda: port, now=lambda: NOW)
    window.appear()
    _settle()
    keep(window, f"training-{scheme}")
    window.past.click()
    keep(window, f"training-sessions-{scheme}")
    window.close()
    if scheme == "light":
        trains = SampleTraining(IN_BLOCK)
        window = TrainingWindow(view(status()), bridge=bridge, port=lambda: trains, now=lambda: NOW)
        window.appear()
        while window.running.scene.look.value < 0.99 * (IN_BLOCK.value or 0) or window.running.scene.look.reward < 0.9:  # noqa: PLR2004
            _settle()
        keep(window, "training-scene")
        window.put_away()


def _locked(bridge: Bridge, keep: Keep) -> None:
    """Photograph what is seen of locked memory."""
    from ui.recall.sidebar import Sidebar
    from ui.vault.secret_window import UNLOCK, SecretWindow
    from ui.view_state import view

    sidebar = Sidebar(bridge=bridge, now=lambda: NOW)
    sidebar.show_state(view(status(Activity.LOCKED)))
    sidebar.open()
    sidebar.setFixedHeight(480)
    keep(sidebar, "locked")
    sidebar.close()
    unlock = SecretWindow(UNLOCK, lambda _current, _new: None, bridge=bridge)
    unlock.appear()
    keep(unlock, "unlock")
    unlock.close()


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
    rows_said = [(activity, activity.value.capitalize(), said, False) for activity, said in SENTENCES.items()]
    rows_said.append((Activity.RECORDING, "Deep focus", "A diamond in the corner, whatever is recorded.", True))
    for row, (activity, name, sentence, deep) in enumerate(rows_said):
        for column, panel in enumerate(theme.PANELS):
            place = QLabel()
            place.setPixmap(sign(activity, 24, deep=deep))
            place.setFixedSize(56, 56)
            place.setAlignment(Qt.AlignmentFlag.AlignCenter)
            place.setStyleSheet(f"background: {panel};")
            rows.addWidget(place, row, column)
        label = QLabel(f"<b>{name}</b><br>{sentence}")
        label.setFont(theme.font(label.font(), "body"))
        rows.addWidget(label, row, len(theme.PANELS))
    menu = CompanionMenu()
    menu.show_state(view(replace(status(), focus=focus_state().why), focus_state()))
    menu.show_hotkey(Settings().hotkey, "")
    menu.show_lock(lockable=True, why_not="")
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
