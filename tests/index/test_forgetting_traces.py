from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from filling import T0, new
from sqlite_utils import Database

from index import changes, database
from index.forgetting import forgetting, traces, wish
from index.forgetting.forgetting import OfBrain
from index.forgetting.wish import Wish
from index.keys.keys import Keys
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer

COUNT, PAGE, SALT, RESERVED = 300, 4096, 16, 48
BRAIN = OfBrain(spaces=("state:*",), parts=("headset",))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault", Keys.random())


def fill(db: Database, vault: Vault) -> None:
    """Store moments whose text arrives after the row, in another order, so that pages are split."""
    rng = np.random.default_rng(1)
    for number in range(COUNT):
        title = f"zqcanary{number:03} " + "x" * int(rng.integers(5, 60))
        moment = changes.open_moment(db, vault, new(T0 + 60 * number, title=title, url=f"https://{number}.org"), None)
        changes.close_moment(db, moment, T0 + 60 * number + 50)
    for number in rng.permutation(COUNT):
        words = " ".join(f"c{each}" for each in rng.integers(0, 3000, rng.integers(1, 150)))
        changes.put_text(db, int(number) + 1, f"zqcanary{number:03} {words}")


def told(vault: Vault) -> str:
    """Return what all pages of the database and its log hold, also where no row is."""
    return b"".join(pages(vault)).decode("latin-1").lower()


def pages(vault: Vault) -> Iterator[bytes]:
    key = algorithms.AES(bytes.fromhex(vault.keys.database[0][2:-1]))
    for path in (vault.database, vault.database.with_name("memory.sqlite-wal")):
        raw, head, frame = path.read_bytes(), *((32, 24) if path != vault.database else (0, 0))
        for start in range(head + frame, len(raw), PAGE + frame):
            page = raw[start : start + PAGE]
            first = start == 0 or (frame and int.from_bytes(raw[start - frame : start - frame + 4], "big") == 1)
            cipher = Cipher(key, modes.CBC(page[-RESERVED : 16 - RESERVED])).decryptor()
            yield cipher.update(page[SALT if first else 0 : -RESERVED])


def test_no_page_keeps_what_its_split_left_behind_of_a_forgotten_moment(writer: Writer, store: Store) -> None:
    writer.do(fill, writer.vault).result()
    gone = sorted(np.random.default_rng(2).choice(COUNT, COUNT // 3, replace=False).tolist())
    plan = wish.plan(store, Wish(moments=tuple(number + 1 for number in gone)))
    forgetting.begin(writer, plan, time=T0 + 1e6)
    forgetting.finish(writer, store, brain=BRAIN)
    held = told(writer.vault)
    assert [number for number in gone if f"zqcanary{number:03}" in held] == []
    assert all(f"zqcanary{number:03}" in held for number in set(range(COUNT)) - set(gone))
    assert store.count() == COUNT - len(gone)


def test_what_the_database_is_written_anew_through_is_encrypted_and_has_no_name(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.do(fill, writer.vault).result()
    seen: list[bytes] = []

    def look() -> int:
        for handle in Path("/proc/self/fd").iterdir():
            try:
                name = str(handle.readlink())
            except FileNotFoundError:  # that of the listing itself
                continue
            if name.startswith(str(writer.vault.root)) and "memory.sqlite" not in name and "lock" not in name:
                assert name.endswith(" (deleted)")
                seen.append(handle.read_bytes())
        return 0

    monkeypatch.setattr(database, "WRITING_KIB", 32)  # what it would hold in memory of a database this small
    monkeypatch.setattr(traces, "_go_on", look)
    monkeypatch.setattr(traces, "STEPS", 5_000)
    traces.clear(writer.vault)
    whole = max(seen, key=len)
    assert len(whole) > 10 * PAGE
    assert not any(known in raw for raw in seen for known in (b"zqcanary", b"CREATE TABLE", b"SQLite format"))


def test_writing_the_database_anew_can_be_ended_and_leaves_it_as_it_was(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.do(fill, writer.vault).result()

    def end() -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(traces, "_go_on", end)
        patch.setattr(traces, "STEPS", 5_000)
        with pytest.raises(KeyboardInterrupt):
            traces.clear(writer.vault)
    assert store.count() == COUNT
    store.close()
    traces.clear(writer.vault)
    assert store.value("PRAGMA integrity_check") == "ok"
    assert store.count() == COUNT


def test_a_disk_without_room_to_write_the_database_anew_is_said(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 5, 5))
    with pytest.raises(VaultError, match=r"5 are free\. Free some space and start Companion"):
        traces.clear(writer.vault)
