"""A real mail server for tests: aiosmtpd with TLS, logins, refusals, and connections that break where it is told."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import logging
import re
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from companion.sending.proxy import stop_listening
from companion.sending.types import Security

logging.getLogger("mail.log").setLevel(logging.CRITICAL)

HOST = "127.0.0.1"
USER, PASSWORD = "ann@example.org", "correct horse"
REFUSED = "nobody"
PATH = re.compile(r"(?:FROM|TO):<([^>]*)>(.*)", re.IGNORECASE)
#: Where a connection can break; "after" is when the mail is taken and the answer has not gone out.
POINTS = ("greeting", "hello", "login", "sender", "recipient", "data", "before", "after")


class Authority:
    """Signs the certificate of a server of this machine; all of it lies in one folder."""

    def __init__(self, folder: Path, *, name: str = HOST) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.root, self._server = folder / "root.pem", folder / "server.pem"
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _certificate("Test authority", root_key, issuer=None, issuer_key=root_key, names=[])
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if name == HOST:
            names = [x509.IPAddress(ipaddress.ip_address(HOST)), x509.DNSName("localhost")]
        own = _certificate(name, key, issuer=root.subject, issuer_key=root_key, names=names)
        self.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))
        kept = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self._server.write_bytes(own.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*kept))

    def serving(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._server)
        return context

    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.root))


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: x509.Name | None,
    issuer_key: ec.EllipticCurvePrivateKey,
    names: list[x509.GeneralName],
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if names:
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return made.sign(issuer_key, hashes.SHA256())


@dataclass(frozen=True, slots=True)
class Received:
    """One mail that the server took."""

    sender: str
    sender_params: str
    recipients: tuple[tuple[str, str], ...]
    content: bytes


@dataclass
class Behaviour:
    """How a server behaves; may be changed while it runs.

    Attributes
    ----------
    passwords
        By name; with none, nobody has to log in.
    breaks
        Asked at each of `POINTS`; True breaks the connection there.
    silent
        Likewise; True says nothing from there on.
    answers
        What is said at a point instead of yes, by the point's name.

    """

    passwords: dict[str, str] = field(default_factory=lambda: {USER: PASSWORD})
    breaks: Callable[[str], bool] = lambda _point: False
    silent: Callable[[str], bool] = lambda _point: False
    answers: dict[str, str] = field(default_factory=dict)
    mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN")
    size: int = 40_000_000
    features: tuple[str, ...] = ("8BITMIME", "SMTPUTF8", "DSN")


class MailServer:
    """Runs on a thread of its own. Use as a context manager."""

    def __init__(self, authority: Authority, security: Security, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.security, self.port = security, 0
        self.received: list[Received] = []
        self._tls = authority.serving()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    def stop_listening(self) -> None:
        """Be out of reach from now on."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(20)

    async def _listen(self) -> asyncio.Server:
        at_once = self._tls if self.security is Security.TLS else None
        return await self._loop.create_server(self._met, HOST, self.port, ssl=at_once)

    async def _close(self) -> None:
        await stop_listening(self._server)
        # asyncio's own list: who is still agreeing on a key is told to none of ours.
        for transport in list(self._loop._transports.values()):  # type: ignore[attr-defined]
            transport.abort()
        await self._server.wait_closed()
        for _ in range(20):
            await asyncio.sleep(0)

    def _met(self) -> _Speaking:
        later = self._tls if self.security is Security.STARTTLS else None
        return _Speaking(self, loop=self._loop, tls_context=later)


class _Hook:
    async def handle_DATA(self, server: _Speaking, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        return await server.take(bytes(envelope.original_content or b""))


class _Speaking(SMTP):
    def __init__(self, server: MailServer, **more: Any) -> None:
        super().__init__(
            _Hook(),
            hostname="mail.example.org",
            enable_SMTPUTF8=True,
            require_starttls=more["tls_context"] is not None,
            auth_require_tls=False,
            authenticator=self._judge_login,
            data_size_limit=server.behaviour.size,
            **more,
        )
        self._server = server
        self._params, self._named = "", []

    async def _handle_client(self) -> None:
        await self._at("greeting")
        await super()._handle_client()

    async def _at(self, point: str) -> str | None:
        """Break the connection here, or return what is to be said instead of yes."""
        if self._server.behaviour.breaks(point):
            assert self.transport is not None
            self.transport.abort()  # type: ignore[attr-defined]
            await asyncio.sleep(3600)  # until the loss of the connection ends this
        if self._server.behaviour.silent(point):
            await asyncio.sleep(3600)  # as above
        return self._server.behaviour.answers.get(point)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        await self._at("hello")
        self._set_rset_state()
        self.session.extended_smtp, self.session.host_name = True, hostname
        now = self._server.behaviour
        lines = ["mail.example.org", f"SIZE {now.size}", *now.features]
        if self.tls_context and not self._tls_protocol:
            lines.append("STARTTLS")
        else:
            lines.append("AUTH " + " ".join(now.mechanisms))
        for line in lines[:-1]:
            await self.push(f"250-{line}")
        await self.push(f"250 {lines[-1]}")

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if said := await self._at("login"):
            await self.push(said)
        else:
            await super().smtp_AUTH(arg)

    def _judge_login(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: Any) -> AuthResult:
        right = self._server.behaviour.passwords.get(given.login.decode()) == given.password.decode()
        return AuthResult(success=right, handled=False, message=None if right else "535 5.7.8 No such name or password")

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        said = await self._at("sender")
        found = PATH.match(arg)
        known = self.session.authenticated or not self._server.behaviour.passwords
        if said or not known or found is None:
            await self.push(said or "530 5.7.0 Log in first")
            return
        if self.envelope.mail_from is not None:
            await self.push("503 5.5.1 A mail was begun already")
            return
        self.envelope.mail_from, self._params, self._named = found[1], found[2].strip(), []
        await self.push("250 2.1.0 Ok")

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        said = await self._at("recipient")
        found = PATH.match(arg)
        if said or found is None:
            await self.push(said or "501 5.5.4 Syntax")
        elif found[1].startswith(REFUSED):
            await self.push("550-5.1.1 We know nobody\r\n550 5.1.1 of this name")
        else:
            self.envelope.rcpt_tos.append(found[1])
            self._named.append((found[1], found[2].strip()))
            await self.push("250 2.1.5 Ok")

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if said := await self._at("data"):
            await self.push(said)
        else:
            await super().smtp_DATA(arg)

    async def take(self, content: bytes) -> str:
        if said := await self._at("before"):
            return said
        taken = Received(self.envelope.mail_from or "", self._params, tuple(self._named), content)
        self._server.received.append(taken)
        return await self._at("after") or "250 2.0.0 Taken"
