from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.focus.fusion import BEHAVIOUR_WORTH, EEG_WORTH, FROZEN_SECONDS, Fusion, Heard, fused
from companion.focus.learned import probability

LOG_ODDS = st.floats(-5, 5)
HEARD = st.one_of(st.none(), st.builds(Heard, st.one_of(st.none(), LOG_ODDS), st.booleans(), st.just(False)))


def test_nothing_known_is_nothing_said_and_either_alone_will_do() -> None:
    assert fused(None, None) is None
    assert fused(None, 0.8) == pytest.approx(probability(BEHAVIOUR_WORTH * 0.8))
    assert fused(2.0, None) == pytest.approx(probability(EEG_WORTH * 2.0))


@settings(max_examples=50)
@given(eeg=LOG_ODDS, more=st.floats(0, 3), behaviour=LOG_ODDS)
def test_more_of_either_never_says_less(eeg: float, more: float, behaviour: float) -> None:
    first = fused(eeg, behaviour)
    assert first is not None
    assert (fused(eeg + more, behaviour) or 0.0) >= first
    assert (fused(eeg, behaviour + more) or 0.0) >= first
    assert fused(0.0, behaviour) == fused(None, behaviour)  # even odds say nothing


@settings(max_examples=50)
@given(steps=st.lists(st.tuples(HEARD, st.one_of(st.none(), LOG_ODDS), st.floats(0.5, 30.0)), max_size=60))
def test_while_frozen_the_probability_never_rises(steps: list[tuple[Heard | None, float | None, float]]) -> None:
    fusion, now, last = Fusion(), 0.0, None
    for heard, behaviour, passed in steps:
        now += passed
        told = fusion.step(now, heard, behaviour)
        if told.frozen:
            assert heard is not None
            assert not heard.fit
            assert told.probability is None or (last is not None and told.probability <= last)
        last = told.probability


def test_bad_contact_freezes_and_when_it_lasts_behaviour_goes_on_alone() -> None:
    fusion = Fusion()
    clean = fusion.step(0.0, Heard(-2.0, fit=True), 1.0)
    assert not clean.frozen
    assert clean.probability is not None
    during = fusion.step(1.0, Heard(-2.0, fit=False), 3.0)
    assert during.frozen
    assert during.probability == clean.probability
    assert during.eeg == clean.eeg
    falls = fusion.step(2.0, Heard(-2.0, fit=False), -3.0)
    assert falls.probability is not None
    assert falls.probability < clean.probability
    later = fusion.step(FROZEN_SECONDS + 1.0, Heard(-2.0, fit=False), 1.0)
    assert (later.frozen, later.eeg) == (False, None)
    assert later.probability == fused(None, 1.0)


def test_while_the_rest_is_not_known_artefacts_freeze_nothing() -> None:
    told = Fusion().step(0.0, Heard(None, fit=False), 1.0)
    assert (told.frozen, told.eeg) == (False, None)
    assert told.probability == fused(None, 1.0)


def test_however_long_a_jaw_is_clenched_it_never_lets_behaviour_go_on_alone() -> None:
    fusion = Fusion()
    clean = fusion.step(0.0, Heard(-3.0, fit=True), 2.0)
    for second in range(1, round(5 * FROZEN_SECONDS)):
        told = fusion.step(float(second), Heard(-3.0, fit=False, disturbed=True), 2.0)
        assert told.frozen
        assert told.probability == clean.probability
    assert not fusion.step(1000.0, Heard(-3.0, fit=True), 2.0).frozen
