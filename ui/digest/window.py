"""What was held while the person was focused: once, by program and sender."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from ui import theme
from ui.bridge import Bridge
from ui.digest import lines
from ui.digest.actions import DigestActions
from ui.digest.list import HINT, DigestList
from ui.settings.fit import open_at

if TYPE_CHECKING:
    from companion.deep_work.port import DeepWorkPort
    from companion.notices.digest import Digest

EMPTY = "Nothing of it is left: it was forgotten."


class DigestWindow(QDialog):
    """One digest at a time.

    Parameters
    ----------
    deep
        Returns what follows focus now.
    now
        UTC seconds.

    """

    def __init__(self, *, bridge: Bridge, deep: Callable[[], DeepWorkPort | None], now: Callable[[], float]) -> None:
        super().__init__()
        self.setWindowTitle("Companion: held while you were focused")
        self._now = now
        self.heading, self.problem = QLabel(), QLabel()
        self.list = DigestList("Held notifications, by program", empty=EMPTY)
        self.leave = QPushButton("Close")
        self.actions_of = DigestActions(self.list, deep, bridge=bridge)
        self.actions_of.told.connect(self._say)
        self._lay_out()

    def show_digest(self, digest: Digest) -> None:
        """Show this digest, in front."""
        self.heading.setText(digest.summary)
        self.list.show_lines(lines.of_digest(digest, self._now()))
        self.list.scrollToTop()
        self._say("")
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.enter()

    def let_go(self) -> None:
        """Show nothing any more: some of it may be forgotten, or nobody can be asked for it."""
        self.list.show_lines(())
        self.reject()

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _lay_out(self) -> None:
        hint = QLabel(HINT)
        self.heading.setFont(theme.font(self.font(), "title"))
        hint.setProperty("look", "soft")
        self.problem.setProperty("look", "caution")
        for label in (self.heading, hint, self.problem):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        frame = QFrame()
        frame.setProperty("look", "card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, theme.GRID, 1, theme.GRID)
        inside.addWidget(self.list)
        self.leave.setAutoDefault(False)
        self.leave.setToolTip("Close (Esc)")
        self.leave.clicked.connect(self.accept)
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(*(4 * (5 * theme.GRID,)))
        column.setSpacing(3 * theme.GRID)
        column.addWidget(self.heading)
        column.addWidget(frame, 1)
        column.addWidget(self.problem)
        row.addWidget(hint, 1)
        row.addWidget(self.leave)
        column.addLayout(row)
        open_at(self, 150 * theme.GRID, 140 * theme.GRID)
