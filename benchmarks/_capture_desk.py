"""A desktop for the benchmarks of capture: X server, window manager, session bus, and recorders started on it.

Whatever records is a program of its own, started as a person would start it; what it did is read off the vault.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from companion.settings import Settings, save

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "companion" / "accessible")]

from accessible_desk import session_bus  # noqa: E402 it lies beside the tests
from desktop import Desktop, DesktopError  # noqa: E402 so does this
from vaults import vault_at  # noqa: E402 and this

from index.writer import Writer  # noqa: E402 after what is beside the tests

SIZE = "1920x1080x24"
CONSENT = "consent_"  # what begins so is a person's consent to a source
TOLD = 2_000  # characters of what a recorder printed that are shown when it ends by itself
ENDING_SECONDS = 120.0
STDOUT = 1
ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM")  # where the benchmark itself is killed
LOG = "companion.log"
PLACE = re.compile(r'  File ".*?([^/]+)", line (\d+)')  # a line of a traceback


@contextmanager
def desk() -> Iterator[Desktop]:
    """Yield a desktop whose programs are on an accessibility bus, asleep until somebody wakes it."""
    with Desktop(size=SIZE) as desktop, ExitStack() as stack:
        desktop.environ |= {"NO_AT_BRIDGE": "0", "GSETTINGS_BACKEND": "memory"}
        with _printing_nothing():
            address = stack.enter_context(session_bus(desktop.environ))
        desktop.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        yield desktop


@contextmanager
def _printing_nothing() -> Iterator[None]:
    """Have programs started meanwhile print to nowhere: a benchmark's answer is one line."""
    kept, nowhere = os.dup(STDOUT), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDOUT)
    try:
        yield
    finally:
        os.dup2(kept, STDOUT)
        os.close(kept)
        os.close(nowhere)


class Recorder:
    """A program that records, running on a desktop. Ended by `end`.

    Parameters
    ----------
    command
        How it is started.
    log
        What it prints goes there.

    """

    def __init__(
        self, desktop: Desktop, command: list[str], log: Path, *, environ: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        with log.open("wb") as printed:
            self._child = subprocess.Popen(
                [*ENDS_WITH_US, *command],
                env={**desktop.environ, "PYTHONSAFEPATH": "1", "PYTHONWARNINGS": "ignore", **(environ or {})},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
        self.pid = self._child.pid

    def alive(self) -> bool:
        """Return True; raises `DesktopError` when it has ended by itself."""
        if self._child.poll() is not None:
            said = self.log.read_text(encoding="utf-8", errors="replace")[-TOLD:]
            raise DesktopError(f"the recorder ended with {self._child.returncode}: {said}")
        return True

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        self.alive()
        self._child.terminate()
        code = self._child.wait(ENDING_SECONDS)
        if code != 0:
            raise DesktopError(f"the recorder ended with {code}: {self.log.read_text(errors='replace')[-TOLD:]}")

    def kill(self) -> None:
        """End it in any case."""
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()


@contextmanager
def recording(desktop: Desktop, command: list[str], log: Path, **environ: str) -> Iterator[Recorder]:
    """Start a recorder; it is not left behind."""
    recorder = Recorder(desktop, command, log, environ=environ)
    try:
        yield recorder
    finally:
        recorder.kill()


def companion(*arguments: str) -> list[str]:
    """Return how the program is called."""
    return [sys.executable, "-m", "companion", *arguments]


def consenting(folder: Path) -> dict[str, str]:
    """Write settings that consent to every source but EEG; returns the environment that names them."""
    path = folder / "settings.toml"
    sources = [name for name in Settings.__dataclass_fields__ if name.startswith(CONSENT)]
    given: dict[str, Any] = {name: name != "consent_eeg" for name in sources}
    save(replace(Settings(), first_run_done=True, **given), path)
    return {"COMPANION_CONFIG": str(path)}


@contextmanager
def companion_recording(desktop: Desktop, folder: Path) -> Iterator[Recorder]:
    """Start the program on a new vault, ``folder / "vault"``."""
    root = folder / "vault"
    with Writer(vault_at(root)):  # so that it can be read from the start
        pass
    command = companion("run", "--headless", "--board", "none", "--frames", "screen", "--vault", str(root))
    with recording(desktop, command, folder / LOG, **consenting(folder)) as recorder:
        yield recorder


def asked(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return how a command of the program answers about the vault in ``folder``."""
    environ = {**os.environ, **consenting(folder), "PYTHONSAFEPATH": "1", "PYTHONWARNINGS": "ignore"}
    command = companion(*arguments, "--vault", str(folder / "vault"))
    return subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)


def doctor(folder: Path) -> dict[str, Any]:
    """Return what ``companion doctor --json`` says of the vault in ``folder``."""
    done = asked(folder, "doctor", "--json")
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise DesktopError(f"doctor said no JSON: {done.stdout[-TOLD:]}{done.stderr[-TOLD:]}") from error
    return found


def errors_in(folder: Path) -> list[str]:
    """Return the errors the program met and nobody caught: the last line of each traceback it printed, and where."""
    found, where, within = [], "", False
    for line in (folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("Traceback"):
            within = True
        elif within and (place := PLACE.match(line)):
            where = f"{place[1]}, line {place[2]}"
        elif within and line and not line.startswith(" "):
            within = False
            found.append(f"{where}: {line}")
    return found


def bytes_of(folder: Path, *, besides: str = "") -> int:
    """Return how many bytes a file or a folder's files take, without those whose name ends as ``besides`` says."""
    total = 0
    for path in (folder, *folder.rglob("*")):
        if besides and path.name.endswith(besides):
            continue
        with suppress(FileNotFoundError):  # a draft that was renamed meanwhile
            total += path.stat().st_size if path.is_file() else 0
    return total


def missing(*programs: str) -> list[str]:
    """Return which programs are not on this machine."""
    places = [Path(place) for place in os.get_exec_path()]
    return [name for name in programs if not any((place / name).exists() for place in places)]


def pause_until(due: float) -> None:
    """Wait until `time.monotonic` is ``due``."""
    time.sleep(max(0.0, due - time.monotonic()))
