"""One mail program's connection: every command is asked of the real server before it is answered."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from aiosmtpd.smtp import Envelope as Begun
from aiosmtpd.smtp import Session as Peer

from companion.sending.accepting import Accepting, Login
from companion.sending.commands import path_in
from companion.sending.line import Tls
from companion.sending.peers import is_own
from companion.sending.replies import HANGS_UP, WRONG_LOGIN, Reply, send_off
from companion.sending.types import Account, Envelope, OnIncident, Recipient, SendingError
from companion.sending.upstream import LostError, RefusedError, Upstream

LOGIN_SECONDS = 30.0  # until a mail program has logged in or greeted, without the time that its server takes
GREETED_SECONDS = 300.0  # from then on, as its person may be asked for the password (RFC 5321, 4.5.3.2.7)
IDLE_SECONDS = 900.0  # longer than any server may take over one command (RFC 5321, 4.5.3.2)
LINE_BYTES = 12_288  # of one command: logins are long (RFC 4954, 4)
TEXT_LINE_BYTES = 1_048_576  # of one line of a mail: whether it is too long is for the real server to say
PASSED_ON = ("8bitmime", "smtputf8", "dsn", "enhancedstatuscodes")
NEEDS_LOGIN = "530 5.7.0 Authentication required"

T = TypeVar("T")
OnLogin = Callable[[Login], None]


class _Hook:
    """Where aiosmtpd hands over a whole mail."""

    async def handle_DATA(self, server: Dialogue, _peer: Peer, begun: Begun) -> str:  # noqa: N802 aiosmtpd's name
        """Return the answer to a mail."""
        return (await server.take(bytes(begun.original_content or b""))).lines()


class Dialogue(SMTP):
    """Speaks with one mail program, and with the account's server for it.

    Parameters
    ----------
    account
        The real server.
    most_bytes
        The largest mail that is taken; what the server says counts if it is less.
    on_login
        Called with each login that the server accepted; may raise `SendingError`.

    """

    line_length_limit = TEXT_LINE_BYTES
    AuthLoginUsernameChallenge = "Username:"  # as old mail programs expect it
    AuthLoginPasswordChallenge = "Password:"

    def __init__(
        self,
        account: Account,
        accepting: Accepting,
        *,
        tls: Tls,
        most_bytes: int,
        on_login: OnLogin,
        on_incident: OnIncident,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            _Hook(),
            hostname="localhost",
            ident="Companion",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            data_size_limit=most_bytes,
            timeout=IDLE_SECONDS,
            authenticator=_as_given,
            loop=loop,
        )
        self.command_size_limits = defaultdict(lambda: LINE_BYTES)
        self._account, self._accepting, self._most_bytes = account, accepting, most_bytes
        self._on_login, self._on_incident = on_login, on_incident
        self._upstream = Upstream(account, tls=tls)
        self._login: Login | None = None
        self._recipients: list[Recipient] = []
        self._handed_in, self._asking, self._turned_away = False, 0, False
        self._hurry: asyncio.TimerHandle | None = None
        self._worker = ThreadPoolExecutor(1, "mail program")
        self.gone: Future[None] = Future()  # done once nothing of it runs any more

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, with our own user alone: others get no word in, and nothing is kept for them."""
        if not is_own(transport.get_extra_info("peername")[:2], transport.get_extra_info("sockname")[:2]):
            self._turned_away = True
            send_off(transport, "554 5.7.1 This mail proxy belongs to another user of this machine")
            return
        super().connection_made(transport)
        self._wait_for_login()
        if self._handler_coroutine is not None:
            self._handler_coroutine.add_done_callback(self._ended)

    def connection_lost(self, error: Exception | None) -> None:
        """End: what the server is being told is told to its end, then the connection to it goes too."""
        if self._turned_away:
            self.gone.set_result(None)
            return
        super().connection_lost(error)
        if self._hurry is not None:
            self._hurry.cancel()
        self._worker.submit(self._upstream.quit).add_done_callback(lambda _: self.gone.set_result(None))
        self._worker.shutdown(wait=False)

    def break_off(self) -> None:
        """Close the mail program's connection now."""
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Wait for the server no longer."""
        self._upstream.abort()

    async def smtp_EHLO(self, hostname: str | None) -> None:  # noqa: N802 aiosmtpd finds commands by these names
        """Greet, and say what the real server can do."""
        await self._greet(hostname, extended=True)

    async def smtp_HELO(self, hostname: str | None) -> None:  # noqa: N802 as above
        """Greet as of old; without a login no mail is taken then."""
        await self._greet(hostname, extended=False)

    async def auth_PLAIN(self, _: Any, args: list[str]) -> AuthResult:  # noqa: N802 as above
        """Take name and password, and ask the server."""
        return await self._checked(await super().auth_PLAIN(_, args))

    async def auth_LOGIN(self, _: Any, args: list[str]) -> AuthResult:  # noqa: N802 as above
        """Take name and password, and ask the server."""
        return await self._checked(await super().auth_LOGIN(_, args))

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 as above
        """Begin a mail."""
        begun, path = self._begun(), path_in(arg, "FROM:")
        if self._login is None:
            await self.push(NEEDS_LOGIN)
        elif path is None:
            await self.push("501 5.5.4 Syntax: MAIL FROM:<address> [parameters]")
        elif begun.mail_from is not None:
            await self.push("503 5.5.1 A mail was begun already")
        else:
            reply = await self._asked(partial(self._mail, *path))
            if reply.accepted:
                begun.mail_from, begun.mail_options = path[0], list(path[1])
            await self.push(reply.lines())

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 as above
        """Name a recipient."""
        begun, path = self._begun(), path_in(arg, "TO:")
        if begun.mail_from is None:
            await self.push("503 5.5.1 Say MAIL FROM first")
        elif path is None or not path[0]:
            await self.push("501 5.5.4 Syntax: RCPT TO:<address> [parameters]")
        else:
            reply = await self._asked(partial(self._upstream.recipient, *path))
            if reply.accepted:
                begun.rcpt_tos.append(path[0])
                self._recipients.append(Recipient(*path))
            await self.push(reply.lines())

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 as above
        """Take a mail; of one that is refused here, too large, the server must not keep the recipients."""
        begun, self._handed_in = self._begun().mail_from is not None, False
        await super().smtp_DATA(arg)
        if begun and not self._handed_in and self._begun().mail_from is None:
            await self._in_thread(self._upstream.reset)

    async def smtp_RSET(self, arg: str | None) -> None:  # noqa: N802 as above
        """Give up the mail that was begun."""
        if self._begun().mail_from is not None:
            await self._in_thread(self._upstream.reset)
        await super().smtp_RSET(arg)

    async def smtp_VRFY(self, _arg: str | None) -> None:  # noqa: N802 as above
        """Say nothing of addresses."""
        await self.push("252 2.1.5 Send some mail, and the server will say")

    async def take(self, content: bytes) -> Reply:
        """Return what the mail program is told of a whole mail."""
        self._handed_in = True
        login, begun = self._login, self._begun()
        if login is None or begun.mail_from is None:
            return Reply(503, "5.5.1 Log in and begin a mail first")
        envelope = Envelope(begun.mail_from, tuple(begun.mail_options), tuple(self._recipients))
        return await self._asked(partial(self._accepting.take, content, envelope, login, self._upstream))

    async def handle_exception(self, error: Exception) -> str:
        """Tell of a fault of ours without a word of the mail; the mail program keeps what it has."""
        self._on_incident("mail", f"A mail program's connection failed ({type(error).__name__}).")
        return "451 4.3.0 Companion failed here. Look at its mails that wait before you send again"

    def _set_post_data_state(self) -> None:
        super()._set_post_data_state()  # type: ignore[no-untyped-call] # aiosmtpd's
        self._recipients = []

    async def _greet(self, hostname: str | None, *, extended: bool) -> None:
        if not hostname:
            await self.push("501 5.5.4 Say who you are")
            return
        if self._begun().mail_from is not None:
            await self._in_thread(self._upstream.reset)
        self._set_rset_state()  # type: ignore[no-untyped-call] # aiosmtpd's
        reply = await self._asked(self._reached)
        if not reply.accepted:
            await self.push(reply.lines())
            return
        peer = self._peer()
        peer.extended_smtp, peer.host_name = extended, hostname
        self._wait_for_login()
        await self.push(Reply(250, "\n".join(self._offered()) if extended else "localhost").lines())

    def _reached(self) -> Reply:
        """Reach the real server, as whoever is logged in here."""
        if not self._upstream.is_open:
            self._upstream.open()
            with suppress(RefusedError):  # the mail program hears of it when it begins a mail
                self._log_in_again()
        return Reply(250, "")

    def _offered(self) -> list[str]:
        """Return what can be done here: what the server can, as far as it can be passed on."""
        features = self._upstream.features
        size = features.get("size", "")
        theirs = int(size) if size.isdigit() else 0  # 0: it sets no limit (RFC 1870, 4)
        self.data_size_limit = min(theirs or self._most_bytes, self._most_bytes)
        passed = [name.upper() for name in PASSED_ON if name in features]
        return ["localhost", f"SIZE {self.data_size_limit}", *passed, "AUTH LOGIN PLAIN"]

    async def _checked(self, given: AuthResult) -> AuthResult:
        """Return the real server's word on a login."""
        if not isinstance(given.auth_data, LoginPassword):
            return given
        reply = await self._asked(partial(self._log_in, given.auth_data.login, given.auth_data.password))
        self._wait_for_login()
        return AuthResult(success=reply.accepted, handled=False, message=reply.lines(), auth_data=None)

    def _log_in(self, user: bytes, password: bytes) -> Reply:
        reply = self._let_in(user, password)
        name = user.decode("utf-8", "surrogateescape")
        login = Login(self._account.name, name, password, self._account.server)
        self._login = login
        try:
            self._on_login(login)
        except SendingError as error:
            self._on_incident("mail", str(error))
        return reply

    def _let_in(self, user: bytes, password: bytes) -> Reply:
        """Log in with the server, once more where it hung up: some do after a wrong password."""
        if self._upstream.is_open:
            try:
                return self._upstream.login(user, password)
            except LostError:
                pass
        self._upstream.open()
        return self._upstream.login(user, password)

    def _log_in_again(self) -> None:
        """Log in where the connection is new; whose password is wrong by now is logged in here no more."""
        if self._login is not None:
            try:
                self._upstream.login(self._login.user.encode("utf-8", "surrogateescape"), self._login.password)
            except RefusedError as error:
                self._upstream.close()  # else the next mail would be begun there without a login
                if error.reply.code in WRONG_LOGIN:
                    self._login, self._peer().authenticated = None, None
                raise

    def _mail(self, sender: str, params: tuple[str, ...]) -> Reply:
        """Begin a mail with the server, once more where it hung up since the last one."""
        if self._upstream.is_open:
            with suppress(LostError):
                reply = self._upstream.mail(sender, params)
                if reply.code != HANGS_UP:
                    return reply
        self._upstream.open()
        self._log_in_again()
        return self._upstream.mail(sender, params)

    async def _asked(self, ask: Callable[[], Reply]) -> Reply:
        """Return what the server says, or why it cannot be asked."""
        try:
            return await self._in_thread(ask)
        except RefusedError as error:
            return error.reply
        except LostError as error:
            return Reply(451, f"4.4.2 {error} Nothing was sent; try again.")

    async def _in_thread(self, work: Callable[[], T]) -> T:
        self._asking += 1
        try:
            return await self.loop.run_in_executor(self._worker, work)
        finally:
            self._asking -= 1

    def _wait_for_login(self) -> None:
        """Give the mail program its time anew."""
        if self._hurry is not None:
            self._hurry.cancel()
        greeted = self._peer().host_name is not None
        self._hurry = self.loop.call_later(GREETED_SECONDS if greeted else LOGIN_SECONDS, self._hurried)

    def _hurried(self) -> None:
        """Close a connection that nobody has logged in on; a server that is slow to answer is waited for."""
        if self._login is not None or self.transport is None:
            return
        if self._asking:
            self._wait_for_login()
        else:
            send_off(self.transport, "421 4.4.2 Nobody logged in here for a while")

    def _begun(self) -> Begun:
        if self.envelope is None:
            raise RuntimeError("a command came before the connection")
        return self.envelope

    def _peer(self) -> Peer:
        if self.session is None:
            raise RuntimeError("a command came before the connection")
        return self.session

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Tell of what ended the dialogue, unless the mail program did."""
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self._on_incident("mail", f"A mail program's connection failed ({type(error).__name__}).")


def _as_given(_server: SMTP, _peer: Peer, _begun: Begun, _way: str, given: Any) -> AuthResult:
    """Return name and password as they came; the real server is asked afterwards, as that takes time."""
    if not isinstance(given, LoginPassword):
        return AuthResult(success=False, handled=False)
    return AuthResult(success=True, auth_data=given)
