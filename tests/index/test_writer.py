from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from filling import T0, add, new, results
from sqlite_utils import Database
from vaults import vault_at

from index import changes
from index import writer as writer_module
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer

WRITE_FOREVER = """
import sys
from pathlib import Path
from index import changes
from index.types import NewMoment
from index.vault import Vault
from vaults import vault_at
from index.writer import Writer

def two(db, vault, n):
    for half in ("a", "b"):
        moment_id = changes.open_moment(db, vault, NewMoment(n, n, "app", f"{n}{half}"), None)
        changes.put_text(db, moment_id, f"text of {n}{half} " * 200)

with Writer(vault_at(Path(sys.argv[1]))) as writer:
    for n in range(1_000_000):
        writer.do(two, writer.vault, n).result()
        print(n, flush=True)
"""


def fails(db: Database, vault: Vault) -> None:
    """Change three tables, then break."""
    moment_id = changes.open_moment(db, vault, new(), None)
    changes.put_text(db, moment_id, "half done")
    changes.put_space(db, "s", model="m", dimension=2, time=T0)
    raise ZeroDivisionError


def test_a_change_that_fails_leaves_nothing_of_itself(writer: Writer, store: Store) -> None:
    add(writer, "kept")
    with pytest.raises(ZeroDivisionError):
        writer.do(fails, writer.vault).result()
    assert store.count() == 1
    assert store.spaces("") == []
    assert store.value("SELECT count(*) FROM moments_fts WHERE moments_fts MATCH 'half'") == 0
    assert add(writer, "next") == 2


def test_changes_happen_in_the_order_they_were_asked_for(writer: Writer, store: Store) -> None:
    moment_id = writer.do(changes.open_moment, writer.vault, new(), None).result()
    futures = [writer.do(changes.put_text, moment_id, str(i)) for i in range(300)]
    futures[-1].result()
    assert all(future.done() for future in futures)
    assert store.moment(moment_id).text == "299"


def test_several_threads_write_through_one_writer(writer: Writer, store: Store) -> None:
    threads = [threading.Thread(target=lambda: [add(writer, "x") for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.count() == 80
    assert sorted(store.moments(range(1, 81))) == list(range(1, 81))


def test_who_asks_for_too_much_waits(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "WAITING", 3)
    hold, asked = threading.Event(), threading.Event()
    with Writer(vault) as writer:
        waiting = [writer.do(lambda _: hold.wait(30)) for _ in range(3)]
        impatient = threading.Thread(target=lambda: writer.do(lambda _: asked.set()).result())
        impatient.start()
        assert not asked.wait(0.3)
        hold.set()
        assert asked.wait(30)
        impatient.join()
        assert results(waiting) == [True] * 3


def test_failed_changes_do_not_use_up_the_room(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "WAITING", 2)
    with Writer(vault) as writer:
        for _ in range(10):
            with pytest.raises(ZeroDivisionError):
                writer.do(fails, vault).result(30)


def test_closing_finishes_what_waits(vault: Vault) -> None:
    with Writer(vault) as writer:
        for i in range(100):
            writer.do(changes.open_moment, vault, new(T0 + i), None)
    store = Store(vault)
    assert store.count() == 100
    store.close()


def test_a_closed_writer_takes_no_more(vault: Vault) -> None:
    writer = Writer(vault)
    writer.close()
    with pytest.raises(RuntimeError):
        writer.do(changes.close_left_open)


def test_killed_in_the_midst_of_writing_it_loses_nothing_committed_and_keeps_no_half(vault: Vault) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITE_FOREVER, str(vault.root)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(60)]
        child.send_signal(signal.SIGKILL)
        last = int([*said, *child.stdout][-1])
    with Writer(vault) as writer:
        store = Store(vault)
        titles = [row[0] for row in store.rows("SELECT title FROM moments ORDER BY id")]
        assert titles[: 2 * (last + 1)] == [f"{n}{half}" for n in range(last + 1) for half in "ab"]
        assert len(titles) % 2 == 0
        assert store.value("SELECT count(*) FROM moments_fts WHERE moments_fts MATCH 'text'") == len(titles)
        assert store.value("PRAGMA integrity_check") == "ok"
        assert writer.do(changes.close_left_open).result() == len(titles)
        store.close()


def add_until_it_is_full(writer: Writer) -> None:
    for _ in range(100):
        add(writer, "word " * 2000)


def test_a_full_database_is_said_and_loses_nothing(writer: Writer, store: Store) -> None:
    add(writer, "kept")

    def limit(db: Database, pages: int) -> None:
        db.execute(f"PRAGMA max_page_count = {pages}")

    writer.do(limit, int(store.value("PRAGMA page_count")) + 5).result()
    with pytest.raises(VaultError, match=r"could not be written to .*full.*Is the disk full\?"):
        add_until_it_is_full(writer)
    held = store.count()
    assert store.value("PRAGMA integrity_check") == "ok"
    writer.do(limit, 100_000).result()
    add(writer, "after there was room")
    assert store.count() == held + 1
    assert store.moment(1).text == "kept"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of a few megabytes."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk may be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, *, leave: int) -> Path:
    """Take the room on a disk but for some bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        free = os.statvfs(disk)
        try:
            file.write(bytes(max(0, free.f_bavail * free.f_bsize - leave)))
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017 anything else is a broken test
    return ballast


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to mount a small disk")
def test_a_full_disk_is_said_loses_nothing_and_recording_goes_on_once_there_is_room(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (600, 800, 3), np.uint8)
    with small_disk(tmp_path / "disk", 4) as disk, Writer(vault_at(disk / "vault")) as writer:
        store = Store(writer.vault)
        add(writer, "kept")
        framed = writer.do(changes.open_moment, writer.vault, new(T0 + 1), picture).result()
        ballast = fill(disk, leave=60_000)
        with pytest.raises(VaultError, match="Is the disk full"):
            writer.do(changes.open_moment, writer.vault, new(T0 + 2), picture).result()
        assert list(writer.vault.frames.rglob("*.draft")) == []
        with pytest.raises(VaultError, match="Is the disk full"):
            add_until_it_is_full(writer)
        held = store.count()
        ballast.unlink()
        again = writer.do(changes.open_moment, writer.vault, new(T0 + 3), picture).result()
        assert store.count() == held + 1
        assert store.moment(1).text == "kept"
        assert (writer.vault.root / store.moment(framed).frame).is_file()
        assert (writer.vault.root / store.moment(again).frame).is_file()
        assert store.value("PRAGMA integrity_check") == "ok"
        store.close()
