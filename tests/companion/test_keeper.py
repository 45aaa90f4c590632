from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from typing import Any

import pytest
from desk import Desk, keep, wait_until
from scripted import BEGIN, InTurn, Scripted, frame, picture

from companion.capture.glance import MOVING
from companion.capture.types import CaptureError, Frame, Skipped, Window
from companion.keeper import Keeper
from companion.sightings import FINISHING
from companion.status import Missed
from index import changes, database
from index.types import Job, VaultError


def test_moments_open_go_on_and_close(desk: Desk) -> None:
    said = [frame(0, "one"), frame(4, "one"), frame(8, "one"), frame(10, "two", grey=90), frame(14, "two", grey=90)]
    keeper = keep(desk, *said)
    first, second = desk.moments()
    assert [(m.title, m.time_start, m.time_end) for m in (first, second)] == [
        ("one", BEGIN, BEGIN + 10),
        ("two", BEGIN + 10, BEGIN + 14),  # the clock is far ahead: nobody was there any more
    ]
    assert (first.app, first.source, desk.open()) == ("firefox", "scripted", 0)
    assert desk.store.backlog() == {Job.READ: 2, Job.BRAIN: 2}
    assert (keeper.seeing.frames, keeper.seeing.dropped, keeper.seeing.problem) == (5, 0, "")
    assert desk.woken == 4  # two opened, two closed
    assert (desk.vault.root / first.frame).is_file()


def test_a_moment_still_open_is_on_disk_up_to_its_last_seconds(desk: Desk) -> None:
    more = threading.Event()
    keeper = desk.keeper(lambda: Scripted(frame(0), frame(3), frame(6), more))
    keeper.start()
    wait_until(lambda: desk.moments() and desk.moments()[0].time_end > BEGIN, "the open moment to be extended")
    assert desk.moments()[0].time_end == BEGIN + 6
    assert desk.open() == 1
    desk.now = BEGIN + 7
    keeper.stop()
    assert desk.moments()[0].time_end == BEGIN + 7
    assert desk.open() == 0
    assert not keeper.seeing.ended  # it was stopped; more would have come


def test_what_a_rule_keeps_out_is_counted_once_and_shown_until_it_is_over(desk: Desk) -> None:
    more, end = threading.Event(), threading.Event()
    hidden = [Skipped(BEGIN + 5 + i, "a password manager is in front", private=True) for i in range(3)]
    keeper = desk.keeper(lambda: Scripted(frame(0), *hidden, more, frame(20), end))
    keeper.start()
    wait_until(lambda: keeper.seeing.private, "the rule to be shown")
    wait_until(lambda: desk.open() == 0 and desk.moments(), "the moment before to be closed")
    assert keeper.seeing.private == "a password manager is in front"
    assert keeper.seeing.filtered == 1
    assert desk.moments()[0].time_end == BEGIN + 5
    more.set()
    wait_until(lambda: len(desk.moments()) == 2, "the moment after it")
    assert keeper.seeing.private == ""
    assert keeper.seeing.unseen == 0
    keeper.stop()


def test_what_cannot_be_looked_at_is_counted_apart(desk: Desk) -> None:
    keeper = keep(desk, frame(0), Skipped(BEGIN + 5, "broken.png is not an image that can be read."))
    assert (keeper.seeing.unseen, keeper.seeing.filtered, keeper.seeing.private) == (1, 0, "")


def test_a_lost_screen_is_said_once_tried_again_and_recovers(desk: Desk) -> None:
    end = threading.Event()
    lost = CaptureError("The X server is gone. Start it again.")
    make = InTurn([Scripted(frame(0), lost), lost, lost, Scripted(frame(30), end)])
    desk.now = BEGIN + 9
    keeper = desk.keeper(make)
    keeper.start()
    wait_until(lambda: make.made == 2, "the first new try")
    assert keeper.seeing.problem == str(lost)
    wait_until(lambda: len(desk.moments()) == 2, "the screen to be seen again")
    wait_until(lambda: len(desk.incidents) == 2, "its incident")
    assert keeper.seeing.problem == ""
    keeper.stop()
    assert desk.incidents == [f"capture: {lost}", "capture: Capture works again."]
    assert desk.moments()[0].time_end == BEGIN + 9
    assert make.made == 4


