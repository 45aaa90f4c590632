from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from filling import T0, new
from numpy.typing import NDArray

from index import changes
from index.pictures import cold_frames, compaction, encoding, frames
from index.pictures.cold_frames import EncodingError, Group, UnreachableError
from index.store import Store
from index.types import FrameError, Job, VaultError
from index.vault import Vault
from index.writer import Writer

LATER = T0 + 1e6
GREYS = (40, 90, 140, 190)


def add(
    writer: Writer,
    grey: int,
    *,
    time: float = T0,
    app: str = "Editor",
    size: tuple[int, int] = (48, 64),
    read: bool = True,
) -> int:
    """Store one closed moment whose frame is of one grey."""
    image = np.full((*size, 3), grey, np.uint8)
    moment = writer.do(changes.open_moment, writer.vault, new(time, app=app, title="t"), image).result()
    if read:
        writer.do(changes.put_text, moment, "text").result()
    writer.do(changes.close_moment, moment, time + 5).result()
    return moment


def add_all(writer: Writer, greys: Sequence[int] = GREYS) -> list[int]:
    return [add(writer, grey, time=T0 + 10 * i) for i, grey in enumerate(greys)]


def grouped(writer: Writer, store: Store) -> str:
    """Group everything, which makes one group; returns its file."""
    (only,) = compaction.plan(store, before=LATER).groups
    names = [one.frame for one in only]
    assert compaction.put(writer, only, compaction.encoded(writer.vault, names))
    return cold_frames.file_of(store.moment(only[0].moment).frame)


def grey(store: Store, moment: int) -> int:
    return round(float(frames.decode(frames.read(store.vault, store.moment(moment).frame)).mean()))


def files(vault: Vault) -> set[str]:
    return {path.name for path in vault.frames.rglob("*") if path.is_file()}


def test_frames_are_grouped_and_single_files_go(writer: Writer, store: Store) -> None:
    moments = add_all(writer)
    file = grouped(writer, store)
    for moment, wanted in zip(moments, GREYS, strict=True):
        assert abs(grey(store, moment) - wanted) <= 4
        small = frames.decode(frames.read(store.vault, frames.thumbnail(store.moment(moment).frame)))
        assert abs(float(small.mean()) - wanted) <= 4
    assert files(store.vault) == {(store.vault.root / each).name for each in (file, cold_frames.thumbnail(file))}
    assert compaction.plan(store, before=LATER).groups == ()


def test_a_lone_frame_that_an_encoder_of_films_would_make_larger_is_a_webp_without_loss(
    writer: Writer, store: Store
) -> None:
    image = np.full((480, 640, 3), 255, np.uint8)
    image[20:460:20, 40:600:2] = np.random.default_rng(5).choice(GREYS, (22, 280, 1)).astype(np.uint8)
    moment = writer.do(changes.open_moment, writer.vault, new(T0), image).result()
    writer.do(changes.put_text, moment, "text").result()
    writer.do(changes.close_moment, moment, T0 + 5).result()
    kept = frames.read(store.vault, store.moment(moment).frame)
    file = grouped(writer, store)
    assert cold_frames.plain(store.vault, file) == encoding.exact(image)
    assert len(encoding.exact(image)) < min(len(kept), len(cold_frames.encode([image])))
    for _ in range(2):
        assert np.array_equal(frames.decode(frames.read(store.vault, store.moment(moment).frame)), image)
    (store.vault.root / cold_frames.thumbnail(file)).unlink()
    frames.new_thumbnail(store.vault, store.moment(moment).frame)
    small = frames.decode(frames.read(store.vault, frames.thumbnail(store.moment(moment).frame)))
    assert small.shape == (240, 320, 3)


def test_young_open_and_unread_frames_wait(writer: Writer, store: Store) -> None:
    young = add(writer, 10, time=T0 + 500)
    unread = add(writer, 20, read=False)
    image = np.zeros((48, 64, 3), np.uint8)
    still_open = writer.do(changes.open_moment, writer.vault, new(T0), image).result()
    writer.do(changes.put_text, still_open, "text").result()
    old = add(writer, 30)
    (group,) = compaction.plan(store, before=T0 + 100).groups
    assert [one.moment for one in group] == [old]
    assert {young, unread, still_open}.isdisjoint(one.moment for one in group)


def test_a_frame_whose_text_cannot_be_read_goes_also_out_of_a_group(writer: Writer, store: Store) -> None:
    unread, other = add(writer, 20, read=False), add(writer, 30)
    writer.do(lambda db: db.execute("UPDATE jobs SET quarantined = 1 WHERE kind = 'read'")).result()
    file = grouped(writer, store)  # an older version kept it
    writer.do(changes.set_aside, unread, Job.READ, "it could not be read again either").result()
    assert compaction.mend(writer, store) == []
    assert store.moment(unread).frame == ""
    again = cold_frames.file_of(store.moment(other).frame)
    assert again != file
    left = {str(path.relative_to(store.vault.root)) for path in store.vault.frames.rglob("*") if path.is_file()}
    assert left == {again, cold_frames.thumbnail(again)}
    assert frames.decode(frames.read(store.vault, store.moment(other).frame)).shape == (48, 64, 3)


