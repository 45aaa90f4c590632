from __future__ import annotations

import itertools
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow
from scripted import BEGIN, InTurn, Scripted, frame, picture

from companion import keeper as keeper_module
from companion.capture.replay import ReplaySource
from companion.capture.types import CaptureError, Frame, Skipped, Window
from companion.keeper import NAMED, Keeper
from companion.status import Missed
from index import changes
from index.store import Store
from index.types import Job, Moment
from index.vault import Vault
from index.writer import Writer


@dataclass
class Desk:
    """A vault, and what a keeper on it said."""

    vault: Vault
    writer: Writer
    store: Store
    incidents: list[str] = field(default_factory=list)
    woken: int = 0
    now: float = BEGIN + 1000

    def keeper(self, make_source: Callable[[], Any]) -> Keeper:
        def wake() -> None:
            self.woken += 1

        return Keeper(
            make_source=make_source,
            writer=self.writer,
            clock=lambda: self.now,
            on_moment=wake,
            on_incident=lambda part, what: self.incidents.append(f"{part}: {what}"),
        )

    def moments(self) -> list[Moment]:
        ids = [row[0] for row in self.store.rows("SELECT id FROM moments ORDER BY id")]
        found = self.store.moments(ids)
        return [found[i] for i in ids]

    def open(self) -> int:
        return int(self.store.value("SELECT count(*) FROM moments WHERE open = 1"))

    def fill_disk(self) -> None:
        """Let nothing new be stored: SQLite's own error for a full disk follows."""
        pages = self.writer.do(lambda db: db.execute("PRAGMA page_count").fetchone()[0]).result()
        self.writer.do(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone()).result()

    def empty_disk(self) -> None:
        self.writer.do(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone()).result()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    vault = Vault(tmp_path / "vault")
    with Writer(vault) as writer:
        store = Store(vault)
        yield Desk(vault, writer, store)
        store.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "RETRY_SECONDS", 0.05)


def wait_until(true: Callable[[], object], what: str, seconds: float = 10.0) -> None:
    due = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < due, f"waited in vain for {what}"
        time.sleep(0.005)


def keep(desk: Desk, *said: Any) -> Keeper:
    """Follow one scripted source to its end."""
    keeper = desk.keeper(lambda: Scripted(*said))
    keeper.start()
    wait_until(lambda: keeper.seeing.ended, "the end of the source")
    keeper.stop()
    return keeper


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
            raise sqlite3.OperationalError("database or disk is full")
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


def shots(folder: Path, *said: dict[str, Any]) -> Path:
    """Write a folder of screenshots; each line says ``grey`` and what its manifest says."""
    folder.mkdir(parents=True)
    lines = []
    for number, line in enumerate(said):
        name = f"{number}.png"
        Pillow.fromarray(picture(line.pop("grey"))).save(folder / name)
        lines.append(json.dumps({"file": name, **line, "time": BEGIN + line["time"]}))
    (folder / "manifest.jsonl").write_text("\n".join(lines))
    return folder


def replay(desk: Desk, folder: Path) -> Keeper:
    """Take in a folder of screenshots to its end."""
    return keep_source(desk, ReplaySource(folder))


def keep_source(desk: Desk, source: Any) -> Keeper:
    keeper = desk.keeper(lambda: source)
    keeper.start()
    wait_until(lambda: keeper.seeing.ended, "the end of the source")
    keeper.stop()
    return keeper


def counts(keeper: Keeper) -> tuple[int, int, int]:
    return keeper.seeing.new, keeper.seeing.continued, keeper.seeing.known


def spans(desk: Desk) -> list[tuple[int, float, float]]:
    return [(m.monitor, m.time_start - BEGIN, m.time_end - BEGIN) for m in desk.moments()]


def test_two_folders_of_one_name_are_two_sources(desk: Desk, tmp_path: Path) -> None:
    mine = shots(tmp_path / "mine" / "shots", {"time": 0, "grey": 10}, {"time": 40, "grey": 90})
    yours = shots(tmp_path / "yours" / "shots", {"time": 0, "grey": 200}, {"time": 20, "grey": 120})
    assert counts(replay(desk, mine)) == (2, 0, 0)
    assert counts(replay(desk, yours)) == (2, 0, 0)
    # Each has its own end: the first of the second folder lasted 20 s, that of the first is still 40 s long.
    assert spans(desk) == [(0, 0, 40), (0, 40, 100), (0, 0, 20), (0, 20, 80)]
    assert desk.open() == 0


