"""What goes wrong with disks and clocks: each is said in a sentence with the way out, and loses nothing stored."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from whole_vault import SPACE, TEXTS, files, fill, flip

from index import changes, database, replacing
from index.care.rebuilding import rebuild
from index.care.verifying import verify
from index.keys.keys import Keys
from index.pictures import frames
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import FrameError, NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer

T1 = 1_790_500_000.0
PAGE = 4096
HOLD = """
import sys, time
from sqlcipher3 import dbapi2
from index import database
connection = dbapi2.connect(sys.argv[1], isolation_level=None)
database.choose_cipher(connection)
connection.execute(f'PRAGMA key = "{sys.stdin.readline().strip()}"')
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault with a bit of everything, closed."""
    made = Vault(tmp_path / "vault", Keys.random())
    with Writer(made) as writer:
        fill(writer)
    return made


def texts(vault: Vault) -> list[str]:
    with closing(Store(vault)) as store:
        return [row[0] for row in store.rows("SELECT text FROM moments ORDER BY id")]


def add(writer: Writer, *, picture: bool = False, time: float = T1) -> int:
    image = np.zeros((40, 60, 3), np.uint8) if picture else None
    return writer.do(changes.open_moment, writer.vault, NewMoment(time, time, "app", "new"), image).result()


def on_a_small_disk(writer: Writer) -> Callable[[], None]:
    """Let the database grow no more, as on a full disk; returns what frees it again."""
    pages = writer.do(lambda db: db.execute("PRAGMA page_count").fetchone()[0]).result()
    writer.do(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone()).result()
    return lambda: writer.do(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone()).result()


def add_what_fits(writer: Writer) -> int:
    """Add moments until no more is taken; returns the last that was."""
    last = 0
    for _ in range(500):
        try:
            last = add(writer)
        except VaultError:
            return last
    raise AssertionError("the disk did not become full")


def test_a_disk_that_is_full_for_the_database(vault: Vault) -> None:
    with Writer(vault) as writer:
        freed = on_a_small_disk(writer)
        moment = add_what_fits(writer)
        with pytest.raises(VaultError, match=r"could not be written to .*full.*Is the disk full\?"):
            writer.do(changes.put_text, moment, "long " * 9000).result()
        freed()
        add(writer)
    assert texts(vault)[: len(TEXTS)] == list(TEXTS)
    assert verify(vault).clean


def test_a_disk_that_is_full_for_pictures_stores_no_half_moment(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with Writer(vault) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(replacing.os, "open", _refusing(os.open, full))
            with pytest.raises(VaultError, match=r"could not be written .No space left.*Is the disk full"):
                add(writer, picture=True)
        add(writer, picture=True)
    assert len(texts(vault)) == len(TEXTS) + 1
    assert verify(vault).clean


def _refusing(real: Callable[..., int], refuse: Callable[[int], None]) -> Callable[..., int]:
    def open_(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & os.O_CREAT:
            refuse(flags)
        return real(path, flags, *rest, **more)

    return open_


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to become someone else")
def test_a_disk_that_is_read_only_can_be_read_and_says_why_nothing_is_written(vault: Vault, tmp_path: Path) -> None:
    vault.root.parent.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents):
        if folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    for path in (vault.root, *vault.root.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    os.seteuid(65534)
    try:
        assert texts(vault) == list(TEXTS)
        with closing(Store(vault)) as store:
            frames.decode(frames.read(vault, store.moment(1).frame))
        with pytest.raises(VaultError, match=r"cannot be (written to|made) \(.*\)"):
            Writer(vault)
        found = verify(vault)
        assert found.clean
        assert "cannot be written to" in found.left_out[0]
    finally:
        os.seteuid(0)


@pytest.fixture
def holder(vault: Vault) -> Iterator[subprocess.Popen[str]]:
    """Another program, such as one that copies databases, which holds this one."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(vault.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(f"{vault.keys.database[0]}\n")
    child.stdin.flush()
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()


