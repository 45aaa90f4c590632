from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from companion.evaluation.errors import EvaluationError
from companion.evaluation.splits import (
    KINDS,
    LeakError,
    Split,
    check,
    known,
    leave_person_out,
    leave_session_out,
    splits,
    time_blocks,
)


@dataclass(frozen=True)
class Told:
    """Windows end to end, without their signals."""

    person: NDArray[np.str_]
    session: NDArray[np.str_]
    run: NDArray[np.str_]
    start: NDArray[np.float64]


def told(*, people: int, sessions: int, runs: int, windows: int, seconds: float = 4.0) -> Told:
    rows = [
        (f"{p:02}", f"{s}", f"{p:02}-{s}-{r}", 2.0 + seconds * w)
        for p in range(people)
        for s in range(sessions)
        for r in range(runs)
        for w in range(windows)
    ]
    person, session, run, start = zip(*rows, strict=True)
    return Told(np.array(person), np.array(session), np.array(run), np.array(start))


sizes = st.fixed_dictionaries(
    {
        "people": st.integers(2, 5),
        "sessions": st.integers(2, 3),
        "runs": st.integers(1, 3),
        "windows": st.integers(3, 80),
        "seconds": st.sampled_from([1.0, 2.0, 4.0, 10.0]),
    }
)


def all_splits(kind: str, windows: Told, *, seconds: float, guard: float, blocks: int) -> Iterator[Split]:
    if kind == "person":
        return leave_person_out(windows.person)
    if kind == "session":
        return leave_session_out(windows.person, windows.session)
    return time_blocks(windows.run, windows.start, blocks=blocks, guard=guard, seconds=seconds)


@given(sizes, st.sampled_from(sorted(KINDS)), st.floats(0.0, 30.0), st.integers(2, 6))
def test_every_splitter_passes_the_check_and_tests_every_window_once(
    size: dict[str, int], kind: str, guard: float, blocks: int
) -> None:
    windows, seconds = told(**size), float(size["seconds"])
    lasts = size["windows"] * seconds
    assume(kind != "time" or lasts - lasts / blocks > 2 * (max(guard, seconds) + 2 * seconds))
    tested = []
    for split in all_splits(kind, windows, seconds=seconds, guard=guard, blocks=blocks):
        check(split, windows, seconds=seconds, guard=guard)
        assert split.kind == kind
        tested.append(split.test)
    assert np.array_equal(np.sort(np.concatenate(tested)), np.arange(len(windows.run)))


@given(sizes, st.sampled_from(sorted(KINDS)), st.integers(0, 10_000), st.floats(0.1, 0.9), st.floats(0.0, 60.0))
def test_a_random_split_never_passes(size: dict[str, int], kind: str, seed: int, share: float, guard: float) -> None:
    windows = told(**size)
    chosen = np.random.default_rng(seed).random(len(windows.run)) < share
    mixed = [name for name in np.unique(windows.run) if len(np.unique(chosen[windows.run == name])) == 2]
    assume(bool(mixed))  # by chance whole recordings can be on one side: then it is no random split
    split = Split(f"{kind} 1", np.flatnonzero(~chosen), np.flatnonzero(chosen))
    with pytest.raises(LeakError, match="leaks"):
        check(split, windows, seconds=float(size["seconds"]), guard=guard)


@pytest.mark.parametrize("kind", ["random", "windows", "shuffle"])
def test_splitting_at_random_is_refused_with_why_and_what_there_is(kind: str) -> None:
    with pytest.raises(EvaluationError, match=r"0\.30 into 0\.90.*person .*session .*time "):
        known(kind)
    with pytest.raises(EvaluationError, match="refused"):
        list(splits(kind, told(people=2, sessions=1, runs=1, windows=3), seconds=4.0))


def test_an_unknown_split_is_refused_with_what_there_is() -> None:
    with pytest.raises(EvaluationError, match=r"no split 'moon'.*person .*session .*time "):
        known("moon")
    split = Split("moon 1", np.array([0]), np.array([1]))
    with pytest.raises(EvaluationError, match="no split 'moon'"):
        check(split, told(people=2, sessions=1, runs=1, windows=1), seconds=4.0)


def test_leaving_a_person_out_trains_on_all_others() -> None:
    windows = told(people=3, sessions=2, runs=1, windows=2)
    names = []
    for split in leave_person_out(windows.person):
        (who,) = np.unique(windows.person[split.test])
        assert len(split.train) == 8
        assert who not in windows.person[split.train]
        names.append(split.name)
    assert names == ["person 00", "person 01", "person 02"]


def test_leaving_a_session_out_skips_people_who_have_but_one() -> None:
    windows = told(people=2, sessions=2, runs=1, windows=2)
    only = (windows.person == "00") | (windows.session == "1")
    person, session = windows.person[only], windows.session[only]
    assert [split.name for split in leave_session_out(person, session)] == ["session 00/0", "session 00/1"]


def test_a_set_that_cannot_be_split_says_how_else() -> None:
    windows = told(people=1, sessions=1, runs=1, windows=9)
    with pytest.raises(EvaluationError, match="two people or more"):
        list(leave_person_out(windows.person))
    with pytest.raises(EvaluationError, match="two sessions or more"):
        list(leave_session_out(windows.person, windows.session))
    with pytest.raises(EvaluationError, match="too short to be split by time"):
        list(time_blocks(windows.run, windows.start, guard=60.0))


def test_blocks_of_time_follow_each_other_and_windows_near_them_are_in_neither_part() -> None:
    windows = told(people=1, sessions=1, runs=1, windows=100)
    found = list(time_blocks(windows.run, windows.start, blocks=4, guard=20.0))
    assert [len(split.test) for split in found] == [25] * 4
    second = found[1]
    assert windows.start[second.test].tolist() == [2.0 + 4.0 * i for i in range(25, 50)]
    assert windows.start[second.train].max() > windows.start[second.test].max()
    last_before = windows.start[second.train][windows.start[second.train] < windows.start[second.test].min()].max()
    assert windows.start[second.test].min() - (last_before + 4.0) == 20.0


@pytest.mark.parametrize(
    ("split", "said"),
    [
        (Split("person 00", np.array([], int), np.array([0])), "nothing to train on"),
        (Split("person 00", np.array([0]), np.array([], int)), "nothing to test on"),
        (Split("person 00", np.arange(4, 9), np.arange(5)), "the same windows"),
        (Split("person 00", np.arange(6, 24), np.arange(6)), "person 00 is in training and test"),
        (Split("session 00/0", np.arange(6, 24), np.arange(6)), "session 00/0 is in training and test"),
        (Split("time 1/2", np.arange(6, 12), np.arange(6)), "begins 4 s from a tested one.*where 64 s are needed"),
    ],
)
def test_a_split_that_leaks_is_refused_with_what_is_shared(split: Split, said: str) -> None:
    windows = told(people=2, sessions=1, runs=1, windows=12)
    with pytest.raises(LeakError, match=said):
        check(split, windows, seconds=4.0)


def test_sessions_of_different_people_with_one_name_are_not_one() -> None:
    windows = told(people=2, sessions=2, runs=1, windows=2)
    mine = (windows.person == "00") & (windows.session == "0")
    check(Split("session 00/0", np.flatnonzero(~mine), np.flatnonzero(mine)), windows, seconds=4.0)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_splits_of_a_kind_are_checked_on_the_way(kind: str) -> None:
    windows = told(people=2, sessions=2, runs=1, windows=80)
    assert {split.kind for split in splits(kind, windows, seconds=4.0)} == {kind}
