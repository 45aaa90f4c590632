from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from feedback_steps import START, Clock, driven, earlier, replay_of, session, steps, wish
from scipy.signal import lfilter
from scipy.special import stdtrit

from companion.feedback import figures, kept, progress, report
from companion.feedback.crednf import ITEMS
from companion.feedback.earlier import Earlier
from companion.feedback.figures import Numbers, mean, slope
from companion.feedback.protocols import FeedbackError
from companion.feedback.report import NO_CLAIM, SEALED
from companion.feedback.session import AGAIN
from companion.feedback.sham import Draw
from companion.feedback.types import Times
from companion.forgetting import BRAIN
from index import trainings
from index.care.exporting import Wanted, export
from index.forgetting import forgetting
from index.forgetting.wish import Wish as Forget
from index.forgetting.wish import plan
from index.store import Store
from index.types import Filters, VaultError
from index.writer import Writer

Keep = Callable[..., int]
DAY = 86_400.0
BLOCKS = Times(baseline=15.0, block=60.0, rest=0.0, blocks=2)


@pytest.fixture
def keep(writer: Writer) -> Keep:
    """Stores a session that was gone through in no time."""

    def made(
        *,
        seed: int = 0,
        draw: Draw | None = None,
        start: float = START,
        rise: float = 0.0,
        replayed: Sequence[Earlier] = (),
        steps_wanted: int = 600,
    ) -> int:
        clock = Clock()
        replay = replay_of(*(replayed or earlier(50, 51)), steps=steps_wanted) if draw is not None else None
        one = session(clock, wish(times=BLOCKS, blind=draw is not None), draw=draw, replay=replay)
        first = list(steps(16, seed=seed, mutes=False, start=start))
        later = steps(150, seed=seed + 1, level=rise, start=start + 16)
        driven(one, clock, [*first, *later])
        number = kept.keep(writer, one, device="Muse 2", delay=0.61, number=None)
        assert number is not None
        return number

    return made


def test_a_session_is_kept_while_it_runs_and_when_it_is_over(writer: Writer, store: Store) -> None:
    clock = Clock()
    one = session(clock, wish())
    assert kept.keep(writer, one, device="", delay=0.0, number=None) is None
    coming = list(steps(200, seed=1))
    driven(one, clock, coming[:600])
    number = kept.keep(writer, one, device="Muse 2", delay=0.6, number=None)
    assert number == 1
    assert trainings.one(store, 1).open
    driven(one, clock, coming[600:])
    assert kept.keep(writer, one, device="Muse 2", delay=0.6, number=number) == 1
    found = trainings.one(store, 1)
    assert (found.open, found.protocol, found.facts["ended"], found.facts["rate"]) == (False, "calm", "done", 0.6)
    assert found.facts["up"] == [[8.5, 12.5]]
    assert [word for _, word in found.markers] == ["baseline", "block 1", "rest 1", "block 2", "done"]
    series = trainings.series(store, 1)
    assert series["margin"].dtype == np.float16
    assert len(series["time"]) == len(one.log.time)
    draw, hidden = trainings.hidden(store, 1)
    assert draw == ""
    assert np.allclose(hidden["value"], np.array(one.log.value, np.float32))


def test_what_a_crash_left_open_is_closed(writer: Writer, store: Store) -> None:
    clock = Clock()
    one = driven(session(clock, wish()), clock, list(steps(30)))
    kept.keep(writer, one, device="", delay=0.0, number=None)
    assert writer.do(trainings.close_left_open).result() == 1
    assert not trainings.one(store, 1).open


