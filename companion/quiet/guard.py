"""The watchdog, as the program sees it: started, and started again should it die first."""

from __future__ import annotations

import os
import secrets
import selectors
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from companion.quiet.types import QuietError
from companion.quiet.watchdog import READY

_ROOT = str(Path(__file__).resolve().parents[2])
_START_SECONDS, _END_SECONDS = 20.0, 10.0
#: Deaths in a row after which something else than chance is at work.
_MOST_STARTS = 5
_NO_WATCHDOG = (
    "The process that restores do-not-disturb after a crash did not start{}, so do-not-disturb is not touched. "
    "Restart Companion; reinstall it if this stays."
)
_NO_MORE = (
    "The process that restores do-not-disturb after a crash {}. Until the next focus, a crash would leave "
    "do-not-disturb on until Companion is started again."
)
_KEEPS_ENDING, _ENDED = "keeps ending", "ended, and could not be started again"


class Guard:
    """Starts the watchdog and keeps it alive until `close`.

    Parameters
    ----------
    folder
        The journal's.
    environ
        What the watchdog is started with; the session's bus is in it.
    on_incident
        Told when the watchdog keeps dying, or dies and cannot be started again.

    Attributes
    ----------
    holder
        The word that journals of this run have in them.

    """

    def __init__(self, folder: Path, environ: Mapping[str, str], *, on_incident: Callable[[str], None]) -> None:
        self.holder = secrets.token_hex(8)
        self._folder, self._on_incident = folder, on_incident
        # The very package that runs here, wherever the program was started from.
        places = (_ROOT, environ.get("PYTHONPATH", ""))
        self._environ = {**environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = False
        self._starts = 0
        self._lock = threading.Lock()

    @property
    def process(self) -> int | None:
        """The watchdog's process, None when none runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Have a watchdog that is known to wait; raises `QuietError`."""
        with self._lock:
            if self.process is not None:
                return
            self._starts = 0
            self._start()

    def close(self) -> None:
        """Let it end: where a journal of this run is left, it restores first."""
        with self._lock:
            self._closing = True
            process, self._process = self._process, None
        if process is None:
            return
        _close_pipes(process)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return  # it goes on trying without us

    def _start(self) -> None:
        self._starts += 1
        module = ("-m", "companion.quiet.watchdog")
        command = (sys.executable, "-P", *module, str(self._folder), self.holder, str(os.getpid()))
        try:
            process = subprocess.Popen(  # noqa: S603 our own words
                command,
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,  # Ctrl+C and a closed terminal are for the program alone
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise QuietError(_NO_WATCHDOG.format(f" ({error.strerror})")) from error
        if not _says_ready(process):
            process.kill()
            process.wait()
            _close_pipes(process)
            raise QuietError(_NO_WATCHDOG.format(""))
        self._process, self._closing = process, False
        threading.Thread(target=self._mind, args=(process,), name="do-not-disturb-guard", daemon=True).start()

    def _mind(self, process: subprocess.Popen[bytes]) -> None:
        """Start another when this one dies."""
        process.wait()
        with self._lock:
            if self._closing or self._process is not process:
                return
            _close_pipes(process)
            self._process = None
            if self._starts >= _MOST_STARTS:
                self._on_incident(_NO_MORE.format(_KEEPS_ENDING))
                return
            try:
                self._start()
            except QuietError:
                self._on_incident(_NO_MORE.format(_ENDED))


def _says_ready(process: subprocess.Popen[bytes]) -> bool:
    if process.stdout is None:
        return False
    if sys.platform != "win32":
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            if not waiting.select(_START_SECONDS):
                return False
    return process.stdout.read(1) == READY


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
