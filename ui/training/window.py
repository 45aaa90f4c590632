"""Training: choosing, the scene while it runs, and what earlier sessions came to."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from companion.feedback.types import Phase, Snapshot
from ui import theme
from ui.bridge import Bridge
from ui.message_view import MessageView
from ui.messages import Message
from ui.settings.fit import open_at
from ui.training import messages
from ui.training.alpha import TrainingAlpha
from ui.training.choosing import TrainingChoosing
from ui.training.running import TrainingRunning
from ui.training.sessions import TrainingSessions
from ui.training.sound import Speaker

if TYPE_CHECKING:
    from companion.feedback.port import TrainingPort
    from ui.view_state import ViewState

_MARGIN = 5 * theme.GRID


class TrainingWindow(QDialog):
    """Opened from the menu. While a session runs it is never closed without asking.

    Parameters
    ----------
    port
        Returns what trains now; None while nothing can.
    now
        UTC seconds.

    """

    settings_wanted = Signal()
    resume_wanted = Signal()
    unlock_wanted = Signal()

    def __init__(
        self, state: ViewState, *, bridge: Bridge, port: Callable[[], TrainingPort | None], now: Callable[[], float]
    ) -> None:
        super().__init__()
        self.setWindowTitle("Companion: training")
        self.setWindowFlag(Qt.WindowType.Window)  # some desktops let no dialog fill the screen
        self._port, self._state = port, state
        self._leaving = False
        self.speaker = Speaker(bridge=bridge, parent=self)
        self.message = MessageView()
        self.choosing = TrainingChoosing(bridge=bridge, port=port)
        self.alpha = TrainingAlpha(bridge=bridge, port=port, speaker=self.speaker)
        self.running = TrainingRunning(port=port, speaker=self.speaker)
        self.sessions = TrainingSessions(bridge=bridge, port=port, now=now)
        self.train, self.past, self.leave = QPushButton("Train"), QPushButton("Sessions"), QPushButton("Close")
        self.pages, self.head = QStackedWidget(), QWidget()
        self._lay_out()
        self._connect()
        self.show_state(state)

    def appear(self) -> None:
        """Open in front."""
        self._leaving = False
        self.look()
        self.show()
        self.raise_()
        self.activateWindow()

    def show_state(self, state: ViewState) -> None:
        """Show what can be done in this state."""
        self._state = state
        self.look()

    def look(self) -> None:
        """Turn to the page that is wanted, or to why it cannot be shown."""
        port = self._port()
        if port is not None and port.running and not self.running.runs:
            self._begin("")  # another command began it
        nothing = messages.nothing(self._state) or (messages.LOADING if port is None else None)
        if nothing is not None:
            self.running.stop()
            self._tell(nothing)
        elif self.running.runs:
            self._turn(self.running)
        elif self.past.isChecked():
            self._turn(self.sessions)
        elif self.alpha.searching:
            self._turn(self.alpha)
        else:
            self._look_at_headset()

    def show_begun(self, sound: str) -> None:
        """Show the session that runs, and play what is to be heard of it."""
        port = self._port()
        if port is not None and port.running:
            self._begin(sound)
        self.look()

    def let_go(self) -> None:
        """Show nothing any more of what may be forgotten; what is left is asked for."""
        self.sessions.let_go()
        if self.sessions.isVisible():
            self.sessions.renew()

    def put_away(self) -> None:
        """Close without asking: the program closes."""
        self._leaving = True
        self.running.stop()
        self.alpha.stop()
        self.speaker.stop()
        super().reject()

    def reject(self) -> None:
        """Close; while a session runs, Escape only has it stand still and leaves the full screen."""
        if self.running.runs and self.running.isVisible() and not self._leaving:
            full, paused = self.isFullScreen(), self._paused()
            self._fill(full=False)
            self.running.pause()
            if paused and not full:
                self.running.ask_to_close()
            return
        if self.alpha.searching:
            self.alpha.leave()
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first while a session runs."""
        if self.running.runs and not self._leaving:
            event.ignore()
            self._fill(full=False)
            self.running.ask_to_close()
            return
        if self.alpha.searching:
            self.alpha.leave()
        super().closeEvent(event)

    def _paused(self) -> bool:
        port = self._port()
        return port is not None and port.snapshot().phase in {Phase.PAUSED, Phase.WAITING}

    def _look_at_headset(self) -> None:
        said = messages.no_training(self._state)
        if said is not None:
            self._tell(said)
        elif self.pages.currentWidget() is not self.alpha:
            self._turn(self.choosing)

    def _tell(self, message: Message) -> None:
        self.message.show_message(message)
        self._turn(self.message)

    def _turn(self, page: QWidget) -> None:
        self.head.setVisible(page is not self.running)
        self.leave.setVisible(page is not self.running)
        side = 0 if page is self.running else _MARGIN
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(side, side, side, side)
        self.pages.setCurrentWidget(page)

    def _begin(self, sound: str) -> None:
        self.running.begin(sound, self.choosing.setup.volume.value() / 100)
        self._turn(self.running)
        self.running.scene.setFocus(Qt.FocusReason.OtherFocusReason)

    def _over(self, last: Snapshot) -> None:
        """Show what came of it."""
        self._fill(full=False)
        port = self._port()
        number = port.number if port is not None else None
        if number is None:
            self.choosing.complain(last.sentence)
            self.train.setChecked(True)
        else:
            self.past.setChecked(True)
            self.sessions.renew(number)
        self.look()
        self.sessions.complain(last.sentence if last.phase is Phase.FAILED else "")

    def _fill(self, *, full: bool) -> None:
        if full != self.isFullScreen():
            self.showFullScreen() if full else self.showNormal()
        self.running.strip.show_full(full=full)

    def _order(self) -> None:
        """Have Tab go in reading order: what can be trained was made after all else."""
        for before, after in pairwise((self.train, self.past, *self.choosing.fields, self.leave)):
            QWidget.setTabOrder(before, after)

    def _seek(self) -> None:
        self._turn(self.alpha)
        self.alpha.appear()

    def _choose(self) -> None:
        self._turn(self.choosing)
        self.look()

    def _help(self, action: str) -> None:
        wanted = {"settings": self.settings_wanted, "resume": self.resume_wanted, "unlock": self.unlock_wanted}
        wanted[action].emit()

    def _connect(self) -> None:
        self.message.chosen.connect(self._help)
        self.choosing.started.connect(lambda choice: self._begin(choice.sound))
        self.choosing.alpha_wanted.connect(self._seek)
        self.choosing.changed.connect(self._order)
        self.alpha.left_it.connect(self._choose)
        self.running.over.connect(self._over)
        self.running.full_wanted.connect(lambda: self._fill(full=not self.isFullScreen()))
        self.running.close_wanted.connect(self.put_away)
        self.train.clicked.connect(self._choose)
        self.past.clicked.connect(self.look)
        self.leave.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        group = QButtonGroup(self)
        top, foot, column = QHBoxLayout(self.head), QHBoxLayout(), QVBoxLayout(self)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(theme.GRID)
        for button, keys in ((self.train, "Ctrl+1"), (self.past, "Ctrl+2")):
            button.setProperty("look", "choice")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setShortcut(QKeySequence(keys))
            button.setToolTip(f"{button.text()} ({keys})")
            group.addButton(button)
            top.addWidget(button)
        top.addStretch()
        self.train.setChecked(True)
        self.leave.setAutoDefault(False)
        self.leave.setToolTip("Close (Esc)")
        self.message.button.setAutoDefault(False)
        foot.addStretch()
        foot.addWidget(self.leave)
        for page in (self.message, self.choosing, self.alpha, self.running, self.sessions):
            self.pages.addWidget(page)
        column.setSpacing(3 * theme.GRID)
        column.addWidget(self.head)
        column.addWidget(self.pages, 1)
        column.addLayout(foot)
        open_at(self, 250 * theme.GRID, 180 * theme.GRID)
