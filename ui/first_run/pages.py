"""What the first-run pages say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton

from companion.settings import Settings
from ui import global_key
from ui.first_run.headsets import NONE
from ui.page import Page
from ui.settings.sources import SourceSwitches, in_words, waiting_in_words


class WelcomePage(Page):
    """What it does."""

    def __init__(self) -> None:
        super().__init__("Companion", "It remembers what you saw and how you were, and brings it back.")
        for text in (
            "It keeps the windows you attend to as moments: a picture, the text in it, the program and the time.",
            "With an EEG headset it also keeps your brain signal: you can ask for moments like your state now.",
            "Everything stays on this computer. Nothing is recorded until you switch it on, on the next page.",
        ):
            self.column.addWidget(self.sentence(text))
        self.column.addStretch()


class SourcesPage(Page):
    """What it records, each source with its own switch."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("What may it record?", "Each source has its own switch. Off means nothing of it is kept.")
        self.switches = SourceSwitches(settings)
        self.record_screen = self.switches.switches["consent_screen"]
        self.record_eeg = self.switches.switches["consent_eeg"]
        self.column.addWidget(self.switches)
        self.column.addWidget(
            self.sentence(
                "With pictures and text go the window's program, its title and the time. Left out: password managers, "
                "screen locks, private browsing, windows it cannot identify, and what you add under “What is "
                "recorded…” in the tray's menu. Each source can be switched off there, and everything paused.",
                look="soft",
            )
        )
        self.column.addStretch()


class PlacePage(Page):
    """Where it lives."""

    moved = Signal(object)
    """Another folder was chosen: its path."""

    def __init__(self, settings: Settings, *, fixed: Path | None, running: bool) -> None:
        super().__init__("Where does it live?", "All memories are in one folder on this computer.")
        self._chosen = settings.vault
        self.path = self.sentence(str(fixed or settings.vault_path), role="strong")
        self.path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.change = QPushButton("Choose another folder…")
        self.change.clicked.connect(self._browse)
        self.change.setEnabled(fixed is None)
        self.later = self.sentence("", look="soft")
        self._later = "The new folder is used from the next start on; what was recorded stays in the old one."
        self._running = running
        if fixed is not None:
            self.later.setText("Given when Companion was started; it can only be changed there.")
        self.card(self.path, self.later)
        row = QHBoxLayout()
        row.addWidget(self.change)
        row.addStretch()
        self.column.addLayout(row)
        self.column.addWidget(
            self.sentence(
                "Everything in it is encrypted: pictures, text, brain signal. Who can open it is on the next page."
            )
        )
        self.column.addStretch()
        self.later.setVisible(bool(self.later.text()))

    @property
    def vault(self) -> str:
        """The settings' ``vault``."""
        return self._chosen

    def choose(self, folder: str) -> None:
        """Use this folder."""
        self._chosen = folder
        self.path.setText(folder)
        self.later.setText(self._later if self._running else "")
        self.later.setVisible(self._running)
        self.moved.emit(Path(folder))

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for memories", self.path.text())
        if folder:
            self.choose(folder)


class TryPage(Page):
    """What happens next."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("Try it", "Recall opens at the right edge of the screen.")
        keys = global_key.named(settings.hotkey) if global_key.possible() else ""
        self.summary = self.sentence("")
        self.card(self.summary)
        for text in (
            f"Open it from anywhere with {keys}, or by a click on the tray icon."
            if keys
            else f"Open it by a click on the tray icon. {global_key.ELSEWHERE}",
            "Type what it was about. Arrow keys choose, Enter opens, Esc closes.",
            "With a headset, “think of it” (Ctrl+T) looks for moments when your state was like now.",
        ):
            self.column.addWidget(self.sentence(text))
        self.column.addStretch()

    def sum_up(self, settings: Settings, *, headset: str) -> None:
        """Say what will be recorded from now on."""
        worn, eeg = headset != NONE.label, settings.consent_eeg
        kept = in_words(replace(settings, consent_eeg=eeg and worn), headset=headset)
        said = [f"From now on recorded: {kept}." if kept else "Nothing will be recorded.", waiting_in_words(settings)]
        if eeg and not worn:
            said.append("The brain signal is switched on, but no headset is chosen.")
        elif worn and not eeg:
            said.append("The headset stays unused: the brain signal is switched off.")
        self.summary.setText(" ".join(filter(None, said)))
