from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from simulated import MUSE, eeg, rows

from embeddings import features, focus, sites
from embeddings.feedback.plan import SETTLING, BandPlan, FocusPlan, SharedPlan, StatePlan, Step
from embeddings.feedback.power import LOUDEST, BandPower, delay
from embeddings.feedback.stream import FeedbackStream
from embeddings.focus_tracker import FocusTracker
from embeddings.mapping.net import Net, Shape, to_mapping
from embeddings.site_features import DIMENSION, SiteReference
from embeddings.state import Baseline
from embeddings.types import EEGWindow, EmbeddingsError

SFREQ = 256.0
ALPHA = BandPlan(("TP9", "TP10"), ((8.0, 12.0),), (), ((22.0, 30.0),))


def played(stream: FeedbackStream, stretch: EEGWindow, piece: int = 23) -> list[Step]:
    """Hand a stretch over in pieces of odd length, as they come from a headset."""
    steps: list[Step] = []
    for start in range(0, stretch.data.shape[1], piece):
        data = stretch.data[:, start : start + piece]
        steps += stream.take(data, 1000.0 + start / SFREQ, fresh=start == 0)
    return steps


def test_steps_come_every_50_ms_however_the_signal_is_cut() -> None:
    stretch = eeg(8)
    one = played(FeedbackStream(ALPHA, MUSE, SFREQ), stretch)
    other = played(FeedbackStream(ALPHA, MUSE, SFREQ), stretch, piece=401)
    assert [step.time for step in one] == pytest.approx([1000 + 13 / SFREQ * (i + 1) for i in range(len(one))])
    assert [step.value for step in one[80:]] == pytest.approx([step.value for step in other[80:]])
    assert len(one) == 8 * 256 // 13


def test_nothing_is_said_before_the_filters_have_settled() -> None:
    steps = played(FeedbackStream(ALPHA, MUSE, SFREQ), eeg(6))
    assert steps[0].value is None
    assert steps[0].muted == SETTLING
    assert steps[-1].value is not None
    assert steps[-1].muted == ""
    first = next(i for i, step in enumerate(steps) if not step.muted)
    assert steps[first].time - 1000 == pytest.approx(3.0, abs=0.1)


def test_a_step_is_never_changed_by_what_comes_later() -> None:
    stretch = eeg(7)
    changed = stretch.data.copy()
    changed[:, 6 * 256 :] *= 30
    one = played(FeedbackStream(ALPHA, MUSE, SFREQ), stretch)
    other = played(FeedbackStream(ALPHA, MUSE, SFREQ), replace(stretch, data=changed))
    before = [i for i, step in enumerate(one) if step.time <= 1006]
    assert [one[i] for i in before] == [other[i] for i in before]
    assert other[-1] != one[-1]


def test_more_alpha_is_a_higher_value_by_the_log_of_its_power() -> None:
    weak, strong = (played(FeedbackStream(ALPHA, MUSE, SFREQ), eeg(20, alpha=a))[-1].value for a in (20.0, 40.0))
    assert weak is not None
    assert strong is not None
    assert strong - weak == pytest.approx(np.log(4), abs=0.15)


def test_bands_under_are_taken_off_and_inhibits_are_told() -> None:
    plan = BandPlan(MUSE, ((13.0, 21.0),), ((4.0, 8.0), (8.0, 13.0)), ((25.0, 40.0), (4.0, 8.0)))
    stretch = eeg(10, alpha=0.0)
    steps = played(FeedbackStream(plan, MUSE, SFREQ), stretch)
    louder = played(FeedbackStream(plan, MUSE, SFREQ), replace(stretch, data=stretch.data * 0.6))
    assert steps[-1].value == pytest.approx(louder[-1].value, abs=1e-3)  # a ratio knows no gain
    assert louder[-1].inhibits == pytest.approx([one + 2 * np.log(0.6) for one in steps[-1].inhibits], abs=1e-3)


def test_a_blink_mutes_at_once_and_the_value_stands_still() -> None:
    stretch = eeg(12)
    data = stretch.data.copy()
    wave = 300 * np.sin(np.pi * np.arange(77) / 77) ** 2
    data[:, 8 * 256 : 8 * 256 + 77] += wave
    steps = played(FeedbackStream(ALPHA, MUSE, SFREQ), replace(stretch, data=data))
    muted = [step for step in steps if step.muted and step.time > 1004]
    assert {step.muted for step in muted} <= {"blink", "moving"}
    assert 1008 < muted[0].time < 1008.3
    assert 1 < muted[-1].time - muted[0].time < 2
    assert len({step.value for step in muted}) == 1
    before = next(step for step in reversed(steps) if step.time < 1008)
    assert muted[0].value == pytest.approx(before.value, abs=0.6)
    assert steps[-1].muted == ""


def test_an_electrode_that_gives_nothing_mutes_and_is_named() -> None:
    stretch = eeg(8)
    data = stretch.data.copy()
    data[3] = 0.0
    last = played(FeedbackStream(ALPHA, MUSE, SFREQ), replace(stretch, data=data))[-1]
    assert last.muted == "TP10: no signal"
    assert last.faults == ("", "no signal")
    beside = BandPlan(("AF7",), ((8.0, 12.0),))
    assert played(FeedbackStream(beside, MUSE, SFREQ), replace(stretch, data=data))[-1].muted == ""


