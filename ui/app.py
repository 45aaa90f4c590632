"""The composition root of the windows: who is told what by whom."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from companion.idle import load_extensions
from companion.settings import Settings, SettingsError
from ui import global_key, tray
from ui.bridge import Bridge
from ui.desks import Desks
from ui.ending import delete_windows
from ui.engine_link import EngineLink
from ui.first_run.window import HEADSET_PAGE, SOURCES_PAGE, FirstRun
from ui.menu import CompanionMenu
from ui.options import Options
from ui.recall.sidebar import Sidebar
from ui.settings.window import UNSAVED, RecordedWindow
from ui.small_window import SmallWindow
from ui.tray import Tray
from ui.vault.door import Door
from ui.vault.forgetting import Forgetting
from ui.vault.lock_page import Vaults
from ui.vault.locking import Locking
from ui.vault.recovery_window import RecoveryWindow
from ui.view_state import ViewState, before_start

CLOSE_WITHIN_MS = 15_000
LOOK_FOR_TRAY_MS = 2000
FIRST_STEPS = "Nothing is recorded: the first steps come first, in the settings."


class App(QObject):
    """Owns the windows, the tray icon and the way to the engine.

    Parameters
    ----------
    door
        The way into the vault.
    save
        Keeps settings and returns what is kept now; raises `SettingsError`.
    options
        What was said on the command line, for this run only.

    """

    def __init__(
        self,
        *,
        settings: Settings,
        door: Door,
        save: Callable[[Settings], Settings],
        now: Callable[[], float],
        options: Options,
    ) -> None:
        super().__init__()
        self.settings, self._door, self._save, self._options = settings, door, save, options
        self._opened_with: Settings | None = None
        self._closed: Future[None] = Future()
        self._key: global_key.KeySource | None = None
        self._closing = False
        self.forced = False
        self.relock = False
        self.code: RecoveryWindow | None = None
        self.pages: FirstRun | None = None
        self.recorded: RecordedWindow | None = None
        self.bridge = Bridge(self)
        self.link = EngineLink(self.bridge, self)
        self.menu = CompanionMenu()
        self.tray = Tray(self.menu, self)
        self.window = SmallWindow(self.menu)
        self.sidebar = Sidebar(bridge=self.bridge, now=now)
        self.locking = Locking(
            bridge=self.bridge,
            link=self.link,
            door=door,
            menu=self.menu,
            settings=self._for_this_run,
            lock=self.lock,
            here=lambda: self.desks.training.goes_on,
            parent=self,
        )
        self.forgetting = Forgetting(bridge=self.bridge, link=self.link, parent=self)
        self.desks = Desks(bridge=self.bridge, link=self.link, settings=lambda: self.settings, now=now, parent=self)
        self._tray_watch = QTimer(self)
        self._connect()

    def start(self) -> None:
        """Appear; the engine and the keyboard shortcut follow once the icon is there."""
        self.tray.show()
        self._show_somewhere()
        self._tray_watch.start(LOOK_FOR_TRAY_MS)
        self._show_state(self.link.state)
        QTimer.singleShot(0, self, load_extensions)  # before the threads that need them are there
        if self._waits_for_first_steps():
            self.link.say(FIRST_STEPS)
            self.show_pages()
        else:
            QTimer.singleShot(0, self, self._open_engine)
        if self._options.sidebar:
            self.sidebar.open()
        QTimer.singleShot(0, self, self._listen)

    def show_pages(self, page: int | None = None) -> None:
        """Show the first-run pages, also as settings, and turn to one of them."""
        if self.pages is None:
            running = self.link.engine is not None
            self.pages = FirstRun(
                self.settings,
                save=self._save,
                vaults=Vaults(self._door, self.bridge),
                fixed_vault=self._options.vault,
                running=running,
            )
            self.pages.saved.connect(self._use)
            self.pages.lock.changed.connect(self.locking.look)
            self.pages.finished.connect(self._pages_closed)
        if page is not None:
            self.pages.go(page)
        self.pages.show()
        self.pages.raise_()
        self.pages.activateWindow()

    def show_recorded(self) -> None:
        """Show what is recorded and what is left out; before the first steps were taken, their page about it."""
        if not self.settings.first_run_done:
            self.show_pages(SOURCES_PAGE)
            return
        if self.recorded is None:
            self.recorded = RecordedWindow(self.settings, named=self._options.named(), fixed_vault=self._options.vault)
            self.recorded.changed.connect(self._change)
        self.recorded.appear()

    def quit(self) -> None:
        """Close the engine, then leave; a second call leaves at once."""
        if self._closing:
            self.relock = False
            self._leave_by_force("Companion was told twice to quit and did not wait for what was still being written.")
            return
        self._close("Companion is closing…")

    def lock(self) -> Future[None]:
        """Close everything, to start again locked (`relock`); the future is done once everything is closed."""
        if not self._closing:
            self.relock = True
            self._close("Locking memory; recording goes on in a moment…")
        return self._closed

    def start_again(self) -> list[str]:
        """Return the arguments of ``companion`` that start the same on the same vault."""
        return replace(self._options, vault=self._root()).again() if self._moved() else self._options.again()

    def _close(self, sentence: str) -> None:
        self._closing = True
        self._tray_watch.stop()
        self.locking.stop()
        self.forgetting.stop()
        self._show_state(before_start(sentence))
        self.sidebar.close()
        self.window.put_away()
        if self.pages is not None:
            self.pages.reject()
        if self.recorded is not None:
            self.recorded.reject()
        self.desks.stop()
        if self._key is not None:
            self._key.stop()
        late = f"Companion did not close within {CLOSE_WITHIN_MS // 1000} s and was ended by force."
        QTimer.singleShot(CLOSE_WITHIN_MS, self, lambda: self._leave_by_force(late))
        self.link.close(self._leave)

    def end(self) -> None:
        """Take everything down, after Qt's loop ended. The engine must have been stopped, or be given up."""
        self._tray_watch.stop()
        self.link.forget()
        self.bridge.close()
        self.locking.end()
        self.tray.end()
        delete_windows()

    def _leave(self) -> None:
        self._closed.set_result(None)
        self.tray.hide()
        QApplication.exit(0)

    def _leave_by_force(self, why: str) -> None:
        print(why, file=sys.stderr, flush=True)
        self.forced = True
        QApplication.exit(1)

    def _connect(self) -> None:
        menu, sidebar, link = self.menu, self.sidebar, self.link
        menu.pause_wanted.connect(self._pause)
        menu.resume_wanted.connect(self._resume)
        menu.forget_wanted.connect(self.forgetting.ask)
        menu.think_wanted.connect(self._think)
        menu.recall_wanted.connect(sidebar.open)
        menu.recorded_wanted.connect(self.show_recorded)
        self.desks.opened_by(menu, sidebar)
        self.desks.headset_settings_wanted.connect(lambda: self.show_pages(HEADSET_PAGE))
        self.desks.focus_settings_wanted.connect(self._show_focus_page)
        self.desks.mail_settings_wanted.connect(self._show_mail_page)
        self.desks.resume_wanted.connect(self._resume)
        self.desks.unlock_wanted.connect(self.locking.ask)
        menu.settings_wanted.connect(self.show_pages)
        menu.quit_wanted.connect(self.quit)
        self.window.quit_wanted.connect(self.quit)
        self.tray.clicked.connect(sidebar.toggle)
        sidebar.settings_wanted.connect(self.show_pages)
        sidebar.resume_wanted.connect(self._resume)
        sidebar.unlock_wanted.connect(self.locking.ask)
        self.forgetting.done.connect(self.desks.let_go)
        self.forgetting.done.connect(sidebar.let_go)
        self.forgetting.done.connect(link.look)
        self.locking.unlocking.connect(self._remember_settings)
        self.locking.training_began.connect(self.desks.training.show_begun)
        link.ready.connect(self._ready)
        link.changed.connect(self._show_state)
        self._tray_watch.timeout.connect(self._show_somewhere)

    def _open_engine(self, passphrase: str = "") -> None:
        if self._closing:
            return
        self._remember_settings()
        settings = self._for_this_run()
        self.link.open(lambda: self._door.enter(settings, passphrase=passphrase, tell_code=self._tell_code))

    def _waits_for_first_steps(self) -> bool:
        return not (self.settings.first_run_done or self._options.sources_named)

    def _remember_settings(self) -> None:
        self._opened_with = self.settings

    def _tell_code(self, code: str) -> None:
        """Show a new vault's recovery code. Called on the thread that made the vault."""
        self.bridge.post(lambda: self._show_code(code))

    def _show_code(self, code: str) -> None:
        self.code = RecoveryWindow(code)
        self.code.appear()

    def _root(self) -> Path:
        """Return the folder of the vault that is in use."""
        return self._options.vault or (self._opened_with or self.settings).vault_path

    def _moved(self) -> bool:
        """Whether the settings name another folder, for the next start."""
        return self._root() != (self._options.vault or self.settings.vault_path)

    def _for_this_run(self) -> Settings:
        params = {**self.settings.board_params, **self._options.params}
        return replace(self.settings, board_params=params)

    def _ready(self) -> None:
        engine = self.link.engine
        if engine is None or self._closing:
            return
        if self._opened_with != self.settings:  # changed while it was being built
            engine.apply(self._for_this_run())
        if not self.link.state.locked:
            self.sidebar.set_engine(engine, exclude_minutes=self.settings.exclude_minutes)
        self.locking.ready(self._root())

    def _use(self, settings: Settings) -> None:
        """Use settings that were just saved."""
        self.settings = settings
        for window in (self.pages, self.recorded):
            if window is not None:
                window.follow(settings)
        if self.link.engine is not None:
            self.link.engine.apply(self._for_this_run())
            self.sidebar.exclude_minutes = settings.exclude_minutes
            self.link.look()
            self.locking.look()

    def _change(self, settings: Settings) -> None:
        """Use what was changed at once, also when it cannot be kept: what is revoked is revoked."""
        said = ""
        try:
            settings = self._save(settings)
        except SettingsError as error:
            said = f"{error} {UNSAVED}"
        self._use(settings)
        if self.recorded is not None:
            self.recorded.complain(said)

    def _pages_closed(self) -> None:
        """Start the engine if it waited for the pages or had failed; of first steps not taken nothing is made."""
        pages, self.pages = self.pages, None
        if pages is None or self._closing:
            return
        if self._waits_for_first_steps():
            self.link.say(FIRST_STEPS)
        elif self.link.engine is None and not self.link.building:
            self._open_engine(pages.lock.passphrase() if pages.result() else "")
        if pages.open_recall:
            self.sidebar.open()
        pages.deleteLater()

    def _show_focus_page(self) -> None:
        self.show_recorded()
        if self.recorded is not None:
            self.recorded.show_focus()

    def _show_mail_page(self) -> None:
        self.show_recorded()
        if self.recorded is not None:
            self.recorded.show_mail()

    def _show_state(self, state: ViewState) -> None:
        self.menu.show_state(state)
        self.tray.show_state(state)
        self.window.show_state(state)
        self.sidebar.show_state(state)
        self.desks.look()

    def _show_somewhere(self) -> None:
        """Keep the small window open as long as, and only while, no tray shows the icon."""
        if tray.available():
            self.window.put_away()
        elif not self.window.isVisible():
            self.window.appear()

    def _pause(self, seconds: float | None) -> None:
        if self.link.engine is not None:
            self.link.engine.pause(seconds)
            self.link.look()

    def _resume(self) -> None:
        if self.link.engine is not None:
            self.link.engine.resume()
            self.link.look()

    def _think(self) -> None:
        self.sidebar.open()
        self.sidebar.think()

    def _listen(self) -> None:
        if self._closing:
            return
        self._key, problem = global_key.listen(self.settings.hotkey, lambda: self.bridge.post(self.sidebar.toggle))
        self.menu.show_hotkey(self.settings.hotkey, problem)
