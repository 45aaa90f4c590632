"""Which frames become reels, and what becomes of reels when something in them is forgotten or old."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from drawn_moments import SOON, add, drawn, fill, noise, reeled, shows
from filling import T0, new
from PIL import Image

from index import changes
from index.care import verifying
from index.forgetting import forgotten
from index.pictures import cold_frames, compaction, encoding, frames, reeling
from index.pictures.reeling import LEAST, MOST, SETTLED, WAITED
from index.store import Store
from index.writer import Writer


def test_frames_become_a_reel_and_the_single_files_go(writer: Writer, store: Store) -> None:
    moments = fill(writer, LEAST)
    single = [store.moment(moment).frame for moment in moments]
    before = sum((store.vault.root / name).stat().st_size for name in single)
    (reel,) = reeled(writer, store)
    assert all(shows(store, moment, number) for number, moment in enumerate(moments))
    assert (store.vault.root / reel).stat().st_size < before
    left = {path.name for path in store.vault.frames.rglob("*") if path.is_file()}
    assert left == {Path(reel).name, Path(cold_frames.thumbnail(reel)).name}
    assert reeling.plan(store, now=SOON).groups == ()
    assert verifying.verify(store.vault).problems == []


@pytest.mark.parametrize("why", ["few", "just now", "unread", "open", "named", "long ago"])
def test_what_waits(writer: Writer, store: Store, why: str) -> None:
    moments = fill(writer, LEAST - 1)
    now, without, since = SOON, list[int](), 0.0
    if why == "open":
        image = drawn(LEAST)
        writer.do(changes.open_moment, writer.vault, new(T0 + 10 * LEAST, app="Editor"), image).result()
    elif why != "few":
        moments.append(add(writer, LEAST, drawn(LEAST), read=why != "unread"))
    if why == "just now":
        now = T0 + 10 * LEAST + 5 + SETTLED
    if why == "named":
        without = moments[:1]
    if why == "long ago":
        since = T0 + 6
    assert reeling.plan(store, now=now, since=since, without=without).groups == ()


def test_after_an_hour_a_few_will_do_and_one_alone_stays(writer: Writer, store: Store) -> None:
    pair = fill(writer, 2)
    alone = add(writer, 3, drawn(3), app="Other")
    planned = reeling.plan(store, now=T0 + 35 + WAITED)
    assert [[one.moment for one in group] for group in planned.groups] == [pair]
    assert planned.unfit == (alone,)


def test_thumbnails_of_an_older_vault_are_of_a_reel_with_newer_ones(writer: Writer, store: Store) -> None:
    moments = [add(writer, number, drawn(number, (480, 363))) for number in range(LEAST)]
    older = Image.fromarray(drawn(0, (480, 363)))
    older.thumbnail(frames.THUMBNAIL)
    picture = frames.Picture(frames.read(store.vault, store.moment(moments[0]).frame), encoding.small(older))
    frames.save(store.vault, moments[0], T0, picture)
    assert len(reeled(writer, store)) == 1


def test_a_frame_of_a_reel_that_is_alone_when_it_is_cold_stays_without_loss_where_that_is_smaller(
    writer: Writer, store: Store
) -> None:
    moments = fill(writer, LEAST)
    reeled(writer, store)
    group = compaction.encoded(store.vault, [store.moment(moments[3]).frame])
    assert group.whole == encoding.exact(drawn(3))


def test_what_a_camera_took_and_what_cannot_be_read_are_for_no_reel(writer: Writer, store: Store) -> None:
    moments = fill(writer, LEAST)
    taken = add(writer, LEAST, noise(1))
    (store.vault.root / store.moment(moments[0]).frame).unlink()
    again = add(writer, LEAST + 1, drawn(LEAST + 1))
    planned = reeling.plan(store, now=SOON)
    assert sorted(planned.unfit) == sorted([moments[0], taken])
    assert [[one.moment for one in group] for group in planned.groups] == [[*moments[1:], again]]


def test_programs_and_sizes_have_reels_of_their_own_of_a_length_that_is_soon_shown(
    writer: Writer, store: Store
) -> None:
    fill(writer, MOST + LEAST)
    fill(writer, LEAST, app="Other")
    for number in range(LEAST):
        add(writer, number, drawn(number, (64, 128)))
    planned = reeling.plan(store, now=SOON)
    assert sorted(len(group) for group in planned.groups) == [LEAST, LEAST, LEAST, MOST]


def test_forgetting_a_frame_of_a_reel_leaves_it_in_no_file_and_the_others_as_they_were(
    writer: Writer, store: Store
) -> None:
    moments = fill(writer, LEAST)
    (reel,) = reeled(writer, store)
    writer.do(forgotten.delete_moments, [moments[0], moments[7]]).result()
    assert compaction.mend(writer, store) == []
    left = [(number, moment) for number, moment in enumerate(moments) if number not in {0, 7}]
    assert all(shows(store, moment, number) for number, moment in left)
    (again,) = {cold_frames.file_of(store.moment(moment).frame) for _, moment in left}
    assert again.endswith(cold_frames.REEL)
    assert not (store.vault.root / reel).exists()
    content = cold_frames.plain(store.vault, again)
    pictures = [cold_frames.Reel(content).picture(place) for place in range(len(left))]
    assert not any(np.array_equal(picture, drawn(number)) for picture in pictures for number in (0, 7))


def test_a_reel_that_is_cold_is_encoded_as_films_are_and_goes(writer: Writer, store: Store) -> None:
    moments = fill(writer, LEAST)
    (reel,) = reeled(writer, store)
    assert compaction.plan(store, before=T0 + 3600).groups == ()  # its day is not over
    groups = compaction.plan(store, before=T0 + 2 * 86_400).groups
    assert [one.moment for group in groups for one in group] == moments
    for group in groups:
        assert compaction.put(writer, group, compaction.encoded(writer.vault, [one.frame for one in group]))
        assert (store.vault.root / reel).exists() or group is groups[-1]
    assert compaction.mend(writer, store) == []
    assert not (store.vault.root / reel).exists()
    assert not (store.vault.root / cold_frames.thumbnail(reel)).exists()
    assert {Path(cold_frames.file_of(store.moment(moment).frame)).suffix for moment in moments} == {cold_frames.GROUP}
    brightness = [float(frames.decode(frames.read(store.vault, store.moment(m).frame)).mean()) for m in moments]
    assert all(earlier > later for earlier, later in pairwise(brightness))


def test_a_damaged_thumbnail_of_a_reel_is_made_anew(writer: Writer, store: Store) -> None:
    moments = fill(writer, LEAST)
    (reel,) = reeled(writer, store)
    (store.vault.root / cold_frames.thumbnail(reel)).write_bytes(b"damaged")
    assert verifying.verify(store.vault).problems
    frames.new_thumbnail(store.vault, store.moment(moments[3]).frame)
    assert verifying.verify(store.vault).problems == []


def test_a_frame_is_taken_out_of_a_reel_that_shows_it_and_its_moment_stays(writer: Writer, store: Store) -> None:
    moments = fill(writer, LEAST)
    (reel,) = reeled(writer, store)
    compaction.without(writer, store, reel, [moments[2]])
    assert store.moment(moments[2]).frame == ""
    assert shows(store, moments[3], 3)
