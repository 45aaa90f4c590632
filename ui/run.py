"""The Qt program around `App`: one instance, signals, the end."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence

from PySide6.QtWidgets import QApplication, QMessageBox

from companion import settings as choices
from companion.kept_settings import KeptSettings
from companion.settings import Settings, SettingsError
from companion.status import Activity
from ui import display, theme
from ui.app import App
from ui.focus_ring import FocusRing
from ui.options import Options
from ui.single_instance import Doorbell, Running, address, wake
from ui.state_icon import state_icon
from ui.vault.vault_door import VaultDoor

MUTE = "Companion runs already with this vault but does not answer. End it, then start again."


def run(options: Options) -> int:
    """Run the windows until the person quits; returns the exit status."""
    display.explain_failures()
    qt = QApplication(["companion"])  # the class of its windows, whatever started it
    qt.setApplicationName("Companion")
    qt.setQuitOnLastWindowClosed(False)
    qt.setWindowIcon(state_icon(Activity.RECORDING))
    theme.apply(qt, theme.wanted())
    FocusRing(qt)
    qt.styleHints().colorSchemeChanged.connect(lambda _scheme: theme.apply(qt, theme.wanted()))
    try:
        settings = choices.load()
        name = address(options.vault or settings.vault_path)
    except SettingsError as error:
        return _refuse(str(error))
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
        door=VaultDoor(options),
        save=KeptSettings(settings).save,
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
    if not app.forced:  # else waiting for what does not end is what was given up just now
        signal.set_wakeup_fd(-1)
        app.end()
    if app.relock:
        _restart_locked(app.start_again())
    if app.forced:
        os._exit(status)
    return status


def _restart_locked(arguments: Sequence[str]) -> None:
    """Put a locked program into this one's place: it never had the keys."""
    from companion.locked import switch

    switch.restart_locked(arguments)


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
