"""Sends the mails that wait when their time has come, and tries again while a server does not take them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress

from companion.sending import message
from companion.sending.delivering import ENDS_EARLY, WithdrawnError, hand_over
from companion.sending.line import Tls
from companion.sending.outcomes import Outcomes
from companion.sending.passwords import Passwords
from companion.sending.queue import Entry, Queue
from companion.sending.replies import NOT_NOW, WRONG_LOGIN, Reply
from companion.sending.types import Account, OnIncident, SendingError, State
from companion.sending.upstream import LostError, RefusedError, UnsureError, Upstream

LOOK_SECONDS = 5.0  # between looks at the clock: timers stand still while the machine sleeps
AT_ONCE = 4  # mails under way
STOP_SECONDS = 10.0
NO_PASSWORD = "It waits for its password: let your mail program log in once more, by sending any mail or a draft."  # noqa: S105 a sentence
NO_ACCOUNT = "Its account {} is not in the settings any more. Add it, or take the mail back."
OTHER_SERVER = (
    "Its account {} has another server now: {}, and {} when the mail was held. If the mail, and its password, may go "
    "there, send it now; else take it back or drop it."
)
LEFT_WHOLE = "Of what was sent, more than its fingerprint may lie on the disk until the next start: {}"
A_FAULT = "A mail that waits could not be sent ({}). It stays held."


class _WaitsError(Exception):
    """A mail cannot go before the person has done something."""

    def __init__(self, said: str, *, asked: str = "") -> None:
        super().__init__(said)
        self.asked = asked


class Dispatcher:
    """The thread that looks for mails to send, and those that send them.

    Parameters
    ----------
    accounts
        By name.
    tls
        Makes what certificates are verified with.
    clock
        UTC seconds.

    """

    def __init__(
        self,
        queue: Queue,
        accounts: Mapping[str, Account],
        passwords: Passwords,
        *,
        tls: Tls,
        clock: Callable[[], float],
        on_incident: OnIncident,
    ) -> None:
        self._queue, self._accounts, self._passwords = queue, accounts, passwords
        self._tls, self._clock, self._on_incident = tls, clock, on_incident
        self._busy: set[str] = set()
        self._outcomes = Outcomes(queue, clock=clock, on_incident=on_incident)
        self._trouble = ""  # what kept from looking last
        self._speaking: set[Upstream] = set()
        self._aside: set[str] = set()  # told of, and not tried until somebody logs in
        self._news = 0  # counts logins and decisions: what came up during a try is not slept through
        self._lock = threading.Lock()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._workers = ThreadPoolExecutor(AT_ONCE, "mail")
        self._under_way: list[Future[None]] = []
        self._thread = threading.Thread(target=self._run, name="mails that wait", daemon=True)

    def start(self) -> None:
        """Send what is due from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no other mail; those under way are waited for, for a while, and no server keeps us longer."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(STOP_SECONDS)
        wait(self._under_way, timeout=STOP_SECONDS)
        for upstream in list(self._speaking):
            upstream.abort()
        self._workers.shutdown(wait=False, cancel_futures=True)
        wait([future for future in self._under_way if not future.cancelled()], timeout=STOP_SECONDS)
        try:
            self._queue.sweep()
        except SendingError as error:
            with suppress(Exception):  # the vault that incidents are kept in may be what has no room
                self._on_incident("mail", LEFT_WHOLE.format(error))

    def wake(self, mail: str = "") -> None:
        """Look again now: something was added or changed; try ``mail`` even where it was set aside."""
        if mail:
            with self._lock:
                self._news += 1
                self._aside.discard(mail)
        self._wake.set()

    def logged_in(self, account: str, user: str, password: bytes) -> None:
        """Take the password that a server just accepted, if a mail waits for it; raises `SendingError`."""
        waiting = [
            one for one in self._queue.entries(State.HELD) if (one.head.account, one.head.user) == (account, user)
        ]
        if not waiting:
            return
        self._passwords.put(account, user, password)
        with self._lock:
            self._news += 1
            self._aside.difference_update(one.id for one in waiting)
        self.wake()

    def settle(self, account: str, user: str) -> None:
        """Forget a password that no mail waits with; raises `SendingError`."""
        password = self._passwords.get(account, user)
        if password is None or self._wait_with(account, user):
            return
        self._passwords.drop(account, user)
        if self._wait_with(account, user):  # it came meanwhile
            self._passwords.put(account, user, password)

    def _wait_with(self, account: str, user: str) -> bool:
        heads = (entry.head for entry in self._queue.entries(State.HELD, State.SENDING, State.UNSURE))
        return any((head.account, head.user) == (account, user) for head in heads)

    def _run(self) -> None:
        """Look again and again, whatever comes up: a thread that ended would leave all mails waiting for ever."""
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._look()
                self._trouble = ""
            except Exception as error:  # noqa: BLE001 see above
                self._in_trouble(error)
            self._wake.wait(self._until_next())

    def _look(self) -> None:
        self._outcomes.mind_the_clock()
        self._under_way = [future for future in self._under_way if not future.done()]
        self._under_way += [self._workers.submit(self._work, entry) for entry in self._due()]
        self._queue.sweep()

    def _in_trouble(self, error: Exception) -> None:
        """Tell once of what comes up at each look."""
        said = str(error) if isinstance(error, SendingError) else type(error).__name__
        if said != self._trouble:
            self._trouble = said
            with suppress(Exception):  # the vault that incidents are kept in may be what has no room
                self._on_incident("mail", f"Mails that wait are tried again in a moment: {said}")

    def _due(self) -> list[Entry]:
        """Return the mails to begin now, and take them down as under way."""
        now = self._clock()
        with self._lock:
            left_out = self._busy | self._aside
            due = [
                entry
                for entry in self._queue.entries(State.HELD)
                if entry.id not in left_out and entry.progress.due <= now
            ]
            self._busy.update(entry.id for entry in due)
        return due

    def _until_next(self) -> float:
        now = self._clock()
        coming = [one.progress.due - now for one in self._queue.entries(State.HELD) if one.progress.due > now]
        return min([LOOK_SECONDS, *coming])

    def _work(self, entry: Entry) -> None:
        try:
            if not self._stopping.is_set():
                self._try(entry)
        except Exception as error:  # a fault of ours, not to be repeated at once and for ever
            with self._lock:
                self._aside.add(entry.id)
            self._on_incident("mail", A_FAULT.format(type(error).__name__))
            raise
        finally:
            with self._lock:
                self._busy.discard(entry.id)
            self.wake()

    def _try(self, entry: Entry) -> None:
        news = self._news
        try:
            self._send(entry)
        except WithdrawnError:
            pass
        except UnsureError:
            self._on_incident("mail", "It is not known whether a mail reached its server. It waits for your answer.")
        except _WaitsError as error:
            more = {"asked": error.asked} if error.asked else {}
            if self._stopping.is_set():
                return
            stands = self._outcomes.waits(entry, str(error), **more)
            with self._lock:
                if stands and news == self._news:
                    self._aside.add(entry.id)
        except SendingError as error:
            if not self._stopping.is_set():
                self._outcomes.could_not(entry, str(error))

    def _account(self, entry: Entry) -> Account:
        """Return where a mail goes: to the server it was held for, or the one the person agreed to since."""
        account = self._accounts.get(entry.head.account)
        if account is None:
            raise _WaitsError(NO_ACCOUNT.format(entry.head.account))
        before = entry.head.server
        if account.server not in {before, entry.progress.agreed}:
            told = OTHER_SERVER.format(account.name, account.server, before or "not known")
            raise _WaitsError(told, asked=account.server)
        return account

    def _send(self, entry: Entry) -> None:
        head, account = entry.head, self._account(entry)
        password = self._passwords.get(head.account, head.user)
        if password is None:
            raise _WaitsError(NO_PASSWORD)
        content = self._queue.content(entry.id)
        if message.ends_early(content):  # taken in by a version that did not look
            self._outcomes.unfit(entry, ENDS_EARLY)
            return
        upstream, handed_over = Upstream(account, tls=self._tls), False
        self._speaking.add(upstream)
        try:
            if self._stopping.is_set():
                return
            reply, handed_over = self._delivered(entry, content, upstream, password), True
        except RefusedError as error:
            reply = error.reply
        except LostError as error:
            reply = Reply(451, str(error))
        finally:
            upstream.quit()
            self._speaking.discard(upstream)
        if reply.accepted or not self._stopping.is_set():
            self._answered(entry, reply, password)
        elif handed_over:  # else another dispatcher may have the mail already
            self._outcomes.broken_off(entry)

    def _delivered(self, entry: Entry, content: bytes, upstream: Upstream, password: bytes) -> Reply:
        """Go through the whole dialogue; every recipient must be accepted, else nothing is sent to any."""
        head = entry.head
        self._reach(upstream)
        upstream.login(head.user.encode("utf-8", "surrogateescape"), password)
        for reply in self._named(entry, upstream):
            if not reply.accepted:
                raise RefusedError(reply)
        return hand_over(self._queue, entry.id, content, upstream, before=State.HELD, on_incident=self._on_incident)

    def _reach(self, upstream: Upstream) -> None:
        """Connect; what keeps from it may be this network's fault (a hotel's login page), and is never for good."""
        try:
            upstream.open()
        except RefusedError as error:
            raise RefusedError(Reply(NOT_NOW[0], error.reply.text)) from error

    def _named(self, entry: Entry, upstream: Upstream) -> list[Reply]:
        envelope = entry.head.envelope
        replies = [upstream.mail(envelope.sender, _with_size(envelope.params, entry.head.size, upstream))]
        if replies[0].accepted:
            replies += [upstream.recipient(one.address, one.params) for one in envelope.recipients]
        return replies

    def _answered(self, entry: Entry, reply: Reply, password: bytes) -> None:
        account, user = entry.head.account, entry.head.user
        if reply.accepted:
            try:
                self.settle(account, user)
            except SendingError as error:  # the mail is sent all the same
                self._on_incident("mail", str(error))
        elif reply.code in WRONG_LOGIN:
            if self._passwords.get(account, user) == password:  # else a mail program has logged in with another since
                self._passwords.drop(account, user)
            raise _WaitsError(NO_PASSWORD)
        else:
            self._outcomes.not_taken(entry, reply)


def _with_size(params: tuple[str, ...], size: int, upstream: Upstream) -> tuple[str, ...]:
    """Return what is said of the mail to the server, its size as it is now if the server wants to know."""
    others = tuple(param for param in params if not param.upper().startswith("SIZE="))
    return (*others, f"SIZE={size}") if "size" in upstream.features else others
