"""Sends the mails that wait when their time has come, and tries again while a server does not take them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

from companion.sending.delivering import WithdrawnError, hand_over
from companion.sending.mail_file import Progress
from companion.sending.passwords import Passwords
from companion.sending.queue import Entry, Queue
from companion.sending.replies import NOT_NOW, Reply
from companion.sending.types import DAY_SECONDS, Account, OnIncident, SendingError, State
from companion.sending.upstream import LostError, RefusedError, Tls, UnsureError, Upstream

LOOK_SECONDS = 5.0  # between looks at the clock: timers stand still while the machine sleeps
FIRST_WAIT, LONGEST_WAIT = 30.0, 1800.0  # seconds until it is tried again; doubled each time
GIVE_UP_SECONDS = 2 * DAY_SECONDS  # after a mail was due, while only temporary trouble came up
AT_ONCE = 4  # mails under way
STOP_SECONDS = 10.0
WRONG_LOGIN = frozenset({530, 534, 535})
NO_PASSWORD = "It waits for its password: let your mail program log in once more, by sending any mail or a draft."  # noqa: S105 a sentence


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
        self._speaking: set[Upstream] = set()
        self._aside: set[str] = set()  # told of, and not tried until somebody logs in
        self._lock = threading.Lock()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._workers = ThreadPoolExecutor(AT_ONCE, "mail")
        self._under_way: list[Future[None]] = []
        self._thread = threading.Thread(target=self._run, name="mails that wait", daemon=True)

    def start(self) -> None:
        """Send what is due from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no other mail; those under way are waited for, for a while."""
        self._stopping.set()
        self._wake.set()
        self._thread.join()
        wait(self._under_way, timeout=STOP_SECONDS)
        for upstream in list(self._speaking):
            upstream.abort()
        self._workers.shutdown(wait=True, cancel_futures=True)

    def wake(self, mail: str = "") -> None:
        """Look again now: something was added or changed; try ``mail`` even where it was set aside."""
        with self._lock:
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
            self._aside.clear()
        self.wake()

    def settle(self, account: str, user: str) -> None:
        """Forget a password that no mail waits with; raises `SendingError`."""
        if not self._wait_with(account, user, State.HELD, State.SENDING, State.UNSURE):
            self._passwords.drop(account, user)

    def _wait_with(self, account: str, user: str, *states: State) -> bool:
        heads = (entry.head for entry in self._queue.entries(*states))
        return any((head.account, head.user) == (account, user) for head in heads)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self._queue.sweep()
            self._under_way = [future for future in self._under_way if not future.done()]
            self._under_way += [self._workers.submit(self._work, entry) for entry in self._due()]
            self._wake.wait(self._until_next())

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
                self._send(entry)
        except WithdrawnError:
            pass
        except UnsureError:
            self._on_incident("mail", "It is not known whether a mail reached its server. It waits for your answer.")
        except SendingError as error:
            self._on_incident("mail", f"A mail that waits could not be sent: {error}")
            self._later(entry, str(error))
        except Exception as error:  # a fault of ours, not to be repeated at once and for ever
            self._aside.add(entry.id)
            self._on_incident("mail", f"A mail that waits could not be sent ({type(error).__name__}). It stays held.")
            raise
        finally:
            with self._lock:
                self._busy.discard(entry.id)
            self.wake()

    def _send(self, entry: Entry) -> None:
        head = entry.head
        account = self._accounts.get(head.account)
        if account is None:
            raise SendingError(
                f"its account {head.account} is not in the settings any more. Add it, or take the mail back."
            )
        password = self._passwords.get(head.account, head.user)
        if password is None:
            self._wait_for_password(entry)
            return
        upstream = Upstream(account, tls=self._tls)
        self._speaking.add(upstream)
        try:
            reply = self._delivered(entry, upstream, password)
        except RefusedError as error:
            reply = error.reply
        except LostError as error:
            reply = Reply(451, str(error))
        finally:
            upstream.quit()
            self._speaking.discard(upstream)
        self._answered(entry, reply)

    def _delivered(self, entry: Entry, upstream: Upstream, password: bytes) -> Reply:
        """Go through the whole dialogue; every recipient must be accepted, else nothing is sent to any."""
        head = entry.head
        self._reach(upstream)
        upstream.login(head.user.encode("utf-8", "surrogateescape"), password)
        for reply in self._named(entry, upstream):
            if not reply.accepted:
                raise RefusedError(reply)
        content = self._queue.content(entry.id)
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

    def _answered(self, entry: Entry, reply: Reply) -> None:
        if reply.accepted:
            self.settle(entry.head.account, entry.head.user)
        elif reply.code in WRONG_LOGIN:
            self._passwords.drop(entry.head.account, entry.head.user)
            self._wait_for_password(entry)
        elif reply.temporary and self._clock() - entry.head.due < GIVE_UP_SECONDS:
            if entry.progress.tries == 0:
                self._on_incident("mail", "A mail that waits was not taken by its server yet; it is tried again.")
            self._later(entry, reply.text)
        else:
            self._fail(entry, reply)

    def _later(self, entry: Entry, said: str) -> None:
        """Put the mail off, longer each time; what the person decided meanwhile stands."""
        wait = min(FIRST_WAIT * 2**entry.progress.tries, LONGEST_WAIT)
        due = self._clock() + wait
        if self._note(entry, due=due, tries=entry.progress.tries + 1, said=said):
            self._queue.move(entry.id, State.SENDING, State.HELD)

    def _fail(self, entry: Entry, reply: Reply) -> None:
        self._note(entry, said=f"The server refused it: {reply.text}")
        if not self._queue.move(entry.id, State.SENDING, State.FAILED):
            self._queue.move(entry.id, State.HELD, State.FAILED)
        self._on_incident(
            "mail", "A mail that waits was refused by its server for good. It is kept for you to take back."
        )

    def _wait_for_password(self, entry: Entry) -> None:
        with self._lock:
            self._aside.add(entry.id)
        self._note(entry, said=NO_PASSWORD)
        self._queue.move(entry.id, State.SENDING, State.HELD)
        self._on_incident("mail", f"A mail that waits cannot be sent yet. {NO_PASSWORD}")

    def _note(self, entry: Entry, *, said: str, due: float | None = None, tries: int | None = None) -> bool:
        """Write down what came of a try; False when the person let the mail go meanwhile."""
        held = {one.id: one for one in self._queue.entries(State.HELD, State.SENDING)}
        if entry.id not in held:
            return False
        now = held[entry.id].progress
        if due is None or now.due != entry.progress.due:
            due = now.due
        self._queue.note(entry.id, Progress(due, now.tries if tries is None else tries, said))
        return True


def _with_size(params: tuple[str, ...], size: int, upstream: Upstream) -> tuple[str, ...]:
    """Return what is said of the mail to the server, its size as it is now if the server wants to know."""
    others = tuple(param for param in params if not param.upper().startswith("SIZE="))
    return (*others, f"SIZE={size}") if "size" in upstream.features else others