def test_after_a_gap_it_settles_anew_and_keeps_what_it_said() -> None:
    stream = FeedbackStream(ALPHA, MUSE, SFREQ)
    last = played(stream, eeg(6))[-1]
    (step, *_) = stream.take(eeg(1, seed=5).data, 2000.0, fresh=True)
    assert step.time == pytest.approx(2000 + 13 / SFREQ)
    assert step.muted == SETTLING
    assert step.value == last.value


def test_a_loud_step_counts_for_little() -> None:
    power = BandPower([(8.0, 12.0)], sfreq=SFREQ, channels=1)
    quiet = eeg(10, channels=1).data
    for start in range(0, 2340, 13):
        power.take(quiet[:, start : start + 13], frozen=False, settled=start > 512)
    before = power.log_power[0, 0]
    power.take(quiet[:, 2340:2353] + 1e4, frozen=False, settled=True)
    assert power.log_power[0, 0] - before <= np.log(1 + (LOUDEST - 1) * 0.1)
    assert power.log_power[0, 0] > before


def test_the_delay_is_what_a_burst_takes_to_show() -> None:
    told = delay((8.0, 12.0), SFREQ)
    power = BandPower([(8.0, 12.0)], sfreq=SFREQ, channels=1)
    times = np.arange(round(16 * SFREQ)) / SFREQ
    rhythm = np.sin(2 * np.pi * 10 * times) * np.where(times < 8, 1.0, 1.3)
    found = []
    for start in range(0, times.size - 3, 4):
        power.take(rhythm[np.newaxis, start : start + 4], frozen=False, settled=start > 600)
        if start > 600:
            found.append((times[start], power.log_power[0, 0]))
    low = np.mean([value for time, value in found if 7 <= time < 8])
    high = np.mean([value for time, value in found if time >= 15])
    risen = np.array([(value - low) / (high - low) for time, value in found if time >= 8])
    mean_age = float(np.sum(1 - risen) * 4 / SFREQ)  # what a step is late by on average
    assert told == pytest.approx(mean_age, rel=0.2)


def test_focus_is_the_shipped_score() -> None:
    rest = eeg(70, seed=1)
    table = rows(rest)
    known = FocusTracker.of_rest(focus.shipped(), MUSE, table).dump()
    assert known is not None
    plan = FocusPlan(MUSE, known)
    steps = played(FeedbackStream(plan, MUSE, SFREQ), eeg(30, seed=2, alpha=1.0))
    model = focus.shipped()
    reference = SiteReference.fit(features.matrices(table, 4), sites.find(MUSE), model.others)
    whole = focus.scores(model, reference, features.matrices(rows(eeg(30, seed=2, alpha=1.0)), 4))
    found = np.mean([step.value for step in steps[200:] if step.value is not None])
    assert found == pytest.approx(float(whole.mean()), abs=0.5)


def test_rest_of_other_electrodes_is_refused() -> None:
    others = ("F7", "F8", "T5", "T6")
    known = FocusTracker.of_rest(focus.shipped(), others, rows(eeg(70, seed=1))).dump()
    assert known is not None
    with pytest.raises(EmbeddingsError, match="Calibrate with these electrodes"):
        FeedbackStream(FocusPlan(MUSE, known), MUSE, SFREQ)


def test_a_direction_of_the_state_space_is_followed() -> None:
    table = rows(eeg(80, seed=1))
    baseline = Baseline.fit(table, 4)
    towards = baseline.encode(rows(eeg(20, seed=3, alpha=25.0)))
    plan = StatePlan(MUSE, towards.tobytes(), baseline.dump())
    there = played(FeedbackStream(plan, MUSE, SFREQ), eeg(12, seed=4, alpha=25.0))[-1].value
    away = played(FeedbackStream(plan, MUSE, SFREQ), eeg(12, seed=4, alpha=0.0))[-1].value
    assert there is not None
    assert away is not None
    assert -1 <= away < there <= 1
    assert there > 0.5


def test_a_direction_of_the_shared_space_is_followed() -> None:
    torch.manual_seed(0)
    net = Net(Shape(DIMENSION, 24))
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    mapping = to_mapping(net.eval().state_dict(), {})
    first, spread = rows(eeg(80, seed=1)), np.ones(DIMENSION)
    usual = SiteReference.fit(features.matrices(first, 4), sites.find(MUSE), spread)
    there = usual.features(features.matrices(rows(eeg(40, seed=3, alpha=25.0)), 4)).mean(axis=0)
    towards = mapping.encode_brain(there[np.newaxis].astype(np.float32))[0]
    plan = SharedPlan(MUSE, towards.tobytes(), mapping.dump(), first.tobytes(), spread.tobytes())
    found = [played(FeedbackStream(plan, MUSE, SFREQ), eeg(12, seed=4, alpha=a))[-1].value for a in (25.0, 0.0)]
    assert found[0] is not None
    assert found[1] is not None
    assert -1 <= found[1] < found[0] <= 1


@pytest.mark.parametrize(
    ("plan", "hint"),
    [
        (BandPlan(("Cz",), ((8.0, 12.0),)), "no electrode Cz"),
        (FocusPlan(MUSE, b"\0" * 4000), "Calibrate"),
        (StatePlan(MUSE[:3], b"\0" * 16, b"whole"), "Choose it again|other electrodes"),
    ],
)
def test_a_plan_that_does_not_fit_says_how_to_mend_it(plan: BandPlan | FocusPlan | StatePlan, hint: str) -> None:
    if isinstance(plan, StatePlan):
        plan = replace(plan, baseline=Baseline.fit(rows(eeg(80)), 4).dump())
    with pytest.raises(EmbeddingsError, match=hint):
        FeedbackStream(plan, MUSE, SFREQ)
