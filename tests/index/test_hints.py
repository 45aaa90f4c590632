from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ranking import hints

FRIDAY = datetime(2026, 3, 20, 18).astimezone()
APPS = ("firefox", "document viewer", "code", "")


def read(query: str) -> hints.Hint | None:
    return hints.read(query, FRIDAY.timestamp(), APPS)


def days(query: str) -> list[tuple[str, str]]:
    hint = read(query)
    assert hint is not None
    ends = [(datetime.fromtimestamp(a).astimezone(), datetime.fromtimestamp(b).astimezone()) for a, b in hint.spans]
    return [(f"{a:%m-%d}", f"{b - timedelta(seconds=1):%m-%d}") for a, b in ends]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("error yesterday", [("03-19", "03-19")]),
        ("error today", [("03-20", "03-20")]),
        ("error on Tuesday", [("03-17", "03-17")]),
        ("error on friday", [("03-13", "03-13")]),
        ("last Wednesday the error", [("03-11", "03-11"), ("03-18", "03-18")]),
        ("error three days ago", [("03-17", "03-17")]),
        ("error a week ago", [("03-11", "03-15")]),
        ("error two weeks ago on Thursday", [("03-05", "03-05")]),
        ("error last week", [("03-09", "03-15")]),
        ("error last weekend", [("03-14", "03-15")]),
        ("error last month", [("02-01", "02-28")]),
        ("error in March", [("03-01", "03-31")]),
        ("march error", [("03-01", "03-31")]),
        ("error on 4 March", [("03-04", "03-04")]),
        ("error March 4th", [("03-04", "03-04")]),
        ("error of the 24th of December", [("12-24", "12-24")]),
        ("error 2026-03-04", [("03-04", "03-04")]),
    ],
)
def test_a_time_is_read_as_people_mean_it(query: str, wanted: list[tuple[str, str]]) -> None:
    assert days(query) == wanted


def test_a_part_of_the_day_narrows_it() -> None:
    hint = read("the chat yesterday evening")
    assert hint is not None
    begin, end = (datetime.fromtimestamp(edge).astimezone() for edge in hint.spans[0])
    assert (begin.day, begin.hour, end.day, end.hour) == (19, 17, 20, 0)


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_berlin")
def test_a_day_of_another_season_begins_when_the_clock_on_the_wall_said_so() -> None:
    summer = datetime(2026, 7, 20, 18).astimezone().timestamp()
    for query, first, last in (
        ("error on 4 February", "2026-02-04T00:00+01:00", "2026-02-05T00:00+01:00"),
        ("error in March", "2026-03-01T00:00+01:00", "2026-04-01T00:00+02:00"),
        ("error on 4 May", "2026-05-04T00:00+02:00", "2026-05-05T00:00+02:00"),
    ):
        hint = hints.read(query, summer, APPS)
        assert hint is not None
        assert hint.spans == ((datetime.fromisoformat(first).timestamp(), datetime.fromisoformat(last).timestamp()),)


@pytest.mark.parametrize(
    ("query", "rest", "app"),
    [
        ("the error in firefox", "the error", "firefox"),
        ("bill in the document viewer", "bill", "document viewer"),
        ("bill in the Viewer yesterday", "bill", "document viewer"),
    ],
)
def test_a_program_is_known_by_its_name(query: str, rest: str, app: str) -> None:
    hint = read(query)
    assert hint is not None
    assert (hint.rest, hint.app) == (rest, app)


@pytest.mark.parametrize(
    "query",
    [
        "firefox crashed",
        "may I have the bill",
        "the sun on sundays",
        "yesterday",
        "in firefox",
        "lastly",
        "codex in codex",
        "",
    ],
)
def test_what_is_no_hint_or_says_nothing_else_is_left_alone(query: str) -> None:
    assert read(query) is None


@given(st.text(max_size=40), st.floats(0, 4e9))
def test_no_query_breaks_it(query: str, now: float) -> None:
    hint = hints.read(f"{query} on 29 February", now, APPS)
    assert hint is None or all(begin < end for begin, end in hint.spans)