def test_a_lost_screen_that_comes_back_private_is_no_problem_any_more(desk: Desk) -> None:
    end = threading.Event()
    make = InTurn([CaptureError("gone"), Scripted(Skipped(BEGIN, "locked", private=True), end)])
    keeper = desk.keeper(make)
    keeper.start()
    wait_until(lambda: keeper.seeing.private, "the locked screen")
    assert keeper.seeing.problem == ""
    keeper.stop()


def test_a_full_disk_is_said_counted_and_recovered_from(desk: Desk) -> None:
    full, more, end = threading.Event(), threading.Event(), threading.Event()
    texts = [f"{i} " + "a title as long as a page of the database " * 200 for i in range(3)]
    said = [frame(0, "before"), full, *(frame(2 + i, text, grey=40 * i) for i, text in enumerate(texts)), more]
    keeper = desk.keeper(lambda: Scripted(*said, frame(9, texts[2], grey=80), end))
    keeper.start()
    wait_until(desk.moments, "the first moment")
    desk.fill_disk()
    full.set()
    wait_until(lambda: keeper.seeing.dropped == 3, "the frames that cannot be stored")
    assert "full" in keeper.seeing.problem
    assert len(desk.moments()) == 1
    desk.empty_disk()
    more.set()
    wait_until(lambda: len(desk.moments()) == 2, "the next frame to be stored")  # of the same unchanged screen
    wait_until(lambda: not keeper.seeing.problem, "the recovery")
    assert desk.moments()[1].time_start == BEGIN + 9
    assert len(desk.incidents) == 2
    lost = Missed(3, BEGIN + 2, BEGIN + 4).sentences()[0]
    assert "3 screens could not be stored" in lost
    assert desk.incidents[1] == f"capture: Capture works again. {lost}"
    keeper.stop()
    assert len(desk.incidents) == 2  # said once
    assert desk.open() == 0
    assert keeper.seeing.dropped == 3


def test_a_moment_whose_end_was_refused_is_closed_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = itertools.count()
    close = changes.close_moment

    def refusing(*arguments: Any) -> None:
        if next(refusals) == 0:
            raise database.OperationalError("database or disk is full")
        close(*arguments)

    monkeypatch.setattr(changes, "close_moment", refusing)
    keeper = keep(desk, frame(0, "one"), frame(10, "two", grey=90, lasts=5))
    assert [(m.title, m.time_end) for m in desk.moments()] == [("one", BEGIN + 10), ("two", BEGIN + 15)]
    assert desk.open() == 0
    assert keeper.seeing.dropped == 0
    assert desk.store.backlog()[Job.BRAIN] == 2


def test_what_is_shown_again_adds_nothing(desk: Desk) -> None:
    said = [frame(0, "one", lasts=5), frame(5, "one", lasts=5), frame(10, "two", grey=90, lasts=5)]
    keep(desk, *said)
    before = desk.moments()
    for job in (Job.READ, Job.BRAIN):
        for moment in before:
            desk.writer.do(changes.done, moment.id, job).result()
    outputs = desk.store.outputs()
    keep(desk, *said)
    assert desk.moments() == before
    assert desk.store.backlog() == {}
    assert desk.store.outputs() == outputs


def test_what_was_cut_off_goes_on_when_it_is_shown_again(desk: Desk) -> None:
    said = [frame(0, "one", lasts=5), frame(5, "one", lasts=5), frame(10, "two", grey=90, lasts=5)]
    keep(desk, *said[:1])
    assert [m.time_end for m in desk.moments()] == [BEGIN + 5]
    keep(desk, *said)
    assert [(m.title, m.time_end) for m in desk.moments()] == [("one", BEGIN + 10), ("two", BEGIN + 15)]
    assert desk.open() == 0


