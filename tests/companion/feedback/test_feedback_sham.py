from __future__ import annotations

import hashlib

import numpy as np
import pytest
from feedback_steps import Clock, drawing, driven, earlier, replay_of, session, steps, wish

from companion.feedback import examples, protocols, sham
from companion.feedback.kept import facts
from companion.feedback.series import Log
from companion.feedback.sham import Draw
from companion.feedback.types import Times
from embeddings.feedback_plan import STEP_SECONDS

PEOPLE = 12
RATES = 0.3, 0.6, 0.8, 0.9
USUAL = Times(baseline=60.0, block=90.0, rest=5.0, blocks=2)


def test_a_draw_is_sealed_before_and_can_be_checked_after() -> None:
    rng = drawing(0)
    draws = [sham.draw(0.5, rng) for _ in range(400)]
    assert 150 < sum(one.sham for one in draws) < 250
    assert len({one.seal for one in draws}) == 400
    assert hashlib.sha256(draws[0].text.encode()).hexdigest() == draws[0].seal
    assert Draw(not draws[0].sham, draws[0].nonce).seal != draws[0].seal


def test_a_replay_gives_what_was_in_its_order_and_joins_where_it_is_alike() -> None:
    own = earlier(1, 2, 3)
    replay = replay_of(*own, steps=sham.most(own), seed=1)
    given = np.array([replay.next() for _ in range(sham.most(own))])
    farthest = max(np.abs(np.diff(one.margins)).max() for one in own)
    assert np.abs(np.diff(given)).max() < farthest + 0.3
    every = np.vstack([_pieces(np.array(one.margins), 1) for one in own])
    found = (_pieces(given, 40) @ every.T).max(axis=1) > 0.999
    assert found.mean() > 0.9  # all but those over a join
    with pytest.raises(ValueError, match="too short"):
        replay_of(sham.Earlier((0.0,) * 10))


def _pieces(values: np.ndarray, every: int) -> np.ndarray:
    """Pieces of two seconds about their means, of length 1."""
    found = np.lib.stride_tricks.sliding_window_view(values, 40)[::every]
    found = found - found.mean(axis=1, keepdims=True)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def test_nothing_is_replayed_twice_and_more_than_there_is_is_refused() -> None:
    own = earlier(1, 2, 3)
    replay = replay_of(*own, steps=sham.most(own))
    assert replay.numbers == (1, 2, 3)
    given = [replay.next() for _ in range(sham.most(own))]
    alike = np.triu(_pieces(np.array(given), 7) @ _pieces(np.array(given), 7).T, 6)
    assert alike.max() < 0.999
    with pytest.raises(ValueError, match="without repeating"):
        replay_of(*own, steps=sham.most(own) + 1)
    assert len(replay_of(*own, steps=600).numbers) == 1


@pytest.mark.parametrize("rate", [0.3, 0.6, 0.8, 0.9])
@pytest.mark.parametrize("was", [0.3, 0.6, 0.9])
def test_a_replay_is_rewarded_as_often_as_is_set_whatever_was_set_in_what_it_replays(rate: float, was: float) -> None:
    own = earlier(5, 6, 7, rate=was)
    replay = replay_of(*own, rate=rate, steps=sham.most(own))
    given = np.array([replay.next() for _ in range(sham.most(own))])
    for half in np.array_split(given, 2):
        assert (half >= 0).mean() == pytest.approx(rate, abs=0.05)


def test_only_unmuted_margins_are_replayed() -> None:
    assert sham.margins_of([1.0, 2.0, float("nan"), 4.0], [False, True, False, False]) == [1.0, 4.0]


