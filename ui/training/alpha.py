"""Finding the own alpha frequency: a minute of closed eyes, and a sound when they may be opened."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from companion.feedback.sound import Sound
from ui import failures, theme
from ui.bridge import Bridge
from ui.settings.sources import sentence
from ui.training import words
from ui.training.feed import Feed

if TYPE_CHECKING:
    from companion.feedback.port import TrainingPort
    from ui.training.sound import Speaker

LOOK_MS = 200
RING_MS = 2000
VOLUME = 0.8
HOW = (
    "With closed eyes most heads show a rhythm near 10 Hz, faster in one person than in another. Sit comfortably, "
    "choose Begin, close your eyes and rest without falling asleep. A bell rings when you may open them."
)
BELL_LESS = "No bell can be heard on this machine just now: look up by yourself after a good minute."


class TrainingAlpha(QWidget):
    """Looks how the search stands while it runs."""

    left_it = Signal()

    def __init__(self, *, bridge: Bridge, port: Callable[[], TrainingPort | None], speaker: Speaker) -> None:
        super().__init__()
        self._bridge, self._port, self._speaker = bridge, port, speaker
        self._searching = self._rang = False
        self._bell: Feed | None = None
        self.heading = sentence("Your own alpha frequency", look="", role="headline", base=self)
        self.how, self.said = sentence(HOW, base=self), sentence("", look="", role="title", base=self)
        self.left = sentence("", look="", role="headline", base=self)
        self.problem = sentence("", look="caution", base=self)
        self.begin, self.back = QPushButton("Begin"), QPushButton("Back")
        self._timer, self._silence = QTimer(self), QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._silence.setSingleShot(True)
        self._silence.setInterval(RING_MS)
        self._silence.timeout.connect(self._hush)
        self._lay_out()
        self.begin.clicked.connect(self._begin)
        self.back.clicked.connect(self.leave)

    @property
    def searching(self) -> bool:
        """Whether a search runs."""
        return self._searching

    def appear(self) -> None:
        """Be ready to begin."""
        port = self._port()
        self._show(words.alpha(port.alpha()) if port is not None else "")
        self.begin.setFocus(Qt.FocusReason.OtherFocusReason)

    def look(self) -> None:
        """Show how the search stands; ring once the eyes may be opened."""
        port = self._port()
        if port is None:
            self.stop()
            return
        search = port.alpha()
        self.left.setText(words.clock(search.left) if search.running and search.left > 0 else "")
        self.said.setText(search.sentence)
        if not self._rang and (not search.running or search.left <= 0):
            self._ring()
        if not search.running:
            self.stop()
            self._show(search.sentence or words.alpha(search))

    def leave(self) -> None:
        """Break the search off, if one runs, and go back."""
        port = self._port()
        if self._searching and port is not None:
            port.leave_alpha()
            self._hush()
        self.stop()
        self._show("")
        self.left_it.emit()

    def stop(self) -> None:
        """Look no more."""
        self._searching = False
        self._timer.stop()
        self._fit()

    def _begin(self) -> None:
        port = self._port()
        if port is None or self._searching:
            return
        self._searching, self._rang = True, False
        self._show("One moment.")
        self._bell = Feed(Sound.CHIME)
        self._speaker.play(self._bell, volume=VOLUME)  # whether there is a bell is known before it rings
        self._bridge.follow(port.seek_alpha(), self._began)

    def _began(self, seeking: Future[None]) -> None:
        if seeking.cancelled():
            return
        port = self._port()
        if not self._searching:  # it was left before it began
            if port is not None and seeking.exception() is None:
                port.leave_alpha()
            return
        error = seeking.exception()
        if error is not None:
            self._hush()
            self.stop()
            self._show("")
            self.problem.setText(failures.sentence(error))
            self._fit()
            return
        self._timer.start()
        self.look()

    def _ring(self) -> None:
        self._rang = True
        if self._speaker.feed is not None and not self._speaker.problem:
            self._speaker.feed.ring()
            self._silence.start()
        else:
            QApplication.beep()

    def _hush(self) -> None:
        """Put the bell away; what else is heard by now goes on."""
        if self._bell is not None and self._speaker.feed is self._bell:
            self._speaker.stop()
        self._bell = None

    def _show(self, said: str) -> None:
        self.said.setText(said)
        self.left.setText("")
        self.problem.setText("")
        self._fit()

    def _fit(self) -> None:
        silent = self._searching and bool(self._speaker.problem)
        if silent:
            self.problem.setText(BELL_LESS)
        self.problem.setVisible(bool(self.problem.text()))
        self.begin.setVisible(not self._searching)
        self.back.setText("Break off" if self._searching else "Back")

    def _lay_out(self) -> None:
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(20 * theme.GRID, 10 * theme.GRID, 20 * theme.GRID, 0)
        column.setSpacing(4 * theme.GRID)
        for label in (self.heading, self.how, self.said, self.left, self.problem):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        self.begin.setProperty("look", "main")
        row.setSpacing(3 * theme.GRID)
        row.addStretch()
        for button in (self.back, self.begin):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)
        column.addStretch()
        self._speaker.said.connect(self._fit)
        self._fit()
