"""The connection to a real server, which can be cut from another thread at any point."""

from __future__ import annotations

import errno
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from companion.sending.types import Account, Security

HELLO = "[127.0.0.1]"  # a server need not learn this machine's name

Tls = Callable[[], ssl.SSLContext]


class Line:
    """The connection below TLS, which any thread can cut at any point, also before the server has said a word."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._over, self._late = False, False

    def hold(self, connection: socket.socket) -> None:
        """Know a socket that is about to connect; raises OSError where it must not any more."""
        with self._lock:
            self._drop()
            if self._over or self._late:
                raise TimeoutError(errno.ETIMEDOUT, "it took too long" if self._late else "broken off")
            self._socket = connection.dup()  # TLS takes the other one over

    def drop(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._drop()

    def cut(self, *, for_good: bool = False) -> None:
        """Break it off; ``for_good`` lets no other be held."""
        with self._lock:
            self._over |= for_good
            self._late |= not for_good
            if self._socket is not None:
                with suppress(OSError):  # it broke or ended already
                    self._socket.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut it unless the body is done in time: a server that goes on sending a little resets other timeouts."""
        with self._lock:
            self._late = False
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Connection(smtplib.SMTP):
    """Connects so that the connection can be cut from its first moment on."""

    def __init__(self, account: Account, line: Line, *, tls: Tls, timeout: float) -> None:
        self._line, self._tls, self._at_once = line, tls, account.security is Security.TLS
        super().__init__(account.host, account.port, local_hostname=HELLO, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # as `smtplib.SMTP_SSL` does
        connection = self._dialled(host, port, timeout)
        if not self._at_once:
            return connection
        try:
            return self._tls().wrap_socket(connection, server_hostname=host)
        except BaseException:
            connection.close()
            raise

    def _dialled(self, host: str, port: int, timeout: float) -> socket.socket:
        problem = OSError(f"{host} has no address")
        for family, kind, protocol, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            connection = socket.socket(family, kind, protocol)
            try:
                self._line.hold(connection)
                connection.settimeout(timeout)
                connection.connect(place)
            except OSError as error:
                connection.close()
                problem = error
            else:
                return connection
        raise problem
