"""The send guard as the rest of the program sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from companion.sending import agitation, message, words
from companion.sending.accepting import Accepting, Login
from companion.sending.agitation import Signals
from companion.sending.dispatching import Dispatcher
from companion.sending.leftover import Leftover
from companion.sending.line import Tls
from companion.sending.mail_file import Progress
from companion.sending.passwords import Passwords, chosen, forget_kept
from companion.sending.queue import Entry, Queue
from companion.sending.types import (
    DAY_SECONDS,
    WAITING,
    Account,
    Draft,
    Envelope,
    HeldMail,
    OnIncident,
    SendingError,
    SendSettings,
    State,
    Verdict,
)
from companion.sending.upstream import verified
from companion.sending.withdrawal import Withdrawal
from companion.sending.words import Written
from index.forgetting.budget import Ledger
from index.keys.sealing import Sealer
from index.replacing import replace_file
from index.types import VaultError

if TYPE_CHECKING:
    import asyncio

    from companion.sending.dialogue import Dialogue
    from companion.sending.proxy import Proxy

JUST_SENT = "This mail is just being sent."


class SendGuard:
    """Holds mails that were written in agitation. Its methods may be called from any thread.

    Parameters
    ----------
    folder, sealer, ledger
        Where mails wait, what encrypts them, and the account of the vault that the folder lies in, if it has limits.
    signals
        What is known of the person at this moment besides what they wrote.
    tls
        Makes what certificates of servers are verified with.
    passwords
        What keeps the passwords of mails that wait; by default what the settings choose.

    """

    def __init__(
        self,
        folder: Path,
        sealer: Sealer,
        settings: SendSettings,
        *,
        signals: Callable[[], Signals],
        clock: Callable[[], float],
        on_incident: OnIncident,
        ledger: Ledger | None = None,
        tls: Tls = verified,
        passwords: Passwords | None = None,
    ) -> None:
        self.settings = settings.checked()
        self._queue = Queue(folder, sealer, clock=clock, ledger=ledger)
        self._signals, self._clock, self._tls = signals, clock, tls
        self._on_incident = on_incident
        self._passwords = passwords or chosen(keep=settings.keep_passwords)
        self._withdrawal = Withdrawal(Leftover(folder, sealer, ledger=ledger), on_incident=on_incident)
        self._proxy: Proxy | None = None
        self._dispatcher: Dispatcher | None = None
        self._lock = threading.Lock()

    @property
    def runs(self) -> bool:
        """Whether mail programs are served."""
        return self._proxy is not None

    def start(self) -> None:
        """Serve mail programs and send what is due. Raises `SendingError`.

        Switched off it serves nobody, and yet sends what was held before: a mail is not stranded by a switch.
        """
        with self._lock:
            if self._dispatcher is not None or not (self.settings.on or self._queue.has_files()):
                return
            self._open()
            try:
                self._begin()
            except SendingError:
                self._queue.close()
                raise

    def stop(self) -> None:
        """Serve nobody any more; what waits stays on disk."""
        with self._lock:
            if self._proxy is not None:
                self._proxy.stop()
            if self._dispatcher is not None:
                self._withdrawal.stop()
                self._dispatcher.stop()
                self._queue.close()
            self._proxy = self._dispatcher = None

    def apply(self, settings: SendSettings) -> None:
        """Take over other settings at once; raises `SendingError`, with the guard stopped if it cannot start."""
        checked = settings.checked()
        if checked.keep_passwords != self.settings.keep_passwords:
            with self._withdrawal.paused():
                self._move_passwords(keep=checked.keep_passwords)
        self.stop()
        self.settings = checked
        self.start()

    def held(self) -> tuple[HeldMail, ...]:
        """Return the mails that wait, oldest first."""
        return tuple(_shown(entry) for entry in self._queue.glance(*WAITING))

    def send_now(self, mail: str) -> None:
        """Send a mail that waits, failed, was taken back, or may or may not have been sent. Raises `SendingError`."""
        entry = self._one(mail)
        self._queue.note(mail, _decided(entry.progress, self._clock(), agreed=True))
        if entry.state is not State.HELD and not self._queue.move(mail, entry.state, State.HELD):
            raise SendingError(JUST_SENT)
        self._wake(mail)

    def later(self, mail: str, seconds: float) -> None:
        """Let a mail that waits go ``seconds`` from now, up to a week. Raises `SendingError`."""
        if not 0 < seconds <= 7 * DAY_SECONDS:
            raise SendingError("A mail can be put off by up to a week, and to no time that is over.")
        entry = self._one(mail, State.HELD)
        if not self._queue.put_off(mail, _decided(entry.progress, self._clock(), wait=seconds)):
            raise SendingError(JUST_SENT)
        self._wake(mail)

    def take_back(self, mail: str, into: Path) -> Path:
        """Write a mail to the file ``into`` (.eml) for editing, and let it wait no more.

        From the first step on it does not go by itself; it leaves the queue once it is safely written. The file is not
        encrypted: a mail program has to open it. Raises `SendingError`.
        """
        try:
            if into.exists():
                raise SendingError(f"{into} exists already. Choose another name.")
        except OSError as error:  # a name that cannot be, a folder that nobody may look into
            raise SendingError(f"{into} cannot be written ({error.strerror}). Choose another name.") from error
        entry = self._one(mail, State.HELD, State.FAILED, State.TAKEN, State.UNSURE)
        if entry.state is not State.TAKEN and not self._queue.move(mail, entry.state, State.TAKEN):
            raise SendingError(JUST_SENT)
        try:
            replace_file(into, message.for_editing(self._queue.content(mail), entry.head.envelope))
        except VaultError as error:
            raise SendingError(f"{error} The mail still waits, and does not go by itself.") from error
        self._forget(entry)
        return into

    def drop(self, mail: str) -> None:
        """Let a mail wait no more without sending it, for good. Raises `SendingError`.

        One that may have been sent is taken to have been: should a mail program hand it in again, it is not sent.
        """
        entry = self._one(mail, State.HELD, State.FAILED, State.TAKEN, State.UNSURE)
        if entry.state is State.UNSURE:
            self._queue.sent(mail, before=State.UNSURE)
            self._settle(entry)
        else:
            self._forget(entry)

    def judge(self, draft: Draft) -> Verdict:
        """Return whether a mail should wait that a mail program is about to send at this moment."""
        return self._judge(lambda: draft.text, recipients=draft.recipients, reply=draft.reply)

    def _open(self) -> None:
        unread = self._queue.open()
        if unread:
            self._on_incident("mail", f"{len(unread)} waiting mails cannot be read; their files stay as they are.")
        unsure = len(self._queue.entries(State.UNSURE))
        if unsure:
            self._on_incident(
                "mail", f"Of {unsure} mails it is not known whether they were sent. They wait for your answer."
            )

    def _begin(self) -> None:
        users = self._users()  # by now: a mail of theirs may go at once
        accounts = {account.name: account for account in self.settings.accounts}
        dispatcher = Dispatcher(
            self._queue, accounts, self._passwords, tls=self._tls, clock=self._clock, on_incident=self._on_incident
        )
        if self.settings.on:
            self._proxy = self._served(dispatcher)
        dispatcher.start()
        self._dispatcher = dispatcher
        if self.settings.keep_passwords:
            self._withdrawal.begin(spared=self._users)
        else:
            self._withdrawal.begin(users)

    def _served(self, dispatcher: Dispatcher) -> Proxy:
        """Return the proxy, listening."""
        from companion.sending.dialogue import Dialogue
        from companion.sending.proxy import Proxy

        accepting = Accepting(
            self._queue,
            self._passwords,
            self._verdict,
            hold_seconds=self.settings.hold_seconds,
            clock=self._clock,
            on_waiting=dispatcher.wake,
            on_unused=dispatcher.settle,
            on_incident=self._on_incident,
        )

        def logged_in(login: Login) -> None:
            self._withdrawal.logged_in()
            dispatcher.logged_in(login.account, login.user, login.password)

        def speak(account: Account, loop: asyncio.AbstractEventLoop) -> Dialogue:
            return Dialogue(
                account,
                accepting,
                tls=self._tls,
                most_bytes=self.settings.most_bytes,
                on_login=logged_in,
                on_incident=self._on_incident,
                loop=loop,
            )

        proxy = Proxy(self.settings.accounts, speak)
        proxy.start()
        return proxy

    def _verdict(self, content: bytes, envelope: Envelope) -> Verdict:
        def text() -> str:
            return f"{message.subject(content)}.\n{message.own_words(content)}"

        return self._judge(text, recipients=len(envelope.recipients), reply=message.is_reply(content))

    def _judge(self, text: Callable[[], str], *, recipients: int, reply: bool) -> Verdict:
        found = agitation.judge(self._signals(), self._written(text), recipients=recipients, reply=reply)
        return Verdict(agitation.holds(found, self.settings.threshold), found.why)

    def _written(self, text: Callable[[], str]) -> Written:
        """Return what a mail's words tell: nothing where they cannot be read, which must keep no mail from going."""
        try:
            return words.read(text())
        except Exception as error:  # noqa: BLE001 whatever a mail has in it
            self._on_incident("mail", f"The words of a mail could not be read ({type(error).__name__}): not judged.")
            return Written()

    def _one(self, mail: str, *states: State) -> Entry:
        entry = self._queue.entry(mail)
        if entry.state not in (states or WAITING - {State.SENDING}):
            raise SendingError(JUST_SENT if entry.state is State.SENDING else "This mail cannot wait.")
        return entry

    def _forget(self, entry: Entry) -> None:
        if not self._queue.remove(entry.id, State.HELD, State.FAILED, State.TAKEN, State.UNSURE):
            raise SendingError(JUST_SENT)
        self._settle(entry)

    def _settle(self, entry: Entry) -> None:
        if self._dispatcher is not None:
            self._dispatcher.settle(entry.head.account, entry.head.user)

    def _wake(self, mail: str) -> None:
        if self._dispatcher is not None:
            self._dispatcher.wake(mail)

    def _users(self) -> set[tuple[str, str]]:
        """Return account and user of every mail that waits."""
        return {(entry.head.account, entry.head.user) for entry in self._queue.entries(*WAITING)}

    def _move_passwords(self, *, keep: bool) -> None:
        """Keep those of mails that wait where the person wants them now, and nowhere else."""
        before, after = self._passwords, chosen(keep=keep)
        moved = {who: password for who in self._users() if (password := before.get(*who)) is not None}
        try:
            for who, password in moved.items():
                after.put(*who, password)
            for who in moved:
                before.drop(*who)
        except BaseException:
            self._undo(moved, before, after)
            raise
        self._passwords = after

    def _undo(self, moved: dict[tuple[str, str], bytes], before: Passwords, after: Passwords) -> None:
        """Have passwords where they were; what a keyring does not do is told."""
        for who, password in moved.items():
            for step in (partial(before.put, *who, password), partial(after.drop, *who)):
                try:
                    step()
                except SendingError as error:
                    self._on_incident("mail", str(error))