def test_a_title_cut_in_the_middle_of_a_character_is_stored(desk: Desk) -> None:
    keep(desk, Frame(picture(9), BEGIN, Window("firefox", "smile \ud83d", "http://\udcff")))
    (moment,) = desk.moments()
    assert (moment.title, moment.url) == ("smile ?", "http://?")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_in_the_program_is_shown_and_not_taken_for_recording(desk: Desk) -> None:
    keeper = desk.keeper(lambda: Scripted(frame(0), ZeroDivisionError("a bug"), lasting=True))
    keeper.start()
    wait_until(lambda: keeper.seeing.problem, "the problem to be shown")
    assert "error in the program" in keeper.seeing.problem
    assert len(desk.incidents) == 1
    assert not keeper.seeing.ended
    keeper.stop()


def test_it_can_begin_again_after_a_stop(desk: Desk) -> None:
    sources = InTurn([Scripted(frame(0), lasting=True), Scripted(frame(50), lasting=True)])
    keeper = desk.keeper(sources)
    keeper.start()
    keeper.start()
    wait_until(lambda: len(desk.moments()) == 1, "the first moment")
    keeper.stop()
    keeper.start()
    wait_until(lambda: len(desk.moments()) == 2, "the second moment")
    keeper.stop()
    assert sources.made == 2
    assert desk.open() == 0


def test_a_look_that_came_to_nothing_ends_no_moment(desk: Desk) -> None:
    keep(desk, frame(0, "one"), Skipped(BEGIN + 2, MOVING), frame(3, "one"), frame(5, "two"))
    assert [(m.title, m.time_start, m.time_end) for m in desk.moments()] == [
        ("one", BEGIN, BEGIN + 5),
        ("two", BEGIN + 5, BEGIN + 5),
    ]


def test_screens_that_are_refused_only_as_recording_ends_are_told(desk: Desk) -> None:
    read, end = threading.Event(), threading.Event()

    def clear(seen: Frame) -> Frame:
        assert read.wait(30.0)
        return replace(seen, text="")

    keeper = Keeper(
        make_source=lambda: Scripted(frame(0), frame(2, "two", grey=90), end),
        moments=Full(),
        clock=lambda: desk.now,
        on_incident=lambda part, what: desk.incidents.append(f"{part}: {what}"),
        make_clear=lambda _: clear,
    )
    keeper.start()
    wait_until(lambda: keeper.waiting == 2, "both screens to wait")
    threading.Timer(0.2, read.set).start()
    keeper.stop()
    assert keeper.seeing.dropped == 2
    assert desk.incidents == ["capture: The disk is full.", f"capture: {Missed(2, BEGIN, BEGIN + 2).sentences()[0]}"]


def test_what_cannot_be_seen_is_told_while_nothing_is_looked_at(desk: Desk) -> None:
    end = threading.Event()
    source = Scripted(Skipped(BEGIN, "The screen is locked or asleep."), end)
    source.limits = "The screen lock ended."
    keeper = desk.keeper(lambda: source)
    keeper.start()
    wait_until(lambda: keeper.seeing.limits == "The screen lock ended.", "word of it")
    end.set()
    keeper.stop()


class Full:
    """A disk that is full."""

    def open(self, frame: Frame, source: str) -> bool:
        del frame, source
        raise VaultError("The disk is full.")

    def change(self, frame: Frame) -> bool:
        del frame
        raise VaultError("The disk is full.")

    def covered(self, monitor: int, time: float) -> bool:
        del monitor, time
        return False

    def extend(self, monitor: int, time: float) -> bool:
        del monitor, time
        return False

    def close(self, monitor: int, time_end: float) -> bool:
        del monitor, time_end
        return False

    def let_go(self) -> None:
        return


def test_while_what_was_seen_is_read_at_the_end_nobody_claims_to_look(desk: Desk) -> None:
    read, end = threading.Event(), threading.Event()

    def clear(seen: Frame) -> Frame:
        assert read.wait(30.0)
        return replace(seen, text="")

    keeper = desk.keeper(lambda: Scripted(frame(0), end))
    keeper._make_clear = lambda _: clear
    keeper.start()
    wait_until(lambda: keeper.waiting == 1, "the screen to wait")
    assert keeper.seeing.limits == ""
    stopping = threading.Thread(target=keeper.stop)
    stopping.start()
    wait_until(lambda: keeper.seeing.limits == FINISHING, "word of it")
    read.set()
    stopping.join(30.0)
    assert len(desk.moments()) == 1
