"""Six short pages before anything is recorded; the same pages are the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout

from companion.settings import Settings, SettingsError
from ui import theme
from ui.first_run.headset_page import HeadsetPage
from ui.first_run.pages import PlacePage, SourcesPage, TryPage, WelcomePage
from ui.settings.fit import Scrolled, grow
from ui.vault.lock_page import LockPage, Vaults

SOURCES_PAGE, HEADSET_PAGE = 1, 4


class FirstRun(QDialog):
    """Collects choices; they are saved and used only when the person says so on the last page, or by Save.

    Parameters
    ----------
    save
        Keeps the settings and returns what is kept now; raises `SettingsError`.
    fixed_vault
        The vault given on the command line, which the pages cannot change.
    vaults
        The way into the vault, for the page about who can open it.
    running
        Whether an engine runs already on the old vault.

    """

    saved = Signal(object)
    """The new `Settings`, after they were kept."""

    def __init__(
        self,
        settings: Settings,
        *,
        save: Callable[[Settings], Settings],
        vaults: Vaults,
        fixed_vault: Path | None = None,
        running: bool = False,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Companion: settings" if settings.first_run_done else "Companion: first steps")
        self._settings, self._save = settings, save
        self.sources = SourcesPage(settings)
        self.place = PlacePage(settings, fixed=fixed_vault, running=running)
        self.lock = LockPage(settings, vaults)
        self.lock.look(fixed_vault or settings.vault_path)
        if not running:  # else the folder in use is the one that can be locked
            self.place.moved.connect(self.lock.look)
        self.headset = HeadsetPage(settings)
        self.last = TryPage(settings)
        self.pages = QStackedWidget()
        for page in (WelcomePage(), self.sources, self.place, self.lock, self.headset, self.last):
            self.pages.addWidget(page)
        self.problem, self.step = QLabel(), QLabel()
        self.back, self.save_now, self.onward = QPushButton("Back"), QPushButton("Save"), QPushButton()
        self.open_recall = False
        self._lay_out()
        self.go(0)

    def go(self, page: int) -> None:
        """Show a page, 0 to 5."""
        self.pages.setCurrentIndex(page)
        self.shown.verticalScrollBar().setValue(0)
        last = self.pages.count() - 1
        self.step.setText(f"{page + 1} of {last + 1}")
        self.back.setEnabled(page > 0)
        self.onward.setText("Save and try it" if page == last else "Next")
        self._complain("")
        self.last.sum_up(
            self.sources.switches.onto(self._settings),
            headset=self.headset.headset.label,
        )
        self.onward.setFocus(Qt.FocusReason.OtherFocusReason)

    def follow(self, settings: Settings) -> None:
        """Start from these settings, which were changed elsewhere meanwhile."""
        self._settings = settings
        self.sources.switches.show_chosen(settings)

    def event(self, event: QEvent) -> bool:
        """Grow with what is said."""
        done = super().event(event)
        grow(self, event, scrolled=True)
        return done

    def chosen(self) -> Settings:
        """Return the settings as chosen on the pages."""
        board, params = self.headset.board()
        return replace(
            self.sources.switches.onto(self._settings),
            vault=self.place.vault,
            first_run_done=True,
            board=board,
            board_params=params,
            auto_lock_minutes=self.lock.minutes(),
        )

    def _next(self) -> None:
        page, shown = self.pages.currentIndex(), self.pages.currentWidget()
        problem = shown.problem() if isinstance(shown, (LockPage, HeadsetPage)) else ""
        if problem:
            self._complain(problem)
        elif page < self.pages.count() - 1:
            self.go(page + 1)
        else:
            self._finish(open_recall=True)

    def _finish(self, *, open_recall: bool) -> None:
        for page in (self.lock, self.headset):
            if page.problem():
                self.go(self.pages.indexOf(page))
                self._complain(page.problem())
                return
        try:
            settings = self._save(self.chosen())
        except SettingsError as error:
            self._complain(str(error))
            return
        self.open_recall = open_recall
        self.saved.emit(settings)
        self.accept()

    def _complain(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _lay_out(self) -> None:
        self.problem.setProperty("look", "problem")
        self.problem.setWordWrap(True)
        self.step.setProperty("look", "soft")
        self.onward.setProperty("look", "main")
        self.onward.setDefault(True)
        self.back.setAutoDefault(False)
        self.save_now.setAutoDefault(False)
        self.save_now.setToolTip("Keep and use these choices now")
        self.back.clicked.connect(lambda: self.go(self.pages.currentIndex() - 1))
        self.save_now.clicked.connect(lambda: self._finish(open_recall=False))
        self.onward.clicked.connect(self._next)
        column = QVBoxLayout(self)
        side = 8 * theme.GRID
        column.setContentsMargins(side, side, side, 6 * theme.GRID)
        column.setSpacing(3 * theme.GRID)
        self.shown = Scrolled(self.pages)
        column.addWidget(self.shown, 1)
        column.addWidget(self.problem)
        row = QHBoxLayout()
        row.setSpacing(2 * theme.GRID)
        row.addWidget(self.step)
        row.addStretch()
        for button in (self.back, self.save_now, self.onward):
            row.addWidget(button)
        column.addLayout(row)
        self.save_now.setVisible(self._settings.first_run_done)
        room = self.screen().availableGeometry()
        self.setMinimumSize(min(140 * theme.GRID, room.width()), min(120 * theme.GRID, room.height() * 3 // 4))