@pytest.mark.parametrize("drawn", [False, True])
def test_a_blind_session_tells_nothing_until_the_person_asks(
    keep: Keep, writer: Writer, store: Store, drawn: bool
) -> None:
    draw = Draw(drawn, "cd" * 16)
    number = keep(draw=draw)
    training = trainings.one(store, number)
    assert training.sealed
    assert training.facts["seal"] == draw.seal
    assert "sham" not in json.dumps(training.facts)
    with pytest.raises(VaultError, match="blind"):
        trainings.hidden(store, number)
    before = report.of(store, number)
    assert before.sham is None
    assert before.change is None
    assert before.pictures == {}
    assert before.inhibits == ()
    assert before.sentences[-1] == SEALED
    assert progress.of(store, "calm").sealed == 1
    assert kept.unblind(writer, store, number, time=START + 999) == draw
    after = report.of(store, number)
    assert after.sham is drawn
    assert after.change is not None
    assert set(after.pictures) == {"shown", "measured"}
    assert after.training.unblinded == START + 999
    assert kept.unblind(writer, store, number, time=START + 5000) == draw
    assert trainings.one(store, number).unblinded == START + 999


def test_a_draw_that_is_not_what_was_sealed_is_not_believed(keep: Keep, writer: Writer, store: Store) -> None:
    number = keep(draw=Draw(sham=False, nonce="cd" * 16))

    def swap(db: object) -> None:
        db.execute("UPDATE trainings_hidden SET draw = ?", [Draw(sham=True, nonce="cd" * 16).text])  # type: ignore[attr-defined]

    writer.do(swap).result()
    with pytest.raises(FeedbackError, match="not what was sealed"):
        kept.unblind(writer, store, number, time=START)


def test_a_running_session_cannot_be_unblinded(writer: Writer, store: Store) -> None:
    clock = Clock()
    one = session(clock, wish(blind=True), draw=Draw(sham=False, nonce="00"))
    driven(one, clock, list(steps(30)))
    kept.keep(writer, one, device="", delay=0.0, number=None)
    with pytest.raises(VaultError, match="still runs"):
        kept.unblind(writer, store, 1, time=START)


def test_what_can_be_replayed_does_not_tell_what_was_drawn(keep: Keep, store: Store) -> None:
    keep(seed=1)
    keep(seed=2, draw=Draw(sham=True, nonce="aa"))
    keep(seed=2, draw=Draw(sham=False, nonce="bb"), start=START + DAY)
    found = kept.earlier(store, "calm")
    assert [one.number for one in found] == [3, 2, 1]
    assert (found[0].baseline, found[0].pieces) == (found[1].baseline, found[1].pieces)
    assert all(np.isfinite(piece).all() for one in found for piece in one.margins(0.6))
    assert kept.earlier(store, "smr") == []


def test_a_replay_takes_the_baseline_that_counted(writer: Writer, store: Store) -> None:
    clock = Clock()
    faulty = [
        replace(step, muted="TP9: poor contact", faults=("poor contact", "")) for step in steps(60, seed=1, mutes=False)
    ]
    good = steps(200, seed=2, start=START + 60)
    one = driven(session(clock, wish(times=BLOCKS)), clock, [*faulty[::2], *good])
    kept.keep(writer, one, device="", delay=0.0, number=None)
    ((found),) = kept.earlier(store, "calm")
    again = next(marker.time for marker in one.markers if marker.word == AGAIN)
    begins = [i for i, time in enumerate(one.log.time) if time > again]
    wanted = [one.log.value[i] for i in begins if one.log.phase[i] == 0 and not one.log.muted[i]]
    assert [reading[0] for reading in found.baseline] == pytest.approx(wanted, abs=1e-5)


