from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from runs import environment, wait_until

from companion import control, unlocking
from companion.control import ControlError
from index.keys import keyfile
from index.keys.keyfile import Opened, Way
from index.store import Store
from index.types import LockedError
from index.vault import Vault
from index.writer import Writer

PASSPHRASE = "seven herons wade at dusk"


class Run:
    """``companion run`` without windows on a vault behind a passphrase; it knows no passphrase by itself."""

    def __init__(self, root: Path, said: Path) -> None:
        self.root, self._said = root, said
        command = [sys.executable, "-m", "companion", "run", "--headless", "--board", "synthetic"]
        with said.open("wb") as output:
            self._child = subprocess.Popen(
                [*command, "--vault", str(root)], env=environment(), stdin=subprocess.DEVNULL, stderr=output
            )

    @property
    def pid(self) -> int:
        return self._child.pid

    def waits_for(self, sentence: str, *, times: int = 1) -> None:
        wait_until(lambda: self._said.read_text(encoding="utf-8").count(sentence) >= times, sentence, 60.0)

    def end(self) -> int:
        self._child.send_signal(signal.SIGINT)
        return self._child.wait(60)

    def kill(self) -> None:
        self._child.kill()
        self._child.wait(10)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """What is secret in a vault that was made behind a passphrase."""
    vault, _ = unlocking.found(tmp_path / "vault", passphrase=PASSPHRASE)
    with Writer(vault):
        pass
    return keyfile.load(vault.key_file).open(Way.PASSPHRASE, keyfile.passphrase_secret(PASSPHRASE))


@pytest.fixture
def run(opened: Opened, tmp_path: Path) -> Iterator[Run]:
    del opened  # makes the vault
    made = Run(tmp_path / "vault", tmp_path / "said")
    yield made
    made.kill()


def secrets(opened: Opened) -> dict[str, bytes]:
    """Return every key that opens anything, as it may lie in memory."""
    kept = opened.secrets
    from index.keys.keys import Keys

    return {
        "master": opened.master,
        "root": kept.roots[kept.root],
        "eeg": kept.eeg[kept.eeg_root],
        "private": kept.private,
        "database": Keys.of(kept).database[0].encode(),
        "passphrase": PASSPHRASE.encode(),
    }


def held(pid: int, wanted: dict[str, bytes]) -> set[str]:
    """Return which of these bytes lie in the memory of a process or of what it started."""
    found = _held(pid, wanted)
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(ProcessLookupError, FileNotFoundError):  # it ended meanwhile
            found |= _held(child.pid, wanted)
    return found


def _held(pid: int, wanted: dict[str, bytes]) -> set[str]:
    found: set[str] = set()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="ascii", errors="replace").splitlines():
            place, mode, *_ = line.split()
            if not mode.startswith("rw"):
                continue
            start, end = (int(number, 16) for number in place.split("-"))
            try:
                memory.seek(start)
                region = memory.read(end - start)
            except OSError:
                continue  # a region that went away, or a device's
            found |= {name for name, secret in wanted.items() if secret in region}
    return found


def test_a_program_that_is_locked_records_on_and_holds_no_key(run: Run, opened: Opened) -> None:
    wanted = secrets(opened)
    run.waits_for("Locked. ", times=1)
    run.waits_for("is streaming. What is recorded now can be read after unlocking")
    assert held(run.pid, wanted) == set()
    with pytest.raises(ControlError, match="not the vault's passphrase"):
        control.ask(run.root, do="unlock", passphrase="a wrong one")
    assert control.ask(run.root, do="lock") == "The vault is locked already."

    locked_at = time.time()
    assert control.ask(run.root, do="unlock", passphrase=PASSPHRASE) == "Unlocked."
    run.waits_for("is streaming.", times=2)
    assert "root" in held(run.pid, wanted) or "database" in held(run.pid, wanted)  # the search would find one

    pid = run.pid
    assert control.ask(run.root, do="lock").startswith("Locked.")
    run.waits_for("is streaming. What is recorded now can be read after unlocking", times=2)
    assert run.pid == pid
    assert held(pid, wanted) == set()
    assert run.end() == 0

    with pytest.raises(LockedError):
        unlocking.unlocked(run.root)
    store = Store(unlocking.unlocked(run.root, ask=lambda: PASSPHRASE))
    first = store.recordings_between(0, float("inf"))[0]
    store.close()
    assert first.time_start < locked_at  # what was recorded before the unlocking was brought in by it
    assert first.source == "synthetic"
    assert len(list(Vault(run.root).journal.iterdir())) == 1  # the second locked time waits


@pytest.mark.parametrize("name", ["root", "database"])
def test_the_search_for_keys_finds_one_that_is_there(name: str, opened: Opened) -> None:
    assert name in _held(os.getpid(), {name: secrets(opened)[name]})