def test_two_windows_that_look_the_same_at_one_time_are_two_moments(desk: Desk, tmp_path: Path) -> None:
    for title in ("a", "b"):
        replay(desk, shots(tmp_path / title / "shots", {"time": 0, "grey": 0, "title": title}))
    assert [m.title for m in desk.moments()] == ["a", "b"]


def test_a_folder_that_was_copied_or_is_shown_again_is_known(desk: Desk, tmp_path: Path) -> None:
    said = [{"time": 0, "grey": 10}, {"time": 9, "grey": 11}, {"time": 40, "grey": 90}]
    folder = shots(tmp_path / "shots", *(dict(line) for line in said))
    assert counts(replay(desk, folder)) == (2, 1, 0)
    before = list(desk.store.db.conn.iterdump())
    assert counts(replay(desk, folder)) == (0, 0, 3)
    assert counts(replay(desk, folder.rename(tmp_path / "copied"))) == (0, 0, 3)
    assert list(desk.store.db.conn.iterdump()) == before


def test_what_an_interrupted_import_lacks_is_told_from_what_it_has(desk: Desk) -> None:
    said = [frame(second, "one", lasts=10) for second in (0, 10, 20)]
    assert counts(keep(desk, *said[:2])) == (1, 1, 0)
    assert counts(keep(desk, *said, frame(30, "two", grey=9, lasts=10))) == (1, 1, 2)
    assert [(m.title, m.time_end) for m in desk.moments()] == [("one", BEGIN + 30), ("two", BEGIN + 40)]


def test_two_monitors_side_by_side_are_moments_with_ends_of_their_own(desk: Desk, tmp_path: Path) -> None:
    said: list[dict[str, Any]] = []
    for second in (0, 40, 80):
        said += [{"time": second, "grey": 10, "monitor": 0}, {"time": second, "grey": 50 + second, "monitor": 1}]
    folder = shots(tmp_path / "desk", *said, {"time": 120, "grey": 10, "monitor": 0})
    keeper = replay(desk, folder)
    assert counts(keeper) == (4, 3, 0)
    assert sorted(spans(desk)) == [(0, 0, 180), (1, 0, 40), (1, 40, 80), (1, 80, 140)]
    assert counts(replay(desk, folder)) == (0, 0, 7)
    assert desk.open() == 0


def test_a_live_screen_leaves_one_monitor_when_it_turns_to_another(desk: Desk) -> None:
    more = threading.Event()
    keeper = desk.keeper(lambda: Scripted(frame(0), Frame(picture(9), BEGIN + 5, Window("x", "y", monitor=1)), more))
    keeper.start()
    wait_until(lambda: len(desk.moments()) == 2, "the other monitor")
    assert desk.moments()[0].time_end == BEGIN + 5
    assert desk.open() == 1
    keeper.stop()


def test_every_damaged_screenshot_is_named_up_to_a_bound(desk: Desk, tmp_path: Path) -> None:
    shots(tmp_path / "shots", {"time": 0, "grey": 10})
    for number in range(NAMED + 3):
        (tmp_path / "shots" / f"20260302T1000{number:02}Z.png").write_bytes(b"no picture")
    keeper = replay(desk, tmp_path / "shots")
    assert (keeper.seeing.unseen, keeper.seeing.damaged, keeper.seeing.new) == (NAMED + 3, NAMED + 3, 1)
    assert len(keeper.seeing.unreadable) == NAMED
    named = desk.incidents[:NAMED]
    assert all(f"20260302T1000{number:02}Z.png is not an image" in what for number, what in enumerate(named))
    assert desk.incidents[NAMED:] == ["capture: 3 more files could not be read."]


def test_a_locked_screen_is_no_incident(desk: Desk) -> None:
    keep(desk, frame(0), Skipped(BEGIN + 5, "The screen is locked or asleep."))
    assert desk.incidents == []


def test_every_look_that_a_rule_keeps_out_is_counted(desk: Desk) -> None:
    hidden = [Skipped(BEGIN + i, "a password manager is in front", private=True) for i in range(3)]
    keeper = keep(desk, *hidden)
    assert (keeper.seeing.filtered, keeper.seeing.kept_out) == (1, 3)


def test_screens_lost_up_to_the_end_are_said(desk: Desk) -> None:
    desk.fill_disk()
    keeper = keep(desk, frame(0, "a title as long as a page of the database " * 200))
    assert keeper.seeing.dropped == 1
    assert desk.incidents[1:] == ["capture: " + Missed(1, BEGIN, BEGIN).sentences()[0]]
    desk.empty_disk()
