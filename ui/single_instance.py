"""One program a person and vault: the second start wakes the first."""

from __future__ import annotations

import getpass
import hashlib
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

SHOW = b"show\n"
SHOWN = b"shown\n"
_PATIENCE_MS = 2000


class Running(Enum):
    """Whether another one runs with this vault."""

    NO = "no"
    SHOWN = "it showed its sidebar"
    MUTE = "it does not answer"


def address(vault: Path) -> str:
    """Return the socket's name for this person and vault."""
    whose = f"{getpass.getuser()}\0{vault.expanduser().absolute()}"
    return f"companion-{hashlib.sha256(whose.encode()).hexdigest()[:16]}"


def wake(name: str) -> Running:
    """Ask the running program, if there is one, to show its sidebar."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_PATIENCE_MS):
        return Running.NO
    socket.write(SHOW)
    socket.flush()
    answered = socket.waitForReadyRead(_PATIENCE_MS) and socket.readAll().data() == SHOWN
    socket.disconnectFromServer()
    return Running.SHOWN if answered else Running.MUTE


class Doorbell(QObject):
    """Listens for later starts."""

    rung = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        QLocalServer.removeServer(name)  # left behind by a program that was killed: nobody answered `wake`
        self.problem = "" if self._server.listen(name) else self._server.errorString()

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._hear(socket))
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._hear(socket)

    def _hear(self, socket: QLocalSocket) -> None:
        if socket.readAll().data() == SHOW:
            socket.write(SHOWN)
            socket.flush()
            self.rung.emit()
