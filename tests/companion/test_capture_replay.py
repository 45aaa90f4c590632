from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from companion.capture.privacy import Rules
from companion.capture.replay import ReplaySource
from companion.capture.replay_folder import LAST, LONGEST, parse_line, time_of_name
from companion.capture.types import CaptureError, Frame, Skipped

NINE = datetime(2026, 3, 2, 9, 12, tzinfo=UTC).timestamp()


def save(folder: Path, name: str, grey: int = 100) -> Path:
    path = folder / name
    Pillow.new("RGB", (40, 30), (grey, 0, 0)).save(path)
    return path


def manifest(folder: Path, *lines: Mapping[str, object] | str) -> None:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "manifest.jsonl").write_text(text + "\n", encoding="utf-8")


def shown(source: ReplaySource) -> list[Frame | Skipped]:
    return list(source.frames(threading.Event()))


def frames(source: ReplaySource) -> list[Frame]:
    seen = shown(source)
    assert all(isinstance(one, Frame) for one in seen)
    return [one for one in seen if isinstance(one, Frame)]


def test_images_named_by_time_are_shown_in_order(tmp_path: Path) -> None:
    for name, grey in (
        ("20260302T091201Z.jpg", 3),
        ("20260302T091200Z.png", 1),
        ("20260302T091200.250Z.webp", 2),
        ("20260302T092001Z.JPEG", 4),
    ):
        save(tmp_path, name, grey * 50)
    (tmp_path / "notes.txt").write_text("not an image")
    source = ReplaySource(tmp_path)
    seen = frames(source)
    assert len(source) == 4
    assert [one.time - NINE for one in seen] == [0, 0.25, 1, 481]
    assert [round(one.image[0, 0, 0] / 50) for one in seen] == [1, 2, 3, 4]
    assert [(one.image.shape, one.image.dtype) for one in seen] == [((30, 40, 3), np.uint8)] * 4
    assert [one.time_end for one in seen] == [NINE + 0.25, NINE + 1, NINE + 1 + LONGEST, NINE + 481 + LAST]
    assert {(one.window.app, one.window.title) for one in seen} == {("", "")}


def test_the_manifest_says_what_was_seen(tmp_path: Path) -> None:
    save(tmp_path, "one.png")
    save(tmp_path, "20260302T091200Z.png")
    save(tmp_path, "20260302T091300Z.png")
    manifest(
        tmp_path,
        {
            "file": "one.png",
            "time": NINE - 50,
            "time_end": NINE - 20,
            "app": "Évince",
            "title": "A",
            "url": "file:///a",
            "monitor": 1,
        },
        "",
        {"file": "20260302T091200Z.png", "app": "XTerm", "more": 1},
    )
    first, second, third = frames(ReplaySource(tmp_path))
    assert (first.window.app, first.window.title, first.window.url, first.window.monitor) == (
        "Évince",
        "A",
        "file:///a",
        1,
    )
    assert (first.time, first.time_end) == (NINE - 50, NINE - 20)
    assert (second.window.app, second.time, second.time_end) == ("XTerm", NINE, NINE + 60)
    assert (third.window.app, third.time) == ("", NINE + 60)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"time": 1}', "`file` is missing"),
        ('{"file": "gone.png", "time": 1}', "gone.png is not there"),
        ('{"file": "one.png"}', "`time` is missing"),
        ('{"file": "one.png", "time": 5, "time_end": 4}', "`time_end`"),
        ('{"file": "one.png", "time": "now"}', "`time` is 'now'"),
        ('{"file": "one.png", "time": true}', "`time` is True"),
        ('{"file": "one.png", "time": NaN}', "`time` is nan"),
        ('{"file": "one.png", "time": 1772442720000}', "not milliseconds"),
        ('{"file": "one.png", "time": -1}', "seconds since 1970"),
        ('{"file": "one.png", "time": 1, "app": 3}', "`app` is 3"),
        ('{"file": "one.png", "time": 1, "monitor": -1}', "`monitor` is -1"),
        ('{"file": "../one.png", "time": 1}', "lies outside"),
        ('{"file": "notes.txt", "time": 1}', "is not a .png"),
        ('{"file": "o\\u0000e.png", "time": 1}', "`file`"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(tmp_path: Path, line: str, says: str) -> None:
    save(tmp_path, "one.png")
    (tmp_path / "notes.txt").write_text("not an image")
    manifest(tmp_path, {"file": "one.png", "time": 1}, line)
    with pytest.raises(CaptureError) as refused:
        ReplaySource(tmp_path).check()
    assert f"{tmp_path / 'manifest.jsonl'}, line 2" in str(refused.value)
    assert says in str(refused.value)


def test_images_without_a_time_are_refused_with_the_naming_rule(tmp_path: Path) -> None:
    for number in range(7):
        save(tmp_path, f"shot{number}.png")
    save(tmp_path, "20261302T091200Z.png")
    with pytest.raises(CaptureError, match=r"20261302T091200Z.png, shot0.png.* and 3 more.*20260302T091200Z\.png"):
        ReplaySource(tmp_path).check()


def test_a_folder_that_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="not a folder"):
        ReplaySource(tmp_path / "gone").check()
    with pytest.raises(CaptureError, match="has no images"):
        len(ReplaySource(tmp_path))