def _decided(progress: Progress, now: float, *, wait: float = 0.0, agreed: bool = False) -> Progress:
    """Return what is so once the person decided that a mail goes ``wait`` seconds from now: it begins anew.

    With ``agreed`` it may go to the server that they were asked about.
    """
    to = progress.asked if agreed and progress.asked else progress.agreed
    return Progress(now + wait, since=now, asked=progress.asked, agreed=to)


def forget_passwords(folder: Path, sealer: Sealer, *, clock: Callable[[], float]) -> None:
    """Take the passwords of all mails that wait, or waited, in a folder out of the keyring. Raises `SendingError`."""
    queue, leftover = Queue(folder, sealer, clock=clock), Leftover(folder, sealer)
    queue.open()
    try:
        forget_kept({*leftover.read(), *((one.head.account, one.head.user) for one in queue.entries(*WAITING))})
    finally:
        queue.close()


def _shown(entry: Entry) -> HeldMail:
    head, progress = entry.head, entry.progress
    return HeldMail(
        id=entry.id,
        account=head.account,
        sender=head.envelope.sender,
        to=tuple(one.address for one in head.envelope.recipients),
        subject=head.subject,
        size=head.size,
        accepted=head.accepted,
        goes=progress.due if entry.state is State.HELD else None,
        state=entry.state,
        why=head.why,
        said=progress.said,
    )
