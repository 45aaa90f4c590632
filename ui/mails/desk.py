"""What is seen of the send guard beside the tray: its window, and a notice when a mail newly waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from companion.sending.types import State
from ui.bridge import Bridge
from ui.engine_link import EngineLink
from ui.mails import wording

if TYPE_CHECKING:  # the windows are imported when they are opened first
    from companion.sending.port import Guarding, SendingPort
    from companion.sending.types import HeldMail
    from ui.mails.window import MailsWindow

LOOK_MS = 1000
ASKS = frozenset({State.UNSURE, State.FAILED})


class MailsDesk(QObject):
    """Owns the window, and looks once a second whether a mail newly waits.

    Parameters
    ----------
    now
        UTC seconds.
    tell
        Shows a notice of these two sentences.

    """

    settings_wanted = Signal()
    unlock_wanted = Signal()
    stands = Signal(bool, int)
    """Whether there is anything to open, and how many mails wait; when that changes."""

    def __init__(
        self,
        *,
        bridge: Bridge,
        link: EngineLink,
        now: Callable[[], float],
        tell: Callable[[str, str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._link, self._now, self._tell = bridge, link, now, tell
        self._known: dict[str, State] = {}  # for good: a guard that begins anew shows none for a moment
        self._problem = ""
        self._stands = (False, 0)
        self._over = False
        self.window: MailsWindow | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def sending(self) -> SendingPort | None:
        """Return what holds mails now."""
        engine = self._link.engine
        return None if engine is None else engine.sending

    def look(self) -> None:
        """Find out how it stands; tell of what is new."""
        sending = self.sending()
        if self._over:
            return
        if sending is None:
            self._show_stands((False, 0))
            return
        state = sending.state()
        self._show_stands((state.on or bool(state.held), len(state.held)))
        self._tell_of(state)

    def open(self) -> None:
        """Show the window."""
        if self.window is None:
            from ui.mails.window import MailsWindow

            self.window = MailsWindow(
                bridge=self._bridge, sending=self.sending, locked=lambda: self._link.state.locked, now=self._now
            )
            self.window.settings_wanted.connect(self.settings_wanted)
            self.window.unlock_wanted.connect(self.unlock_wanted)
            self.window.changed.connect(self.look)
        self.window.appear()

    def stop(self) -> None:
        """Close everything, and show nothing any more."""
        self._over = True
        self._timer.stop()
        if self.window is not None:
            self.window.let_go()

    def _show_stands(self, stands: tuple[bool, int]) -> None:
        if stands != self._stands:
            self._stands = stands
            self.stands.emit(*stands)

    def _tell_of(self, state: Guarding) -> None:
        """Tell of mails that newly wait or ask for an answer, and of what newly keeps the guard from working."""
        new = [mail for mail in state.held if self._is_new(mail)]
        self._known |= {mail.id: mail.state for mail in state.held}
        if len(new) == 1:
            self._tell(*wording.notice(new[0], self._now()))
        elif new:
            self._tell(*wording.several(new))
        if state.problem and state.problem != self._problem:
            self._tell("Outgoing mail is not guarded as you chose", state.problem)
        self._problem = state.problem

    def _is_new(self, mail: HeldMail) -> bool:
        """Whether there is something to tell of a mail: it was not here before, or now asks for an answer."""
        if mail.state in ASKS:
            return self._known.get(mail.id) is not mail.state
        return mail.goes is not None and mail.id not in self._known
