"""Consent that was taken back: passwords that the keyring still has are taken out, later where it is locked now."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress

from companion.sending.passwords import forget_kept
from companion.sending.types import OnIncident, SendingError

FIRST_SECONDS = 5.0  # that the first try is waited for: a locked keyring may be asking its person
AGAIN_SECONDS = 3600.0  # between tries: each may ask them again
NAME = "passwords without consent"
STILL_THERE = (
    "A password that you want kept no more is perhaps still in the keyring: {} It is looked for again in an hour."
)


class Withdrawal:
    """Takes passwords out of the keyring on a thread of its own. Begun and stopped by one thread at a time."""

    def __init__(self, *, on_incident: OnIncident) -> None:
        self._on_incident = on_incident
        self._over = threading.Event()

    def begin(self, users: Iterable[tuple[str, str]]) -> None:
        """Take out the passwords of these accounts' users; what the keyring does not do is told, and tried again."""
        left = list(users)
        if left:
            self._over, tried = threading.Event(), threading.Event()
            threading.Thread(target=self._run, args=(left, self._over, tried), name=NAME, daemon=True).start()
            tried.wait(FIRST_SECONDS)

    def stop(self) -> None:
        """Take nothing more out: the person consents again, or the guard stops."""
        self._over.set()

    def _run(self, left: list[tuple[str, str]], over: threading.Event, tried: threading.Event) -> None:
        why = _taken_out(left, over)
        if why:
            with suppress(Exception):  # the vault that incidents are kept in may be what has no room
                self._on_incident("mail", STILL_THERE.format(why))
        tried.set()
        while left and not over.wait(AGAIN_SECONDS):
            _taken_out(left, over)


def _taken_out(left: list[tuple[str, str]], over: threading.Event) -> str:
    """Take out what is ``left``, and out of that too; return why the one that is last now could not be."""
    while left and not over.is_set():
        try:
            forget_kept(left[:1])
        except Exception as error:  # noqa: BLE001 whatever a keyring raises, mails are held and sent all the same
            left.append(left.pop(0))
            return str(error) if isinstance(error, SendingError) else f"{type(error).__name__}."
        left.pop(0)
    return ""
