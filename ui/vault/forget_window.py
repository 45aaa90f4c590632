"""Asks before the last minutes are forgotten, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from companion.ports import Gone
from ui import failures, theme, wording
from ui.bridge import Bridge
from ui.progress_line import less_motion

WHAT = (
    "What was recorded in them goes for good: moments with their text and pictures, EEG, and notifications that were "
    "held. A moment that began earlier and reached into them goes as a whole. Nobody can bring any of it back. "
    "Recording goes on."
)
DOING = "Forgetting… This may take a while where much is remembered. Recording goes on."


class _Stage(Enum):
    ASKING = auto()
    WORKING = auto()
    TOLD = auto()
    FAILED = auto()


class ForgetWindow(QDialog):
    """One question, then one answer; closed in between, it comes back with what came of it.

    Parameters
    ----------
    forget
        Begins to forget.

    """

    forgotten = Signal()
    """Something is gone that may still be shown somewhere."""

    def __init__(self, minutes: int, forget: Callable[[], Future[Gone]], *, bridge: Bridge) -> None:
        super().__init__()
        self.setWindowTitle("Companion: forget")
        self._minutes, self._forget, self._bridge = minutes, forget, bridge
        self._stage, self._over = _Stage.ASKING, False
        self.heading, self.body, self.problem = QLabel(), QLabel(), QLabel()
        self.bar = QProgressBar()
        self.go, self.leave = QPushButton(), QPushButton()
        self._lay_out()
        self._show(_Stage.ASKING)

    def appear(self) -> None:
        """Open in front; a new question where the last one was answered."""
        if self._stage in (_Stage.TOLD, _Stage.FAILED) and not self.isVisible():
            self._show(_Stage.ASKING)
        self._open()

    def put_away(self) -> None:
        """Close for good: what comes of it is for nobody to see."""
        self._over = True
        self.reject()

    def _open(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()
        self.leave.setFocus(Qt.FocusReason.OtherFocusReason)  # Enter forgets nothing by a slip

    def _begin(self) -> None:
        self._show(_Stage.WORKING)
        self._bridge.follow(self._forget(), self._done)

    def _done(self, forgetting: Future[Gone]) -> None:
        if self._over or forgetting.cancelled():
            return  # the program closes
        error = forgetting.exception()
        if error is None:
            self._show(_Stage.TOLD, _told(forgetting.result(), self._minutes))
        else:
            self._show(_Stage.FAILED, failures.sentence(error))
        self.forgotten.emit()
        self._open()

    def _show(self, stage: _Stage, said: str = "") -> None:
        self._stage = stage
        asking, failed, working = stage is _Stage.ASKING, stage is _Stage.FAILED, stage is _Stage.WORKING
        ended = "Forgotten" if stage is _Stage.TOLD else f"Forget the last {self._minutes} minutes?"
        self.heading.setText("It was not forgotten wholly" if failed else ended)
        self.body.setText(WHAT if asking else DOING if working else said)
        self.body.setVisible(not failed)
        self.problem.setText(said if failed else "")
        self.problem.setVisible(failed)
        self.bar.setVisible(working and not less_motion())
        self.go.setText("Try again" if failed else "Forget them")
        self.go.setVisible(asking or failed)
        self.leave.setText("Keep them" if asking else "Close")
        self.setAccessibleDescription(said or self.body.text())
        self.adjustSize()

    def _lay_out(self) -> None:
        self.heading.setFont(theme.font(self.font(), "title"))
        self.body.setProperty("look", "soft")
        self.problem.setProperty("look", "problem")
        for label in (self.heading, self.body, self.problem):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(theme.GRID)
        self.bar.setAccessibleName("Still forgetting")
        self.go.setProperty("look", "main")
        self.go.setAutoDefault(False)
        self.go.clicked.connect(self._begin)
        self.leave.setToolTip("Close (Esc)")
        self.leave.clicked.connect(self.reject)
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(*(4 * (6 * theme.GRID,)))
        column.setSpacing(3 * theme.GRID)
        for part in (self.heading, self.body, self.problem, self.bar):
            column.addWidget(part)
        column.addStretch()
        row.addStretch()
        row.addWidget(self.leave)
        row.addWidget(self.go)
        column.addLayout(row)
        self.setFixedWidth(110 * theme.GRID)


def _told(gone: Gone, minutes: int) -> str:
    """Return what went, in a sentence."""
    parts = [wording.count(gone.moments, "moment", "moments")] if gone.moments else []
    parts += [wording.count(gone.frames, "picture", "pictures")] if gone.frames else []
    parts += [f"{wording.long(gone.eeg_seconds)} of EEG"] if gone.eeg_seconds else []
    if not parts:
        return f"Nothing was recorded in the last {minutes} minutes."
    before = ", ".join(parts[:-1])
    return f"Gone for good: {f'{before} and {parts[-1]}' if before else parts[-1]}."
