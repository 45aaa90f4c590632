from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from filling import T0
from forgetting_desk import BRAIN, apps, everything_of, forget, moment, recording, rows_of
from hypothesis import given
from hypothesis import strategies as st

from index import changes, tagging
from index.forgetting import forgetting, forgotten, traces, wish
from index.forgetting.forgotten import Why
from index.forgetting.wish import Wish, kept, merged
from index.keys import erasing, keyfile
from index.keys.keyfile import Way
from index.keys.keys import Keys, Secrets
from index.keys.sealed_file import SealedFile
from index.keys.sealing import DamagedError
from index.signals import cutting
from index.store import Store
from index.types import Filters, Job, VaultError
from index.vault import Vault
from index.writer import Writer


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault", Keys.random())


@pytest.mark.parametrize(
    ("wished", "left"),
    [
        (Wish(Filters(since=T0 + 100)), ["Mail"]),
        (Wish(Filters(until=T0 + 60)), ["Firefox", "Editor"]),
        (Wish(Filters(since=T0 + 55, until=T0 + 58)), ["Mail", "Firefox", "Editor"]),
        (Wish(Filters(since=T0 + 50, until=T0 + 60)), ["Mail", "Firefox", "Editor"]),
        (Wish(Filters(app="FIREFOX")), ["Mail", "Editor"]),
        (Wish(Filters(site="example.org")), ["Mail", "Editor"]),
        (Wish(Filters(tag="taxes")), ["Mail", "Firefox"]),
        (Wish(Filters(app="Mail", since=T0 + 60)), ["Mail", "Firefox", "Editor"]),
        (Wish(moments=(1, 3)), ["Firefox"]),
    ],
)
def test_a_wish_takes_whole_moments_and_nothing_else(
    writer: Writer, store: Store, wished: Wish, left: list[str]
) -> None:
    moment(writer, 0, app="Mail")
    moment(writer, 1, url="https://docs.example.org/a")
    tagged = moment(writer, 2, app="Editor")
    writer.do(tagging.add, tagged, "taxes").result()
    gone = forget(writer, store, wished)
    assert apps(store) == left
    assert gone.frames == len(gone.moments) == 3 - len(left)
    names = {row[0] for row in store.rows("SELECT frame FROM moments")}
    on_disk = {str(path.relative_to(writer.vault.root)) for path in writer.vault.frames.rglob("*.frame")}
    assert on_disk == names
    assert len(list(writer.vault.frames.rglob("*.small"))) == len(left)
    for moment_id in gone.moments.tolist():
        assert everything_of(store, moment_id) == []


def test_an_empty_wish_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="everything"):
        wish.plan(store, Wish())


def test_a_moment_that_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(VaultError, match="There is no moment 7"):
        wish.plan(store, Wish(moments=(7,)))


def test_what_went_is_noted_without_what_it_was(writer: Writer, store: Store) -> None:
    first = moment(writer, 0)
    recording(writer, T0 + 10, 20.0)
    forget(writer, store, Wish(moments=(first,)))
    (noted,) = forgotten.all_of(store)
    assert (noted.why, noted.moments, noted.frames, noted.eeg_seconds) == (Why.ASKED, 1, 1, 20.0)
    assert (noted.time_start, noted.time_end) == (T0, T0 + 50)
    assert not forgetting.waits(store)


def test_incidents_that_speak_of_it_go_too(writer: Writer, store: Store) -> None:
    first = moment(writer, 0)
    moment(writer, 9)
    writer.do(changes.incident, T0 + 20, "capture", "in its time").result()
    writer.do(changes.incident, T0 + 999, "reader", "“title0” could not be read").result()
    writer.do(changes.incident, T0 + 999, "reader", "“title9” could not be read").result()
    forget(writer, store, Wish(moments=(first,)))
    assert [incident.what for incident in store.incidents()] == ["“title9” could not be read"]


def test_a_round_of_learning_in_its_midst_goes_too(writer: Writer, store: Store) -> None:
    first = moment(writer, 0)
    (writer.vault.root / "learning").mkdir()
    SealedFile(writer.vault.root / "learning" / "plan", writer.vault).write(b"pairs")
    forget(writer, store, Wish(moments=(first,)))
    assert not (writer.vault.root / "learning").exists()


def test_forgetting_the_brain_leaves_moments_and_nothing_of_the_headset(writer: Writer, store: Store) -> None:
    first = moment(writer, 0)
    recording(writer, T0, 20.0)
    (writer.vault.eeg / "unknown.bdf").write_bytes(b"no row knows it")
    writer.do(changes.incident, T0, "headset", "Muse-1234 was lost").result()
    writer.do(changes.output, "headset", T0, note="samples").result()
    planned = forget(writer, store, Wish(brain=True))
    assert planned.eeg_seconds == 20.0
    assert everything_of(store, first) == ["moments", "jobs", "vectors"]
    assert store.spaces("") == ["content:m"]
    assert list(writer.vault.eeg.iterdir()) == []
    assert (store.incidents(), store.outputs()) == ([], [])
    assert store.waiting(Job.BRAIN, 10) == []
    for table in ("recordings", "montages", "mappings", "features", "signal_quality"):
        assert rows_of(store, table) == 0


