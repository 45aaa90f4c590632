"""One setting that dconf keeps, by the program `gsettings`.

Writing would go over the bus; reading would not: dconf's readers map its file. The program does both as the desktop
itself does.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from companion.quiet.settling import settled
from companion.quiet.types import QuietError

_SECONDS = 10.0
_WRITER = "ca.desrt.dconf.Writer"
#: A program that wrote on after we were killed would undo what the watchdog restores: it ends with us.
_ENDS_WITH_US = ("setpriv", "--pdeathsig", "KILL")


class Gsetting:
    """A boolean key of a schema.

    Parameters
    ----------
    environ
        What the program is started with; the session's bus and home are in it.

    """

    def __init__(self, schema: str, key: str, environ: Mapping[str, str]) -> None:
        self._where, self._environ = (schema, key), dict(environ)
        self.path = f"/{schema.replace('.', '/')}/{key}"

    def get(self) -> bool:
        """Return its value; raises `QuietError`."""
        return self._run("get", *self._where) == "true"

    def set(self, *, to: bool) -> None:
        """Set it and see that it is kept; raises `QuietError`."""
        self._run("set", *self._where, "true" if to else "false")
        # Without dconf the program says nothing and keeps nothing.
        if not settled(lambda: self.get() is to):
            raise QuietError("The desktop's settings are not kept. Install the package dconf-service and try again.")

    def changed_by(self, interface: str | None, member: str | None, body: list[object]) -> bool:
        """Whether dconf's word of a change may be about this setting."""
        if interface != _WRITER or member != "Notify":
            return False
        prefix, names = str(body[0]), body[1]
        return any(f"{prefix}{name}" == self.path for name in names) if isinstance(names, list) else False

    @property
    def rule(self) -> str:
        """What of the bus has to be heard for `changed_by`."""
        return f"type='signal',interface='{_WRITER}',member='Notify'"

    def _run(self, *words: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 our own words
                (*_ENDS_WITH_US, "gsettings", *words),
                env=self._environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                encoding="utf-8",
            )
        except FileNotFoundError as error:
            raise QuietError("setpriv is missing. Install the package util-linux.") from error
        except subprocess.TimeoutExpired as error:
            raise QuietError("gsettings does not answer. If this stays, log out and in again.") from error
        if done.returncode:
            why = (done.stderr.strip().splitlines() or ["without a word"])[-1]
            raise QuietError(f"gsettings refused ({why}). It is in the package libglib2.0-bin.")
        return done.stdout.strip()
