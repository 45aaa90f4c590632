from __future__ import annotations

import io
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlite_utils import Database
from whole_vault import CH_NAMES, SFREQ, T0, signal

from index import schema
from index.care.verifying import verify
from index.keys import upgrading
from index.keys.keys import Keys
from index.pictures import frames
from index.signals.bdf import BdfAppender, BdfFile
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer

SECRETS = [b"bergamot", b"WEBPVP8", b"Recording start", b"oldvector", b"SQLite format", b"oldplan"]


class StoppedError(Exception):
    """The computer was switched off."""


@pytest.fixture
def old(tmp_path: Path) -> Vault:
    """A vault as versions before encryption left it, a crash's traces included."""
    vault = Vault(tmp_path / "vault", Keys.random())
    vault.create()
    connection = sqlite3.connect(vault.database, isolation_level=None)
    db = Database(connection, recursive_triggers=False)
    db.execute("PRAGMA journal_mode = WAL")
    schema.migrations.apply(db, stop_before="search")
    day = vault.frames / "2026-09-21"
    day.mkdir(mode=0o700)
    for number in (1, 2):
        name = f"frames/2026-09-21/{number}.webp"
        db.execute(
            "INSERT INTO moments (id, time_start, time_end, app, title, url, monitor, source, frame, text, open) "
            "VALUES (?, ?, ?, 'Firefox', 'tea', 'https://example.org/x', 0, 'screen', ?, 'bergamot tea', 0)",
            [number, T0 + number, T0 + number + 1, name],
        )
        (vault.root / name).write_bytes(webp(number))
        (day / f"{number}-small.webp").write_bytes(webp(number))
    (day / "3.webp").write_bytes(webp(3))  # of a crash: no row knows it
    (day / "4.webp.draft").write_bytes(webp(4))
    path = vault.eeg / "x.bdf"
    about = {"ch_names": CH_NAMES, "sfreq": SFREQ, "time_start": T0, "device": "board"}
    with BdfAppender(path, **about) as appender:  # type: ignore[arg-type] # a plain dictionary
        appender.append(signal())
    db.execute(
        "INSERT INTO recordings (path, device, source, sfreq, ch_names, time_start, time_end, samples, open) "
        "VALUES ('eeg/x.bdf', 'board', 'board:x', 64.0, '[\"TP9\", \"AF7\"]', ?, ?, 768, 0)",
        [T0, T0 + 12],
    )
    (vault.vectors / "content_m.faiss").write_bytes(b"oldvector")
    (vault.root / "learning").mkdir(mode=0o700)
    (vault.root / "learning" / "plan.npz").write_bytes(b"oldplan")
    connection.close()
    return vault


def webp(number: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.full((20, 30, 3), 40 * number, np.uint8)).save(stream, "WEBP")
    return stream.getvalue()


def assert_encrypted_and_whole(vault: Vault) -> None:
    held = b"".join(path.read_bytes() for path in vault.root.rglob("*") if path.is_file())
    assert [secret for secret in SECRETS if secret in held] == []
    assert not upgrading.needed(vault)
    Writer(vault).close()
    store = Store(vault)
    assert [row[0] for row in store.rows("SELECT frame FROM moments ORDER BY id")] == [
        "frames/2026-09-21/1.frame",
        "frames/2026-09-21/2.frame",
    ]
    for moment in (1, 2):
        assert frames.read(vault, store.moment(moment).frame) == webp(moment)
        assert frames.read(vault, frames.thumbnail(store.moment(moment).frame)) == webp(moment)
    found = store.rows("SELECT rowid FROM moments_fts WHERE moments_fts MATCH 'bergamot'")
    assert found == [(1,), (2,)]
    store.close()
    file = BdfFile(vault.eeg / "x.bdf", vault.keys.eeg)
    np.testing.assert_array_equal(file.read(0, file.samples), signal())
    assert [problem.what for problem in verify(vault).problems] == [
        "No moment or recording knows frames/2026-09-21/3.frame."
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in vault.root.rglob("*.[bfs]*"))


