"""What is being done, once it takes long enough to be worth saying."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from ui import theme

SAY_AFTER_MS = 300
OFFER_CANCEL_AFTER_MS = 2000


class ProgressLine(QWidget):
    """One line of fixed height, so that nothing below it moves."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._doing = ""
        self.said = QLabel()
        self.said.setProperty("look", "soft")
        self.said.setFont(theme.font(self.font(), "small"))
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(theme.GRID)
        self.bar.setAccessibleName("Still working")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop searching")
        self.cancel.setFont(theme.font(self.font(), "small"))
        self.cancel.clicked.connect(self.cancelled)
        self.cancel.setFixedHeight(8 * theme.GRID)
        self.setFixedHeight(9 * theme.GRID)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * theme.GRID, 0, 3 * theme.GRID, theme.GRID)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(self.said)
        row.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch()
        row.addWidget(self.cancel)
        self._say = self._after(SAY_AFTER_MS, self._say_it)
        self._offer = self._after(OFFER_CANCEL_AFTER_MS, self._offer_cancel)
        self.end("")

    def begin(self, doing: str) -> None:
        """Something began; what was said stays until it takes long."""
        self._doing = doing
        self._say.start()
        self._offer.start()

    def end(self, outcome: str, detail: str = "") -> None:
        """Say how it ended; ``detail`` is shown on hover."""
        self._say.stop()
        self._offer.stop()
        self.bar.hide()
        self.cancel.hide()
        self.said.setText(outcome)
        self.said.setToolTip(detail)

    def _after(self, milliseconds: int, call: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(call)
        return timer

    def _say_it(self) -> None:
        self.said.setText(self._doing)
        self.said.setToolTip("")

    def _offer_cancel(self) -> None:
        self.bar.setVisible(not less_motion())
        self.cancel.show()


def less_motion() -> bool:
    """Return whether the desktop asks for little movement (told by Qt from 6.12 on)."""
    hints = QGuiApplication.styleHints()
    if not hasattr(hints, "accessibility"):
        return False
    preference = getattr(hints.accessibility(), "motionPreference", None)
    return preference is not None and "educe" in preference().name
