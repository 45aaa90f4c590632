from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from whole_vault import files, fill, flip, record

from index import database
from index.care.rebuilding import rebuild
from index.care.verifying import verify
from index.journal import JournalWriter
from index.keys.keys import Keys
from index.pictures import frames
from index.store import Store
from index.types import LockedError, VaultError
from index.vault import Vault
from index.writer import Writer

PAGE = 4096
T1 = 1_790_100_000.0


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault with a bit of everything, closed."""
    made = Vault(tmp_path / "vault", Keys.random())
    with Writer(made) as writer:
        fill(writer)
    return made


def parts(vault: Vault) -> list[str]:
    return [problem.part for problem in verify(vault).problems]


def texts(vault: Vault) -> list[str]:
    store = Store(vault)
    found = [row[0] for row in store.rows("SELECT text FROM moments ORDER BY id")]
    store.close()
    return found


def damage_table(vault: Vault, table: str) -> None:
    """Flip a byte in the last page of a table that holds rows."""
    db = database.connect(vault, write=False)
    page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()[0]
    db.close()
    flip(vault.database, (page - 1) * PAGE + 100)


def test_a_whole_vault_is_clean_and_says_what_was_looked_at(vault: Vault) -> None:
    found = verify(vault)
    assert found.clean
    assert found.left_out == []
    assert found.checked == {"database": 1, "frames": 3, "recordings": 1, "vectors": 6, "files": 7}


def test_a_locked_vault_is_not_called_damaged(vault: Vault) -> None:
    with pytest.raises(LockedError):
        verify(Vault(vault.root))


def test_a_damaged_frame_and_thumbnail_are_named_with_the_way_out(vault: Vault) -> None:
    flip(files(vault, ".frame")[0])
    files(vault, ".small")[1].unlink()
    first, second = verify(vault).problems
    assert (first.part, second.part) == ("frame", "frame")
    assert "1.frame" in first.what
    assert "2.small" in second.what
    assert "companion vault rebuild" in first.mend


def test_a_recording_that_is_cut_damaged_or_gone_is_found(vault: Vault) -> None:
    (path,) = files(vault, ".bdf")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    assert parts(vault) == ["recording"]
    path.write_bytes(whole)
    flip(path, len(whole) // 2)
    assert parts(vault) == ["recording"]
    path.unlink()
    assert parts(vault) == ["recording"]


def test_recordings_that_were_exchanged_are_found(vault: Vault) -> None:
    with Writer(vault) as writer:
        other = record(writer, T1)
    (one,) = (path for path in files(vault, ".bdf") if path != other)
    here, there = one.read_bytes(), other.read_bytes()
    one.write_bytes(there)
    other.write_bytes(here)
    assert [problem.what.split(".bdf ")[1] for problem in verify(vault).problems] == [
        "was exchanged for another. Bring it back from a backup."
    ] * 2


def test_a_damaged_journal_of_a_locked_time_is_found(vault: Vault) -> None:
    public = X25519PrivateKey.from_private_bytes(vault.keys.private).public_key().public_bytes_raw()
    path = vault.journal / "20260101T000000-0000.journal"
    writer = JournalWriter(path, public)
    writer.append(b"recorded while locked")
    writer.close()
    assert verify(vault).checked["journals"] == 1
    assert parts(vault) == []
    flip(path)
    assert parts(vault) == ["journal"]


def test_a_file_that_no_row_knows_is_found(vault: Vault) -> None:
    (vault.frames / "2026-01-01").mkdir()
    (vault.frames / "2026-01-01" / "99.frame").write_bytes(b"x")
    (problem,) = verify(vault).problems
    assert (problem.part, "99.frame" in problem.what) == ("file", True)


def test_a_damaged_page_of_the_database_is_found(vault: Vault) -> None:
    damage_table(vault, "moments")
    assert set(parts(vault)) == {"database"}


def test_full_text_that_does_not_fit_the_moments_is_found_and_made_anew(vault: Vault) -> None:
    with Writer(vault) as writer:
        writer.do(lambda db: db.execute("DROP TRIGGER moments_au")).result()
        writer.do(lambda db: db.execute("UPDATE moments SET text = 'something else' WHERE id = 2")).result()
    assert parts(vault) == ["full text"]
    assert rebuild(vault, time=T1).lost == []
    assert parts(vault) == []


def test_while_another_writes_it_looks_at_what_it_can_and_says_so(vault: Vault) -> None:
    with Writer(vault):
        found = verify(Vault(vault.root, vault.keys))
    assert found.clean
    assert "already recording" in found.left_out[0]
    assert found.checked["frames"] == 3


def test_rebuilding_names_what_is_gone_and_leaves_a_clean_vault(vault: Vault) -> None:
    flip(files(vault, ".frame")[0])
    (path,) = files(vault, ".bdf")
    path.write_bytes(path.read_bytes()[:-500])
    done = rebuild(vault, time=T1)
    assert any("picture of moment 1" in sentence for sentence in done.lost)
    assert any("cannot be read" in sentence and path.name in sentence for sentence in done.lost)
    assert verify(vault).clean
    store = Store(vault)
    assert (store.moment(1).frame, store.moment(2).frame != "") == ("", True)
    assert 0 < store.newest_recording().samples < 768  # type: ignore[union-attr] # there is one
    assert [incident.part for incident in store.incidents()] == ["rebuild"] * len(done.lost)
    frames.decode(frames.read(vault, store.moment(2).frame))
    store.close()


def test_rebuilding_keeps_every_row_that_can_be_read_of_a_damaged_database(vault: Vault) -> None:
    with Writer(vault) as writer:
        fill(writer, seed=1, time=T1, texts=tuple(f"text {number} " + "word " * 300 for number in range(60)))
    before = texts(vault)
    damage_last_leaf(vault)
    assert set(parts(vault)) == {"database"}
    done = rebuild(vault, time=T1)
    assert any(sentence.startswith("moments: rows among") for sentence in done.lost)
    kept = texts(vault)
    assert len(before) - 8 <= len(kept) < len(before)
    assert set(kept) < set(before)
    assert verify(vault).clean


def damage_last_leaf(vault: Vault) -> None:
    """Damage one of the pages that hold moments alone: the one with a text in it, found by trial."""
    whole = vault.database.read_bytes()
    for page in range(len(whole) // PAGE - 1, 1, -1):
        flip(vault.database, page * PAGE + 100)
        store = Store(vault)
        try:
            store.rows("SELECT count(*), max(length(title)) FROM moments NOT INDEXED WHERE id < 20")
            store.rows("SELECT name FROM sqlite_master")
            store.rows("SELECT text FROM moments")
        except VaultError:
            if _others_are_whole(vault):
                return
        finally:
            store.close()
        vault.database.write_bytes(whole)
    raise AssertionError("no page holds moments alone")


def _others_are_whole(vault: Vault) -> bool:
    store = Store(vault)
    try:
        store.rows("SELECT text FROM moments WHERE id <= 10")
        store.rows("SELECT id, time_start FROM moments INDEXED BY moments_time WHERE time_start > 0")
    except VaultError:
        return False
    finally:
        store.close()
    return True


def test_rebuilding_is_refused_while_another_writes(vault: Vault) -> None:
    with Writer(vault), pytest.raises(VaultError, match="already recording"):
        rebuild(Vault(vault.root, vault.keys), time=T1)
