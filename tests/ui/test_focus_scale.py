from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.focus import scale as focus_scale
from ui.focus.scale import HOUR, LEAST_HOURS, MOST_TICKS, Scale


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("now", "known", "start", "end"),
    [
        ("10:30", ["07:20"], "05:00", "11:00"),
        ("10:30", ["01:59"], "01:00", "11:00"),
        ("10:30", [], "05:00", "11:00"),
        ("02:10", ["00:05"], "00:00", "06:00"),
        ("23:59", ["09:01", "12:00"], "09:00", "24:00"),
    ],
)
def test_whole_hours_from_the_first_known_one_are_shown(now: str, known: list[str], start: str, end: str) -> None:
    day = "2026-11-18"
    shown = focus_scale.shown(at(f"{day} {now}"), [at(f"{day} {time}") for time in known], UTC)
    last = at("2026-11-19 00:00") if end == "24:00" else at(f"{day} {end}")
    assert shown == (at(f"{day} {start}"), last)


@given(now=st.floats(1.0e9, 2.0e9), back=st.floats(0.0, 86_400.0))
def test_now_is_shown_and_ticks_are_few(now: float, back: float) -> None:
    start, end = focus_scale.shown(now, [now - back], UTC)
    assert start <= now < end
    assert end - start >= LEAST_HOURS * HOUR
    ticks = list(focus_scale.ticks(start, end))
    assert start == ticks[0]
    assert len(ticks) <= MOST_TICKS + 1


@given(share=st.floats(0.0, 1.0), width=st.floats(10.0, 4000.0))
def test_times_and_places_are_the_same_thing(share: float, width: float) -> None:
    scale = Scale(1.0e9, 1.0e9 + 6 * HOUR, width)
    time = scale.start + share * 6 * HOUR
    assert scale.time(scale.x(time)) == pytest.approx(time)
    assert scale.time(-5.0) == scale.start
    assert scale.time(width + 5.0) == scale.end


def test_minutes_of_the_day_come_back() -> None:
    now = at("2026-11-18 10:30")
    assert focus_scale.minute(focus_scale.at(615, now, UTC), UTC) == 615
    assert focus_scale.midnight(now, UTC, days=-1) == at("2026-11-17 00:00")
