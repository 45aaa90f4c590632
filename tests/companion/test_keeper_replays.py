from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from desk import Desk, keep, wait_until
from PIL import Image as Pillow
from scripted import BEGIN, Scripted, frame, picture

from companion.capture.replay import ReplaySource
from companion.capture.types import Frame, Skipped, Window
from companion.keeper import Keeper
from companion.sightings import NAMED
from companion.status import Missed


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
    before = desk.rows()
    assert len(before["moments"]) == 2
    assert counts(replay(desk, folder)) == (0, 0, 3)
    assert counts(replay(desk, folder.rename(tmp_path / "copied"))) == (0, 0, 3)
    assert desk.rows() == before


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
