from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from ill_disk import IllFile, refuse

from index.journal import JournalWriter, entries, files
from index.keys.keys import Secrets
from index.keys.sealing import DamagedError
from index.types import VaultError

SECRETS = Secrets.random()


def written(path: Path, *given: bytes) -> Path:
    writer = JournalWriter(path, SECRETS.public)
    for entry in given:
        writer.append(entry)
    assert writer.size == path.stat().st_size
    writer.close()
    return path


def test_what_was_sealed_comes_back_in_order(tmp_path: Path) -> None:
    path = written(tmp_path / "a.journal", b"one", b"", b"three" * 50_000)
    assert list(entries(path, SECRETS.private)) == [b"one", b"", b"three" * 50_000]
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_of_an_entry_can_be_read_in_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.journal", b"a canary sings")
    assert b"canary" not in path.read_bytes()


def test_another_vault_opens_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.journal", b"one")
    with pytest.raises(DamagedError):
        list(entries(path, Secrets.random().private))


def test_what_a_crash_tore_at_the_end_is_left_out_wherever_it_tore(tmp_path: Path) -> None:
    path = written(tmp_path / "a.journal", b"one", b"two")
    whole = path.read_bytes()
    last = len(whole) - len(b"two") - 16 - 32 - 4
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert list(entries(path, SECRETS.private)) == ([] if size < last - 55 else [b"one"] if size >= last else [])


@pytest.mark.parametrize("where", [-1, -20, 20, 45])
def test_a_changed_byte_is_named(tmp_path: Path, where: int) -> None:
    path = written(tmp_path / "a.journal", b"one entry of some length")
    raw = bytearray(path.read_bytes())
    raw[where] ^= 1
    path.write_bytes(raw)
    with pytest.raises(DamagedError):
        list(entries(path, SECRETS.private))


def test_entries_cannot_be_left_out_doubled_or_moved_to_another_journal(tmp_path: Path) -> None:
    path = written(tmp_path / "a.journal", b"1111", b"2222")
    raw, magic = path.read_bytes(), 6
    size = (len(raw) - magic) // 2
    first, second = raw[magic : magic + size], raw[magic + size :]
    for forged in (second, first + first, second + first):
        path.write_bytes(raw[:magic] + forged)
        with pytest.raises(DamagedError):
            list(entries(path, SECRETS.private))
    other = tmp_path / "b.journal"
    other.write_bytes(raw)
    with pytest.raises(DamagedError):
        list(entries(other, SECRETS.private))


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    path.write_bytes(b"something else entirely")
    with pytest.raises(DamagedError, match="no journal"):
        list(entries(path, SECRETS.private))


def test_journals_come_oldest_first(tmp_path: Path) -> None:
    for name in ("20260102T000000-0000", "20260101T000000-0001", "20260101T000000-0000"):
        written(tmp_path / f"{name}.journal")
    (tmp_path / "20250101T000000-0000.damaged").touch()
    assert [path.stem[6:] for path in files(tmp_path)] == ["01T000000-0000", "01T000000-0001", "02T000000-0000"]


def test_a_full_disk_leaves_no_file_for_each_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VaultError, match="Is the disk full"):
        JournalWriter(tmp_path / "a.journal", SECRETS.public)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("well_again", [True, False])
def test_a_disk_that_tears_an_entry_and_takes_nothing_back_costs_that_entry_alone(
    tmp_path: Path, well_again: bool
) -> None:
    writer = JournalWriter(tmp_path / "a.journal", SECRETS.public)
    writer.append(b"one")
    whole, disk = writer.size, IllFile(writer._file)
    writer._file = disk  # type: ignore[assignment] # as much of one as is asked for
    with pytest.raises(VaultError, match="Input/output error"):
        writer.append(b"two" * 100)
    assert writer.broken
    disk.ill = not well_again
    with pytest.raises(VaultError, match="takes no more"):
        writer.append(b"3")
    writer.close()
    assert (writer.path.stat().st_size == whole) is well_again
    assert list(entries(writer.path, SECRETS.private)) == [b"one"]


def test_an_entry_that_is_refused_and_taken_back_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter(tmp_path / "a.journal", SECRETS.public)
    writer.append(b"one")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(VaultError, match="Input/output error"):
            writer.append(b"two" * 100)
    assert not writer.broken
    writer.append(b"3")
    assert writer.size == writer.path.stat().st_size
    writer.close()
    assert list(entries(writer.path, SECRETS.private)) == [b"one", b"3"]


def test_a_disk_that_lets_no_journal_be_made_or_taken_away_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(VaultError, match="Input/output error"):
        JournalWriter(tmp_path / "a.journal", SECRETS.public)
    assert list(entries(tmp_path / "a.journal", SECRETS.private)) == []
