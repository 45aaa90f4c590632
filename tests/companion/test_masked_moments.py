from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from desk import wait_until
from scripted import BEGIN, picture

from companion.capture.types import Frame, Hands, Trigger, Window
from companion.clearing.masked_moments import WAITING, MaskedMoments
from companion.looks import AT_ONCE, FORGOTTEN, NEW, REFUSED, RENEWED, SAME, TOGETHER, UNPICTURED, Looks
from index.types import Look, VaultError


def frame(second: float, title: str = "page", *, monitor: int = 0) -> Frame:
    window = Window("editor", title, monitor=monitor)
    return Frame(picture(9), BEGIN + second, window, triggers=(Trigger.TYPED,), triggered=BEGIN + second)


@dataclass
class Disk:
    """Stores, refuses when full, and says what was asked of it."""

    full: bool = False
    let_go_of: int = 0
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def _take(self, *what: Any) -> bool:
        if self.full:
            raise VaultError("The disk is full.")
        self.asked.append(what)
        return True

    def open(self, frame: Frame, source: str) -> bool:
        return self._take("open", frame.window.title, frame.text, frame.image is not None, source)

    def change(self, frame: Frame) -> bool:
        return self._take("change", frame.text) and frame.text != "nothing new"

    def extend(self, monitor: int, time: float) -> bool:
        return self._take("extend", monitor, time - BEGIN)

    def close(self, monitor: int, time_end: float) -> bool:
        return self._take("close", monitor, time_end - BEGIN)

    def let_go(self) -> None:
        self.let_go_of += 1


class Masking:
    """Moments that are read by a reader who waits for leave."""

    def __init__(self, read: Callable[[Frame], Frame] | None = None) -> None:
        self.disk, self.leave = Disk(), threading.Event()
        self.refused: list[tuple[Frame | None, str]] = []
        self.broken: list[int] = []
        self.stored = 0
        self.read = read or (lambda seen: replace(seen, text=f"read {seen.window.title}"))
        self.looks: list[Look] = []
        self.reading = threading.Event()
        noted = Looks(self.looks.extend, clock=lambda: BEGIN + 60)
        self.moments = MaskedMoments(
            self.disk,
            clear=self._clear,
            noted=noted,
            on_stored=self._count,
            on_refused=lambda seen, error: self.refused.append((seen, str(error))),
            on_broken=lambda: self.broken.append(1),
        )

    def _clear(self, seen: Frame) -> Frame:
        self.reading.set()
        assert self.leave.wait(30.0)
        return self.read(seen)

    def _count(self) -> None:
        self.stored += 1

    def finish(self) -> list[str]:
        self.leave.set()
        self.moments.finish()
        return [look.outcome for look in self.looks]


@pytest.fixture
def masking() -> Masking:
    return Masking()


def test_everything_is_stored_in_order_and_only_once_it_was_read(masking: Masking) -> None:
    masking.moments.open(frame(0, "one"), "screen")
    masking.moments.change(frame(2, "two"))
    masking.moments.extend(0, BEGIN + 4)
    masking.moments.close(0, BEGIN + 5)
    assert masking.disk.asked == []
    assert masking.finish() == [NEW, RENEWED]
    assert masking.disk.asked == [
        ("open", "one", "read one", True, "screen"),
        ("change", "read two"),
        ("extend", 0, 4),
        ("close", 0, 5),
    ]
    assert masking.looks[0].seconds == 60.0
    assert masking.stored == 1


def test_a_change_that_says_nothing_new_is_nothing_new() -> None:
    masking = Masking(lambda seen: replace(seen, text="nothing new"))
    masking.moments.open(frame(0), "screen")
    wait_until(masking.reading.is_set, "the first reading")
    masking.moments.change(frame(1))
    assert masking.finish() == [NEW, SAME]
    assert masking.looks[1].seconds is None


