"""The Qt program around `App`: one instance, signals, the end."""

from __future__ import annotations

import os
import signal
import sys
import time

from PySide6.QtWidgets import QApplication, QMessageBox

from companion import settings as choices
from companion.ports import EnginePort
from companion.settings import Settings, SettingsError
from companion.status import Activity
from ui import display, theme
from ui.app import App
from ui.options import Options
from ui.single_instance import Doorbell, Running, address, wake
from ui.state_icon import state_icon

MUTE = "Companion runs already with this vault but does not answer. End it, then start again."


def run(options: Options) -> int:
    """Run the windows until the person quits; returns the exit status."""
    display.explain_failures()
    qt = QApplication(["companion"])  # the class of its windows, whatever started it
    qt.setApplicationName("Companion")
    qt.setQuitOnLastWindowClosed(False)
    qt.setWindowIcon(state_icon(Activity.RECORDING))
    theme.apply(qt, theme.wanted())
    qt.styleHints().colorSchemeChanged.connect(lambda _scheme: theme.apply(qt, theme.wanted()))
    try:
        settings = choices.load()
    except SettingsError as error:
        return _refuse(str(error))
    name = address(options.vault or settings.vault_path)
    running = wake(name)
    if running is Running.NO:
        return _run(qt, options, settings, name)
    if running is Running.MUTE:
        return _refuse(MUTE)
    print("Companion runs already; its sidebar is open.")
    return 0


def _run(qt: QApplication, options: Options, settings: Settings, name: str) -> int:
    app = App(
        settings=settings,
        build=lambda wanted: _build(wanted, options),
        save=choices.save,
        now=time.time,
        options=options,
    )
    bell = Doorbell(name)
    if bell.problem:
        return _refuse(f"Companion cannot listen for a second start ({bell.problem}). Another start may be under way.")
    bell.rung.connect(app.sidebar.open)
    _heed_signals(app)
    app.start()
    status = qt.exec()
    bell.close()
    if app.forced:
        os._exit(status)  # waiting for what does not end is what was given up just now
    signal.set_wakeup_fd(-1)
    app.end()
    return status


def _build(settings: Settings, options: Options) -> EnginePort:
    from companion import unlocking
    from companion.app import build_engine

    vault = unlocking.unlocked(options.vault or settings.vault_path)
    return build_engine(settings, vault=vault, board_name=options.board, frames=options.frames)


def _heed_signals(app: App) -> None:
    """Quit at Ctrl-C and SIGTERM. Python looks at signals between its own instructions only, so Qt has to be woken."""
    signal.set_wakeup_fd(app.bridge.wake_fd, warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: app.bridge.post(app.quit))


def _refuse(sentence: str) -> int:
    """Say why nothing starts: to the terminal, or in a window when there is none."""
    print(sentence, file=sys.stderr)
    if not sys.stderr.isatty():
        QMessageBox.critical(None, "Companion", sentence)
    return display.NO_WINDOWS
