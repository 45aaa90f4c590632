from __future__ import annotations

from typing import Any

import numpy as np
from desk import Desk

from companion import sessions
from embeddings.spaces import LEAST_WINDOWS
from index import changes
from index.types import Job, NewMoment

BEGIN = 1_772_442_720.0
KIND = "A"


def put(desk: Desk, *starts: float, windows: int = 4, lasts: float = 50.0) -> None:
    """Store moments whose windows hold the number of the moment."""

    def fill(db: Any) -> None:
        for start in starts:
            new = NewMoment(BEGIN + start, BEGIN + start + lasts, "app", "title")
            moment = changes.open_moment(db, desk.vault, new, None)
            rows = np.full((windows, 9), moment, np.float32)
            changes.put_features(db, moment, KIND, windows, rows.tobytes(), ch_names=("A",))

    desk.writer.do(fill).result()


def test_a_long_break_begins_a_session(desk: Desk) -> None:
    put(desk, 0, 60, 60 + 50 + sessions.BREAK_SECONDS - 1, 9000)
    found = list(sessions.sessions(desk.store, KIND))
    assert [[m.moment_id for m in session.moments] for session in found] == [[1, 2, 3], [4]]


def test_another_set_of_electrodes_has_sessions_of_its_own(desk: Desk) -> None:
    put(desk, 0)
    assert list(sessions.sessions(desk.store, "B")) == []


def test_the_first_minute_stays_the_same_as_more_comes(desk: Desk) -> None:
    put(desk, 0, 60, 120)
    assert sessions.first_minute(desk.store, KIND, BEGIN + 180) is None
    put(desk, 180)
    early = sessions.first_minute(desk.store, KIND, BEGIN + 180)
    put(desk, 240, 300)
    late = sessions.first_minute(desk.store, KIND, BEGIN + 360)
    assert early is not None
    assert late is not None
    assert np.array_equal(early, late)
    assert len(early) == 16 >= LEAST_WINDOWS
    (session,) = sessions.sessions(desk.store, KIND)
    assert session.first_minute is not None
    assert np.array_equal(session.first_minute, early)


def test_the_first_minute_is_that_of_the_time_asked_for(desk: Desk) -> None:
    put(desk, *range(0, 300, 60))
    put(desk, *range(10_000, 10_300, 60))
    first = sessions.first_minute(desk.store, KIND, BEGIN + 10_400)
    assert first is not None
    assert set(first[:, 0]) == {6, 7, 8, 9}
    assert sessions.first_minute(desk.store, KIND, BEGIN + 20_000) is None  # the headset was put on anew


def test_moments_of_the_first_minute_itself_are_measured_against_all_of_it(desk: Desk) -> None:
    put(desk, *range(0, 600, 60))
    for start in (0, 60, 300):
        first = sessions.first_minute(desk.store, KIND, BEGIN + start)
        assert first is not None
        assert set(first[:, 0]) == {1, 2, 3, 4}


def test_only_eeg_that_may_change_the_first_minute_keeps_it_unsettled(desk: Desk) -> None:
    put(desk, *range(0, 600, 60))
    session = sessions.at(desk.store, KIND, BEGIN + 540)
    assert session is not None
    assert session.moment_ids == tuple(range(1, 11))

    def waits(start: float) -> bool:
        new = NewMoment(BEGIN + start, BEGIN + start + 20, "app", "title")
        moment = desk.writer.do(changes.open_moment, desk.vault, new, None).result()
        desk.writer.do(changes.want, moment, Job.BRAIN).result()
        found = sessions.unsettled(desk.store, session)
        desk.writer.do(changes.set_aside, moment, Job.BRAIN, "gone").result()
        assert not sessions.unsettled(desk.store, session)
        return found

    assert [waits(start) for start in (-1000, 100, 200, 700)] == [True, True, False, False]
    assert not waits(-100 - sessions.BREAK_SECONDS)


def test_the_moments_around_a_time_are_found_by_time(desk: Desk) -> None:
    """Not by going through everything that was ever recorded with the same electrodes."""
    put(desk, *range(0, 600, 60))
    plan = [row[3] for row in desk.store.rows(f"EXPLAIN QUERY PLAN {sessions._AROUND}", [0.0, 1.0, KIND])]
    assert "moments_time" in plan[0]
    assert "INTEGER PRIMARY KEY" in plan[1]
