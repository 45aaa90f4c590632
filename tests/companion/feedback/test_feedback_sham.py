from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from feedback_steps import Clock, begun, drawing, driven, earlier, replay_of, session, steps, wish

from companion.feedback import replayable, sham
from companion.feedback.earlier import Earlier, readings_of
from companion.feedback.kept import facts
from companion.feedback.replay import GOES_ON, SKIPPED, most
from companion.feedback.series import Log
from companion.feedback.sham import Draw
from companion.feedback.types import Times
from embeddings.feedback.plan import SETTLING, SMOOTHING_SECONDS, STEP_SECONDS

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
    made = begun(replay_of(*own, steps=most(own), seed=1))
    given = np.array([made.next() for _ in range(most(own))])
    length = len(readings_of(list(steps(30, seed=99))))
    every = [
        np.array(piece)
        for one in own
        for settled in (False, True)
        for piece in one.measured_against(length).margins(0.6, settled=settled)
    ]
    farthest = max(np.abs(np.diff(piece)).max() for piece in every)
    assert np.abs(np.diff(given)).max() < farthest + 0.3
    found = (_pieces(given, 40) @ np.vstack([_pieces(piece, 1) for piece in every]).T).max(axis=1) > 0.999
    assert found.mean() > 0.8  # all but those over a join
    with pytest.raises(ValueError, match="too short"):
        replay_of(replace(own[0], pieces=(own[0].pieces[0][:300],)))


def _pieces(values: np.ndarray, every: int) -> np.ndarray:
    """Pieces of two seconds about their means, of length 1."""
    found = np.lib.stride_tricks.sliding_window_view(values, 40)[::every]
    found = found - found.mean(axis=1, keepdims=True)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def test_nothing_is_replayed_twice_and_more_than_there_is_is_refused() -> None:
    own = earlier(1, 2, 3)
    made = begun(replay_of(*own, steps=most(own)))
    assert made.numbers == (1, 2, 3)
    given = [made.next() for _ in range(most(own))]
    alike = np.triu(_pieces(np.array(given), 7) @ _pieces(np.array(given), 7).T, 6)
    assert alike.max() < 0.999
    with pytest.raises(ValueError, match="without repeating"):
        replay_of(*own, steps=most(own) + 1)
    with pytest.raises(ValueError, match="without repeating"):
        replay_of(*own, steps=most(own), rests=1)
    assert len(replay_of(*own, steps=600).numbers) == 1


@pytest.mark.parametrize("rate", [0.3, 0.6, 0.8, 0.9])
@pytest.mark.parametrize("was", [0.3, 0.6, 0.9])
def test_a_replay_is_rewarded_as_often_as_is_set_whatever_was_set_in_what_it_replays(rate: float, was: float) -> None:
    own = earlier(5, 6, 7, rate=was)
    made = begun(replay_of(*own, rate=rate, steps=most(own)))
    given = np.array([made.next() for _ in range(most(own))])
    for half in np.array_split(given, 2):
        assert (half >= 0).mean() == pytest.approx(rate, abs=0.05)


def test_a_replay_is_what_the_earlier_session_had_shown_at_that_rate() -> None:
    (own,) = earlier(4, rate=0.6)
    clock = Clock()
    shown = driven(session(clock, wish(rate=0.8)), clock, steps(200, seed=4)).log
    seen = shown.visible()
    margins = seen["margin"][(seen["phase"] == 1) & (seen["muted"] == 0) & np.isfinite(seen["margin"])]
    made = replay_of(own, rate=0.8)
    made.begin(own.baseline)
    assert [made.next() for _ in range(600)] == pytest.approx(margins[:600].tolist(), abs=1e-2)


def test_over_what_is_muted_a_replay_stands_still_and_then_goes_on_as_a_running_mean_does() -> None:
    own = earlier(8)
    still, going = (begun(replay_of(*own)) for _ in range(2))
    for made in (still, going):
        for _ in range(50):
            last = made.next()
    for _ in range(GOES_ON):
        still.stand_still()
        going.next()
    for _ in range(20):
        still.stand_still()  # what was muted in the earlier session is left out there already
    apart = [still.next() - going.next() for _ in range(100)]
    assert 0.2 < GOES_ON * STEP_SECONDS < SMOOTHING_SECONDS  # it moves another way by then, and is not far
    share = np.exp(-STEP_SECONDS / SMOOTHING_SECONDS)
    assert apart[1:] == pytest.approx([share * one for one in apart[:-1]])
    assert abs(apart[0]) > 1e-3
    assert apart[0] / share + going_before(own, 50 + GOES_ON) == pytest.approx(last)


def going_before(own: list[Earlier], count: int) -> float:
    made = begun(replay_of(*own))
    return [made.next() for _ in range(count)][-1]


def test_what_is_muted_or_held_is_not_replayed_and_a_seam_ends_a_piece() -> None:
    count = 1800
    shown = {
        "time": np.arange(count) * STEP_SECONDS,
        "phase": np.r_[np.zeros(300), np.ones(count - 300)].astype(np.uint8),
        "block": np.r_[np.zeros(300), np.ones(700), np.full(800, 2)].astype(np.uint8),
        "muted": np.where(np.arange(count) % 100 < 5, 1, 0).astype(np.uint8),
        "held": np.where(np.arange(count) % 100 == 50, 1, 0).astype(np.uint8),
    }
    shown["muted"][1400] = 2
    measured = {"value": np.arange(count, dtype=np.float32), "inhibit_0": np.ones(count, np.float32)}
    found = replayable.earlier(shown, measured, ("", "blink", SETTLING), since=2.0, number=7)
    assert found is not None
    counts = [i for i in range(count) if i % 100 >= 5 and i % 100 != 50]
    assert [one[0] for one in found.baseline] == [i for i in counts if 40 <= i < 300]
    assert [[one[0] for one in piece] for piece in found.pieces] == [
        [i for i in counts if 300 <= i < 1000],
        [i for i in counts if 1000 <= i < 1400],
        [i for i in counts if i > 1400],
    ]
    assert found.number == 7
    short = {name: array[:800] for name, array in shown.items()}
    its = {name: one[:800] for name, one in measured.items()}
    assert replayable.earlier(short, its, ("", "blink"), number=7) is None


def test_after_a_rest_a_replay_goes_on_elsewhere() -> None:
    own = earlier(1, 2)
    made, other = (begun(replay_of(*own, steps=700, rests=1)) for _ in range(2))
    before = [made.next() for _ in range(100)]
    made.rest()
    after = [made.next() for _ in range(100)]
    through = [other.next() for _ in range(500)]
    assert before == through[:100]
    assert after == through[100 + SKIPPED : 200 + SKIPPED]


def test_a_pause_in_the_baseline_leaves_nothing_out() -> None:
    own = earlier(1, 2)
    made, other = (replay_of(*own, steps=700, rests=1) for _ in range(2))
    made.rest()
    assert [begun(made).next() for _ in range(1)] == [begun(other).next() for _ in range(1)]


def pairs() -> list[tuple[Log, Log]]:
    """The logs of the same people's sessions, with their own signal and with the others'."""
    own = [earlier(seed, rate=RATES[(seed + 1) % len(RATES)])[0] for seed in range(PEOPLE)]
    found = []
    for seed in range(PEOPLE):
        rate = RATES[seed % len(RATES)]
        others = own[seed + 1 :] + own[:seed]
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
        for same in ("time", "phase", "block", "muted", "held"):
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
