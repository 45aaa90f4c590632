from __future__ import annotations

import errno
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from filling import T0, new, put, unit
from vaults import vault_at

from companion import unlocking
from index import changes
from index.keys.keys import Keys
from index.signals.bdf import BdfAppender
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import LockedError, VaultError
from index.vault import Vault
from index.writer import Writer

HOLD = """
import sys, time
from pathlib import Path
from vaults import vault_at
from index.writer import Writer
writer = Writer(vault_at(Path(sys.argv[1])))
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def other_process(vault: Vault) -> Iterator[subprocess.Popen[str]]:
    """Another process that is the vault's writer."""
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(vault.root)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.wait()
    child.stdout.close()


@pytest.fixture
def careless_umask() -> Iterator[None]:
    """Whatever is made without a mode is open to everyone."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(root: Path) -> dict[str, int]:
    found = {str(path.relative_to(root)): stat.S_IMODE(path.lstat().st_mode) for path in root.rglob("*")}
    return found | {".": stat.S_IMODE(root.stat().st_mode)}


@pytest.mark.usefixtures("careless_umask")
def test_everything_in_the_vault_is_for_its_person_alone(vault: Vault) -> None:
    with Writer(vault) as writer:
        image = np.zeros((40, 60, 3), np.uint8)
        moment_id = writer.do(changes.open_moment, vault, new(), image).result()
        put(writer, "s", {moment_id: unit(np.random.default_rng(0).normal(size=(60, 4)))})
        store = Store(vault)
        vectors = Vectors(store, hot_rows=4, piece_rows=16)  # so that there are files at all
        while vectors.merge():
            pass
        form = {"ch_names": ["TP9"], "sfreq": 256.0, "time_start": T0, "device": "x", "sealer": vault.keys.eeg}
        BdfAppender(vault.eeg / "1.bdf", **form).close()
        found = modes(vault.root)
        store.close()
    files = {name: mode for name, mode in found.items() if (vault.root / name).suffix}
    folders = {name: mode for name, mode in found.items() if name not in files}
    kinds = {".sqlite", ".frame", ".small", ".bdf", ".json", ".lock", ".sqlite-wal"}
    assert kinds <= {Path(name).suffix for name in files}
    assert {Path(name).parts[0] for name in files} >= {"frames", "eeg", "vectors"}
    assert set(folders.values()) == {0o700}
    assert {name: mode for name, mode in files.items() if mode != 0o600} == {}


def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    vault.root.mkdir(mode=0o755)
    vault.create()
    assert stat.S_IMODE(vault.root.stat().st_mode) == 0o700


@pytest.mark.usefixtures("other_process")
def test_a_second_writer_is_refused_in_a_sentence(vault: Vault) -> None:
    with pytest.raises(VaultError, match=r"already recording to .*Quit it first, or name another folder with --vault"):
        Writer(vault)
    assert vault.in_use()


def test_a_second_writer_of_the_same_process_is_refused_too(writer: Writer) -> None:
    with pytest.raises(VaultError, match="already recording"):
        Writer(vault_at(writer.vault.root))
    assert Vault(writer.vault.root).in_use()


def test_the_lock_is_free_after_the_writer_was_killed(vault: Vault, other_process: subprocess.Popen[str]) -> None:
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()
    assert not vault.in_use()
    with Writer(vault) as writer:
        assert writer.do(changes.open_moment, vault, new(T0), None).result() == 1


def test_the_lock_is_free_after_the_writer_closed(vault: Vault) -> None:
    Writer(vault).close()
    assert not vault.in_use()
    Writer(vault).close()


def test_a_vault_that_is_only_read_is_not_in_use(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **_named: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    Writer(vault).close()
    monkeypatch.setattr(FileLock, "acquire", refused)
    assert not vault.in_use()


def test_asking_whether_a_vault_is_in_use_makes_nothing(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    assert not vault.in_use()
    assert not vault.root.exists()


@pytest.fixture
def someone_else(tmp_path: Path) -> Iterator[None]:
    """Become someone to whom the folder of the test does not belong."""
    tmp_path.chmod(0o755)
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that nobody else may look into."""
    made = tmp_path / "closed"
    made.mkdir(mode=0o700)
    return made


needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to become someone else"
)


@needs_root
@pytest.mark.usefixtures("someone_else")
def test_a_folder_of_someone_else_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match=r"cannot be made \(.*\)\. Choose a folder you may write to with --vault"):
        Writer(Vault(tmp_path / "vault", Keys.random()))


@needs_root
def test_a_vault_of_someone_else_is_not_taken_for_a_new_one(closed: Path, someone_else: None) -> None:
    del someone_else  # from here on
    with pytest.raises(VaultError, match=r"cannot be opened \(.*\)\. Choose a folder of your own with --vault"):
        unlocking.found(closed / "vault")
    with pytest.raises(VaultError, match=r"cannot be opened \(.*\)\. Choose a folder of your own with --vault"):
        unlocking.unlocked(closed / "vault")


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("mine")
    with pytest.raises(VaultError, match="Choose a folder you may write to"):
        Writer(vault_at(tmp_path / "vault"))
    assert (tmp_path / "vault").read_text() == "mine"


def test_reading_where_nothing_was_recorded_says_what_to_do(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault", Keys.random())
    with pytest.raises(VaultError, match=re.escape("Record something first (`companion run`")):
        Store(vault)
    assert not vault.root.exists()


def test_a_locked_vault_says_how_to_unlock_it(vault: Vault) -> None:
    Writer(vault).close()
    locked = Vault(vault.root)
    for use in (lambda: locked.keys, lambda: Store(locked).count(), lambda: Writer(locked)):
        with pytest.raises(LockedError, match=r"is locked\. Unlock it: `companion vault unlock`"):
            use()
    assert not vault.in_use()
