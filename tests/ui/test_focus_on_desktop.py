"""Focus's windows on a real X server with a window manager: what is painted, and who has the keyboard."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from desktop import Desktop, wait_until

from ui import theme

SHOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from recording_deep_work import RecordingDeepWork, judged, morning, three_held
from recording_engine import NOW, status
from companion.settings import Settings
from ui import theme
from ui.bridge import Bridge
from ui.digest.window import DigestWindow
from ui.focus.window import FocusWindow
from ui.toasts.pile import ToastPile
from ui.view_state import view

qt = QApplication([])
qt.setQuitOnLastWindowClosed(False)
theme.apply(qt, getattr(theme, sys.argv[2]))
bridge, deep, pile = Bridge(), RecordingDeepWork(), ToastPile()
deep.known = morning()
pile.opened.connect(lambda number: print("opened", number, flush=True))
if sys.argv[1] == "toast":
    pile.show(judged(1))
elif sys.argv[1] == "digest":
    window = DigestWindow(bridge=bridge, deep=lambda: deep, now=lambda: NOW)
    window.show_digest(three_held())
else:
    window = FocusWindow(
        bridge=bridge, deep=lambda: deep, state=lambda: view(status()), settings=Settings, now=lambda: NOW
    )
    window.appear()
QTimer.singleShot(60_000, qt.quit)
qt.exec()
"""
HERE = Path(__file__).parent


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with Desktop() as made:
        yield made


def show(desktop: Desktop, what: str, scheme: str = "LIGHT", scale: str = "1") -> subprocess.Popen[bytes]:
    paths = f"{HERE}:{HERE.parent.parent}"
    environ = {"PYTHONPATH": paths, "QT_SCALE_FACTOR": scale}
    return desktop.start(sys.executable, "-c", SHOW, what, scheme, environ=environ)


def colours(desktop: Desktop, window: str) -> set[str]:
    cells = desktop.pixels(window).reshape(-1, 3)
    return {f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in {tuple(cell) for cell in cells.tolist()}}


@pytest.mark.parametrize("scheme", ["LIGHT", "DARK"])
def test_the_curve_of_today_is_painted_in_light_and_dark(desktop: Desktop, scheme: str) -> None:
    show(desktop, "focus", scheme)
    window = desktop.await_active("Companion: focus")
    wanted: theme.Colours = getattr(theme, scheme)
    found = {wanted.focus, wanted.strong, wanted.window}
    wait_until(lambda: found <= colours(desktop, window), "deep focus to be painted")
    desktop.press("Escape")
    wait_until(lambda: not desktop.search("--name", "^Companion: focus$"), "Escape to close it")


def test_it_is_painted_twice_as_large_on_dense_screens() -> None:
    with Desktop(size="1920x1300x24") as desktop:
        show(desktop, "digest", scale="2")
        window = desktop.await_active("Companion: held while you were focused")
        wait_until(lambda: theme.LIGHT.selected in colours(desktop, window), "the chosen row to be painted")
        assert desktop.pixels(window).shape[1] == 1200


def test_what_passes_takes_no_keyboard_and_opens_at_a_click(desktop: Desktop) -> None:
    terminal = desktop.open_xterm("words", title="work")
    shown = show(desktop, "toast")
    toast = desktop.await_window("Companion: Jonas")
    wait_until(lambda: theme.LIGHT.surface in colours(desktop, toast), "the notification to be painted")
    assert desktop.active() == terminal
    desktop.run("xdotool", "mousemove", "--window", toast, "60", "40", "click", "1")
    wait_until(lambda: not desktop.search("--name", "^Companion: Jonas$"), "the click to close it")
    assert desktop.active() == terminal
    assert shown.poll() is None
