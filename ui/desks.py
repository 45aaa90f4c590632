"""The windows that are opened from the menu beside recall and settings, each made when it is asked for first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from companion.settings import Settings
from ui.bridge import Bridge
from ui.engine_link import EngineLink
from ui.focus.desk import FocusDesk
from ui.headset.opening import HeadsetOpening
from ui.mails.desk import MailsDesk
from ui.menu import CompanionMenu
from ui.recall.sidebar import Sidebar
from ui.training.desk import TrainingDesk


class Desks(QObject):
    """Owns whoever opens them, and passes on what they ask of the rest of the program.

    Parameters
    ----------
    settings
        Returns what the person chose.
    now
        UTC seconds.

    """

    headset_settings_wanted = Signal()
    focus_settings_wanted = Signal()
    mail_settings_wanted = Signal()
    resume_wanted = Signal()
    unlock_wanted = Signal()

    def __init__(
        self,
        *,
        bridge: Bridge,
        link: EngineLink,
        settings: Callable[[], Settings],
        now: Callable[[], float],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.focus = FocusDesk(bridge=bridge, link=link, settings=settings, now=now, parent=self)
        self.headset = HeadsetOpening(bridge=bridge, link=link, parent=self)
        self.mails = MailsDesk(bridge=bridge, link=link, now=now, tell=self.focus.tell, parent=self)
        self.mails.settings_wanted.connect(self.mail_settings_wanted)
        self.mails.unlock_wanted.connect(self.unlock_wanted)
        self.focus.told_of.connect(self.mails.open)
        self.training = TrainingDesk(bridge=bridge, link=link, now=now, parent=self)
        self.focus.settings_wanted.connect(self.focus_settings_wanted)
        self.focus.unlock_wanted.connect(self.unlock_wanted)
        self.focus.headset_wanted.connect(self.headset.open)
        self.headset.settings_wanted.connect(self.headset_settings_wanted)
        self.headset.resume_wanted.connect(self.resume_wanted)
        self.headset.unlock_wanted.connect(self.unlock_wanted)
        self.training.settings_wanted.connect(self.headset_settings_wanted)
        self.training.resume_wanted.connect(self.resume_wanted)
        self.training.unlock_wanted.connect(self.unlock_wanted)

    def opened_by(self, menu: CompanionMenu, sidebar: Sidebar) -> None:
        """Open what the menu and the sidebar ask for."""
        for asked in (menu.headset_wanted, sidebar.headset_wanted):
            asked.connect(self.headset.open)
        menu.training_wanted.connect(self.training.open)
        for asked in (sidebar.focus_wanted, sidebar.headset_wanted, sidebar.settings_wanted):
            asked.connect(sidebar.close)  # it would lie on top
        sidebar.focus_wanted.connect(self.focus.open)
        menu.mails_wanted.connect(self.mails.open)
        self.mails.stands.connect(menu.show_mails)
        menu.focus.window_wanted.connect(self.focus.open)
        menu.toasts_closed.connect(self.focus.close_toasts)
        self.focus.toasts_there.connect(menu.show_toasts)
        menu.focus.mode_wanted.connect(self.focus.set_mode)

    def look(self) -> None:
        """Find out whether the engine has something else for them now."""
        self.focus.look()
        self.mails.look()

    def let_go(self) -> None:
        """Show nothing any more of what may be forgotten."""
        self.focus.let_go()
        self.training.let_go()

    def stop(self) -> None:
        """Close all of them, and open none any more."""
        self.headset.close()
        self.mails.stop()
        self.focus.stop()
        self.training.stop()
