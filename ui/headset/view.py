"""The headset's window: how it lies and what it sends, or why there is nothing to be seen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout

from companion.ports import EnginePort
from ui import theme
from ui.bridge import Bridge, in_background
from ui.headset.words import LOADING, obstacle
from ui.message_view import MessageView
from ui.settings.fit import open_at
from ui.view_state import ViewState

if TYPE_CHECKING:  # NumPy and pyqtgraph come with it, on a thread of their own
    from ui.headset.live import Live

TITLE = "Headset"
SIMULATED = "simulated"


class HeadsetView(QDialog):
    """Opened from the menu; Escape closes it.

    Parameters
    ----------
    engine
        Returns the one that runs now, or None.

    """

    settings_wanted = Signal()
    resume_wanted = Signal()
    unlock_wanted = Signal()

    def __init__(self, engine: Callable[[], EnginePort | None], state: ViewState, *, bridge: Bridge) -> None:
        super().__init__()
        self.setWindowTitle("Companion: headset")
        self._engine, self._bridge, self._state = engine, bridge, state
        self.live: Live | None = None
        self.name, self.simulated = QLabel(TITLE), QLabel(SIMULATED)
        self.message = MessageView()
        self.message.button.setAutoDefault(False)
        self.stack = QStackedWidget()
        self.leave = QPushButton("Close")
        self._lay_out()
        self.message.chosen.connect(self._help)
        self._loading = in_background(_load, name="headset view")
        bridge.follow(self._loading, self._loaded)
        self.show_state(state)

    def appear(self) -> None:
        """Open in front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def show_state(self, state: ViewState) -> None:
        """Show what the headset is doing."""
        self._state = state
        self.name.setText(state.device or TITLE)
        self.simulated.setVisible(state.simulated)
        said = obstacle(state)
        if said is None and self.live is not None:
            self.live.simulated = state.simulated
            self.stack.setCurrentWidget(self.live)
        else:
            self.message.show_message(said or LOADING)
            self.stack.setCurrentWidget(self.message)

    def _loaded(self, loading: Future[type[Live]]) -> None:
        self.live = loading.result()(self._engine, bridge=self._bridge)
        self.stack.addWidget(self.live)
        self.show_state(self._state)
        self.live.contact.list.setFocus()

    def _help(self, action: str) -> None:
        wanted = {"settings": self.settings_wanted, "resume": self.resume_wanted, "unlock": self.unlock_wanted}
        wanted[action].emit()

    def _lay_out(self) -> None:
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setFont(theme.font(self.font(), "title"))
        self.simulated.setFont(theme.font(self.font(), "strong"))
        self.simulated.setProperty("look", "caution")
        self.stack.addWidget(self.message)
        self.leave.setAutoDefault(False)
        self.leave.setToolTip("Close (Esc)")
        self.leave.clicked.connect(self.accept)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(3 * theme.GRID)
        head.addWidget(self.name)
        head.addWidget(self.simulated)
        head.addStretch()
        foot.addStretch()
        foot.addWidget(self.leave)
        column = QVBoxLayout(self)
        side = 6 * theme.GRID
        column.setContentsMargins(side, 5 * theme.GRID, side, 4 * theme.GRID)
        column.setSpacing(3 * theme.GRID)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        column.addLayout(foot)
        open_at(self, 290 * theme.GRID, 160 * theme.GRID)


def _load() -> type[Live]:
    from ui.headset.live import Live

    return Live
