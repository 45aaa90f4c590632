"""Reels while something comes between: another picture, a full disk, forgetting, a budget that is used up."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_moments import SOON, add, drawn, fill, reeled, shows
from filling import T0

from index import changes
from index.forgetting import forgotten
from index.forgetting.budget import Kind, Limits
from index.forgetting.making_room import make
from index.pictures import cold_frames, compaction, current, frames, reeling, reels
from index.pictures.cold_frames import EncodingError
from index.pictures.reeling import LEAST
from index.store import Store
from index.types import VaultError
from index.writer import Writer


def files(store: Store) -> list[str]:
    return sorted(path.name for path in store.vault.frames.rglob("*") if path.is_file())


def test_a_picture_that_came_under_the_same_name_meanwhile_is_the_one_that_stays(writer: Writer, store: Store) -> None:
    moments = fill(writer, LEAST)
    (framed,) = reeling.plan(store, now=SOON).groups
    group = reeling.encoded(store.vault, [one.frame for one in framed])
    writer.do(changes.put_frame, store.vault, moments[0], drawn(40)).result()  # its last look came late
    assert not compaction.as_planned(store, framed)
    assert not compaction.put(writer, framed, group)
    assert shows(store, moments[0], 40)
    reeled(writer, store)
    assert cold_frames.is_cold(store.moment(moments[0]).frame)
    assert shows(store, moments[0], 40)


def test_what_was_forgotten_while_it_was_encoded_is_not_written_once_more(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments, written = fill(writer, LEAST), list[str]()
    (framed,) = reeling.plan(store, now=SOON).groups
    group = reeling.encoded(store.vault, [one.frame for one in framed])
    writer.do(forgotten.delete_moments, moments[:1]).result()
    monkeypatch.setattr(cold_frames, "write_file", lambda _vault, file, _content: written.append(file))
    assert not compaction.put(writer, framed, group)
    assert written == []


def test_a_reel_that_there_is_no_room_for_leaves_no_thumbnails_behind(writer: Writer, store: Store) -> None:
    fill(writer, LEAST)
    (framed,) = reeling.plan(store, now=SOON).groups
    group = reeling.encoded(store.vault, [one.frame for one in framed])
    before, ledger = files(store), store.vault.ledger
    ledger.limits = Limits(frames=1 << 30, newest=1e9)
    ledger.measure()
    ledger.limits = Limits(frames=ledger.used()[Kind.FRAMES] + len(group.small) + 100, newest=1e9)
    with pytest.raises(VaultError, match="no room"):
        compaction.put(writer, framed, cold_frames.Group(group.whole + bytes(200), group.small))
    assert files(store) == before
    counted = ledger.used()[Kind.FRAMES]
    ledger.measure()
    assert counted == ledger.used()[Kind.FRAMES]


def test_a_reel_that_a_crash_left_before_or_after_its_moments_moved_leaves_nothing_behind(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = fill(writer, LEAST)
    before = files(store)
    (framed,) = reeling.plan(store, now=SOON).groups
    group = reeling.encoded(store.vault, [one.frame for one in framed])
    reel = cold_frames.write(store.vault, T0, group)
    assert sorted(compaction.sweep(store.vault, store)) == [reel, cold_frames.thumbnail(reel)]
    assert files(store) == before
    with monkeypatch.context() as patched:
        patched.setattr(forgotten, "remove_files", lambda _: None)  # the crash
        assert compaction.put(writer, framed, group)
    forgotten.remove_files(writer)
    assert compaction.sweep(store.vault, store) == []
    assert len(files(store)) == 2
    assert all(shows(store, moment, number) for number, moment in enumerate(moments))


def test_a_reel_goes_for_want_of_room_only_once_all_of_it_is_old_enough(writer: Writer, store: Store) -> None:
    moments = [*fill(writer, LEAST), add(writer, 1, drawn(1), app="Other")]
    reeled(writer, store)
    ledger = store.vault.ledger

    def go() -> list[bool]:
        """Let go of all that may; returns which moments still have their pictures."""
        ledger.limits = Limits(frames=1, newest=10.0 * (LEAST // 2))
        ledger.measure()
        writer.alone(make, writer._work, Kind.FRAMES, 0, time=T0).result()
        return [bool(store.moment(moment).frame) for moment in moments]

    assert go() == [*[True] * LEAST, False]
    ledger.limits = Limits()
    add(writer, 2 * LEAST, drawn(0))
    assert not any(go())


def test_reels_made_anew_again_and_again_are_off_no_further_and_nothing_shows_through(
    writer: Writer, store: Store
) -> None:
    def marked(level: int) -> np.ndarray:
        picture = np.full((128, 256, 3), 250, np.uint8)
        picture[::8, 100:110] = level
        return picture

    levels = (10, 130, 30, 50, 70, 90, 10, 130, 30, 50, 70, 90)
    moments = [add(writer, number, marked(level)) for number, level in enumerate(levels)]
    reeled(writer, store)
    for gone in (1, 4, 0):
        writer.do(forgotten.delete_moments, [moments[gone]]).result()
        assert compaction.mend(writer, store) == []
    for place in (2, 3, *range(5, LEAST)):
        name = store.moment(moments[place]).frame
        picture = frames.decode(frames.read(store.vault, name)).astype(int)
        assert np.abs(picture - marked(levels[place])).max() <= reels.TOLERANCE
        small = frames.decode(frames.read(store.vault, frames.thumbnail(name))).astype(int)
        assert np.abs(small - frames.small(picture.astype(np.uint8))).mean() < 2


def test_an_encoder_without_memory_is_told_and_no_error_of_the_program(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(writer, 1)

    def too_large(*_: object, **__: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(reels, "encode", too_large)
    with pytest.raises(EncodingError, match="memory"):
        reeling.encoded(store.vault, [store.moment(1).frame])


def test_thumbnails_made_anew_are_no_worse_than_those_of_a_new_reel(writer: Writer, store: Store) -> None:
    moments = fill(writer, LEAST)
    (reel,) = reeled(writer, store)
    name = cold_frames.thumbnail(reel)
    frames.new_thumbnail(store.vault, store.moment(moments[0]).frame)
    small = [frames.small(drawn(number)) for number in range(LEAST)]
    assert cold_frames.plain(store.vault, name) == cold_frames.encode(small, quality=50, speed=9)


def test_who_holds_the_name_from_before_is_shown_the_picture_all_the_same(writer: Writer, store: Store) -> None:
    moments = fill(writer, LEAST)
    before = store.moment(moments[3])
    reeled(writer, store)
    picture = frames.decode(current.read(store, before.id, before.frame))
    assert np.array_equal(picture, drawn(3))
    small = frames.decode(current.read(store, before.id, before.frame, thumbnail=True))
    assert abs(float(small.mean()) - float(picture.mean())) < 3
    writer.do(forgotten.delete_moments, [before.id]).result()
    with pytest.raises(VaultError, match="cannot be read"):
        current.read(store, before.id, before.frame)


def test_looking_for_what_becomes_a_reel_costs_the_same_however_old_the_vault_is(writer: Writer, store: Store) -> None:
    fill(writer, 1)
    (step, *_) = store.rows(f"EXPLAIN QUERY PLAN {reeling._SETTLED}", [T0, SOON, "[]", 10])
    assert "moments_single_frame (time_start>? AND time_start<?)" in step[3]
    (step, *_) = store.rows(f"EXPLAIN QUERY PLAN {compaction._HOT}", [T0, "[]", 10])
    assert "moments_single_frame (time_start<?)" in step[3]
    (step, *_) = store.rows(f"EXPLAIN QUERY PLAN {compaction._OF_REELS}", ["frames/cold/2026-09-21", "[]", 10])
    assert "moments_reel (frame<?)" in step[3]
