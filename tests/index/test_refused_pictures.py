"""Pictures of changes that were refused: no file stays that no moment knows of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filling import T0, add, new
from forgetting_desk import forget, moment
from sqlite_utils import Database

from index import changes
from index.forgetting.budget import MEGABYTE, Kind, Limits, NoRoomError, size_of
from index.forgetting.wish import Wish
from index.pictures import frames
from index.replacing import replace_file
from index.store import Store
from index.types import Filters, Job, Seen, VaultError
from index.vault import Vault
from index.writer import Writer

DAY = 86_400.0
TYPED = Seen("", typed="word " * 1_000_000)
IMAGE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


def files(vault: Vault) -> list[str]:
    return [str(path.relative_to(vault.root)) for path in sorted(vault.frames.rglob("*")) if path.is_file()]


def both(name: str) -> list[str]:
    return [name, frames.thumbnail(name)]


def test_a_picture_whose_thumbnail_is_refused_goes_as_well(
    vault: Vault, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes, *, durable: bool) -> None:
        if path.suffix == ".small":
            raise VaultError(f"{path} could not be written. Is the disk full?")
        replace_file(path, content, durable=durable)

    monkeypatch.setattr(frames, "replace_file", full)
    with pytest.raises(VaultError, match="Is the disk full"):
        writer.do(changes.open_moment, vault, new(), IMAGE).result()
    assert files(vault) == []


@pytest.mark.parametrize("limits", [Limits(), Limits(whole=100 * MEGABYTE)])
def test_a_picture_goes_with_the_change_that_is_refused_after_it(
    vault: Vault, writer: Writer, store: Store, limits: Limits
) -> None:
    def fails(db: Database) -> None:
        changes.open_moment(db, vault, new(T0 + 1), IMAGE)
        changes.put_frame(db, vault, had, IMAGE)
        raise VaultError("The disk is full.")

    writer.limit(limits).result()
    had = writer.do(changes.open_moment, vault, new(), IMAGE).result()
    with pytest.raises(VaultError, match="The disk is full"):
        writer.do(fails).result()
    assert files(vault) == both(store.moment(had).frame)  # it had one of this name before
    assert frames.decode(frames.read(vault, store.moment(had).frame)).shape == IMAGE.shape
    after = writer.do(changes.open_moment, vault, new(T0 + 2), IMAGE).result()
    assert files(vault) == sorted([*both(store.moment(had).frame), *both(store.moment(after).frame)])


def test_a_picture_goes_where_the_database_has_no_room_for_what_comes_with_it(
    vault: Vault, writer: Writer, store: Store
) -> None:
    add(writer, "kept")
    pages = int(store.value("PRAGMA page_count"))
    writer.do(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone()).result()
    with pytest.raises(VaultError, match="full"):
        writer.do(changes.open_moment, vault, new(), IMAGE, seen=TYPED).result()
    assert files(vault) == []


def test_a_picture_goes_where_the_budget_has_no_room_for_what_comes_with_it(vault: Vault, writer: Writer) -> None:
    writer.limit(Limits(whole=size_of(vault.root) + 3 * MEGABYTE)).result()
    with pytest.raises(NoRoomError):
        writer.do(changes.open_moment, vault, new(), IMAGE, seen=TYPED).result()
    assert files(vault) == []


def test_a_picture_that_has_room_without_its_thumbnail_gets_room_for_both(
    vault: Vault, writer: Writer, store: Store
) -> None:
    image = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    for number in range(4):
        made = writer.do(changes.open_moment, vault, new(T0 + 3600 * number), image).result()
        writer.do(changes.close_moment, made, T0 + 3600 * number + 5).result()
    whole, small = (size_of(vault.root / name) for name in both(store.moment(made).frame))
    limits = Limits(whole=10 * MEGABYTE, newest=30.0)
    writer.limit(limits).result()
    left = vault.ledger.free(Kind.FRAMES) - (whole + small // 2)
    writer.limit(replace(limits, whole=limits.whole - left)).result()
    last = writer.do(changes.open_moment, vault, new(T0 + 3600 * 4), image).result()
    pictured = [row[0] for row in store.rows("SELECT id FROM moments WHERE frame <> '' ORDER BY id")]
    assert pictured[-1] == last
    assert 1 < len(pictured) < 5


def test_a_moment_without_a_picture_any_more_gets_none_by_a_change_that_is_refused(
    vault: Vault, writer: Writer, store: Store
) -> None:
    def fails(db: Database) -> None:
        changes.put_frame(db, vault, made, IMAGE)
        raise ZeroDivisionError

    made = writer.do(changes.open_moment, vault, new(), IMAGE).result()
    writer.do(changes.set_aside, made, Job.READ, "died twice").result()
    with pytest.raises(ZeroDivisionError):
        writer.do(fails).result()
    assert store.moment(made).frame == ""
    assert files(vault) == []


def test_forgetting_a_time_takes_pictures_of_its_day_that_no_moment_has(
    vault: Vault, writer: Writer, store: Store
) -> None:
    moment(writer, 0)
    kept = moment(writer, 9)
    frames.save(vault, 777, T0 + 10, IMAGE)  # of a change that was refused, where the disk refused its removal too
    (vault.root / frames.name_of(vault, 778, T0)).with_suffix(".frame.draft").write_bytes(b"half")
    other = frames.save(vault, 779, T0 + 3 * DAY, IMAGE)
    (vault.frames / "9999-99-99").mkdir()
    forget(writer, store, Wish(Filters(since=T0 - 10, until=T0 + 60)))
    assert files(vault) == [*both(store.moment(kept).frame), *both(other)]
