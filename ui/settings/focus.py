"""What is done about focus and notifications: changed here, it holds at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSpinBox, QTabWidget, QVBoxLayout, QWidget

from companion.settings import DAY_MINUTES, Settings
from ui import theme
from ui.page import Page
from ui.settings.focus_lists import NOTICES, PROGRAMS, made, named
from ui.settings.sources import sentence
from ui.switch import Switch

LEAD = "Off until you switch it on. What you change holds at once."
RIGHT = "Notifications"
RIGHT_LEAD = "When all is quiet, and what always passes. The rest is learned from you."
FOLLOW = ("Follow my focus", "From how you work and from the headset, once a second. It is kept, encrypted.")
QUIET = (
    "Do-not-disturb meanwhile",
    "The desktop's own goes on in deep focus and back after it. What is held is listed once, and never lost.",
)
LONGEST = "At the longest, minutes"
NO_HANDS = (
    "How you work cannot be told: “Clicks, scrolls and typing rhythm” is off, or neither pictures nor text are "
    "recorded."
)
HANDS_ALONE = "No headset is recorded: focus is told by how you work alone."
EEG_ALONE = "Focus is told by the headset alone."
NO_PROGRAMS = "Nor is it known which program is in front: “Never” and “Always” decide nothing."
NOTHING_TELLS = "No headset is recorded either: focus is on only where you say so, and in quiet hours."


class FocusPage(QWidget):
    """Switches and what programs say of focus at the left, notifications at the right."""

    changed = Signal()
    """The person changed something."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.switches = {
            "follow_focus": _switch(*FOLLOW, base=self),
            "quiet_in_focus": _switch(*QUIET, base=self),
        }
        self.longest = QSpinBox()
        self.lists = {setting: made(setting) for setting in (*PROGRAMS, *NOTICES)}
        self.caution = sentence("", look="caution", base=self)
        self._lay_out()
        self.follow(settings)
        for switch in self.switches.values():
            switch.clicked.connect(self.changed)
        self.longest.editingFinished.connect(self._longest_said)
        for entries in self.lists.values():
            entries.changed.connect(self.changed)

    def follow(self, settings: Settings) -> None:
        """Show these settings."""
        self._minutes = settings.focus_longest_minutes
        for setting, switch in self.switches.items():
            switch.setChecked(getattr(settings, setting))
        self.longest.setValue(round(self._minutes))
        for setting, entries in self.lists.items():
            if entries.entries() != getattr(settings, setting):
                entries.show_entries(getattr(settings, setting))
        said = told_by(settings) if settings.follow_focus else ""
        self.caution.setText(said)
        self.caution.setProperty("look", "soft" if said == HANDS_ALONE else "caution")
        self.caution.style().polish(self.caution)
        self.caution.setVisible(bool(said))
        self.switches["quiet_in_focus"].setEnabled(settings.follow_focus)

    def onto(self, settings: Settings) -> Settings:
        """Return these settings with what is chosen here."""
        return replace(
            settings,
            follow_focus=self.switches["follow_focus"].isChecked(),
            quiet_in_focus=self.switches["quiet_in_focus"].isChecked(),
            focus_longest_minutes=self._minutes,
            quiet_hours=self.lists["quiet_hours"].entries(),
            starred_people=self.lists["starred_people"].entries(),
            starred_apps=self.lists["starred_apps"].entries(),
            notice_rules=self.lists["notice_rules"].entries(),
            focus_work=self.lists["focus_work"].entries(),
            focus_distracting=self.lists["focus_distracting"].entries(),
            focus_never_apps=self.lists["focus_never_apps"].entries(),
            focus_always_apps=self.lists["focus_always_apps"].entries(),
        )

    def _longest_said(self) -> None:
        """Take over the minutes, where they are others: a fraction from the settings file stays until then."""
        if self.longest.value() != round(self._minutes):
            self._minutes = float(self.longest.value())
            self.changed.emit()

    def _lay_out(self) -> None:
        left, right = Page("Focus", LEAD), Page(RIGHT, RIGHT_LEAD)
        left.column.addWidget(self._card())
        left.column.addWidget(self.caution)
        for page, settings in ((left, PROGRAMS), (right, NOTICES)):
            page.column.addWidget(self._tabs(settings), 1)
        sides = QHBoxLayout(self)
        sides.setContentsMargins(*(4 * (4 * theme.GRID,)))
        sides.setSpacing(8 * theme.GRID)
        sides.addWidget(left, 1)
        sides.addWidget(right, 1)

    def _tabs(self, settings: Iterable[str]) -> QTabWidget:
        tabs = QTabWidget()
        for setting in settings:
            tabs.addTab(self.lists[setting], named(setting).name)
        tabs.setUsesScrollButtons(True)
        return tabs

    def _card(self) -> QFrame:
        card = QFrame()
        card.setProperty("look", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(*(4 * (3 * theme.GRID,)))
        column.setSpacing(2 * theme.GRID)
        for switch, (_, kept) in zip(self.switches.values(), (FOLLOW, QUIET), strict=True):
            column.addWidget(switch)
            column.addWidget(sentence(kept, base=self))
        self.longest.setRange(1, round(DAY_MINUTES))
        name = QLabel(LONGEST)
        for part in (name, self.longest):
            part.setFont(theme.font(self.font(), "body"))
        self.longest.setMinimumHeight(7 * theme.GRID)
        name.setBuddy(self.longest)
        for field in (self.longest, self.longest.lineEdit()):
            field.setAccessibleName(LONGEST)
        row = QHBoxLayout()
        row.addWidget(name)
        row.addStretch()
        row.addWidget(self.longest)
        column.addLayout(row)
        return card


def told_by(settings: Settings) -> str:
    """Return what focus cannot be told by; empty where all tells."""
    eeg = settings.consent_eeg and settings.board != "none"
    if settings.consent_input and settings.looks_at_windows:
        return "" if eeg else HANDS_ALONE
    said = f"{NO_HANDS} {EEG_ALONE if eeg else NOTHING_TELLS}"
    return said if settings.looks_at_windows else f"{said} {NO_PROGRAMS}"


def _switch(name: str, kept: str, *, base: QWidget) -> Switch:
    switch = Switch(name)
    switch.setFont(theme.font(base.font(), "strong"))
    switch.setAccessibleDescription(kept)
    return switch