def pairs() -> list[tuple[Log, Log]]:
    """The logs of the same people's sessions, with their own signal and with the others'."""
    own = [earlier(seed, rate=RATES[(seed + 1) % len(RATES)])[0] for seed in range(PEOPLE)]
    found = []
    for seed in range(PEOPLE):
        rate = RATES[seed % len(RATES)]
        others = [one for number, one in enumerate(own) if number != seed]
        logs = []
        for drawn in (False, True):
            clock = Clock()
            replay = replay_of(*others, seed=seed, rate=rate, steps=3600) if drawn else None
            asked = wish(times=USUAL, blind=True, rate=rate)
            made = session(clock, asked, draw=Draw(drawn, "ab" * 16), replay=replay)
            logs.append(driven(made, clock, steps(400, seed=seed)).log)
        found.append((logs[0], logs[1]))
    return found


def told(log: Log) -> list[float]:
    """What can be seen of a log: rate, level, spread, unrest, likeness over time, bouts of reward, steps over mutes."""
    seen = log.visible()
    inside = seen["phase"] == 1
    margin, muted = seen["margin"][inside].astype(float), seen["muted"][inside] > 0
    shown = margin[~muted & np.isfinite(margin)]
    unrest = np.nan_to_num(np.abs(np.diff(margin)))
    over = np.flatnonzero(muted[:-1] & ~muted[1:])
    bouts = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], shown >= 0, [0]]))))[::2]
    likeness = np.corrcoef(shown[:-20], shown[20:])[0, 1]
    return [
        (shown >= 0).mean(),
        shown.mean(),
        shown.std(),
        unrest[~muted[1:]].mean(),
        likeness,
        np.median(bouts),
        unrest[over].mean(),
        muted.mean(),
    ]


def test_a_replay_cannot_be_told_by_what_a_blinded_person_sees() -> None:
    made = pairs()
    for true, replayed in made:
        one, other = true.visible(), replayed.visible()
        assert one.keys() == other.keys()
        assert {key: (array.dtype, array.shape) for key, array in one.items()} == {
            key: (array.dtype, array.shape) for key, array in other.items()
        }
        for same in ("time", "phase", "block", "muted"):
            assert np.array_equal(one[same], other[same])
        assert np.array_equal(np.isnan(one["margin"]), np.isnan(other["margin"]))
        assert not np.array_equal(one["margin"], other["margin"], equal_nan=True)
    differences = np.array([np.subtract(told(replayed), told(true)) for true, replayed in made])
    scale = np.sqrt(np.mean(differences**2, axis=0)) + 1e-12
    seen = np.abs(differences.mean(axis=0) / scale).max()
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (2000, PEOPLE))
    drawn = np.abs(signs @ (differences / scale) / PEOPLE).max(axis=1)
    assert (drawn >= seen).mean() > 0.05


def test_what_a_session_tells_of_itself_is_the_same_whatever_was_drawn() -> None:
    told_of = []
    for drawn in (False, True):
        clock = Clock()
        replay = replay_of(*earlier(100))
        made = session(clock, wish(blind=True), draw=Draw(drawn, "ab" * 16), replay=replay)
        driven(made, clock, steps(200, seed=1))
        told_of.append((facts(made, "Muse", 0.6), made.markers, made.snapshot()))
    (one, its_markers, its_last), (other, markers, last) = told_of
    assert {**one, "seal": ""} == {**other, "seal": ""}
    assert (its_markers, its_last) == (markers, last)


@pytest.mark.parametrize("protocol", protocols.PROTOCOLS, ids=lambda one: one.name)
def test_examples_to_replay_come_with_the_program(protocol: protocols.Protocol) -> None:
    found = examples.sessions(protocol.name)
    usual = Times()
    assert sham.most(found) >= usual.blocks * usual.block / STEP_SECONDS
    for one in found:
        assert len(one.margins) >= sham.LEAST_MARGINS
        assert np.isfinite(one.margins).all()
    replay = replay_of(*found, rate=0.8, steps=sham.most(found))
    given = np.array([replay.next() for _ in range(sham.most(found))])
    assert (given >= 0).mean() == pytest.approx(0.8, abs=0.03)