def test_of_changes_that_wait_the_newest_is_read(masking: Masking) -> None:
    masking.moments.open(frame(0), "screen")
    wait_until(masking.reading.is_set, "the first reading")
    for second in range(1, 5):
        masking.moments.change(frame(second, f"after {second}"))
    assert masking.moments.waiting == 2
    assert sorted(masking.finish()) == sorted([NEW, *[TOGETHER] * 3, RENEWED])
    assert masking.disk.asked[1:] == [("change", "read after 4")]


def test_too_many_moments_lose_pictures_and_nothing_else(masking: Masking) -> None:
    masking.moments.open(frame(0, "read now"), "screen")
    wait_until(masking.reading.is_set, "the first reading")
    for second in range(WAITING + 3):
        masking.moments.open(frame(second, f"{second}"), "screen")
        masking.moments.close(0, BEGIN + second + 1)
    masking.finish()
    opened = [asked[1:4] for asked in masking.disk.asked if asked[0] == "open"]
    assert masking.looks[1].outcome == UNPICTURED
    assert [look.outcome for look in masking.looks].count(NEW) == WAITING + 1
    assert opened == [("read now", "read read now", True)] + [
        (f"{second}", f"read {second}", second >= 3) for second in range(WAITING + 3)
    ]


def test_a_refused_moment_is_told_and_has_no_middle_and_no_end(masking: Masking) -> None:
    masking.disk.full = True
    lost = frame(0)
    masking.moments.open(lost, "screen")
    masking.leave.set()
    wait_until(lambda: masking.refused, "the refusal")
    masking.disk.full = False
    masking.moments.change(frame(1))
    masking.moments.close(0, BEGIN + 2)
    masking.moments.open(frame(3, "next"), "screen")
    assert masking.finish() == [REFUSED, REFUSED, NEW]
    assert masking.refused == [(lost, "The disk is full.")]
    assert [asked[0] for asked in masking.disk.asked] == ["open"]


