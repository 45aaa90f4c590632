"""Below the scene: what goes on, how long still, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from companion.feedback.types import OVER, Phase, Snapshot
from ui import theme
from ui.settings.sources import sentence
from ui.training import words as training_words

SEAL = "Sealed draw. To check it afterwards, note: {}"
_SEAL_SHOWN = frozenset({Phase.WAITING, Phase.BASELINE, Phase.PAUSED})


class TrainingStrip(QWidget):
    """Shows a `Snapshot` in words."""

    pause_wanted = Signal()
    end_wanted = Signal()
    full_wanted = Signal()
    bar_wanted = Signal(bool)
    sound_wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.said = sentence("", look="", role="strong", base=self)
        self.part, self.left = sentence("", look="", base=self), sentence("", base=self)
        self.seal, self.problem = sentence("", base=self), sentence("", look="caution", base=self)
        self.pause, self.end = QPushButton("Pause"), QPushButton("End…")
        self.bar, self.sound, self.full = QPushButton("Bar"), QPushButton("Sound"), QPushButton("Full screen")
        self._set_up()
        self._lay_out()

    def show_snapshot(self, snapshot: Snapshot, seal: str) -> None:
        """Show this; the seal of a blind session until its first block, and while it stands still."""
        paused, over = snapshot.phase is Phase.PAUSED, snapshot.phase in OVER
        part, in_block = training_words.part(snapshot), snapshot.phase is Phase.BLOCK
        _say(self.said, snapshot.sentence.removeprefix(f"{part}. ") if in_block else part)  # else the scene says it
        _say(self.part, part if in_block else "")
        self.part.setVisible(in_block)
        _say(self.left, "" if over else training_words.time_left(snapshot))
        _say(self.pause, "Go on" if paused else "Pause")
        self.pause.setEnabled(not over and snapshot.phase is not Phase.WAITING)
        shown = bool(seal) and snapshot.phase in _SEAL_SHOWN
        _say(self.seal, SEAL.format(seal) if shown else "")
        self.seal.setVisible(shown)

    def complain(self, said: str) -> None:
        """Say what does not work while the session goes on."""
        self.problem.setText(said)
        self.problem.setVisible(bool(said))

    def show_full(self, *, full: bool) -> None:
        """Say what the button does now."""
        self.full.setText("Window" if full else "Full screen")

    def _set_up(self) -> None:
        for button, keys, tip in (
            (self.pause, "", "Stand still, and go on (Space)"),
            (self.end, "Ctrl+E", "End this session early (Ctrl+E)"),
            (self.bar, "Ctrl+B", "A plain bar beside the scene (Ctrl+B)"),
            (self.sound, "Ctrl+M", "Sound on or off (Ctrl+M)"),
            (self.full, "F11", "The scene alone on the whole screen (F11)"),
        ):
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves Space to the scene
            button.setToolTip(tip)
            button.setShortcut(QKeySequence(keys))
        for choice in (self.bar, self.sound):
            choice.setProperty("look", "choice")
            choice.setCheckable(True)
        self.pause.clicked.connect(self.pause_wanted)
        self.end.clicked.connect(self.end_wanted)
        self.full.clicked.connect(self.full_wanted)
        self.bar.toggled.connect(self.bar_wanted)
        self.sound.toggled.connect(self.sound_wanted)
        self.seal.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.seal.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.seal.hide()
        self.complain("")

    def _lay_out(self) -> None:
        column, words, row = QVBoxLayout(self), QVBoxLayout(), QHBoxLayout()
        column.setContentsMargins(*(2 * (4 * theme.GRID, 3 * theme.GRID)))
        column.setSpacing(2 * theme.GRID)
        facts = QHBoxLayout()
        facts.setSpacing(4 * theme.GRID)
        facts.addWidget(self.part)
        facts.addWidget(self.left, 1)
        words.setSpacing(0)
        words.addWidget(self.said)
        words.addLayout(facts)
        row.setSpacing(2 * theme.GRID)
        row.addLayout(words, 1)
        for button in (self.sound, self.bar, self.full, self.end, self.pause):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
        column.addWidget(self.seal)
        column.addWidget(self.problem)


def _say(part: QLabel | QPushButton, text: str) -> None:
    """Set a text where it is another: sixty times a second none of it is laid out anew for nothing."""
    if part.text() != text:
        part.setText(text)
