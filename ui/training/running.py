"""While a session runs: the scene, what is heard, and the strip below."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from companion.feedback.sound import Sound
from companion.feedback.types import GOING, OVER, Phase, Snapshot
from ui import theme
from ui.training.asking import TrainingQuestion
from ui.training.awake import Awake
from ui.training.bar import TrainingBar
from ui.training.feed import Feed
from ui.training.scene import TrainingScene
from ui.training.strip import TrainingStrip

if TYPE_CHECKING:
    from companion.feedback.port import TrainingPort
    from ui.training.sound import Speaker

LOOK_MS = 8  # what is new is painted at once, what is not glides on at 60 frames a second
FRAME_SECONDS = 0.0155
END = "End this session? What there was of it is kept."


class TrainingRunning(QWidget):
    """Asks for snapshots only while it is visible and a session runs."""

    over = Signal(object)
    """The last `Snapshot` of a session."""
    full_wanted = Signal()
    close_wanted = Signal()
    """The person ended the session in order to close the window."""

    def __init__(self, *, port: Callable[[], TrainingPort | None], speaker: Speaker) -> None:
        super().__init__()
        self._port, self._speaker = port, speaker
        self._painted = 0.0
        self._newest: float | None = None  # the time of the snapshot that is painted
        self._runs = False
        self._awake = Awake()
        self.scene, self.bar = TrainingScene(), TrainingBar()
        self.strip, self.question = TrainingStrip(), TrainingQuestion()
        self._frames = QTimer(self)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.setInterval(LOOK_MS)
        self._lay_out()
        self._connect()

    @property
    def runs(self) -> bool:
        """Whether a session is shown that is not over yet."""
        return self._runs

    def begin(self, sound: str, volume: float) -> None:
        """Show the session that runs now; ``sound`` is what is heard beside it, empty for nothing."""
        self._runs = True
        self.question.drop()
        self.scene.begin()
        self.strip.sound.setVisible(bool(sound))
        self.strip.sound.setChecked(bool(sound))
        if sound:
            self._speaker.play(Feed(Sound(sound)), volume=volume)
        self.scene.setFocus(Qt.FocusReason.OtherFocusReason)
        self._go()

    def show_frame(self) -> None:
        """Go on to how it is now."""
        port, now = self._port(), time.monotonic()
        if port is None:
            self.stop()
            return
        snapshot = port.snapshot()
        if snapshot.time == self._newest and now - self._painted < FRAME_SECONDS and snapshot.phase not in OVER:
            return
        passed, self._painted, self._newest = now - self._painted, now, snapshot.time
        self.scene.follow(snapshot, passed)
        self.bar.show_look(self.scene.look)
        self.strip.show_snapshot(snapshot, port.seal)
        if self._speaker.feed is not None:
            self._speaker.feed.follow(snapshot)
        self._awake.keep(on=snapshot.phase in GOING)  # who left while it stands still is not kept from being away
        if snapshot.phase in OVER:
            self._end(snapshot)

    def pause(self) -> None:
        """Stand still."""
        port = self._port()
        if port is not None and self._runs:
            port.pause()

    def ask_to_close(self) -> None:
        """Stand still and ask whether to end it, as closing would."""
        self._ask(f"{END} Closing ends it.", "End and close", self.close_wanted.emit)

    def stop(self) -> None:
        """Show and play nothing any more; the session itself is not touched."""
        self._runs = False
        self._frames.stop()
        self._awake.keep(on=False)
        self._speaker.stop()
        self.question.drop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Stand still, or go on, with Space; Escape stands still and leaves the full screen."""
        if event.key() == Qt.Key.Key_Space:
            self._turn()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Go on asking."""
        super().showEvent(event)
        self._go()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more; the session goes on."""
        super().hideEvent(event)
        self._frames.stop()
        self._awake.keep(on=False)
        self._hear(on=False)  # what is heard would stand still, too

    def _go(self) -> None:
        if self._runs and self.isVisible():
            self._painted = time.monotonic()
            self._frames.start()
            self._hear(on=self.strip.sound.isChecked())
            self.show_frame()

    def _turn(self) -> None:
        port = self._port()
        if port is None or not self._runs:
            return
        if port.snapshot().phase is Phase.PAUSED:
            self.question.drop()
            port.go_on()
        else:
            port.pause()

    def _ask_to_end(self) -> None:
        self._ask(END, "End it", lambda: None)

    def _ask(self, text: str, yes: str, after: Callable[[], None]) -> None:
        port = self._port()
        if port is None or not self._runs:
            return
        stood = port.snapshot().phase not in GOING
        port.pause()

        def end() -> None:
            port.end()
            after()

        def stay() -> None:
            if not stood:
                port.go_on()
            self.scene.setFocus(Qt.FocusReason.OtherFocusReason)

        self.question.ask(text, yes=yes, no="Go on training", on_yes=end, on_no=stay)

    def _hear(self, *, on: bool) -> None:
        if self._speaker.feed is not None:
            self._speaker.feed.quiet = not on

    def _end(self, snapshot: Snapshot) -> None:
        if self._runs:
            self.stop()
            self.over.emit(snapshot)

    def _connect(self) -> None:
        self._frames.timeout.connect(self.show_frame)
        self.strip.pause_wanted.connect(self._turn)
        self.strip.end_wanted.connect(self._ask_to_end)
        self.strip.full_wanted.connect(self.full_wanted)
        self.strip.bar_wanted.connect(self.bar.setVisible)
        self.strip.sound_wanted.connect(lambda on: self._hear(on=on))
        self._speaker.said.connect(self.strip.complain)

    def _lay_out(self) -> None:
        self.bar.hide()
        column, row = QVBoxLayout(self), QHBoxLayout()
        for layout in (column, row):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        row.addWidget(self.scene, 1)
        row.addWidget(self.bar)
        column.addLayout(row, 1)
        column.addWidget(self.strip)
        self.question.setContentsMargins(4 * theme.GRID, 0, 4 * theme.GRID, 3 * theme.GRID)
        column.addWidget(self.question)
