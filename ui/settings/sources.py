"""A switch for each source that can be recorded, with what is kept of it in one sentence."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from companion.settings import SOURCES, Settings
from ui import theme
from ui.page import Look
from ui.switch import Switch

KEYS = "consent_keys"
SAID = {
    "consent_screen": ("Pictures", "The window you attend to, when it changes."),
    "consent_text": ("Text", "Its words. Without them recall finds titles only."),
    "consent_urls": ("Addresses", "Of the pages you read, in browsers that tell them."),
    "consent_input": ("Clicks, scrolls and typing rhythm", "How many and how evenly, never which keys."),
    KEYS: (
        "What you type",
        "Word for word, also what you never send. Password fields, terminals and what you leave out are spared.",
    ),
    "consent_eeg": ("Brain signal (EEG)", "What your headset sends, and what is computed from it."),
}
"""What each switch is called, and what it keeps."""
WITH_WINDOWS = ("consent_urls", "consent_input", KEYS)
"""What is kept only beside what is seen."""
REALLY = "Keep every word you type from now on, until you switch this off?"


class SourceSwitches(QFrame):
    """All switches on one card. What is typed is asked for once more: it is never switched on by one slip."""

    changed = Signal()
    """The person switched something."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self.switches = {source: _switch(*SAID[source], base=self) for source in SOURCES}
        self.really = _Really()
        self._lay_out()
        self.show_chosen(settings)
        for source, switch in self.switches.items():
            switch.clicked.connect(self._ask if source == KEYS else self.changed.emit)
        self.really.answered.connect(self._answered)

    def show_chosen(self, settings: Settings) -> None:
        """Show what these settings allow."""
        self.really.hide()
        for source, switch in self.switches.items():
            switch.setChecked(getattr(settings, source))

    def onto(self, settings: Settings) -> Settings:
        """Return these settings with the consents that are switched on here, and no others."""
        on = {source: switch.isChecked() for source, switch in self.switches.items()}
        return replace(
            settings,
            consent_screen=on["consent_screen"],
            consent_text=on["consent_text"],
            consent_urls=on["consent_urls"],
            consent_input=on["consent_input"],
            consent_keys=on[KEYS],
            consent_eeg=on["consent_eeg"],
        )

    def _ask(self, on: bool) -> None:
        """Switch off what is typed at once; before it is switched on, ask."""
        if not on:
            self.really.hide()
            self.changed.emit()
            return
        self.switches[KEYS].setChecked(False)
        self.really.show()
        self.really.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def _answered(self, yes: bool) -> None:
        self.really.hide()
        self.switches[KEYS].setFocus(Qt.FocusReason.OtherFocusReason)
        if yes:
            self.switches[KEYS].setChecked(True)
            self.changed.emit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*(4 * (3 * theme.GRID,)))
        column.setSpacing(2 * theme.GRID)
        for number, (source, switch) in enumerate(self.switches.items()):
            if number:
                column.addWidget(_line())
            row = QVBoxLayout()
            row.setSpacing(0)
            row.addWidget(switch)
            row.addWidget(sentence(SAID[source][1], look="caution" if source == KEYS else "soft", base=self))
            column.addLayout(row)
            if source == KEYS:
                column.addWidget(self.really)


class _Really(QWidget):
    """The second question before what is typed is kept."""

    answered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.yes, self.no = QPushButton("Keep what I type"), QPushButton("No")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(sentence(REALLY, look="caution", role="strong", base=self))
        row = QHBoxLayout()
        row.setSpacing(2 * theme.GRID)
        for button, answer in ((self.no, False), (self.yes, True)):
            button.setAutoDefault(False)
            button.setAccessibleDescription(REALLY)
            button.clicked.connect(lambda _checked=False, answer=answer: self.answered.emit(answer))
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)


def sentence(text: str, *, look: Look = "soft", role: theme.TypeRole = "body", base: QWidget) -> QLabel:
    """Return a wrapped label in a font made from that of ``base``."""
    label = QLabel(text)
    label.setFont(theme.font(base.font(), role))
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("look", look)
    return label


def in_words(settings: Settings, *, headset: str = "") -> str:
    """Return what is recorded as one list: ``text in windows, what you type and the brain signal (Muse 2)``."""
    names = [
        f"{name} ({headset})" if headset and source == "consent_eeg" else name
        for source, name in SOURCES.items()
        if getattr(settings, source) and not _waits(source, settings)
    ]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def waiting_in_words(settings: Settings) -> str:
    """Return what to say of sources that are switched on and wait for another; empty when none does."""
    names = [name for source, name in SOURCES.items() if getattr(settings, source) and _waits(source, settings)]
    return f"Kept only beside pictures or text: {', '.join(names)}." if names else ""


def _waits(source: str, settings: Settings) -> bool:
    return source in WITH_WINDOWS and not settings.looks_at_windows


def _switch(name: str, kept: str, *, base: QWidget) -> Switch:
    made = Switch(name)
    made.setFont(theme.font(base.font(), "strong"))
    made.setAccessibleDescription(kept)
    return made


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("look", "line")
    line.setFixedHeight(1)
    return line
