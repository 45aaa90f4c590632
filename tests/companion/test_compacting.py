from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest
from vaults import vault_at

from companion.jobs.compacting import Compacting, CompactorTasks
from companion.jobs.worker import Worker
from index import changes
from index.forgetting import forgotten
from index.pictures import reeling, reels
from index.pictures.cold_frames import GROUP, REEL, Group, file_of, is_cold
from index.store import Store
from index.types import FrameError, Job, NewMoment
from index.vault import Vault
from index.writer import Writer

T0 = 1_790_000_000.0
LATER = T0 + 10 * 86_400


class FailingTasks:
    def encode(self, *_: object) -> Group:
        raise FrameError("the encoder ran out of memory")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(vault_at(tmp_path / "vault")) as writer:
        yield writer


@pytest.fixture
def store(writer: Writer) -> Iterator[Store]:
    store = Store(writer.vault)
    yield store
    store.close()


def fill(writer: Writer, count: int = 3) -> list[int]:
    """Store closed moments for which nothing is left to do."""
    moments = []
    for i in range(count):
        image = np.full((48, 64, 3), 50 * i % 256, np.uint8)
        new = NewMoment(T0 + 10 * i, T0 + 10 * i, "Editor", "t")
        moments.append(writer.do(changes.open_moment, writer.vault, new, image).result())
        writer.do(changes.close_moment, moments[-1], T0 + 10 * i + 5).result()
    for kind in Job:
        for moment in moments:
            writer.do(changes.done, moment, kind).result()
    return moments


def made(
    writer: Writer,
    store: Store,
    told: list[str],
    *,
    tasks: Callable[[], object] = CompactorTasks,
    saving: bool = False,
    now: float = LATER,
) -> Compacting:
    return Compacting(
        store=store,
        writer=writer,
        make_worker=lambda: Worker("compactor", tasks, on_incident=lambda *what: told.append(" ".join(what))),
        clock=lambda: now,
        on_incident=lambda *what: told.append(" ".join(what)),
        saving=lambda: saving,
        look_seconds=0.02,
    )


def test_old_frames_are_grouped_by_themselves_and_the_process_ends(writer: Writer, store: Store) -> None:
    moments, told = fill(writer), list[str]()
    compacting = made(writer, store, told)
    compacting.start()
    due = time.monotonic() + 60
    while not all(is_cold(store.moment(moment).frame) for moment in moments) or compacting.pid is not None:
        assert time.monotonic() < due
        time.sleep(0.02)
    compacting.stop()
    assert told == []


@pytest.mark.parametrize("reason", ["young", "battery", "job"])
def test_the_person_comes_first(writer: Writer, store: Store, reason: str) -> None:
    moments, told = fill(writer), list[str]()
    if reason == "job":
        writer.do(changes.want, moments[0], Job.CONTENT).result()
    compacting = made(writer, store, told, saving=reason == "battery", now=T0 + 60 if reason == "young" else LATER)
    assert compacting.work() == 0
    assert not any(is_cold(store.moment(moment).frame) for moment in moments)


def test_a_job_that_cannot_be_done_yet_holds_up_nothing(writer: Writer, store: Store) -> None:
    moments, told = fill(writer), list[str]()
    new = NewMoment(LATER - 20, LATER - 20, "Editor", "just left")
    last = writer.do(changes.open_moment, writer.vault, new, None).result()
    writer.do(changes.close_moment, last, LATER - 1).result()
    assert store.backlog() == {Job.BRAIN: 1}
    compacting = made(writer, store, told)
    try:
        assert compacting.work() == 3
    finally:
        compacting.stop()
    assert all(is_cold(store.moment(moment).frame) for moment in moments)
    assert told == []


def test_what_was_drawn_lately_becomes_a_reel_though_a_job_waits_and_is_encoded_once_more_when_cold(
    writer: Writer, store: Store
) -> None:
    moments, told = fill(writer, reeling.LEAST), list[str]()
    writer.do(changes.want, moments[0], Job.CONTENT).result()
    settled = T0 + 10 * reeling.LEAST + reeling.SETTLED
    assert made(writer, store, told, now=settled).work() == reeling.LEAST
    (reel,) = {file_of(store.moment(moment).frame) for moment in moments}
    assert reel.endswith(REEL)
    writer.do(changes.done, moments[0], Job.CONTENT).result()
    compacting = made(writer, store, told)
    try:
        assert compacting.work() == reeling.LEAST
    finally:
        compacting.stop()
    assert not list(store.vault.frames.rglob("*.strip"))
    assert {Path(file_of(store.moment(moment).frame)).suffix for moment in moments} == {GROUP}
    assert not (store.vault.root / reel).exists()
    assert told == []