def test_a_manifest_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.jsonl").write_bytes(b'{"file": "\xff"}')
    with pytest.raises(CaptureError, match="UTF-8"):
        ReplaySource(tmp_path).check()


def test_a_corrupt_image_is_skipped_and_the_rest_is_shown(tmp_path: Path) -> None:
    save(tmp_path, "20260302T091200Z.png")
    (tmp_path / "20260302T091201Z.png").write_bytes(b"no picture")
    whole = save(tmp_path, "20260302T091202Z.png").read_bytes()
    (tmp_path / "20260302T091202Z.png").write_bytes(whole[: len(whole) // 2])
    save(tmp_path, "20260302T091203Z.png")
    first, second, third, last = shown(ReplaySource(tmp_path))
    assert isinstance(first, Frame)
    assert isinstance(last, Frame)
    for skipped in (second, third):
        assert isinstance(skipped, Skipped)
        assert not skipped.private
        assert f"{datetime.fromtimestamp(skipped.time, UTC):%Y%m%dT%H%M%SZ}.png" in skipped.reason


def test_exclusions_hold_and_unknown_windows_are_shown(tmp_path: Path) -> None:
    for second, app in enumerate(["", "KeePassXC", "Firefox"]):
        save(tmp_path, f"{second}.png")
        with (tmp_path / "manifest.jsonl").open("a") as file:
            file.write(json.dumps({"file": f"{second}.png", "time": second, "app": app, "title": "bank"}) + "\n")
    seen = shown(ReplaySource(tmp_path, rules=Rules(exclude_apps=("keepassxc",))))
    assert [type(one) for one in seen] == [Frame, Skipped, Frame]
    assert isinstance(seen[1], Skipped)
    assert seen[1].private
    titled = shown(ReplaySource(tmp_path, rules=Rules(exclude_titles=("BANK",))))
    assert [type(one) for one in titled] == [Skipped] * 3


def test_a_replay_waits_as_long_as_it_took_divided_by_its_speed(tmp_path: Path) -> None:
    for second in (0, 10, 40):
        save(tmp_path, f"20260302T0912{second:02}Z.png")
    now = 1000.0
    waited: list[float] = []

    class Watch(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            nonlocal now
            waited.append(timeout or 0.0)
            now += timeout or 0.0
            return False

    source = ReplaySource(tmp_path, speed=4, clock=lambda: now)
    assert len(list(source.frames(Watch()))) == 3
    assert waited == pytest.approx([0, 2.5, 7.5])


def test_a_replay_stops_when_told(tmp_path: Path) -> None:
    for second in range(3):
        save(tmp_path, f"20260302T09120{second}Z.png")
    stop = threading.Event()
    seen = ReplaySource(tmp_path).frames(stop)
    next(seen)
    stop.set()
    assert list(seen) == []


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf")])
def test_a_speed_that_is_none_is_refused(tmp_path: Path, speed: float) -> None:
    with pytest.raises(CaptureError, match="above 0"):
        ReplaySource(tmp_path, speed=speed)


times = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 31))  # noqa: DTZ001 - given its zone below


@given(times)
def test_a_name_tells_its_time(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert time_of_name(f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond:06}Z.png") == pytest.approx(aware.timestamp())
    assert time_of_name(f"{moment:%Y%m%dT%H%M%S}Z.jpg") == aware.replace(microsecond=0).timestamp()


@given(st.text())
def test_any_name_tells_a_time_or_none(name: str) -> None:
    time_of_name(name)


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())
keys = st.sampled_from(["file", "time", "time_end", "app", "title", "url", "monitor"])


@given(st.dictionaries(keys, values) | values)
def test_any_line_is_taken_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, said: object) -> None:
    folder = tmp_path_factory.getbasetemp()
    with pytest.raises(CaptureError, match="line 1"):
        parse_line(json.dumps(said), folder, "line 1")


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.text(max_size=5), st.integers(0, 9))
def test_a_sound_line_keeps_what_it_says(
    tmp_path_factory: pytest.TempPathFactory, start: float, length: float, title: str, monitor: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "a.png").touch()
    said = {"file": "a.png", "time": start, "time_end": start + length, "title": title, "monitor": monitor}
    entry = parse_line(json.dumps(said), folder, "line 1")
    assert (entry.time, entry.time_end, entry.window.title, entry.window.monitor) == (
        start,
        start + length,
        title,
        monitor,
    )