def test_a_report_has_figures_with_intervals_plots_and_the_whole_checklist(
    keep: Keep, writer: Writer, store: Store
) -> None:
    number = keep(seed=1, rise=1.0, draw=Draw(sham=False, nonce="ee"))
    kept.answer(writer, number, {"3c": "I breathed slowly.", "guess": "own"})
    kept.unblind(writer, store, number, time=START + DAY)
    found = report.of(store, number)
    assert [one.block for one in found.blocks] == [1, 2]
    for block in found.blocks:
        assert block.seconds == pytest.approx(60, abs=0.2)
        assert block.rewarded is not None
        assert block.rewarded.low < block.rewarded.value < block.rewarded.high
        assert block.value is not None
        assert 0 < block.muted < 1
    assert found.value is not None
    assert found.value.low > 0
    assert found.whys[0][0] == "blink"
    assert [one.item.code for one in found.items] == [item.code for item in ITEMS]
    by_code = {one.item.code: one for one in found.items}
    assert (by_code["3c"].answer, by_code["3c"].by) == ("I breathed slowly.", "person")
    assert (by_code["1a"].answer, by_code["1a"].by) == ("", "")
    assert "8.5 to 12.5 Hz" in by_code["4a"].answer
    assert "10.5 Hz" in by_code["4a"].answer
    assert "own" in by_code["2d"].answer
    assert "below for 85.0% of the baseline, a limit that stays" in by_code["4b"].answer
    ((band, change),) = found.inhibits
    assert (band, change is not None) == ("22 to 30 Hz", True)
    assert any(one.startswith("Held down, 22 to 30 Hz") for one in found.sentences)
    assert found.sentences[-1] == NO_CLAIM
    for picture in found.pictures.values():
        assert ET.fromstring(picture).tag.endswith("svg")  # noqa: S314 our own
        assert "nan" not in picture


def test_the_checklist_has_24_items_in_7_domains() -> None:
    assert len(ITEMS) == 24
    assert len({item.code for item in ITEMS}) == 24
    assert len({item.domain for item in ITEMS}) == 7


def test_a_session_that_ended_in_its_baseline_still_has_a_report(writer: Writer, store: Store) -> None:
    clock = Clock()
    one = driven(session(clock, wish()), clock, list(steps(5)))
    one.end()
    kept.keep(writer, one, device="Muse", delay=0.0, number=None)
    found = report.of(store, 1)
    assert (found.blocks, found.rewarded, found.value, found.change) == ((), None, None, None)
    assert progress.of(store, "calm").points == ()


def test_progress_over_weeks_has_intervals_and_leaves_replays_apart(keep: Keep, writer: Writer, store: Store) -> None:
    for number in range(9):
        keep(seed=2 * number, start=START + number * 3 * DAY, rise=0.15 * number)
    sham = keep(seed=40, draw=Draw(sham=True, nonce="aa"), start=START + 2 * DAY)
    kept.unblind(writer, store, sham, time=START + 3 * DAY)
    found = progress.of(store, "calm")
    assert len(found.points) == 10
    assert [week.number for week in found.weeks] == [1, 2, 3, 4]
    assert sum(week.sessions for week in found.weeks) == 9
    assert found.slope is not None
    assert 0 < found.slope.low < found.slope.value < found.slope.high
    assert found.against_sham is None
    assert "spreads a week" in found.sentence
    assert ET.fromstring(found.picture) is not None  # noqa: S314 our own


def test_intervals_need_enough_to_tell() -> None:
    assert mean(np.array([1.0, 2.0])) is None
    assert slope(np.zeros(9), np.arange(9.0)) is None
    assert mean(np.array([1.0, 2.0, np.nan, 3.0, 2.0, 1.0])) is None
    told = mean(np.array([1.0, 2.0, np.nan, 3.0, 2.0, 1.0, 3.0]))
    assert told is not None
    assert 1 < told.low < told.value == 2 < told.high < 3


def test_forgetting_a_time_takes_the_sessions_that_reach_into_it(keep: Keep, writer: Writer, store: Store) -> None:
    first, second = keep(), keep(start=START + DAY)
    what = plan(store, Forget(Filters(since=START + 60, until=START + 100)))
    assert not what.empty
    forgetting.begin(writer, what, time=START + 2 * DAY)
    forgetting.finish(writer, store, brain=BRAIN)
    assert [one.id for one in trainings.all_of(store)] == [second]
    assert store.value("SELECT count(*) FROM trainings_hidden") == 1
    with pytest.raises(VaultError, match="no training"):
        report.of(store, first)