def test_a_refused_change_leaves_the_moment_open(masking: Masking) -> None:
    masking.leave.set()
    masking.moments.open(frame(0), "screen")
    wait_until(lambda: masking.stored, "the moment")
    masking.disk.full = True
    masking.moments.change(frame(1))
    wait_until(lambda: masking.refused, "the refusal")
    masking.disk.full = False
    masking.moments.close(0, BEGIN + 2)
    masking.finish()
    assert masking.refused == [(None, "The disk is full.")]
    assert masking.disk.asked[-1] == ("close", 0, 2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_in_the_program_is_said_and_nothing_piles_up() -> None:
    def broken(_: Frame) -> Frame:
        raise RuntimeError("a bug")

    masking = Masking(broken)
    masking.moments.open(frame(0), "screen")
    masking.leave.set()
    wait_until(lambda: masking.broken, "the bug to be said")
    masking.moments.open(frame(1), "screen")
    assert masking.moments.waiting == 0
    assert masking.finish() == [REFUSED, REFUSED]


def test_what_waits_is_not_stored_where_it_is_to_be_forgotten_but_the_open_moment_ends(masking: Masking) -> None:
    masking.leave.set()
    masking.moments.open(frame(0, "stored"), "screen")
    wait_until(lambda: masking.stored, "the moment")
    masking.leave.clear()
    masking.reading.clear()
    masking.moments.change(frame(1, "being read"))
    wait_until(masking.reading.is_set, "the reading")
    masking.moments.extend(0, BEGIN + 2)
    masking.moments.close(0, BEGIN + 3)
    for monitor in (0, 1):
        masking.moments.open(frame(4, "waits", monitor=monitor), "screen")
        masking.moments.change(frame(5, "waits too", monitor=monitor))
        masking.moments.extend(monitor, BEGIN + 6)
        masking.moments.close(monitor, BEGIN + 7)
    ending = threading.Thread(target=lambda: masking.moments.finish(keep=False))
    ending.start()
    wait_until(lambda: not masking.moments._keeping, "the end to be asked for")
    masking.leave.set()
    ending.join(30)
    assert masking.disk.asked[1:] == [("extend", 0, 2), ("close", 0, 3)]
    assert [look.outcome for look in masking.looks] == [NEW, *[FORGOTTEN] * 5]
    assert masking.refused == []


def test_a_moment_that_goes_on_and_on_while_a_reader_hangs_waits_once(masking: Masking) -> None:
    masking.moments.open(frame(0, "one"), "screen")
    wait_until(masking.reading.is_set, "the reading")
    for second in range(1, 2000):
        masking.moments.extend(0, BEGIN + second)
    assert len(masking.moments._tasks) == 1
    masking.finish()
    assert masking.disk.asked[1:] == [("extend", 0, 1999)]


def test_the_newest_look_at_a_moment_is_never_let_go(masking: Masking) -> None:
    masking.moments.open(frame(0, "read now"), "screen")
    wait_until(masking.reading.is_set, "the first reading")
    for second in range(WAITING):
        masking.moments.open(frame(second, f"{second}"), "screen")
        masking.moments.change(frame(second, f"{second} later"))
        masking.moments.close(0, BEGIN + second + 1)
    masking.finish()
    changed = [asked[1] for asked in masking.disk.asked if asked[0] == "change"]
    assert changed == [f"read {second} later" for second in range(WAITING)]


def test_looks_that_wait_between_others_become_one_with_the_next_at_their_moment(masking: Masking) -> None:
    masking.moments.open(frame(0, "read now"), "screen")
    wait_until(masking.reading.is_set, "the first reading")
    for second in range(WAITING + 3):
        masking.moments.change(replace(frame(second, f"{second}"), typed=f"{second}", hands=Hands(keys=1)))
        masking.moments.extend(0, BEGIN + second)
    typed: list[tuple[str, int]] = []
    masking.read = lambda seen: typed.append((seen.typed, seen.hands.keys)) or seen  # type: ignore[func-returns-value]
    assert masking.finish().count(TOGETHER) == 3
    assert typed[1:3] == [("0123", 4), ("4", 1)]


def test_what_the_hands_did_is_kept_of_looks_that_become_one(masking: Masking) -> None:
    masking.moments.open(frame(0), "screen")
    wait_until(masking.reading.is_set, "the first reading")
    masking.moments.change(replace(frame(1), hands=Hands(keys=5, clicks=1, interval=0.2, spread=0.1)))
    masking.moments.change(replace(frame(2), hands=Hands(keys=2, scrolls=3)))
    did: list[Hands] = []
    masking.read = lambda seen: did.append(seen.hands) or seen  # type: ignore[func-returns-value]
    masking.finish()
    assert did[-1] == Hands(keys=7, clicks=1, scrolls=3, interval=0.2, spread=0.1)


def test_nobody_who_asks_what_waits_waits_for_the_disk(masking: Masking) -> None:
    answered: list[bool] = []

    def slow(_: object) -> None:
        asking = threading.Thread(target=lambda: masking.moments.waiting)
        asking.start()
        asking.join(5.0)
        answered.append(not asking.is_alive())

    masking.moments._looks._put = slow
    masking.moments.open(frame(0), "screen")
    wait_until(masking.reading.is_set, "the first reading")
    for second in range(AT_ONCE + 1):
        masking.moments.change(frame(second))
    assert answered == [True]
    masking.finish()


def test_a_picture_that_comes_to_a_look_without_one_counts_as_one_more(masking: Masking) -> None:
    masking.moments.open(frame(0, "read now"), "screen")
    wait_until(masking.reading.is_set, "the first reading")
    for second in range(WAITING):
        masking.moments.open(frame(second, monitor=1), "screen")
    masking.moments.change(replace(frame(9), image=None))
    masking.moments.change(frame(10))
    pictures = [task.frame.image for task in masking.moments._tasks if task.frame is not None]
    assert sum(image is not None for image in pictures) == WAITING
    masking.finish()
