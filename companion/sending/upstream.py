"""The real server, spoken to on behalf of a mail program (RFC 5321, 6409; TLS as in RFC 8314, 3207)."""

from __future__ import annotations

import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import NoReturn

from companion.sending.line import Connection, Line, Tls
from companion.sending.replies import ANSWERS, GIVE_MAIL, GIVE_PASSWORD, NO, YES, Reply
from companion.sending.types import Account, Security, is_local

TIMEOUT_SECONDS = 60.0
PIECE_BYTES = 32_768  # of a mail that go out within one timeout: a large mail takes minutes over a slow line
END_SECONDS = 600.0  # a server may take so long over a whole mail (RFC 5321, 4.5.3.2.6)
NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"})


@cache
def verified() -> ssl.SSLContext:
    """Return what verifies certificates as the system does; made once, as that takes some tens of milliseconds."""
    return ssl.create_default_context()


class RefusedError(Exception):
    """The server says no, or must not be spoken to."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.lines())
        self.reply = reply


class LostError(Exception):
    """The connection broke before the mail was handed over whole: the server has nothing of it."""


class UnsureError(Exception):
    """The connection broke after the mail was handed over whole, before the server's answer came."""


class Upstream:
    """One connection to an account's server. Blocks, and is used by one thread at a time.

    Parameters
    ----------
    tls
        Makes what certificates are verified with.

    Attributes
    ----------
    features
        What the server can do (RFC 5321, 4.1.1.1): names in lower case, with their parameters.

    """

    def __init__(self, account: Account, *, tls: Tls, timeout: float = TIMEOUT_SECONDS) -> None:
        self._account, self._tls, self._timeout = account, tls, timeout
        self._smtp: smtplib.SMTP | None = None
        self._line = Line()
        self.features: Mapping[str, str] = {}

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._smtp is not None

    def open(self) -> None:
        """Connect, encrypted, within the timeout as a whole. Raises `RefusedError` when that cannot be."""
        self.close()
        try:
            with self._line.within(self._timeout):
                self._smtp = self._connected()
            self.features = dict(self._smtp.esmtp_features)
        except ssl.SSLCertVerificationError as error:
            self._refuse(554, f"5.7.5 The certificate of {self._at} is not valid: {error.verify_message}.")
        except ssl.SSLError as error:
            if error.reason in NOT_TLS:
                self._refuse(554, f"5.7.10 {self._at} does not speak TLS at once. Is it a port for STARTTLS?")
            self._refuse(451, f"4.4.2 The encrypted connection to {self._at} broke.")
        except smtplib.SMTPResponseException as error:
            self._refuse(error.smtp_code if error.smtp_code in NO else 451, _text(error.smtp_error))
        except smtplib.SMTPException:
            self._refuse(451, f"4.4.2 {self._at} broke off the connection.")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._refuse(451, f"4.4.1 {self._at} cannot be reached ({reason}).")

    def login(self, user: bytes, password: bytes) -> Reply:
        """Log in; raises `RefusedError` with the server's words for a wrong password, `LostError`."""
        offered = self.features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            reply = self._command("AUTH", "PLAIN " + _base64(b"\0" + user + b"\0" + password))
        elif "LOGIN" in offered:
            reply = self._command("AUTH", "LOGIN " + _base64(user))
            reply = self._command(_base64(password)) if reply.code == GIVE_PASSWORD else reply
        else:
            reply = Reply(504, f"5.5.4 {self._at} offers no login by name and password (PLAIN, LOGIN).")
        if not reply.accepted:
            raise RefusedError(reply)
        return reply

    def mail(self, sender: str, params: Sequence[str]) -> Reply:
        """Begin a mail; raises `LostError`."""
        utf8 = any(param.upper() == "SMTPUTF8" for param in params)
        self._open_one().command_encoding = "utf-8" if utf8 else "ascii"
        return self._addressed("MAIL", f"FROM:<{sender}>", params)

    def recipient(self, address: str, params: Sequence[str]) -> Reply:
        """Name one whom it goes to; raises `LostError`."""
        return self._addressed("RCPT", f"TO:<{address}>", params)

    def reset(self) -> None:
        """Give up the mail that was begun; a broken connection has done so."""
        with suppress(LostError):
            self._command("RSET")

    def deliver(self, content: bytes, *, last_moment: Callable[[], None]) -> Reply:
        """Hand over a mail whose sender and recipients were accepted, and return the answer.

        ``last_moment`` is called when all but the end is out. A server that has not seen the end has no mail (RFC 5321,
        4.1.1.4), so whatever it raises, a `LostError` too, leaves nothing sent. Raises `UnsureError` when it cannot be
        known.
        """
        reply = self._command("DATA")
        if reply.code != GIVE_MAIL:
            return reply if not reply.accepted else Reply(451, "4.5.0 The server did not ask for the mail.")
        self._send(_with_dots_doubled(content))
        last_moment()
        return self._end(b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")

    def close(self) -> None:
        """Break the connection off, at whatever point; a mail that was begun is gone."""
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None
        self._line.drop()

    def abort(self) -> None:
        """Wake whoever waits for the server, from another thread: to them the connection broke, and no other begins."""
        self._line.cut(for_good=True)

    def quit(self) -> None:
        """Say goodbye."""
        with suppress(LostError):
            if self._smtp is not None:
                self._command("QUIT")
        self.close()

    def _send(self, data: bytes) -> None:
        """Send the bytes of a mail; raises `LostError` where for a whole timeout nearly none go out."""
        with self._minding():
            for start in range(0, len(data), PIECE_BYTES):
                self._open_one().send(data[start : start + PIECE_BYTES])

    def _end(self, mark: bytes) -> Reply:
        try:
            with self._minding():
                smtp = self._open_one()
                smtp.send(mark)
                if smtp.sock is not None:
                    smtp.sock.settimeout(END_SECONDS)
                with self._line.within(END_SECONDS):
                    reply = Reply(*_told(smtp.getreply()))
                if smtp.sock is not None:
                    smtp.sock.settimeout(self._timeout)
        except LostError as error:
            raise UnsureError from error
        if not (reply.accepted or reply.refused):
            self.close()
            raise UnsureError
        return reply

    def _addressed(self, verb: str, path: str, params: Sequence[str]) -> Reply:
        try:
            return self._command(verb, " ".join((path, *params)))
        except UnicodeEncodeError:
            return Reply(553, "5.6.7 This address needs SMTPUTF8, which your mail program did not ask for.")

    def _command(self, verb: str, rest: str = "") -> Reply:
        with self._minding(), self._line.within(self._timeout):
            reply = Reply(*_told(self._open_one().docmd(verb, rest)))
        if reply.code not in ANSWERS:
            self.close()
            raise LostError(f"{self._at} said what is no answer.")
        return reply

    @contextmanager
    def _minding(self) -> Iterator[None]:
        try:
            yield
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise LostError(f"The connection to {self._at} broke.") from error

    def _open_one(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise LostError(f"The connection to {self._at} broke.")
        return self._smtp

    def _connected(self) -> smtplib.SMTP:
        account = self._account
        smtp = _greeted(Connection(account, self._line, tls=self._tls, timeout=self._timeout))
        if account.security is Security.TLS:
            return smtp
        if account.security is Security.STARTTLS:
            try:
                self._encrypt(smtp)
            except BaseException:
                smtp.close()
                raise
        elif not is_local(account.host):
            smtp.close()
            self._refuse(554, f"5.7.10 Mail to {self._at} must be encrypted; it is not on this machine.")
        return smtp

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        if not smtp.has_extn("starttls"):
            self._refuse(554, f"5.7.10 {self._at} offers no encryption (STARTTLS).")
        smtp.starttls(context=self._tls())
        _greeted(smtp)

    @property
    def _at(self) -> str:
        return f"{self._account.host}:{self._account.port}"

    def _refuse(self, code: int, why: str) -> NoReturn:
        self.close()
        raise RefusedError(Reply(code, f"{why} Nothing was sent."))


def _with_dots_doubled(content: bytes) -> bytes:
    """Return a mail as it goes out (RFC 5321, 4.5.2): a dot is taken off after a whole line break, nowhere else."""
    doubled = content.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def _greeted(smtp: smtplib.SMTP) -> smtplib.SMTP:
    code, said = smtp.ehlo()
    if code not in YES:
        smtp.close()
        raise smtplib.SMTPHeloError(code, said)
    return smtp


def _told(reply: tuple[int, bytes]) -> tuple[int, str]:
    return reply[0], _text(reply[1])


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")