def test_forgetting_all_of_the_brain_takes_every_session(keep: Keep, writer: Writer, store: Store) -> None:
    keep()
    forgetting.begin(writer, plan(store, Forget(brain=True)), time=START + DAY)
    forgetting.finish(writer, store, brain=BRAIN)
    assert trainings.all_of(store) == []
    assert store.value("SELECT count(*) FROM trainings_hidden") == 0


def test_a_session_that_was_forgotten_while_it_ran_stays_forgotten(writer: Writer, store: Store) -> None:
    clock = Clock()
    one = driven(session(clock, wish()), clock, list(steps(30)))
    number = kept.keep(writer, one, device="", delay=0.0, number=None)
    writer.do(trainings.forget_all).result()
    kept.keep(writer, one, device="", delay=0.0, number=number)
    assert trainings.all_of(store) == []


def test_what_is_exported_tells_nothing_that_a_blinded_person_may_not_see(
    keep: Keep, writer: Writer, store: Store, tmp_path: Path
) -> None:
    keep()
    blind = keep(draw=Draw(sham=True, nonce="aa" * 16), start=START + DAY)
    done = export(store, tmp_path / "out", Wanted())
    lines = (tmp_path / "out" / "trainings.jsonl").read_text().splitlines()
    open_one, sealed = map(json.loads, lines)
    assert (done.trainings, done.skipped) == (2, [])
    assert (open_one["protocol"], open_one["draw"]) == ("calm", None)
    assert len(open_one["measured"]["value"]) == len(open_one["series"]["time"])
    assert None in open_one["series"]["margin"]  # of the baseline: not a number
    assert sorted(sealed["series"]) == ["block", "held", "muted", "phase", "time"]
    assert "draw" not in sealed
    assert "measured" not in sealed
    assert "sham" not in lines[1]
    kept.unblind(writer, store, blind, time=START + 2 * DAY)
    export(store, tmp_path / "later", Wanted(since=START + DAY))
    (told,) = map(json.loads, (tmp_path / "later" / "trainings.jsonl").read_text().splitlines())
    assert told["draw"]["sham"] is True
    assert "margin" in told["series"]
    assert export(store, tmp_path / "app", Wanted(app="editor")).trainings == 0


def test_a_damaged_training_is_named_and_the_others_are_exported(
    keep: Keep, writer: Writer, store: Store, tmp_path: Path
) -> None:
    keep()
    keep(start=START + DAY)
    writer.do(lambda db: db.execute("UPDATE trainings SET series = x'00' WHERE id = 1")).result()
    done = export(store, tmp_path / "out", Wanted())
    assert done.trainings == 1
    assert "Training 1 is damaged" in done.skipped[0]


def test_one_session_can_be_forgotten(keep: Keep, writer: Writer, store: Store) -> None:
    keep()
    keep(start=START + DAY)
    writer.do(trainings.forget, 1).result()
    assert [one.id for one in trainings.all_of(store)] == [2]
    assert store.value("SELECT count(*) FROM trainings_hidden") == 1
    with pytest.raises(VaultError, match="no training 1"):
        writer.do(trainings.forget, 1).result()


