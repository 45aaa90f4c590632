from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from whole_vault import CH_NAMES, SFREQ, T0, files, fill, flip, signal

from index import changes
from index.care import rebuilding
from index.care.aside import ASIDE
from index.care.rebuilding import rebuild
from index.care.verifying import verify
from index.keys.keys import Keys
from index.keys.sealed_file import SealedFile
from index.pictures import cold_frames, compaction, frames
from index.signals.bdf import BdfAppender, BdfFile
from index.store import Store
from index.vault import Vault
from index.writer import Writer

T1 = T0 + 1e5


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault with a bit of everything, closed."""
    made = Vault(tmp_path / "vault", Keys.random())
    with Writer(made) as writer:
        fill(writer)
    return made


def pictures(vault: Vault) -> int:
    """Return how many pictures and thumbnails can be read."""
    with closing(Store(vault)) as store:
        names = [row[0] for row in store.rows("SELECT frame FROM moments WHERE frame <> ''")]
        return sum(frames.damage(vault, each) is None for name in names for each in (name, frames.thumbnail(name)))


def test_damaged_thumbnails_are_made_anew_and_cost_no_picture(vault: Vault) -> None:
    with Writer(vault) as writer, closing(Store(vault)) as store:
        (framed,) = compaction.plan(store, before=T1).groups
        compaction.put(writer, framed[:2], compaction.encoded(vault, [one.frame for one in framed[:2]]))
    for path in (*files(vault, ".small"), *files(vault, ".thumbs")):
        flip(path)
    cold_frames.let_go(vault)
    assert [problem.part for problem in verify(vault).problems] == ["frame"] * 3
    done = rebuild(vault, time=T1)
    assert done.lost == []
    assert any("thumbnails were made anew" in sentence for sentence in done.made)
    assert pictures(vault) == 6
    assert verify(vault).clean


def test_a_disk_that_does_not_give_a_file_now_costs_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    read_bytes, opened = Path.read_bytes, Path.open

    def read(path: Path) -> bytes:
        if path.name == "2.frame":
            raise OSError(24, "Too many open files")
        return read_bytes(path)

    def refuse(path: Path, *args: object, **named: object) -> object:
        if path.suffix == ".bdf":
            raise OSError(24, "Too many open files")
        return opened(path, *args, **named)  # type: ignore[call-overload] # as it was called

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", read)
        patched.setattr(Path, "open", refuse)
        done = rebuild(vault, time=T1)
    assert ["left as it is" in sentence for sentence in done.lost] == [True, True]
    assert pictures(vault) == 6
    assert verify(vault).clean


@pytest.mark.parametrize("record", [0, 5])
def test_one_damaged_second_of_eeg_costs_one_second(vault: Vault, record: int) -> None:
    (path,) = files(vault, ".bdf")
    size = (len(path.read_bytes()) - 1000) // 12
    flip(path, len(path.read_bytes()) - (11 - record) * size - size // 2)
    done = rebuild(vault, time=T1)
    assert len(done.lost) == 1
    assert verify(vault).clean
    with closing(Store(vault)) as store:
        kept = store.recordings_between(0.0, 1e12)
        assert sum(info.samples for info in kept) == (12 - 1) * SFREQ
        assert len(kept) == (1 if record == 0 else 2)
        for info in kept:
            first = round((info.time_start - T0) * SFREQ)
            data = BdfFile(vault.root / info.path, vault.keys.eeg).read(0, info.samples)
            np.testing.assert_array_equal(data, signal()[:, first : first + info.samples])
    assert not path.exists()


def lose_rows(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Delete rows, and let it look as if a damaged page had cost them."""
    with Writer(vault) as writer:
        writer.do(lambda db: db.execute("DELETE FROM recordings")).result()
        writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = 2")).result()
        writer.do(lambda db: db.execute("DELETE FROM forgetting")).result()
    monkeypatch.setattr(rebuilding, "_mend_database", lambda *_: True)


def test_files_whose_rows_were_lost_are_taken_in_again_or_set_aside(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_rows(vault, monkeypatch)
    picture = files(vault, "2.frame")[0].read_bytes()
    done = rebuild(vault, time=T1)
    assert "1 recordings that no row knew were taken in again." in done.made
    (told,) = done.lost
    assert told.startswith("2 files")
    (aside,) = (vault.root / ASIDE).rglob("2.frame")
    assert aside.read_bytes() == picture
    with closing(Store(vault)) as store:
        (info,) = store.recordings_between(0.0, 1e12)
        assert (info.ch_names, info.sfreq, info.samples, info.device) == (CH_NAMES, SFREQ, 12 * SFREQ, "board")
    assert verify(vault).clean


def test_eeg_that_was_to_be_forgotten_is_not_taken_in_again(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    lose_rows(vault, monkeypatch)
    (path,) = files(vault, ".bdf")
    name = changes.relative(vault, path)
    with Writer(vault) as writer:
        writer.do(lambda db: db.execute("INSERT INTO forgetting (kind, path) VALUES ('file', ?)", [name])).result()
    rebuild(vault, time=T1)
    assert files(vault, ".bdf") == []


def test_a_round_of_learning_that_cannot_be_opened_is_found_and_goes(vault: Vault) -> None:
    (vault.root / "learning").mkdir()
    for name in ("plan", "checkpoint"):
        SealedFile(vault.root / "learning" / name, vault).write(b"what was learned so far")
    assert verify(vault).clean
    flip(vault.root / "learning" / "checkpoint")
    (problem,) = verify(vault).problems
    assert (problem.part, "companion vault rebuild" in problem.mend) == ("learning", True)
    rebuild(vault, time=T1)
    assert list((vault.root / "learning").iterdir()) == []
    assert verify(vault).clean


def test_a_long_recording_loses_no_more_than_the_seconds_that_are_damaged(vault: Vault) -> None:
    path = vault.eeg / "long.bdf"
    about = {"device": "board", "sfreq": SFREQ, "ch_names": CH_NAMES, "time_start": T1}
    with BdfAppender(path, sealer=vault.keys.eeg, **about) as appender:  # type: ignore[arg-type] # as they are named
        appender.append(np.zeros((2, round(SFREQ) * 200)))
    with Writer(vault) as writer:
        name = changes.relative(vault, path)
        writer.do(changes.open_recording, name, source="s", **about).result()  # type: ignore[arg-type] # as above
        writer.do(changes.extend_recording, name, appender.samples, closed=True).result()
    flip(path, path.stat().st_size // 2)
    rebuild(vault, time=T1)
    with closing(Store(vault)) as store:
        assert sum(info.samples for info in store.recordings_between(T1, 1e12)) == 199 * SFREQ
