"""The icon that never hides what is being recorded."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from companion.status import Activity
from ui.menu import CompanionMenu
from ui.state_icon import state_icon
from ui.view_state import ViewState, before_start


class Tray(QObject):
    """Shows the state by shape, colour and words; a click opens recall."""

    clicked = Signal()

    def __init__(self, menu: CompanionMenu, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[tuple[Activity | None, bool], QIcon] = {}
        self._shown = before_start()
        self.icon = QSystemTrayIcon(self._painted(self._shown), self)
        self.icon.setToolTip(self._shown.sentence)
        self.icon.setContextMenu(menu)
        self.icon.activated.connect(self._activated)

    def show(self) -> None:
        """Appear."""
        self.icon.show()

    def hide(self) -> None:
        """Disappear."""
        self.icon.hide()

    def end(self) -> None:
        """Let go of the menu, which may be deleted first."""
        self.icon.hide()
        self.icon.deleteLater()

    def show_state(self, state: ViewState) -> None:
        """Show this state; the icon is painted anew only when it looks different."""
        if (state.activity, state.deep) != (self._shown.activity, self._shown.deep):
            self.icon.setIcon(self._painted(state))
        self.icon.setToolTip("\n".join(filter(None, (state.sentence, state.focus))))
        self._shown = state

    def _painted(self, state: ViewState) -> QIcon:
        """Return the state's sign, painted once."""
        what = (state.activity, state.deep)
        if what not in self._icons:
            self._icons[what] = state_icon(state.activity, deep=state.deep)
        return self._icons[what]

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.clicked.emit()


def available() -> bool:
    """Return whether the desktop has a place for tray icons now."""
    return QSystemTrayIcon.isSystemTrayAvailable()