def test_a_database_that_another_program_holds(vault: Vault, monkeypatch: pytest.MonkeyPatch, request: Any) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.05)
    with Writer(vault) as writer:
        child: subprocess.Popen[str] = request.getfixturevalue("holder")
        assert texts(vault) == list(TEXTS)  # readers are not kept waiting
        with pytest.raises(VaultError, match=r"locked.*"):
            add(writer)
        child.kill()
        child.wait()
        add(writer)
    assert len(texts(vault)) == len(TEXTS) + 1


def test_a_damaged_page_is_told_with_the_way_out_and_the_rest_is_kept(vault: Vault) -> None:
    with closing(Store(vault)) as store:
        page = store.value("SELECT rootpage FROM sqlite_master WHERE name = 'moments'")
    flip(vault.database, (page - 1) * PAGE + 200)
    with pytest.raises(VaultError, match=r"malformed.*companion vault verify. says what is damaged"):
        texts(vault)
    assert {problem.part for problem in verify(vault).problems} == {"database"}
    done = rebuild(vault, time=T1)
    assert any("cannot be read" in sentence for sentence in done.lost)
    assert verify(vault).clean
    with closing(Store(vault)) as store:
        assert store.newest_recording() is not None


def test_a_damaged_first_page_says_so(vault: Vault) -> None:
    flip(vault.database, 100)
    with pytest.raises(VaultError, match=r"cannot be opened .*damaged"):
        Store(vault).count()
    with pytest.raises(VaultError, match=r"cannot be opened .*damaged"):
        Writer(vault)


def test_a_writer_that_meets_a_damaged_page_says_so(vault: Vault) -> None:
    with closing(Store(vault)) as store:
        page = store.value("SELECT rootpage FROM sqlite_master WHERE name = 'moments'")
    flip(vault.database, (page - 1) * PAGE + 200)
    with Writer(vault) as writer, pytest.raises(VaultError, match="companion vault verify"):
        add(writer)


def test_a_damaged_index_of_vectors_is_told_and_searched_around(vault: Vault) -> None:
    with closing(Store(vault)) as store:
        vectors = Vectors(store, hot_rows=2)
        while vectors.merge():
            pass
        query = store.matrices([1], SPACE)[1][0]
    flip(next(path for path in files(vault, "") if path.parent == vault.vectors and path.suffix == ".segment"), 60)
    assert {problem.part for problem in verify(vault).problems} == {"vectors"}
    with closing(Store(vault)) as store:
        vectors = Vectors(store, hot_rows=2)
        vectors.search(SPACE, query, 3)  # answers from what is whole
        while vectors.merge():
            pass
        assert next(iter(vectors.search(SPACE, query, 3))) == 1
    assert verify(vault).clean


def test_a_damaged_frame_costs_one_picture(vault: Vault) -> None:
    flip(files(vault, ".frame")[0])
    with closing(Store(vault)) as store:
        with pytest.raises(FrameError, match=r"1\.frame cannot be read \(the bytes are damaged"):
            frames.read(vault, store.moment(1).frame)
        frames.decode(frames.read(vault, store.moment(2).frame))


def test_a_clock_that_was_set_back_loses_nothing(vault: Vault) -> None:
    with Writer(vault) as writer:
        late = add(writer, picture=True, time=T1)
        early = add(writer, picture=True, time=T1 - 400 * 86_400)
        writer.do(changes.close_moment, early, T1 - 401 * 86_400).result()  # it went back while the moment was open
        fill(writer, seed=3, time=T1 - 30 * 86_400)
    with closing(Store(vault)) as store:
        found = store.moments([late, early])
        assert found[early].time_end == found[early].time_start < found[late].time_start
        assert [moment.id for moment in store.moments_between(T1 - 401 * 86_400, T1 - 399 * 86_400)] == [early]
        assert store.neighbour(early, 1) is not None
        assert {row[0] for row in store.rows("SELECT id FROM moments")} >= {late, early}
    assert verify(vault).clean
