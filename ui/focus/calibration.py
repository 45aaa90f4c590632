"""Calibrating focus: a guided rest and a guided stretch of work, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from companion.focus.types import FocusError
from ui import failures, theme
from ui.bridge import Bridge
from ui.focus import calibration_acts as acts
from ui.focus.calibration_acts import Act
from ui.focus.calibration_picture import CalibrationPicture
from ui.settings.fit import open_at

if TYPE_CHECKING:
    from companion.deep_work.port import DeepWorkPort
    from companion.focus.calibration import Step

LOOK_MS = 200
GONE = "Focus is not followed any more, so nothing came of it."


class Rings(Protocol):
    """Satisfied by `ui.focus.bell.Bell`."""

    @property
    def problem(self) -> str:
        """Why it is not heard."""
        ...

    def ring(self) -> None:
        """Ring once."""
        ...

    def still(self) -> None:
        """Let go of the sound."""
        ...


class FocusCalibration(QDialog):
    """Goes along with what `DeepWorkPort.calibrating` says while it is open; closing it breaks it off.

    Parameters
    ----------
    deep
        Returns what follows focus now; None where nothing does.
    bell
        Rings when the person is to do something else.

    """

    headset_wanted = Signal()

    def __init__(self, *, bridge: Bridge, deep: Callable[[], DeepWorkPort | None], bell: Rings) -> None:
        super().__init__()
        self.setWindowTitle("Companion: calibrate focus")
        self._bridge, self._deep, self._bell = bridge, deep, bell
        self._begun: DeepWorkPort | None = None  # whose calibration it is
        self._over = False
        self.act = Act.BEFORE
        self.picture = CalibrationPicture()
        self.headline, self.body, self.left = QLabel(), QLabel(), QLabel()
        self.signal, self.silent, self.problem = QLabel(), QLabel(), QLabel()
        self.headset, self.leave, self.go = QPushButton("Headset…"), QPushButton(), QPushButton()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._lay_out()
        self._connect()

    def appear(self) -> None:
        """Open in front."""
        self.look()
        self.show()
        self.raise_()
        self.activateWindow()
        (self.go if self.go.isEnabled() else self.leave).setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        """Close for good."""
        self._over = True
        self.reject()

    def look(self) -> None:
        """Show where it is."""
        deep = self._deep()
        if self._begun is not None and deep is not self._begun:
            self._begun = None
            self._say(GONE)
        step = self._begun.calibrating() if self._begun is not None else None
        if step is None:
            self._begun = None  # not begun, or somebody else ended it
        self._show(step)
        self._show_signal(deep)

    def showEvent(self, event: QShowEvent) -> None:
        """Look while it is open."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no more, and break off what goes on."""
        super().hideEvent(event)
        if event.spontaneous():  # minimised, or on another workspace: it goes on, and the bell with it
            return
        self._timer.stop()
        self._bell.still()
        self._end()

    def _begin(self) -> None:
        deep = self._deep()
        self._say("")
        if deep is None:
            self._say(GONE)
            return
        try:
            deep.calibrate()
        except FocusError as error:
            self._say(str(error))
            return
        self._begun = deep
        self._bell.ring()
        self.look()
        self.leave.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end(self) -> None:
        """Break it off, or put its last step away."""
        begun, self._begun = self._begun, None
        if begun is not None:
            self._bridge.follow(begun.end_calibration(), self._ended)

    def _ended(self, ending: Future[None]) -> None:
        error = None if ending.cancelled() else ending.exception()
        if error is not None and not self._over:
            self._say(failures.sentence(error))
            self.appear()

    def _break_off(self) -> None:
        """Back to the beginning where it goes on; else close."""
        if self._begun is None or self.act in acts.OVER:
            self.reject()
            return
        self._end()
        self._bell.still()
        self.look()

    def _show(self, step: Step | None) -> None:
        before, self.act = self.act, acts.act_of(step)
        if self.act is not before and self.act not in (Act.BEFORE, Act.READY):
            self._bell.ring()
        share = 0.0 if step is None else step.share
        goes_on = self.act is not Act.BEFORE and self.act not in acts.OVER
        self.picture.show_act(self.act, share)
        self.headline.setText(self.act.value)
        self.body.setText(acts.body(step))
        self.left.setText(acts.left(step))
        self.left.setVisible(goes_on)
        self.silent.setVisible(goes_on and bool(self._bell.problem))
        self.silent.setToolTip(self._bell.problem)
        self.leave.setText("Break off" if goes_on else "Close")
        self.go.setText("Once more" if self.act in acts.OVER else "Begin")
        self.go.setVisible(not goes_on)

    def _show_signal(self, deep: DeepWorkPort | None) -> None:
        said, good = (GONE, False) if deep is None else acts.signal(deep.state().focus.quality)
        look = "soft" if good else "caution"
        self.signal.setText(said)
        self.signal.setVisible(not (good and self.act in acts.OVER))
        if self.signal.property("look") != look:
            self.signal.setProperty("look", look)
            self.signal.style().polish(self.signal)
        self.go.setEnabled(said not in (GONE, acts.NEEDS))

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _connect(self) -> None:
        self._timer.timeout.connect(self.look)
        self.go.clicked.connect(self._begin)
        self.leave.clicked.connect(self._break_off)
        self.headset.clicked.connect(self.headset_wanted)

    def _lay_out(self) -> None:
        said = ((self.headline, ""), (self.body, ""), (self.left, "soft"), (self.signal, "soft"))
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(*(4 * (6 * theme.GRID,)))
        column.setSpacing(3 * theme.GRID)
        column.addWidget(self.picture)
        for label, look in (*said, (self.silent, "caution"), (self.problem, "problem")):
            label.setFont(theme.font(self.font(), "headline" if label is self.headline else "body"))
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("look", look)
            column.addWidget(label)
        column.addStretch()
        column.addLayout(row)
        row.addWidget(self.headset)
        row.addStretch()
        row.addWidget(self.leave)
        row.addWidget(self.go)
        self.go.setProperty("look", "main")
        self.headset.setToolTip("How the headset lies (Ctrl+H)")
        self.leave.setToolTip("Nothing is changed by a calibration that is broken off (Esc)")
        self.go.setToolTip("Begin (Enter)")
        self.headset.setShortcut(QKeySequence("Ctrl+H"))
        for button in (self.headset, self.leave):
            button.setAutoDefault(False)
        self.go.setDefault(True)
        self.silent.setText(acts.SILENT)
        self._say("")
        open_at(self, 130 * theme.GRID, 130 * theme.GRID)
