"""Consent that was taken back: passwords that the keyring still has are taken out, later where it is locked now."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from companion.sending.leftover import Leftover, Who
from companion.sending.passwords import KeyringPasswords, has_keyring
from companion.sending.types import OnIncident, SendingError

FIRST_SECONDS = 5.0  # that the first try is waited for: a locked keyring may be asking its person
AGAIN_SECONDS = 3600.0  # between tries: each may ask them again
LOGIN_SECONDS = 600.0  # the same once a mail program has logged in: its person is there, and may have unlocked it
NAME = "passwords without consent"
STILL_THERE = (
    "Companion could not look whether the keyring has a mail's password that is not to stay there: {} It looks again "
    "in an hour, or once your mail program logs in."
)
UNWRITTEN = "Whose passwords are still to be taken out of the keyring could not be written down: {}"


class Withdrawal:
    """Takes passwords out of the keyring, on one thread at most. Begun and stopped by one thread at a time.

    Whose are left is on disk from before the keyring is asked until they are out, for a later start. How long ago
    that was in vain counts over a stop too: no change of settings has a locked keyring ask its person again.
    """

    def __init__(self, leftover: Leftover, *, on_incident: OnIncident) -> None:
        self._leftover, self._on_incident = leftover, on_incident
        self._left: list[Who] = []
        self._written: set[Who] = set()
        self._spared: Callable[[], set[Who]] = set
        self._over = True
        self._thread: threading.Thread | None = None
        self._tried, self._login = -math.inf, False  # when in vain (monotonic), and whether somebody logged in since
        self._told: set[str] = set()
        self._lock, self._wake = threading.Lock(), threading.Event()

    def begin(self, users: Iterable[Who] = (), *, spared: Callable[[], set[Who]] = set) -> None:
        """Take out the passwords of these accounts' users, and those left from before.

        What the keyring does not do is told, and tried again. With consent ``spared`` returns whose may be kept now.
        """
        written, tried = self._read(), threading.Event()
        with self._lock:
            self._written, self._left = written, sorted({*written, *self._left, *users})
            self._spared, self._over = spared, False
            if not self._left or self._thread is not None:
                return
            self._thread = threading.Thread(target=self._run, args=(tried,), name=NAME, daemon=True)
            self._thread.start()
        tried.wait(FIRST_SECONDS)

    def stop(self) -> None:
        """Take nothing more out once this returns."""
        with self._lock:
            self._over = True
        self._wake.set()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take nothing out from here on; where the body fails, go on as before."""
        over, spared = self._over, self._spared
        self.stop()
        try:
            yield
        except BaseException:
            if not over:
                self.begin(spared=spared)
            raise

    def logged_in(self) -> None:
        """Try again sooner: a mail program has logged in."""
        self._login = True
        self._wake.set()

    def _run(self, tried: threading.Event) -> None:
        while self._goes_on():
            wait = self._tried + (LOGIN_SECONDS if self._login else AGAIN_SECONDS) - time.monotonic()
            if wait <= 0:
                self._login = False
                self._try()
            tried.set()
            if wait > 0:
                self._wake.wait(wait)
                self._wake.clear()
        tried.set()

    def _goes_on(self) -> bool:
        """Whether there is something to do; where there is not, the next `begin` needs another thread."""
        with self._lock:
            if self._over or not self._left:
                self._thread = None
            return self._thread is not None

    def _try(self) -> None:
        try:
            self._take_out()
        except Exception as error:  # noqa: BLE001 whatever a keyring raises, mails are held and sent all the same
            self._tell(STILL_THERE, str(error) if isinstance(error, SendingError) else f"{type(error).__name__}.")
            with self._lock:
                self._left = self._left[1:] + self._left[:1]  # the others first, next time
            self._tried = time.monotonic()

    def _take_out(self) -> None:
        there = has_keyring()
        with self._lock:
            if self._over:
                return
            if not there:  # nor was there one to keep anything, unless it was asked before
                self._left, self._tried = sorted(self._written), time.monotonic()
                return
            self._write()
        while (who := self._next()) is not None:
            self._take_out_one(who, KeyringPasswords())

    def _next(self) -> Who | None:
        with self._lock:
            return None if self._over or not self._left else self._left[0]

    def _take_out_one(self, who: Who, ring: KeyringPasswords) -> None:
        password = ring.get(*who)  # takes as long as its person does to unlock it, who may consent anew meanwhile
        with self._lock:
            if self._over or who not in self._left:
                return
            if password is not None and who not in self._spared():
                ring.remove(*who)
                if who in self._spared():  # a mail came to wait with it meanwhile
                    ring.put(*who, password)
            self._left.remove(who)
            self._write()

    def _read(self) -> set[Who]:
        try:
            return self._leftover.read()
        except SendingError as error:
            self._tell("{}", str(error))
            with suppress(SendingError):  # told once, it is of no more use
                self._leftover.write(())
            return set()

    def _write(self) -> None:
        """Have on disk what is left, as far as the disk takes it."""
        if set(self._left) != self._written:
            try:
                self._leftover.write(self._left)
                self._written = set(self._left)
            except SendingError as error:
                self._tell(UNWRITTEN, str(error))

    def _tell(self, what: str, why: str) -> None:
        """Tell each thing once, however often settings change."""
        if what not in self._told:
            self._told.add(what)
            with suppress(Exception):  # the vault that incidents are kept in may be what has no room
                self._on_incident("mail", what.format(why))