def test_a_group_has_one_size_and_like_frames_are_neighbours(writer: Writer, store: Store) -> None:
    one = add(writer, 1, time=T0, app="Editor")
    mail = add(writer, 2, time=T0 + 10, app="Mail")
    large = add(writer, 3, time=T0 + 20, app="Editor", size=(64, 64))
    two = add(writer, 4, time=T0 + 30, app="Editor")
    groups = [[each.moment for each in group] for group in compaction.plan(store, before=LATER).groups]
    assert groups == [[one, two, mail], [large]]


def test_long_rows_are_cut(writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cold_frames, "MOST_FRAMES", 3)
    add_all(writer)
    assert [len(group) for group in compaction.plan(store, before=LATER).groups] == [3, 1]


def test_a_frame_that_cannot_be_read_is_named_and_holds_up_no_other(writer: Writer, store: Store) -> None:
    first, second, *_ = add_all(writer)
    (store.vault.root / store.moment(first).frame).write_bytes(b"damaged")
    planned = compaction.plan(store, before=LATER)
    assert planned.unfit == (first,)
    assert second in {one.moment for one in planned.groups[0]}
    assert compaction.plan(store, before=LATER, without=[first]).unfit == ()


def test_an_encoder_that_fails_leaves_the_frames_as_they_were(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = add_all(writer)
    before = files(store.vault)
    monkeypatch.setattr(cold_frames, "ENCODER", {"no-such-option": "1"})
    with pytest.raises(EncodingError):
        grouped(writer, store)
    assert files(store.vault) == before
    assert [grey(store, moment) for moment in moments] == list(GREYS)


def test_what_was_forgotten_meanwhile_does_not_come_back(writer: Writer, store: Store) -> None:
    moments = add_all(writer)
    (group,) = compaction.plan(store, before=LATER).groups
    made = compaction.encoded(store.vault, [one.frame for one in group])
    writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = ?", [moments[1]])).result()
    assert not compaction.put(writer, group, made)
    assert not any(name.endswith((".group", ".thumbs")) for name in files(store.vault))
    assert grey(store, moments[0]) == GREYS[0]


def test_a_change_the_disk_refuses_leaves_no_group_behind(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = add_all(writer)
    (group,) = compaction.plan(store, before=LATER).groups
    made = compaction.encoded(store.vault, [one.frame for one in group])

    def refuse(*_: object) -> bool:
        raise VaultError("Is the disk full?")

    monkeypatch.setattr(compaction, "_move", refuse)
    with pytest.raises(VaultError, match="disk full"):
        compaction.put(writer, group, made)
    assert not any(name.endswith((".group", ".thumbs")) for name in files(store.vault))
    assert grey(store, moments[2]) == GREYS[2]


def test_taking_one_picture_out_of_a_group_leaves_no_file_that_holds_it(writer: Writer, store: Store) -> None:
    moments = add_all(writer)
    file = grouped(writer, store)
    compaction.without(writer, store, file, [moments[1]])
    assert store.moment(moments[1]).frame == ""
    assert not (store.vault.root / file).exists()
    assert not (store.vault.root / cold_frames.thumbnail(file)).exists()
    for moment, wanted in ((moments[0], 40), (moments[2], 140), (moments[3], 190)):
        assert abs(grey(store, moment) - wanted) <= 6
    assert len(files(store.vault)) == 2
    assert store.value("SELECT count(*) FROM cold_holes") == 0


def test_a_moment_deleted_by_anyone_leaves_a_hole_that_is_mended(writer: Writer, store: Store) -> None:
    moments = add_all(writer)
    file = grouped(writer, store)
    writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = ?", [moments[0]])).result()
    assert compaction.mend(writer, store) == []
    assert not (store.vault.root / file).exists()
    assert abs(grey(store, moments[3]) - GREYS[3]) <= 6


def test_a_group_that_lost_all_its_frames_goes(writer: Writer, store: Store) -> None:
    moments = add_all(writer)
    grouped(writer, store)
    writer.do(lambda db: db.execute("UPDATE moments SET frame = '' WHERE id > 0")).result()
    compaction.mend(writer, store)
    assert files(store.vault) == set()
    assert store.moment(moments[0]).frame == ""


def test_a_group_that_cannot_be_read_goes_when_one_of_it_is_forgotten_and_this_is_told(
    writer: Writer, store: Store
) -> None:
    moments = add_all(writer)
    file = grouped(writer, store)
    (store.vault.root / file).write_bytes(b"damaged")
    writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = ?", [moments[0]])).result()
    (told,) = compaction.mend(writer, store)
    assert "3 moments" in told
    assert files(store.vault) == set()
    assert store.moment(moments[1]).frame == ""


def test_a_damaged_thumbnail_costs_no_picture(writer: Writer, store: Store) -> None:
    moments = add_all(writer)
    file = grouped(writer, store)
    (store.vault.root / cold_frames.thumbnail(file)).write_bytes(b"damaged")
    writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = ?", [moments[0]])).result()
    assert compaction.mend(writer, store) == []
    for moment, wanted in zip(moments[1:], GREYS[1:], strict=True):
        assert abs(grey(store, moment) - wanted) <= 6
        small = frames.decode(frames.read(store.vault, frames.thumbnail(store.moment(moment).frame)))
        assert abs(float(small.mean()) - wanted) <= 8


def test_of_a_group_only_what_cannot_be_decoded_goes(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = add_all(writer)
    grouped(writer, store)
    bad = store.moment(moments[3]).frame
    whole = cold_frames.read

    def read(vault: Vault, name: str) -> NDArray[np.uint8]:
        if name == bad:
            raise FrameError("it cannot be decoded")
        return whole(vault, name)

    monkeypatch.setattr(cold_frames, "read", read)
    writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = ?", [moments[0]])).result()
    (told,) = compaction.mend(writer, store)
    assert "1 moments" in told
    assert store.moment(moments[3]).frame == ""
    assert abs(grey(store, moments[1]) - GREYS[1]) <= 6


def test_a_disk_that_does_not_give_a_group_now_loses_nothing(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = add_all(writer)
    file = grouped(writer, store)
    before = files(store.vault)

    def refuse(_: Path) -> bytes:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refuse)
        with pytest.raises(UnreachableError, match=r"Too many open files.*try again"):
            compaction.without(writer, store, file, [moments[0]])
    assert files(store.vault) == before
    compaction.mend(writer, store)
    assert not (store.vault.root / file).exists()
    assert abs(grey(store, moments[1]) - GREYS[1]) <= 6


def test_an_encoder_that_fails_while_mending_loses_nothing(writer: Writer, store: Store) -> None:
    moments = add_all(writer)
    file = grouped(writer, store)

    def fail(vault: Vault, names: Sequence[str]) -> Group:
        raise EncodingError(f"{vault.root} {len(names)}")

    with pytest.raises(EncodingError):
        compaction.without(writer, store, file, [moments[1]], encode=fail)
    assert abs(grey(store, moments[0]) - GREYS[0]) <= 4
    compaction.mend(writer, store)
    assert not (store.vault.root / file).exists()


def test_what_a_crash_left_is_swept_and_what_is_in_use_is_not(writer: Writer, store: Store) -> None:
    moments = add_all(writer)
    file = grouped(writer, store)
    made = cold_frames.encode([np.zeros((48, 64, 3), np.uint8)])
    lost = cold_frames.write(store.vault, T0, Group(made, made))
    draft = (store.vault.root / lost).with_name("half.group.draft")
    draft.write_bytes(b"half")
    gone = compaction.sweep(store.vault, store)
    assert set(gone) == {lost, cold_frames.thumbnail(lost), str(draft.relative_to(store.vault.root))}
    assert files(store.vault) == {(store.vault.root / each).name for each in (file, cold_frames.thumbnail(file))}
    assert abs(grey(store, moments[1]) - GREYS[1]) <= 4


def test_sweeping_asks_once_a_day_of_groups(writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = add_all(writer)
    for moment in moments:
        (one,) = (framed for group in compaction.plan(store, before=LATER).groups for framed in group[:1])
        assert compaction.put(writer, [one], compaction.encoded(store.vault, [one.frame])), moment
    asked: list[str] = []
    rows = store.rows
    monkeypatch.setattr(store, "rows", lambda sql, arguments=(): asked.append(sql) or rows(sql, arguments))
    assert compaction.sweep(store.vault, store) == []
    assert len(asked) == 1
    steps = rows(f"EXPLAIN QUERY PLAN {compaction._FILES}", ["frames/cold/2026-09-21/", "frames/cold/2026-09-210"])
    assert any("COVERING INDEX moments_grouped_frame" in row[3] for row in steps)


def test_single_files_that_a_crash_left_after_the_move_are_noted_to_go(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_all(writer)
    with monkeypatch.context() as patched:
        patched.setattr("index.forgetting.forgotten.remove_files", lambda _: None)  # the crash
        grouped(writer, store)
    assert sum(name.endswith(".frame") for name in files(store.vault)) == len(GREYS)
    compaction.forgotten.remove_files(writer)
    assert not any(name.endswith((".frame", ".small")) for name in files(store.vault))


def test_which_frames_are_single_is_found_by_an_index(writer: Writer, store: Store) -> None:
    add_all(writer)
    steps = store.rows(f"EXPLAIN QUERY PLAN {compaction._HOT}", [LATER, "[]", 10])
    assert any("moments_single_frame" in row[3] for row in steps)
    steps = store.rows(f"EXPLAIN QUERY PLAN {compaction._OF_GROUP}", ["a", "b"])
    assert any("moments_grouped_frame" in row[3] for row in steps)