def test_a_vault_that_was_not_encrypted_is_and_nothing_of_it_lies_open(old: Vault) -> None:
    assert upgrading.needed(old)
    told: list[str] = []
    upgrading.upgrade(old, progress=lambda what, _done, _all: told.append(what))
    assert_encrypted_and_whole(old)
    assert told == ["database", "frames", "recordings"]


def test_the_log_that_a_crash_left_is_taken_in_and_overwritten(old: Vault, tmp_path: Path) -> None:
    log, copy, link = old.database.with_name("memory.sqlite-wal"), tmp_path / "log", tmp_path / "what the disk holds"
    with closing(sqlite3.connect(old.database, isolation_level=None)) as connection:
        connection.execute("INSERT INTO incidents (time, part, what) VALUES (1, 'x', 'jasmine')")
        shutil.copy(log, copy)
    shutil.copy(copy, log)
    link.hardlink_to(log)
    assert b"jasmine" in link.read_bytes()
    upgrading.upgrade(old)
    assert link.read_bytes() == bytes(copy.stat().st_size)
    with closing(Store(old)) as store:
        assert store.value("SELECT what FROM incidents") == "jasmine"


def test_an_encrypted_database_can_give_room_back(old: Vault) -> None:
    upgrading.upgrade(old)
    with closing(Store(old)) as store:
        assert store.value("PRAGMA auto_vacuum") == 2  # incremental


def test_an_encrypted_vault_needs_nothing(old: Vault) -> None:
    upgrading.upgrade(old)
    assert not upgrading.needed(old)
    assert not upgrading.needed(Vault(old.root / "nothing"))


STEPS = ["_export", "_seal_picture", "_rename_rows", "_overwrite", "_seal_recording", "_take_place", "replace_file"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 3])
def test_what_was_broken_off_anywhere_goes_on_and_loses_nothing(
    old: Vault, monkeypatch: pytest.MonkeyPatch, step: str, when: str, call: int
) -> None:
    real, calls = getattr(upgrading, step), []

    def stop(*arguments: object) -> None:
        calls.append(1)
        if len(calls) == call and when == "before":
            raise StoppedError
        real(*arguments)
        if len(calls) == call:
            raise StoppedError

    with monkeypatch.context() as patch:
        patch.setattr(upgrading, step, stop)
        try:
            upgrading.upgrade(old)
        except StoppedError:
            assert upgrading.needed(old)
    assert calls
    upgrading.upgrade(old)
    assert_encrypted_and_whole(old)


def test_a_file_half_overwritten_is_not_taken_for_the_picture(old: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(path: Path) -> None:
        path.write_bytes(bytes(path.stat().st_size))
        raise StoppedError

    with monkeypatch.context() as patch:
        patch.setattr(upgrading, "_overwrite", half)
        with pytest.raises(StoppedError):
            upgrading.upgrade(old)
    upgrading.upgrade(old)
    assert_encrypted_and_whole(old)


def test_a_recording_that_nobody_can_read_is_kept_encrypted(old: Vault) -> None:
    (old.eeg / "x.bdf").write_bytes(b"bergamot" * 100)
    upgrading.upgrade(old)
    kept = old.eeg / "x.bdf.damaged"
    assert old.keys.eeg.open(kept.read_bytes(), kept.name.encode()) == b"bergamot" * 100
    assert {problem.part for problem in verify_after_opening(old)} == {"recording", "file"}
    assert not any(b"bergamot" in path.read_bytes() for path in old.root.rglob("*") if path.is_file())


def verify_after_opening(vault: Vault) -> list[object]:
    Writer(vault).close()
    return list(verify(vault).problems)


def test_a_full_disk_says_so_and_nothing_is_lost(old: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(upgrading, "_seal_recording", full)
        with pytest.raises(VaultError, match=r"No space left.*make room and start again"):
            upgrading.upgrade(old)
    upgrading.upgrade(old)
    assert_encrypted_and_whole(old)