def test_frames_that_cannot_be_grouped_stay_are_told_once_and_hold_up_nothing(writer: Writer, store: Store) -> None:
    moments, told = fill(writer), list[str]()
    compacting = made(writer, store, told, tasks=FailingTasks)
    try:
        assert compacting.work() == 0
        assert compacting.work() == 0
    finally:
        compacting.stop()
    assert told == ["compacting 3 frames could not be compacted and stay as they are (the encoder ran out of memory)."]
    assert not any(is_cold(store.moment(moment).frame) for moment in moments)


def test_what_is_forgotten_while_it_is_made_a_reel_is_no_trouble_and_the_others_become_one(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments, told, encoded = fill(writer, reeling.LEAST + 1), list[str](), reeling.encoded

    def forgotten_first(vault: Vault, names: Sequence[str], **rest: Callable[[], None]) -> Group:
        if store.moments(moments[:1]):
            writer.do(forgotten.delete_moments, moments[:1]).result()
            forgotten.remove_files(writer)
        return encoded(vault, names, **rest)

    monkeypatch.setattr(reeling, "encoded", forgotten_first)
    settled = T0 + 10 * (reeling.LEAST + 1) + reeling.SETTLED
    compacting = made(writer, store, told, now=settled)
    assert [compacting.work(), compacting.work()] == [0, reeling.LEAST]
    assert all(is_cold(store.moment(moment).frame) for moment in moments[1:])
    assert told == []


def test_what_is_never_as_it_was_planned_is_not_tried_without_end(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(writer, reeling.LEAST)
    told, times = list[str](), iter(range(1000))
    monkeypatch.setattr("index.pictures.frames.written", lambda *_: (next(times), 0))  # a disk with a mind of its own
    compacting = made(writer, store, told)
    try:
        assert compacting.work() == 0
    finally:
        compacting.stop()
    assert told == []


def test_a_picture_that_could_not_be_read_goes_out_of_its_group_though_a_job_waits(
    writer: Writer, store: Store
) -> None:
    moments, told = fill(writer), list[str]()
    compacting = made(writer, store, told)
    assert compacting.work() == len(moments)
    (group,) = {file_of(store.moment(moment).frame) for moment in moments}
    writer.do(changes.want, moments[0], Job.READ).result()  # by an older version, as it was never read
    writer.do(changes.set_aside, moments[0], Job.READ, "died twice").result()
    assert store.waits(LATER)
    assert compacting.work() == 0
    compacting.stop()
    assert not (store.vault.root / group).exists()
    (again,) = {file_of(store.moment(moment).frame) for moment in moments[1:]}
    assert again != group
    assert told == []


def test_a_reel_in_the_making_is_let_go_of_when_it_is_to_end(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments, told, encode, seen = fill(writer, reeling.LEAST), list[str](), reels.encode, list[bytes]()
    compacting = made(writer, store, told, now=T0 + 10 * reeling.LEAST + reeling.SETTLED)

    def ended_in_its_midst(files: Iterable[bytes], *, tolerance: int) -> bytes:
        def watched() -> Iterator[bytes]:
            for file in files:
                seen.append(file)
                compacting.stop()
                yield file

        return encode(watched(), tolerance=tolerance)

    monkeypatch.setattr(reels, "encode", ended_in_its_midst)
    with pytest.raises(CancelledError):
        compacting.work()
    assert len(seen) == 1
    assert not is_cold(store.moment(moments[0]).frame)
    assert told == []


def test_after_it_was_stopped_nothing_is_grouped(writer: Writer, store: Store) -> None:
    moments, told = fill(writer), list[str]()
    compacting = made(writer, store, told)
    compacting.stop()
    assert compacting.work() == 0
    assert not is_cold(store.moment(moments[0]).frame)