@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize("by_time", [False, True])
def test_forgetting_a_session_takes_it_out_of_what_others_replayed_and_tells_nothing_of_the_draw(
    keep: Keep, writer: Writer, store: Store, drawn: bool, by_time: bool
) -> None:
    first, second = keep(seed=1), keep(seed=2, start=START + DAY)
    there = [one for one in kept.earlier(store, "calm") if one.number == first]
    blind = keep(seed=3, draw=Draw(drawn, "cd" * 16), start=START + 2 * DAY, replayed=there)
    other = keep(seed=4, draw=Draw(sham=True, nonce="ef" * 16), start=START + 3 * DAY)  # of others
    told = writer.do(lambda db: db.execute("SELECT replayed FROM trainings_hidden ORDER BY 1").fetchall()).result()
    assert json.dumps([first]) in {one for (one,) in told}
    writer.do(lambda db: db.execute("UPDATE trainings_hidden SET replayed = '[]' WHERE training_id = ?", [other]))
    if by_time:
        forgetting.begin(writer, plan(store, Forget(Filters(since=START, until=START + 100))), time=START + 9 * DAY)
        forgetting.finish(writer, store, brain=BRAIN)
    else:
        writer.do(trainings.forget, first).result()
    assert [one.id for one in trainings.all_of(store)] == [other, blind, second]
    assert np.isnan(trainings.series(store, blind)["margin"]).all()
    assert np.isfinite(trainings.series(store, other)["margin"]).any()
    found = report.of(store, blind)
    assert (found.rewarded, found.muted > 0) == (None, True)
    kept.unblind(writer, store, blind, time=START + 9 * DAY)
    assert all("nan" not in picture for picture in report.of(store, blind).pictures.values())


def test_a_session_told_to_have_been_ones_own_keeps_what_was_shown(keep: Keep, writer: Writer, store: Store) -> None:
    first = keep(seed=1)
    blind = keep(draw=Draw(sham=False, nonce="cd"), start=START + DAY, replayed=kept.earlier(store, "calm"))
    kept.unblind(writer, store, blind, time=START + 2 * DAY)
    writer.do(trainings.forget, first).result()
    assert np.isfinite(trainings.series(store, blind)["margin"]).any()


def test_a_guess_is_taken_only_while_nobody_has_told(keep: Keep, writer: Writer, store: Store) -> None:
    own = keep()
    blind = keep(draw=Draw(sham=True, nonce="aa"), start=START + DAY)
    kept.answer(writer, blind, {"guess": "own"})
    kept.unblind(writer, store, blind, time=START + 2 * DAY)
    for number in (own, blind):
        with pytest.raises(VaultError, match="a guess is one only before"):
            kept.answer(writer, number, {"guess": "a replay"})
    kept.answer(writer, blind, {"3c": "I breathed."})
    assert trainings.one(store, blind).answers == {"guess": "own", "3c": "I breathed."}


def wandering(rng: np.random.Generator, seconds: float, memory: float) -> Numbers:
    """A made-up signal of 0 on average, two values a second, that forgets itself over ``memory`` seconds."""
    stays = np.exp(-0.5 / memory)
    values = rng.normal(size=round(2 * seconds))
    values[1:] *= np.sqrt(1 - stays**2)
    return np.asarray(lfilter([1.0], [1.0, -stays], values))


@pytest.mark.parametrize("memory", [0.5, 5.0, 20.0])
def test_intervals_of_a_block_hold_the_truth_however_slowly_the_signal_wanders(memory: float) -> None:
    rng = np.random.default_rng(7)
    missed = []
    for _ in range(200):
        one, other = (figures.pieces(wandering(rng, 180, memory), 0.5) for _ in range(2))
        for found in (figures.stretch_mean(one), figures.stretch_difference(one, other)):
            assert found is not None
            missed.append(not found.low <= 0 <= found.high)
    assert np.mean(missed) < 0.08


def test_intervals_over_few_sessions_hold_the_truth() -> None:
    rng = np.random.default_rng(8)
    missed = []
    for _ in range(500):
        values, times = rng.normal(size=6), np.sort(rng.uniform(0, 4, 6))
        its = figures.mean(values), figures.difference(values, rng.normal(size=6)), figures.slope(times, values)
        for found in its:
            assert found is not None
            missed.append(not found.low <= 0 <= found.high)
    assert 0.03 < np.mean(missed) < 0.08


def test_quantiles_are_students_or_a_little_more() -> None:
    free = np.linspace(1, 200, 2000)
    ratio = np.array([figures.quantile(one) for one in free]) / stdtrit(free, 0.975)
    assert ratio.min() > 0.99999
    assert ratio.max() < 1.02
