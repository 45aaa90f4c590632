"""The connection to a real server, which can be cut from another thread at any point."""

from __future__ import annotations

import errno
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import TypeVar

from companion.sending.types import Account, Security

HELLO = "[127.0.0.1]"  # a server need not learn this machine's name

T = TypeVar("T")
Tls = Callable[[], ssl.SSLContext]


class Line:
    """The connection below TLS, which any thread can cut at any point, also before the server has said a word."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._lock = threading.Condition()
        self._over, self._late = False, False

    def hold(self, connection: socket.socket) -> None:
        """Know a socket that is about to connect; raises OSError where it must not any more."""
        with self._lock:
            self._drop()
            self._go_on()
            self._socket = connection.dup()  # TLS takes the other one over

    def waited_for(self, work: Callable[[], T]) -> T:
        """Return what a call returns that cannot be broken off: it is left to itself where this is cut (OSError)."""
        done: Future[T] = Future()

        def tell(_done: Future[T]) -> None:
            with self._lock:
                self._lock.notify_all()

        done.add_done_callback(tell)
        threading.Thread(target=_make, args=(work, done), name="mail name", daemon=True).start()
        with self._lock:
            self._lock.wait_for(lambda: done.done() or self._over or self._late)
            self._go_on()
        return done.result()

    def drop(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._drop()

    def cut(self, *, for_good: bool = False) -> None:
        """Break it off; ``for_good`` lets no other be held."""
        with self._lock:
            self._over |= for_good
            self._late |= not for_good
            self._lock.notify_all()
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

    def _go_on(self) -> None:
        """Raise OSError where nothing is to begin any more."""
        if self._over or self._late:
            raise TimeoutError(errno.ETIMEDOUT, "it took too long" if self._late else "broken off")

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
        looked_up = self._line.waited_for(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        for family, kind, protocol, _, place in looked_up:
            connection = socket.socket(family, kind, protocol)
            try:
                self._line.hold(connection)
                connection.settimeout(timeout / len(looked_up))  # one that is never answered leaves the others time
                connection.connect(place)
                connection.settimeout(timeout)
            except OSError as error:
                connection.close()
                problem = error
            else:
                return connection
        raise problem


def _make(work: Callable[[], T], done: Future[T]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 it is raised where it is waited for
        done.set_exception(error)
