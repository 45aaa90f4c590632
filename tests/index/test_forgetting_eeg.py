"""EEG that is forgotten: cut to the sample, whatever is damaged."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from filling import T0, add_many, new
from forgetting_desk import everything_of, forget, moment, recording

from index import changes
from index.care.aside import set_aside
from index.forgetting import forgetting
from index.forgetting.wish import Wish
from index.signals.bdf import BdfFile
from index.store import Store
from index.types import Filters, Job
from index.writer import Writer


def test_a_recording_that_goes_for_want_of_room_while_it_is_cut_is_gone_and_nothing_else(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording(writer, T0, 60.0)
    moment(writer, 0)
    whole, asked = writer.vault.eeg / f"{T0:.0f}.bdf", writer.vault.ledger.room

    def short(path: Path, size: int) -> AbstractContextManager[None]:
        whole.unlink(missing_ok=True)  # what makes room for a piece of it
        return asked(path, size)

    monkeypatch.setattr(writer.vault.ledger, "room", short)
    forget(writer, store, Wish(Filters(since=T0 + 20, until=T0 + 30)))
    assert list(writer.vault.eeg.iterdir()) == []
    assert store.recordings_between(T0, T0 + 60) == []


def test_eeg_is_cut_to_the_sample_and_the_rest_stays_at_its_time(writer: Writer, store: Store) -> None:
    data = recording(writer, T0, 100.0, source="import:a.csv:123")
    forget(writer, store, Wish(Filters(since=T0 + 30.5, until=T0 + 42.25)))
    pieces = store.recordings_between(0, 1e12)
    assert [(piece.time_start, piece.time_end) for piece in pieces] == [(T0, T0 + 30.5), (T0 + 42.25, T0 + 100)]
    assert {piece.source for piece in pieces} == {"import:a.csv:123"}
    for piece, expected in zip(pieces, (data[:, :7808], data[:, 10816:]), strict=True):
        file = BdfFile(writer.vault.root / piece.path, writer.vault.keys.eeg)
        assert np.array_equal(file.read(0, file.samples), expected)
        assert (file.time_start, file.device) == (piece.time_start, "Muse")
    assert len(list(writer.vault.eeg.iterdir())) == 2


def test_eeg_that_lies_wholly_within_goes_with_its_file(writer: Writer, store: Store) -> None:
    recording(writer, T0, 10.0)
    forget(writer, store, Wish(Filters(since=T0 - 5, until=T0 + 20)))
    assert store.recordings_between(0, 1e12) == []
    assert list(writer.vault.eeg.iterdir()) == []


@pytest.mark.parametrize("damage", ["gone", "header", "record"])
def test_damaged_eeg_does_not_keep_the_rest_from_being_forgotten(writer: Writer, store: Store, damage: str) -> None:
    recording(writer, T0, 200.0)
    (path,) = writer.vault.eeg.iterdir()
    raw = bytearray(path.read_bytes())
    raw[{"header": 60, "record": len(raw) // 2, "gone": 0}[damage]] ^= 1
    path.write_bytes(raw)
    if damage == "gone":
        path.unlink()
    forget(writer, store, Wish(Filters(since=T0, until=T0 + 20)))
    left = store.recordings_between(0, 1e12)
    assert [(piece.time_start, piece.time_end) for piece in left] == (
        [(T0 + 20, T0 + 80), (T0 + 140, T0 + 200)] if damage == "record" else []
    )


def test_moments_that_shared_forgotten_eeg_are_encoded_anew(writer: Writer, store: Store) -> None:
    gone, stays, other = moment(writer, 0), moment(writer, 0, app="Second monitor"), moment(writer, 5)
    recording(writer, T0, 100.0)
    for made in (stays, other):
        writer.do(changes.done, made, Job.BRAIN).result()
    forget(writer, store, Wish(moments=(gone,)))
    assert everything_of(store, stays) == ["moments", "jobs", "vectors"]
    assert store.rows("SELECT space FROM vectors WHERE moment_id = ?", [stays]) == [("content:m",)]
    assert store.waiting(Job.BRAIN, 10) == [stays]
    assert "features" in everything_of(store, other)


def test_a_piece_left_half_written_by_a_crash_is_written_anew(writer: Writer, store: Store) -> None:
    recording(writer, T0, 100.0)
    (path,) = writer.vault.eeg.iterdir()
    path.with_name(f"{path.stem}+2560.bdf").write_bytes(b"half of it")
    forget(writer, store, Wish(Filters(until=T0 + 10)))
    assert [(r.time_start, r.samples) for r in store.recordings_between(0, 1e12)] == [(T0 + 10, 90 * 256)]


def test_eeg_that_was_set_aside_goes_with_whatever_is_forgotten(writer: Writer, store: Store) -> None:
    moment(writer, 0)
    recording(writer, T0, 20)
    name = f"eeg/{T0:.0f}.bdf"
    left = set_aside(writer.vault, name)
    other = writer.vault.root / "aside" / "frames" / "a.webp"
    other.parent.mkdir()
    other.write_bytes(b"nobody's")
    forget(writer, store, Wish(Filters(since=T0)))
    assert not left.exists()
    assert other.exists()


def test_moments_that_a_stretch_touches_are_found_without_looking_at_all_before_each(
    writer: Writer, store: Store
) -> None:
    reaching = writer.do(changes.open_moment, writer.vault, new(T0 - 9000), None).result()
    writer.do(changes.close_moment, reaching, T0 - 9000 + 100).result()  # the longest there is
    made = add_many(writer, [""] * 600)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def others(first: int, last: int) -> int:
        nonlocal steps
        steps = 0
        spans = [(T0 + 60 * number + 20, T0 + 60 * number + 30) for number in range(first, last)]
        assert forgetting._others(store, spans) == made[first:last]
        return steps

    assert forgetting._others(store, [(T0 - 8905, T0 - 8902)]) == [reaching]
    store.db.conn.set_progress_handler(count, 10)
    assert others(550, 600) < 2 * others(20, 70)
