"""What is recorded and what is left out: changed here, it holds at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from companion.capture.sites import as_site
from companion.capture.title_patterns import checked
from companion.settings import Settings
from ui import theme
from ui.page import Page
from ui.settings.fit import Scrolled, grow
from ui.settings.focus import FocusPage
from ui.settings.list import ExclusionList
from ui.settings.mail import MailPage
from ui.settings.sources import SourceSwitches, in_words, sentence, waiting_in_words

AT_ONCE = "What you change holds at once. What was recorded before stays until you forget it (`companion forget`)."
ALWAYS = (
    "Always left out: screen locks, password prompts, windows that do not say which program they belong to, and "
    "Companion itself."
)
WITH_SITES = (
    "While a site is in this list, a browser that does not tell the address of its page is left out altogether."
)
NOTHING = "Nothing is recorded."
NO_HEADSET = "No headset is chosen yet: that is in the settings."
FOCUS, MAIL = 1, 2  # pages after the first, about recording
UNSAVED = "Companion goes by your choice until it ends, and by the old one after that."


class RecordedWindow(QDialog):
    """Switches at the left, lists at the right; focus and outgoing mail on pages of their own.

    Parameters
    ----------
    settings
        What is chosen now.
    named
        The sources given on the command line, in words.
    fixed_vault
        The vault given on the command line.

    """

    changed = Signal(object)
    """The new `Settings`, to be kept and used."""

    def __init__(self, settings: Settings, *, named: str = "", fixed_vault: Path | None = None) -> None:
        super().__init__()
        self.setWindowTitle("Companion: what is recorded")
        self._settings = settings
        self.sources = SourceSwitches(settings)
        shipped = Settings()
        self.apps = ExclusionList(
            "Programs",
            "By the name that stands in recall beside a moment; case does not matter.",
            example="such as thunderbird",
            shipped=shipped.exclude_apps,
            check=_program,
        )
        self.titles = ExclusionList(
            "Titles",
            "Words anywhere in a window's title. * stands for anything, ? for one character.",
            example="such as payslip, or invoice*2026",
            shipped=shipped.exclude_titles,
            check=checked,
        )
        self.sites = ExclusionList(
            "Sites",
            f"With all that lies below them. {WITH_SITES}",
            example="such as example.org",
            shipped=shipped.exclude_sites,
            check=as_site,
        )
        self.focus, self.mail = FocusPage(settings), MailPage(settings, fixed_vault=fixed_vault)
        self.lists, self.pages = QTabWidget(), QTabWidget()
        self.now, self.problem = sentence("", base=self, look=""), sentence("", base=self, look="problem")
        self.leave = QPushButton("Close")
        self._lay_out(named)
        self.follow(settings)
        for part in (self.sources, self.apps, self.titles, self.sites, self.focus, self.mail):
            part.changed.connect(self._change)

    def follow(self, settings: Settings) -> None:
        """Show these settings, which may have been changed elsewhere."""
        self._settings = settings
        self.sources.show_chosen(settings)
        for part, entries in (
            (self.apps, settings.exclude_apps),
            (self.titles, settings.exclude_titles),
            (self.sites, settings.exclude_sites),
        ):
            if part.entries() != entries:
                part.show_entries(entries)
        self.focus.follow(settings)
        self.mail.follow(settings)
        self._sum_up()

    def appear(self) -> None:
        """Open in front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def show_focus(self) -> None:
        """Turn to the page about focus."""
        self.pages.setCurrentIndex(FOCUS)

    def show_mail(self) -> None:
        """Turn to the page about outgoing mail."""
        self.pages.setCurrentIndex(MAIL)

    def event(self, event: QEvent) -> bool:
        """Grow with what is said."""
        done = super().event(event)
        grow(self, event, scrolled=True)
        return done

    def complain(self, sentence: str) -> None:
        """Say what went wrong in keeping the last change; nothing when it was kept."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _change(self) -> None:
        self._settings = replace(
            self.mail.onto(self.focus.onto(self.sources.onto(self._settings))),
            exclude_apps=self.apps.entries(),
            exclude_titles=self.titles.entries(),
            exclude_sites=self.sites.entries(),
        )
        self.focus.follow(self._settings)
        self.mail.follow(self._settings)
        self._sum_up()
        self.changed.emit(self._settings)

    def _sum_up(self) -> None:
        kept = in_words(self._settings)
        said = [f"Recorded, unless paused: {kept}." if kept else NOTHING, waiting_in_words(self._settings)]
        if self._settings.consent_eeg and self._settings.board == "none":
            said.append(NO_HEADSET)
        self.now.setText(" ".join(filter(None, said)))

    def _lay_out(self, named: str) -> None:
        left = Page("What is recorded", AT_ONCE)
        left.column.addWidget(self.sources)
        left.column.addWidget(self.now)
        if named:
            left.column.addWidget(sentence(named, base=self, look="caution"))
        left.column.addStretch()
        right = Page("What is left out", ALWAYS)
        for part, name in ((self.apps, "Programs"), (self.titles, "Titles"), (self.sites, "Sites")):
            self.lists.addTab(part, name)
        right.column.addWidget(self.lists, 1)
        recorded = QWidget()
        recorded.setObjectName("recording")
        sides = QHBoxLayout(recorded)
        sides.setContentsMargins(*(4 * (4 * theme.GRID,)))
        sides.setSpacing(8 * theme.GRID)
        sides.addWidget(left, 1)
        sides.addWidget(right, 1)
        self.pages.setDocumentMode(True)
        for page, name in ((recorded, "Recording"), (self.focus, "Focus and notifications"), (self.mail, "Mail")):
            self.pages.addTab(Scrolled(page), name)
        self.leave.clicked.connect(self.accept)
        self.leave.setAutoDefault(False)
        self.leave.setToolTip("Close (Esc)")
        row = QHBoxLayout()
        row.addWidget(self.problem, 1)
        row.addStretch()
        row.addWidget(self.leave)
        column = QVBoxLayout(self)
        side = 6 * theme.GRID
        column.setContentsMargins(side, side, side, 4 * theme.GRID)
        column.setSpacing(3 * theme.GRID)
        column.addWidget(self.pages, 1)
        column.addLayout(row)
        self.complain("")
        self.setMinimumWidth(max(230 * theme.GRID, self.minimumSizeHint().width()))


def _program(written: str) -> str:
    """Return a program's name as it is kept; raises `ValueError`."""
    if not written.strip():
        raise ValueError("Write the name of a program.")
    return written.strip().casefold().removesuffix(".exe")
