from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from feedback_steps import BLOCKS, START, Clock, Keep, driven, session, steps, wish

from companion.feedback import kept, progress, report
from companion.feedback.crednf import ITEMS
from companion.feedback.protocols import FeedbackError
from companion.feedback.report import NO_CLAIM, SEALED
from companion.feedback.session import AGAIN
from companion.feedback.sham import Draw
from index import trainings
from index.care.exporting import Wanted, export
from index.store import Store
from index.types import VaultError
from index.writer import Writer

DAY = 86_400.0


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
