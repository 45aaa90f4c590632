"""The mails that wait, and what is to become of each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from companion.sending.types import DECIDING_SECONDS, HeldMail, State
from ui import failures, theme
from ui.bridge import Bridge
from ui.mails.buttons import MailsButtons
from ui.mails.detail import MailsDetail
from ui.mails.file import chosen_file, file_name, opened_by_desktop
from ui.mails.list import MailsList
from ui.question import Question
from ui.settings.fit import grow, open_at
from ui.settings.sources import sentence

if TYPE_CHECKING:
    from companion.sending.port import Guarding, SendingPort

T = TypeVar("T")

LOOK_MS = 1000
LOCKED = "Memory is locked, and the mails that wait with it. Mail programs cannot send meanwhile."
NOT_READY = "Companion is starting."
HEADING, EMPTY = "Waiting mails", "No mail waits"
AGAIN = "It may have been sent already. If it was, it arrives twice. Send it again?"
DROP = "Drop this mail for good? It is nowhere else, unless your mail program kept it as sent."
WRITTEN = "It waits no more. It lies, not encrypted, in {}. Delete it there once you have sent it."
UNOPENED = "{} No program opens it: open it with your mail program."


def _nothing(_result: object = None) -> None:
    """Do nothing more."""


class MailsWindow(QDialog):
    """The list, one mail of it in full, and four things to do with it.

    Parameters
    ----------
    sending
        Returns what holds mails now; None while memory is locked.
    locked
        Returns whether it is.
    now
        UTC seconds.
    choose
        Asks for the file that a mail is taken back into, given a name; None where none was chosen.
    show_file
        Opens a file with the desktop's program for it; returns whether there is one.

    """

    settings_wanted = Signal()
    unlock_wanted = Signal()
    changed = Signal()
    """Something was done with a mail."""

    def __init__(
        self,
        *,
        bridge: Bridge,
        sending: Callable[[], SendingPort | None],
        locked: Callable[[], bool],
        now: Callable[[], float],
        choose: Callable[[QWidget, str], Path | None] = chosen_file,
        show_file: Callable[[Path], bool] = opened_by_desktop,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Companion: waiting mails")
        self._bridge, self._sending, self._locked, self._now = bridge, sending, locked, now
        self._choose, self._show_file = choose, show_file
        self._mails: dict[str, HeldMail] = {}
        self._busy = False
        self._asked: Callable[[], None] = _nothing
        self.heading = QLabel()
        self.said, self.problem = sentence("", base=self), sentence("", look="problem", base=self)
        self.list, self.detail, self.question = MailsList(), MailsDetail(), Question()
        self.buttons = MailsButtons(now)
        self.settings, self.unlock, self.leave = QPushButton("Settings…"), QPushButton("Unlock…"), QPushButton("Close")
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.finished.connect(self._timer.stop)

    def appear(self) -> None:
        """Open in front."""
        self._say("")
        self.look()
        self.list.choose_first()
        self._timer.start()
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.setFocus()

    def event(self, event: QEvent) -> bool:
        """Grow with what is said."""
        done = super().event(event)
        grow(self, event)
        return done

    def look(self) -> None:
        """Show how it stands now."""
        sending = self._sending()
        state = None if sending is None else sending.state()
        held = () if state is None else state.held
        self._mails = {mail.id: mail for mail in held}
        self.list.show_mails(held, self._now())
        self.list.setVisible(bool(held))
        self._head(state)
        self._show_chosen()

    def let_go(self) -> None:
        """Show nothing any more."""
        self._mails = {}
        self.list.show_mails((), self._now())
        self.reject()

    def _head(self, state: Guarding | None) -> None:
        locked = state is None and self._locked()
        waiting = state is not None and bool(state.held)
        self.heading.setText(HEADING if waiting else EMPTY)
        told = state.sentence if state is not None else LOCKED if locked else NOT_READY
        self.said.setText(told)
        self.said.setProperty("look", "problem" if state is not None and state.problem else "soft")
        self.said.style().polish(self.said)
        self.buttons.setVisible(waiting)
        self.unlock.setVisible(locked)
        self.settings.setVisible(not locked)

    def _show_chosen(self) -> None:
        mail = self._mails.get(self.list.mail)
        self.detail.setVisible(mail is not None)
        if mail is not None:
            self.detail.show_mail(mail, self._now())
        free = not self._busy and not self.question.isVisible()
        self.buttons.offer(None if mail is None else mail.state, free=free)

    def _chose(self) -> None:
        if self.question.isVisible():
            self.question.hide()  # it was about another mail
        self._show_chosen()

    def _send(self) -> None:
        mail = self.list.mail
        if self._mails[mail].state is State.UNSURE:
            self._ask(AGAIN, "Send it again", "No", lambda: self._send_now(mail))
        else:
            self._send_now(mail)

    def _send_now(self, mail: str) -> None:
        self._do(lambda sending: sending.send_now(mail))

    def _choose_time(self) -> None:
        mail = self._mails.get(self.list.mail)
        if mail is not None:  # it may have gone while the menu was open
            self._let_wait(mail)
            self.buttons.later.ask(lambda until: self._put_off(mail.id, until))

    def _put_off(self, mail: str, until: float) -> None:
        seconds = until - self._now()
        self._do(lambda sending: sending.later(mail, seconds))

    def _edit(self) -> None:
        mail = self._mails[self.list.mail]
        self._let_wait(mail)
        into = self._choose(self, file_name(mail))
        if into is not None:
            self._do(lambda sending: sending.take_back(mail.id, into), done=self._taken_back)

    def _taken_back(self, into: Path) -> None:
        told = WRITTEN.format(into)
        self._say(told if self._show_file(into) else UNOPENED.format(told), look="soft")

    def _drop(self) -> None:
        mail = self._mails[self.list.mail]
        self._let_wait(mail)
        self._ask(DROP, "Drop it", "Keep it", lambda: self._do(lambda sending: sending.drop(mail.id)))

    def _let_wait(self, mail: HeldMail) -> None:
        """Have a mail not go while its person decides what is to become of it."""
        if mail.goes is not None and mail.goes - self._now() < DECIDING_SECONDS:
            self._do(lambda sending: sending.later(mail.id, DECIDING_SECONDS))

    def _ask(self, words: str, yes: str, no: str, then: Callable[[], None]) -> None:
        self._asked = then
        self.question.ask(words, yes, no)
        self._show_chosen()

    def _answered(self, yes: bool) -> None:
        then, self._asked = self._asked, _nothing
        self.list.setFocus()
        self._show_chosen()
        if yes:
            then()

    def _do(self, act: Callable[[SendingPort], Future[T]], done: Callable[[T], None] = _nothing) -> None:
        """Have something done, and say what came of it once it is."""
        sending = self._sending()
        if sending is None:
            return
        self._say("")
        self._busy = True
        self._show_chosen()
        self._bridge.follow(act(sending), lambda future: self._done(future, done))

    def _done(self, future: Future[T], done: Callable[[T], None]) -> None:
        self._busy = False
        if future.cancelled():
            return  # the program closes
        error = future.exception()
        if error is not None:
            self._say(failures.sentence(error))
        else:
            done(future.result())
        self.look()
        self.changed.emit()

    def _say(self, text: str, *, look: str = "problem") -> None:
        self.problem.setText(text)
        self.problem.setProperty("look", look)
        self.problem.style().polish(self.problem)
        self.problem.setVisible(bool(text))

    def _connect(self) -> None:
        self.list.chosen.connect(self._chose)
        self.list.itemActivated.connect(lambda _item: self.buttons.send.setFocus())
        self.question.answered.connect(self._answered)
        self.buttons.send_wanted.connect(self._send)
        self.buttons.edit_wanted.connect(self._edit)
        self.buttons.later_wanted.connect(lambda until: self._put_off(self.list.mail, until))
        self.buttons.choice_wanted.connect(self._choose_time)
        self.buttons.drop_wanted.connect(self._drop)
        self.settings.clicked.connect(self.settings_wanted)
        self.unlock.clicked.connect(self.unlock_wanted)
        self.leave.clicked.connect(self.accept)
        self.leave.setToolTip("Close (Esc)")

    def _lay_out(self) -> None:
        self.said.setAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        )  # it has all room in an empty list
        self.heading.setFont(theme.font(self.font(), "title"))
        for button in (self.settings, self.unlock, self.leave):
            button.setAutoDefault(False)
        column, top, row = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(*(4 * (5 * theme.GRID,)))
        column.setSpacing(3 * theme.GRID)
        top.addWidget(self.heading, 1)
        top.addWidget(self.settings)
        top.addWidget(self.unlock)
        column.addLayout(top)
        for part, stretch in ((self.said, 0), (self.list, 1), (self.detail, 0), (self.question, 0), (self.problem, 0)):
            column.addWidget(part, stretch)
        row.addWidget(self.buttons)
        row.addStretch()
        row.addWidget(self.leave)
        column.addLayout(row)
        in_order = (self.settings, self.unlock, self.list, self.question.no, self.question.yes)
        for one, next_one in pairwise((*in_order, *self.buttons.all, self.leave)):
            self.setTabOrder(one, next_one)
        open_at(self, 160 * theme.GRID, 130 * theme.GRID)
        self.setMinimumSize(120 * theme.GRID, 80 * theme.GRID)
