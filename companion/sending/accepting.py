"""What becomes of a mail that a mail program hands in: it goes at once, or it is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from companion.sending import message
from companion.sending.delivering import ENDS_EARLY, WithdrawnError, hand_over
from companion.sending.mail_file import Head
from companion.sending.passwords import Passwords
from companion.sending.queue import Entry, Queue
from companion.sending.replies import Reply
from companion.sending.types import Envelope, OnIncident, SendingError, State, Verdict
from companion.sending.upstream import LostError, UnsureError, Upstream


@dataclass(frozen=True, slots=True)
class Login:
    """As whom a mail program logged in with an account's server, which accepted it."""

    account: str
    user: str
    password: bytes
    server: str = ""  # the account's, see `Account.server`


#: What decides, from the mail's bytes and its envelope.
Judge = Callable[[bytes, Envelope], Verdict]


class Accepting:
    """Takes mails in. Used by several threads, each with a connection of its own.

    Parameters
    ----------
    hold_seconds
        How long an agitated mail waits.
    on_waiting
        Called when a mail was added to those that wait.
    on_unused
        Called with account and user of a password that may be kept for no mail; may raise `SendingError`.

    """

    def __init__(
        self,
        queue: Queue,
        passwords: Passwords,
        judge: Judge,
        *,
        hold_seconds: float,
        clock: Callable[[], float],
        on_waiting: Callable[[], None],
        on_unused: Callable[[str, str], None],
        on_incident: OnIncident,
    ) -> None:
        self._queue, self._passwords, self._judge = queue, passwords, judge
        self._hold_seconds, self._clock = hold_seconds, clock
        self._on_waiting, self._on_unused, self._on_incident = on_waiting, on_unused, on_incident

    def take(self, content: bytes, envelope: Envelope, login: Login, upstream: Upstream) -> Reply:
        """Return what the mail program is told of a mail whose recipients the server has accepted.

        A 2xx means that the server has it, or that it is safe on disk here and shown to the person.
        """
        if message.ends_early(content):
            upstream.reset()
            return Reply(554, f"5.6.0 {ENDS_EARLY} Nothing was sent.")
        verdict = self._judged(content, envelope)
        try:
            entry, new = self._kept(content, envelope, login, verdict)
            if not new:
                upstream.reset()
                return _known(entry)
            if verdict.hold:
                upstream.reset()
                self._on_waiting()
                return Reply(
                    250, f"2.0.0 Held by Companion for {self._hold_seconds:.0f} seconds; see its mails that wait"
                )
            return self._sent(entry, upstream)
        except SendingError as error:
            upstream.reset()
            self._on_incident("mail", f"A mail was not taken: {error} Your mail program still has it.")
            return Reply(451, f"4.3.0 {error} Nothing was sent.")

    def _judged(self, content: bytes, envelope: Envelope) -> Verdict:
        """Return the verdict; a mail that cannot be judged goes, as if nothing of it were known."""
        try:
            return self._judge(content, envelope)
        except Exception as error:  # noqa: BLE001 no fault of a judge may keep mail from being sent
            self._on_incident("mail", f"A mail could not be judged ({type(error).__name__}): it is not held.")
            return Verdict(hold=False)

    def _kept(self, content: bytes, envelope: Envelope, login: Login, verdict: Verdict) -> tuple[Entry, bool]:
        """Put the mail on disk; see `Queue.put`."""
        now = self._clock()
        whole = message.with_message_id(content, host=_host(envelope.sender), now=now)
        head = self._head(content, envelope, login, verdict, now=now, size=len(whole))
        if not verdict.hold:
            return self._queue.put(head, whole, State.COMING)
        with self._password_of(login):
            return self._queue.put(head, whole, State.HELD)

    @contextmanager
    def _password_of(self, login: Login) -> Iterator[None]:
        """Keep a password while a mail is put on disk that waits with it, and then only where one does."""
        who = login.account, login.user
        self._passwords.put(*who, login.password)  # before the mail: without it that would not go by itself
        try:
            yield
        finally:
            try:
                if self._passwords.get(*who) is None:  # the last mail before this one was sent, and it went with that
                    self._passwords.put(*who, login.password)
                self._on_unused(*who)
            except Exception as error:  # noqa: BLE001 whatever a keyring raises, the mail is where it is
                told = str(error) if isinstance(error, SendingError) else type(error).__name__
                self._on_incident("mail", f"A mail's password is perhaps kept for longer than the mail: {told}")

    def _head(
        self, content: bytes, envelope: Envelope, login: Login, verdict: Verdict, *, now: float, size: int
    ) -> Head:
        return Head(
            account=login.account,
            user=login.user,
            envelope=envelope,
            subject=message.subject(content),
            fingerprint=message.fingerprint(content, login.account, envelope),
            accepted=now,
            due=now + (self._hold_seconds if verdict.hold else 0.0),
            size=size,
            why=verdict.why,
            server=login.server,
        )

    def _sent(self, entry: Entry, upstream: Upstream) -> Reply:
        """Hand the mail on while the mail program waits, which keeps it unless it is told otherwise."""
        try:
            reply = hand_over(
                self._queue,
                entry.id,
                self._queue.content(entry.id),
                upstream,
                before=State.COMING,
                on_incident=self._on_incident,
            )
        except LostError as error:
            self._queue.remove(entry.id, State.COMING)
            return Reply(451, f"4.4.2 {error} Nothing was sent; try again.")
        except WithdrawnError:
            return Reply(451, "4.3.0 The mail was withdrawn. Nothing was sent.")
        except UnsureError:
            self._on_incident("mail", "It is not known whether a mail reached its server. It waits for your answer.")
            self._on_waiting()
            return _known(self._queue.entry(entry.id))
        except SendingError:
            self._queue.remove(entry.id, State.COMING, State.SENDING)
            raise
        if not reply.accepted:
            self._queue.remove(entry.id, State.COMING, State.SENDING)
        return reply


def _known(entry: Entry) -> Reply:
    """Return what is said of a mail that is here already."""
    if entry.state in {State.COMING, State.SENDING}:
        return Reply(451, "4.3.0 This mail is being sent at this moment; try again to hear what came of it")
    if entry.state is State.UNSURE:
        return Reply(250, "2.0.0 Kept by Companion: this mail may have been sent already, and you are asked about it")
    if entry.state is State.SENT:
        return Reply(250, "2.0.0 The server has this mail already")
    return Reply(250, "2.0.0 Companion holds this mail already; see its mails that wait")


def _host(sender: str) -> str:
    """Return the part of an address that an identity may end in."""
    host = sender.rpartition("@")[2]
    return host if host.isascii() and host else "localhost"