STEPS = ("cutting.cut", "forgotten.remove_files", "forgotten.delete_moments", "traces.clear_dividers", "traces.clear")


@pytest.mark.parametrize("step", STEPS)
def test_forgetting_that_was_broken_off_is_finished_at_the_next_start(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with Writer(vault) as writer:
        store = Store(vault)
        gone = moment(writer, 0)
        moment(writer, 9)
        recording(writer, T0 + 30, 100.0)
        planned = wish.plan(store, Wish(moments=(gone,)))
        forgetting.begin(writer, planned, time=T0 + 9000)
        with monkeypatch.context() as patch:

            def crash(*_: object) -> None:
                raise KeyboardInterrupt

            module, name = step.split(".")
            patch.setattr({"cutting": cutting, "forgotten": forgotten, "traces": traces}[module], name, crash)
            with pytest.raises(KeyboardInterrupt):
                forgetting.finish(writer, store, brain=BRAIN)
        store.close()
    with Writer(vault) as writer:
        store = Store(vault)
        forgetting.finish(writer, store, brain=BRAIN)
        assert store.count() == 1
        assert [(r.time_start, r.time_end) for r in store.recordings_between(0, 1e12)] == [(T0 + 50, T0 + 130)]
        assert len(list(vault.eeg.iterdir())) == 1
        assert len(list(vault.frames.rglob("*.frame"))) == 1
        assert not forgetting.waits(store)
        store.close()


def test_dividers_of_the_full_text_keep_no_forgotten_word(writer: Writer, store: Store) -> None:
    first = moment(writer, 0)
    words = " ".join(f"secretword{number:05}" for number in range(9000))
    writer.do(changes.put_text, first, words).result()
    other = moment(writer, 1)
    writer.do(
        changes.put_text, other, " ".join(f"apple{number:05} zebra{number:05}" for number in range(3000))
    ).result()
    assert _dividers(writer, b"secret") > 5
    forget(writer, store, Wish(moments=(first,)))
    assert _dividers(writer, b"secret") == 0
    writer.do(lambda db: db.execute("INSERT INTO moments_fts (moments_fts) VALUES ('integrity-check')")).result()
    found = store.rows("SELECT rowid FROM moments_fts WHERE moments_fts MATCH 'apple02999 AND zebra00007'")
    assert found == [(other,)]


def _dividers(writer: Writer, word: bytes) -> int:
    rows = writer.do(lambda db: db.execute("SELECT term FROM moments_fts_idx").fetchall()).result()
    return sum(word in bytes(row[0]) for row in rows)


def test_the_log_is_empty_afterwards(writer: Writer, store: Store) -> None:
    first = moment(writer, 0)
    forget(writer, store, Wish(moments=(first,)))
    log = writer.vault.database.with_name("memory.sqlite-wal")
    assert log.stat().st_size <= 32 + 4 * 4120  # what is noted after it: that all is done


def test_a_key_that_is_replaced_is_overwritten_where_it_stood(tmp_path: Path) -> None:
    path, link = tmp_path / "keys.json", tmp_path / "what the disk holds"
    file, opened = keyfile.new(Secrets.random())
    file = file.with_slot(Way.RECOVERY, b"code", opened)
    file.save(path)
    link.hardlink_to(path)
    before = path.read_bytes()
    sealed = Keys.of(opened.secrets).eeg.seal(b"brain")
    renewed, _ = file.with_secrets(opened.secrets.without_brain(), opened)
    erasing.replace_keys(renewed, path)
    assert link.stat().st_size == len(before)
    assert not any(before[i : i + 16] in link.read_bytes() for i in range(0, len(before), 16))
    again = keyfile.load(path).open(Way.RECOVERY, b"code").secrets
    assert again.roots == opened.secrets.roots
    with pytest.raises(DamagedError):
        Keys.of(again).eeg.open(sealed)


def test_everything_goes_but_what_is_not_the_vaults(vault: Vault) -> None:
    with Writer(vault) as writer:
        moment(writer, 0)
    (vault.root / "holiday.txt").write_text("mine")
    assert erasing.erase(vault) == ["holiday.txt"]
    assert [path.name for path in vault.root.iterdir()] == ["holiday.txt"]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8), st.integers(0, 50), st.integers(1, 20))
def test_what_is_kept_and_what_goes_are_the_whole(
    spans: Sequence[tuple[float, float]], start: float, length: float
) -> None:
    apart = merged(spans)
    assert all(one[1] < other[0] for one, other in pairwise(apart))
    left = kept((start, start + length), apart)
    for tenth in range(round(10 * start), round(10 * (start + length))):
        time = (tenth + 0.5) / 10
        goes = any(a <= time < b for a, b in apart)
        assert goes == any(a <= time < b for a, b in spans)
        assert goes != any(a <= time < b for a, b in left)
