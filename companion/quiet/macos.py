"""macOS: a Focus, by shortcuts the person makes once. There is no other supported way.

Contract-tested against a stand-in, untried on hardware.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence

from companion.quiet.daemon import read_prior
from companion.quiet.settling import settled
from companion.quiet.types import DamagedPriorError, Heard, QuietError, Semantics

ON, OFF, ASK = "Companion quiet on", "Companion quiet off", "Companion quiet?"
PROGRAM = "/usr/bin/shortcuts"
_SECONDS = 15.0
_ASKING = 60.0  # seconds; each question starts programs

#: The guided step, a line each.
STEPS = (
    "Open the app Shortcuts and make three shortcuts.",
    f"“{ON}”: the action Set Focus, Turn Do Not Disturb On until Turned Off.",
    f"“{OFF}”: the action Set Focus, Turn Do Not Disturb Off.",
    f"“{ASK}”: the action Get Current Focus, then Stop and Output with what it gave.",
    "Run each once in the app, and allow what it asks for.",
)

#: Runs /usr/bin/shortcuts with some words and returns what it printed; raises `QuietError`.
Run = Callable[[Sequence[str]], str]


class Macos:
    """A Focus of macOS. What gets through is what the person allowed in it."""

    name = "macos"
    semantics = Semantics(critical_passes=False, replays=False, keeps=True)

    def __init__(self, run: Run | None = None) -> None:
        self._run = run or _run

    def missing(self) -> tuple[str, ...]:
        """Return which of the three shortcuts the person has yet to make; `STEPS` say how."""
        there = set(self._run(["list"]).splitlines())
        return tuple(name for name in (ON, OFF, ASK) if name not in there)

    def is_on(self) -> bool:
        """Whether it is on, whoever turned it on."""
        return bool(self._shortcut(ASK).strip())

    def gone(self) -> bool:
        """Whether what keeps it has left: never, it is the system's."""
        return False

    def prior(self) -> str:
        """Return what `restore` needs."""
        return json.dumps({"focus": self._shortcut(ASK).strip()})

    def turn_on(self) -> None:
        """Turn it on and see that it is."""
        self._shortcut(ON)
        self._see(on=True)

    def restore(self, prior: str) -> None:
        """Bring back what a prior told of."""
        if read_prior(prior, "focus") != "":
            raise DamagedPriorError
        self._shortcut(OFF)
        self._see(on=False)

    def follow(self, heard: Heard) -> float:  # noqa: ARG002 macOS tells nobody
        """Return after how long it is worth asking."""
        return _ASKING

    def close(self) -> None:
        """Let go; nothing is held."""

    def _see(self, *, on: bool) -> None:
        if not settled(lambda: self.is_on() is on):
            raise QuietError(f"The shortcut “{ON if on else OFF}” did not change the Focus. {' '.join(STEPS)}")

    def _shortcut(self, name: str) -> str:
        missing = self.missing()
        if missing:
            raise QuietError(f"There is no shortcut called {' or '.join(missing)}. {' '.join(STEPS)}")
        return self._run(["run", name])


def _run(words: Sequence[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 our own words
            (PROGRAM, *words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            encoding="utf-8",
        )
    except FileNotFoundError as error:
        raise QuietError("Do-not-disturb needs the app Shortcuts, which is there from macOS 12 on.") from error
    except subprocess.TimeoutExpired as error:
        raise QuietError("The app Shortcuts does not answer. Run one of the shortcuts there, and allow it.") from error
    if done.returncode:
        raise QuietError(f"A shortcut failed. Run each once in the app Shortcuts. {' '.join(STEPS)}")
    return done.stdout
