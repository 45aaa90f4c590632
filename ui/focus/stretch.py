"""Saying of a stretch of today whether it was focus."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTimeEdit, QVBoxLayout, QWidget

from ui import failures, theme, wording
from ui.bridge import Bridge
from ui.focus import scale

if TYPE_CHECKING:
    from companion.deep_work.port import DeepWorkPort

USUAL_SECONDS = 1800.0  # that is chosen before the person chooses
MINUTE = 60.0


class FocusStretch(QWidget):
    """Two times and two buttons; the last word can be taken back.

    Parameters
    ----------
    deep
        Returns what follows focus now.
    now
        UTC seconds.

    """

    chosen = Signal(float, float)
    """From when to when, UTC seconds."""
    corrected = Signal()
    """What is known of the past is not as it was."""

    def __init__(self, *, bridge: Bridge, deep: Callable[[], DeepWorkPort | None], now: Callable[[], float]) -> None:
        super().__init__()
        self._bridge, self._deep, self._now = bridge, deep, now
        self._correction: int | None = None
        self._chosen_on: float | None = None  # the midnight before the person chose; None where they did not
        self.start, self.end = _time("From"), _time("To")
        self.focused = _button("I was focused", "Ctrl+F", "Focus learns from it")
        self.not_focused = _button("I was not focused", "Ctrl+N", "Focus learns from it")
        self.back = _button("Take it back", "Ctrl+Z", "What was learned from it goes")
        self.said = QLabel()
        self._lay_out()
        self.start.timeChanged.connect(self._typed)
        self.end.timeChanged.connect(self._typed)
        self.focused.clicked.connect(lambda: self._correct(focused=True))
        self.not_focused.clicked.connect(lambda: self._correct(focused=False))
        self.back.clicked.connect(self._take_back)
        self.renew()
        self._say("")

    @property
    def span(self) -> tuple[float, float]:
        """From when to when, UTC seconds; an end in the present minute is now."""
        now = self._now()
        start, end = (scale.at(_minutes(field), now) for field in (self.start, self.end))
        return start, now if end <= now < end + MINUTE else end

    def choose(self, start: float, end: float) -> None:
        """Show that the person chose this stretch (UTC seconds)."""
        self._chosen_on = scale.midnight(self._now())
        self._show(start, end)

    def renew(self) -> bool:
        """Have the usual stretch end now, unless the person chose one today or is about to.

        Returns whether the one they chose on another day is let go of for it.
        """
        now, chosen_on = self._now(), self._chosen_on
        if chosen_on == scale.midnight(now) or self.start.hasFocus() or self.end.hasFocus():
            return False
        self._chosen_on = None
        self._show(now - USUAL_SECONDS, now)
        return chosen_on is not None

    def _show(self, start: float, end: float) -> None:
        earliest = scale.midnight(self._now())
        for field, time in ((self.start, max(start, earliest)), (self.end, max(end, earliest))):
            field.blockSignals(True)
            field.setTime(QTime(*divmod(scale.minute(time), 60)))
            field.blockSignals(False)

    def _typed(self) -> None:
        self._chosen_on = scale.midnight(self._now())
        self.chosen.emit(*self.span)

    def _correct(self, *, focused: bool) -> None:
        deep, (start, end) = self._deep(), self.span
        if deep is None:
            return
        what = f"{wording.clock(start)} to {wording.clock(end)}"
        noted = f"Noted: {what} was {'' if focused else 'no '}focus."
        self._bridge.follow(deep.correct(start, end, focused=focused), lambda done: self._corrected(done, noted))

    def _corrected(self, correcting: Future[int], noted: str) -> None:
        if correcting.cancelled():
            return
        error = correcting.exception()
        if error is not None:
            self._say(failures.sentence(error), problem=True)
            return
        self._correction = correcting.result()
        self._say(noted)
        self.corrected.emit()

    def _take_back(self) -> None:
        deep, number = self._deep(), self._correction
        if deep is not None and number is not None:
            self._correction = None
            self._bridge.follow(deep.take_back(number), self._taken_back)

    def _taken_back(self, taking: Future[None]) -> None:
        if taking.cancelled():
            return
        error = taking.exception()
        self._say(failures.sentence(error) if error is not None else "Taken back.", problem=error is not None)
        self.corrected.emit()

    def _say(self, sentence: str, *, problem: bool = False) -> None:
        self.said.setText(sentence)
        self.said.setProperty("look", "problem" if problem else "soft")
        self.said.style().polish(self.said)
        self.back.setVisible(self._correction is not None)

    def _lay_out(self) -> None:
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        kept = self.back.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(kept)
        column, row, below = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        for layout in (column, row, below):
            layout.setSpacing(2 * theme.GRID)
        for part in (QLabel("From"), self.start, QLabel("to"), self.end):
            row.addWidget(part)
        row.addStretch()
        row.addWidget(self.focused)
        row.addWidget(self.not_focused)
        below.addWidget(self.said, 1)
        below.addWidget(self.back)
        column.addLayout(row)
        column.addLayout(below)


def _minutes(field: QTimeEdit) -> int:
    return field.time().hour() * 60 + field.time().minute()


def _time(name: str) -> QTimeEdit:
    field = QTimeEdit()
    field.setDisplayFormat("HH:mm")
    field.setFont(theme.font(field.font(), "body"))
    field.setMinimumHeight(7 * theme.GRID)
    for part in (field, field.lineEdit()):
        part.setAccessibleName(f"{name}, of the stretch that is corrected")
    return field


def _button(name: str, keys: str, tip: str) -> QPushButton:
    button = QPushButton(name)
    button.setAutoDefault(False)
    button.setShortcut(QKeySequence(keys))
    button.setToolTip(f"{tip} ({keys})")
    return button
