from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.deep_work import looking_back
from companion.deep_work.looking_back import Point
from index import focus_history, notices
from index.focus_history import Piece, Source
from index.keys.keys import Keys
from index.notices import HeldNotice
from index.store import Store
from index.vault import Vault
from index.writer import Writer

START = 1_772_442_720.0


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(Vault(tmp_path / "vault", keys=Keys.random())) as made:
        yield made


@pytest.fixture
def store(writer: Writer) -> Iterator[Store]:
    made = Store(writer.vault)
    yield made
    made.close()


def piece(end: float, probability: float | None, *, deep: bool = False, seconds: float = 10.0) -> Piece:
    return Piece(START + end, seconds, probability, None, probability, deep, False, "signs")


def put(writer: Writer, *pieces: Piece) -> None:
    writer.do(focus_history.put, pieces).result()


def test_each_minute_is_the_mean_of_what_was_known_in_it(writer: Writer, store: Store) -> None:
    put(writer, piece(10, 0.2), piece(30, 0.8, seconds=20.0), piece(40, None), piece(190, 0.5))
    past = looking_back.past(store, START, START + 300)
    first, second = past.points
    assert first == Point(START + 30, pytest.approx(0.6), None, pytest.approx(0.6))
    assert second == Point(START + 210, 0.5, None, 0.5)


def test_eeg_and_behaviour_are_told_apart_and_eeg_that_waits_says_nothing(writer: Writer, store: Store) -> None:
    def both(end: float, eeg: float | None, behaviour: float | None, *, frozen: bool = False) -> Piece:
        return Piece(START + end, 10.0, 0.5, eeg, behaviour, False, frozen, "signs")

    put(writer, both(10, 0.2, 0.6), both(20, 0.9, 0.8, frozen=True), both(70, 0.4, None))
    first, second = looking_back.past(store, START, START + 120).points
    assert (first.eeg, first.behaviour) == (pytest.approx(0.2), pytest.approx(0.7))
    assert (second.eeg, second.behaviour) == (pytest.approx(0.4), None)


def test_stretches_of_deep_focus_are_joined_over_short_gaps_alone(writer: Writer, store: Store) -> None:
    put(writer, piece(10, 0.9, deep=True), piece(20, 0.9, deep=True), piece(60, 0.9, deep=True))
    put(writer, piece(70, 0.1), piece(80, 0.9, deep=True), piece(200, 0.9, deep=True))
    spans = looking_back.past(store, START, START + 300).deep
    assert spans == ((START, START + 60), (START + 70, START + 80), (START + 190, START + 200))


def test_the_persons_word_and_what_was_held_come_along(writer: Writer, store: Store) -> None:
    for source in Source:
        span = (START + 60, START + 120)
        writer.do(focus_history.put_label, span, focused=False, source=source, time=START + 200).result()
    some = [HeldNotice(1, START + 5, "Slack", "Ines", "lunch?"), HeldNotice(2, START + 400, "Slack", "Ines", "late")]
    writer.do(notices.hold, some).result()
    past = looking_back.past(store, START, START + 300)
    assert [(label.time_start, label.source) for label in past.corrections] == [(START + 60, Source.CORRECTION)]
    assert [one.number for one in past.held] == [1]


def test_a_time_of_which_nothing_is_known_is_empty(store: Store) -> None:
    assert looking_back.past(store, START, START + 300) == looking_back.Past(START, START + 300)
    (totals,) = looking_back.totals(store, [(START, START + 300)])
    assert (totals.seconds, totals.deep, totals.stretches) == (0.0, 0.0, 0)
