"""Before a session: what to train and how."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ui import failures, theme
from ui.bridge import Bridge
from ui.settings.sources import sentence
from ui.training import words
from ui.training.options import TrainingOptions
from ui.training.setup import TrainingSetup
from ui.training.towards import NEEDED

if TYPE_CHECKING:
    from companion.feedback.port import Choice, Option, TrainingPort

ASK_MS = 5000  # how an electrode lies changes what can be trained
LEAD = "A scene follows your EEG. Try what moves it; what works differs from person to person, and often nothing does."


class TrainingChoosing(QWidget):
    """Asks what there is to train while it is visible."""

    started = Signal(object)
    """The `Choice` with which a session began."""
    alpha_wanted = Signal()
    changed = Signal()
    """What there is to train has been shown anew."""

    def __init__(self, *, bridge: Bridge, port: Callable[[], TrainingPort | None]) -> None:
        super().__init__()
        self._bridge, self._port = bridge, port
        self._starting: Choice | None = None
        self._asked: Future[tuple[Option, ...]] | None = None
        self.options, self.setup = TrainingOptions(), TrainingSetup()
        self.alpha = sentence("", base=self)
        self.seek, self.start = QPushButton("Find my alpha frequency…"), QPushButton("Begin")
        self.problem = sentence("", look="problem", base=self)
        self._timer = QTimer(self)
        self._timer.setInterval(ASK_MS)
        self._lay_out()
        self._connect()
        self._choose(None)

    @property
    def fields(self) -> tuple[QWidget, ...]:
        """All that can be chosen or pressed, in reading order."""
        rows = (row.button for row in self.options.rows.values())
        return (*rows, *self.setup.fields, self.seek, self.start)

    def complain(self, said: str) -> None:
        """Say why nothing begins."""
        self.problem.setText(said)
        self.problem.setVisible(bool(said))

    def ask(self) -> None:
        """Ask what there is to train now."""
        port = self._port()
        if port is None or self._asked is not None:
            return
        self.alpha.setText(words.alpha(port.alpha()))
        self._asked = port.options()
        self._bridge.follow(self._asked, self._show)
        self._bridge.follow(port.tags(), self._show_tags)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask while somebody looks."""
        super().showEvent(event)
        self._timer.start()
        self.ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more."""
        super().hideEvent(event)
        self._timer.stop()

    def _show(self, asked: Future[tuple[Option, ...]]) -> None:
        self._asked = None
        if asked.cancelled():
            return
        error = asked.exception()
        if error is not None:
            self.complain(failures.sentence(error))
            return
        first = self.options.option is None
        self.options.show_options(asked.result())
        self.changed.emit()
        if first and self.isVisible():
            QTimer.singleShot(0, self, self.options.take_focus)  # once it is laid out

    def _show_tags(self, asked: Future[tuple[str, ...]]) -> None:
        if not asked.cancelled() and asked.exception() is None:  # what was wrong is said of the options
            self.setup.towards.show_tags(asked.result())

    def _choose(self, option: Option | None) -> None:
        self.setup.towards.setVisible(option is not None and option.towards)
        self.start.setEnabled(option is not None and self._starting is None)

    def _begin(self) -> None:
        port, option = self._port(), self.options.option
        if port is None or option is None or self._starting is not None:
            return
        choice = self.setup.choice(option.name, towards=option.towards)
        if option.towards and choice.moment is None and not choice.tag:
            self.complain(NEEDED)
            return
        self.complain("")
        self._starting = choice
        self.start.setEnabled(False)
        self.start.setText("Beginning…")
        self._bridge.follow(port.start(choice), self._began)

    def _began(self, starting: Future[None]) -> None:
        choice, self._starting = self._starting, None
        self.start.setText("Begin")
        self._choose(self.options.option)
        if starting.cancelled() or choice is None:
            return
        error = starting.exception()
        if error is None:
            self.started.emit(choice)
        else:
            self.complain(failures.sentence(error))

    def _connect(self) -> None:
        self._timer.timeout.connect(self.ask)
        self.options.chosen.connect(self._choose)
        self.seek.clicked.connect(self.alpha_wanted)
        self.start.clicked.connect(self._begin)

    def _lay_out(self) -> None:
        self.complain("")
        self.start.setProperty("look", "main")
        self.start.setShortcut(QKeySequence("Ctrl+Return"))
        self.start.setToolTip("Begin (Ctrl+Enter)")
        for button in (self.seek, self.start):
            button.setAutoDefault(False)
        sides, row, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        sides.setSpacing(6 * theme.GRID)
        sides.addWidget(_scrolled(self.options), 6)
        sides.addWidget(_scrolled(self.setup), 5)
        row.setSpacing(3 * theme.GRID)
        row.addWidget(self.alpha, 1)
        row.addWidget(self.seek)
        row.addWidget(self.start)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * theme.GRID)
        lead: QLabel = sentence(f"{LEAD} {words.NO_CLAIM}", base=self)
        column.addWidget(lead)
        column.addLayout(sides, 1)
        column.addWidget(self.problem)
        column.addLayout(row)


def _scrolled(part: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(part)
    return area
