"""What came of looks is written down some at a time, and tried again where the disk refused it."""

from __future__ import annotations

from functools import partial

from desk import Desk
from scripted import BEGIN

from companion import recording
from companion.capture.types import Skipped, Trigger
from companion.looks import AT_ONCE, SECONDS, Looks
from index.types import LookCount


def locked(second: float, *, page: str = "") -> Skipped:
    return Skipped(BEGIN + second, f"locked{page}", triggers=(Trigger.TYPED,))


def looks_of(desk: Desk) -> tuple[Looks, list[str]]:
    noted: list[str] = []
    put = partial(recording.put_looks, desk.writer, lambda _part, what: noted.append(what))
    return Looks(put, clock=lambda: desk.now), noted


def settled(desk: Desk) -> list[LookCount]:
    desk.writer.do(lambda _: None).result()
    return desk.store.looks(0)


def test_looks_are_written_some_at_a_time_or_after_a_while(desk: Desk) -> None:
    looks, _ = looks_of(desk)
    for second in range(AT_ONCE - 1):
        looks.note(locked(second))
    assert settled(desk) == []
    looks.note(locked(40))
    assert settled(desk) == [LookCount("typed", "locked", AT_ONCE)]
    desk.now += SECONDS
    looks.note(locked(41))
    assert settled(desk) == [LookCount("typed", "locked", AT_ONCE + 1)]


def test_what_a_full_disk_refused_is_written_later_and_floods_no_list_of_incidents(desk: Desk) -> None:
    looks, noted = looks_of(desk)
    desk.fill_disk()
    long = "a reason as long as a page of the database " * 200
    for second in range(20):
        looks.note(locked(second, page=long))
        looks.flush()
        desk.writer.do(lambda _: None).result()
    assert settled(desk) == []
    desk.empty_disk()
    looks.flush()
    assert [count.count for count in settled(desk)] == [20]
    looks.flush()
    assert [count.count for count in settled(desk)] == [20]  # once
    assert noted == []
