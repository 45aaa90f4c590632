"""What windows ask of `DeepWork` that takes a while: done on a thread of its own, and not once it has ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from companion.deep_work.choices import Chosen
from companion.deep_work.consequences import DeepWork
from companion.deep_work.front import Front
from companion.focus.calibration import Part as Calibrated
from companion.focus.calibration import Step
from companion.focus.types import FocusError
from companion.focus.watch import FocusWatch
from companion.notices.digest import Digest, digest
from companion.notices.notices import Notices
from companion.quiet.keeping import Keeping
from companion.settings import Settings
from index.keys.keys import Keys
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer

START = 1_772_442_720.0


class Part:
    """Stands for a part that is not asked here, and writes down on which thread it is."""

    def __init__(self) -> None:
        self.threads: list[str] = []
        self.looked: list[int] = []
        self.refuses = False

    def listen(self, listener: Callable[..., None]) -> None:
        pass

    def stop(self, *, for_good: bool = False) -> None:
        pass

    def correct(self, *_given: object, **_named: object) -> int:
        self.threads.append(threading.current_thread().name)
        if self.refuses:
            raise FocusError("That is not over yet.")
        return 7

    def calibrate(self) -> None:
        raise FocusError("Calibration needs a headset that sends.")

    def calibrating(self) -> Step:
        return Step(Calibrated.REST, "Rest.", 30.0, 0.2)

    def end_calibration(self) -> None:
        self.threads.append(threading.current_thread().name)
        raise VaultError("The vault cannot be read.")

    def looked_at(self, digest: Digest) -> None:
        self.looked.append(digest.number)

    def open(self, number: int) -> bool:
        self.threads.append(threading.current_thread().name)
        return number == 1


@pytest.fixture
def part() -> Part:
    return Part()


@pytest.fixture
def deep(tmp_path: Path, part: Part) -> Iterator[DeepWork]:
    with Writer(Vault(tmp_path / "vault", keys=Keys.random())) as writer:
        store = Store(writer.vault)
        made = DeepWork(
            watch=cast("FocusWatch", part),
            make_keeping=lambda _changed: cast("Keeping", part),
            notices=cast("Notices", part),
            front=Front(),
            store=store,
            chosen=Chosen(Settings()),
            on_incident=lambda _part, _what: None,
            clock=lambda: START,
        )
        yield made
        made.stop()
        store.close()


def test_the_past_is_read_from_the_vault(deep: DeepWork) -> None:
    assert deep.past(START, START + 60).result(10.0).points == ()
    assert len(deep.totals([(START, START + 60)]).result(10.0)) == 1


def test_what_takes_a_while_is_done_elsewhere(deep: DeepWork, part: Part) -> None:
    assert deep.correct(START, START + 60, focused=False).result(10.0) == 7
    assert deep.open_notice(1).result(10.0)
    assert not deep.open_notice(2).result(10.0)
    deep.judge_notice(1, important=True).result(10.0)
    assert threading.current_thread().name not in part.threads


def test_what_is_refused_is_raised_in_the_future(deep: DeepWork, part: Part) -> None:
    part.refuses = True
    with pytest.raises(FocusError, match="not over"):
        deep.correct(START, START + 60, focused=True).result(10.0)


def test_a_calibration_is_begun_at_once_and_ended_elsewhere(deep: DeepWork, part: Part) -> None:
    with pytest.raises(FocusError, match="needs a headset"):
        deep.calibrate()
    assert deep.calibrating() == part.calibrating()
    with pytest.raises(VaultError, match="cannot be read"):
        deep.end_calibration().result(10.0)
    assert threading.current_thread().name not in part.threads


def test_a_digest_that_is_before_the_person_is_told_of(deep: DeepWork, part: Part) -> None:
    deep.looked_at(digest(4, ())).result(10.0)
    assert part.looked == [4]


def test_nothing_is_done_once_it_has_ended(deep: DeepWork, part: Part) -> None:
    deep.stop()
    late = deep.open_notice(1)
    assert late.cancelled()
    told: list[bool] = []
    late.add_done_callback(lambda done: told.append(done.cancelled()))
    assert told == [True]
    assert part.threads == []
