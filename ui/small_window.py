"""State and menu as a small window, for desktops without a place for tray icons."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.menu import CompanionMenu
from ui.settings.fit import Scrolled, fit_height
from ui.state_icon import state_icon
from ui.status_line import StatusLine
from ui.view_state import ViewState

WHY = "This desktop shows no tray icons, so Companion keeps this window open. Closing it quits Companion."


class SmallWindow(QWidget):
    """Never invisible: recording is seen here when it cannot be seen in a tray."""

    quit_wanted = Signal()

    def __init__(self, menu: CompanionMenu) -> None:
        super().__init__()
        self.setWindowTitle("Companion")
        self._leaving = False
        self.status = StatusLine(margin=0)
        self.headset, self.focus = _sentence(""), _sentence("")
        self.status.focus_wanted.connect(menu.focus.open.trigger)
        self.status.headset_wanted.connect(menu.electrodes.trigger)
        why = _sentence(WHY)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(*(4 * (4 * theme.GRID,)))
        column.setSpacing(2 * theme.GRID)
        column.addWidget(self.status)
        column.addWidget(self.headset)
        column.addWidget(self.focus)
        column.addWidget(_edge())
        said = (menu.state, menu.headset, menu.deep_focus, menu.hotkey_problem)
        for action in menu.actions():
            if not action.isSeparator() and action not in said:
                column.addWidget(_ActionButton(action, self))
        self._hotkey, self._hotkey_problem = _sentence(""), menu.hotkey_problem
        column.addWidget(self._hotkey)
        self._hotkey_problem.changed.connect(self._say_hotkey)
        column.addWidget(_edge())
        column.addWidget(why)
        self.content = Scrolled(content)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.content)
        self.setFixedWidth(100 * theme.GRID)

    def show_state(self, state: ViewState) -> None:
        """Show this state, also as the window's icon in the task bar."""
        self.setWindowIcon(state_icon(state.activity, deep=state.deep))
        self.status.show_state(state)
        self.headset.setText(state.headset)
        self.focus.setText(state.focus)
        self.focus.setVisible(bool(state.focus))
        self._fit()

    def appear(self) -> None:
        """Open."""
        self._leaving = False
        self.show()
        self._fit()

    def put_away(self) -> None:
        """Close without quitting."""
        self._leaving = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Quit when the person closes it."""
        super().closeEvent(event)
        if not self._leaving:
            self.quit_wanted.emit()

    def _say_hotkey(self) -> None:
        self._hotkey.setText(self._hotkey_problem.text().replace("&&", "&"))
        self._hotkey.setVisible(bool(self._hotkey.text()))
        self._fit()

    def _fit(self) -> None:
        """Be as high as its sentences need and its screen allows, once the layouts within know of them."""
        QTimer.singleShot(0, self, lambda: fit_height(self))


class _ActionButton(QPushButton):
    """One entry of the menu as a button."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._action = action
        menu = action.menu()
        if isinstance(menu, QMenu):
            self.setMenu(menu)
        else:
            self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        name, _, keys = self._action.text().partition("\t")
        self.setText(name)
        why_not = self._action.statusTip()
        self.setToolTip(why_not or (f"{name} ({keys})" if keys else name))
        self.setAccessibleDescription(why_not)
        self.setEnabled(self._action.isEnabled())
        self.setVisible(self._action.isVisible())


def _sentence(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("look", "soft")
    return label


def _edge() -> QFrame:
    edge = QFrame()
    edge.setProperty("look", "line")
    edge.setFixedHeight(1)
    return edge
