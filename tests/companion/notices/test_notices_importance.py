from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.notices.features import Records, features, program_name, sender_name
from companion.notices.gate import ENOUGH_ANSWERS, Context, decide
from companion.notices.importance import FORMAT, Importance
from companion.notices.outcomes import Outcomes
from companion.notices.rules import Choices
from companion.notices.types import Cause, Decision, Happened, Notice, NoticesError, Response
from companion.notices.weights import MOST_APART, SEATS, Term, Weights
from companion.notices.wording import part_in_words

TIME = 1_790_000_000.0


def notice(
    number: int = 1, *, app: str = "Signal", summary: str = "Ada", body: str = "lunch", **more: object
) -> Notice:
    return Notice(number, TIME + number, app, summary, body, **more)  # type: ignore[arg-type]


def learned(answers: int = 60) -> Importance:
    """What somebody teaches who always answers Ada and never the shop."""
    model = Importance()
    for i in range(answers):
        one = notice(i) if i % 2 else notice(i, app="Shop", summary="Sale", body="today only")
        model.learn(one, model.seen(one, focused=False), acted=bool(i % 2))
    return model


def probability(model: Importance, one: Notice) -> float:
    return model.estimate(model.seen(one, focused=False)).probability


def test_it_learns_who_is_answered_and_who_is_not() -> None:
    model = learned()
    assert probability(model, notice()) > 0.9
    assert probability(model, notice(app="Shop", summary="Sale", body="today only")) < 0.1
    assert model.answers == 60


def test_before_anything_is_known_one_in_five_is_expected() -> None:
    assert 0.15 < probability(Importance(), notice()) < 0.3


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.text(max_size=30), st.text(max_size=60), st.booleans(), st.floats(0.1, 20)), max_size=30),
    st.text(max_size=60),
)
def test_parts_sum_exactly_to_the_log_odds_whatever_was_learned(
    taught: list[tuple[str, str, bool, float]], body: str
) -> None:
    model = Importance()
    for i, (who, said, acted, weight) in enumerate(taught):
        one = notice(i, summary=who, body=said)
        seen = model.seen(one, focused=acted)
        model.learn(one, seen, acted=acted, response=Response(0.3, -0.2), weight=weight)
    found = model.estimate(model.seen(notice(body=body), focused=True))
    assert found.log_odds == math.fsum(value for _, value in found.parts)
    assert found.probability == pytest.approx(1.0 / (1.0 + math.exp(-found.log_odds)), abs=1e-12)


def test_a_correction_is_learned_from_with_care() -> None:
    model = learned()
    shop = notice(app="Shop", summary="Sale", body="today only")
    by_answer, by_correction = Importance.load(model.dump()), Importance.load(model.dump())
    by_answer.learn(shop, by_answer.seen(shop, focused=False), acted=True)
    by_correction.correct(shop, by_correction.seen(shop, focused=False), important=True)
    assert probability(by_answer, shop) > probability(by_correction, shop) > probability(model, shop)
    assert (by_correction.corrections, by_answer.corrections) == (1, 0)


def test_no_weight_of_an_answer_makes_it_overshoot() -> None:
    model, one = Importance(), notice()
    seen = model.seen(one, focused=False)
    model.learn(one, seen, acted=True, weight=1e6)
    assert 0.5 < probability(model, one) < 1.0 - 1e-9
    assert math.isfinite(model.estimate(seen).log_odds)


def test_what_the_eeg_showed_after_earlier_ones_is_seen_and_what_is_no_number_is_not() -> None:
    records, one = Records(), notice()
    for _ in range(9):
        records.note(one, acted=False, response=Response(1.0, math.nan))
    seen = features(one, records, focused=False)
    assert seen["alertness after this sender"] == pytest.approx(0.75)
    assert "excitement after this sender" not in seen
    assert records.of(sender_name(one)).answering < 0 == records.of("program nobody").answering
    other = features(notice(summary="Bob"), records, focused=False)
    assert other["alertness after this program"] == pytest.approx(0.75)
    assert "alertness after this sender" not in other
    assert program_name(one) in other


def test_what_was_learned_is_kept_without_a_word_of_it_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    model = learned()
    data = model.dump()
    assert Importance.load(data).dump() == data
    assert probability(Importance.load(data), notice()) == probability(model, notice())
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        told = b"".join(file[name].tobytes() for name in file.files).lower()
        assert not any(word in told for word in (b"lunch", b"ada", b"signal", b"shop"))
    assert set(learned().records.by_name).isdisjoint(model.records.by_name)  # each has a key of its own
    for damaged in (b"", b"nonsense", data[: len(data) // 2], data.replace(b"weights", b"wexghts")):
        with pytest.raises(NoticesError, match="damaged"):
            Importance.load(damaged)
    monkeypatch.setattr("companion.notices.importance.FORMAT", 99)
    newer = model.dump()
    monkeypatch.undo()
    with pytest.raises(NoticesError, match="newer version"):
        Importance.load(newer)


def test_what_was_learned_before_weights_were_joined_is_gone_on_with(tmp_path: Path) -> None:
    one = notice()
    new = Importance()
    with np.load(io.BytesIO(learned().dump()), allow_pickle=False) as file:
        old = dict(file)
    old["about"] = np.frombuffer(json.dumps({"format": 2, "answers": 60, "corrections": 1}).encode(), np.uint8)
    old["keys"] = old.pop("lasting")
    old["weights"] = np.column_stack([old.pop("means")[: len(old["keys"])], np.full(len(old["keys"]), 0.1)])
    del old["words"], old["spread"]
    np.savez_compressed(tmp_path / "old.npz", **old)
    model = Importance.load((tmp_path / "old.npz").read_bytes())
    assert (model.answers, model.corrections) == (60, 1)
    assert probability(model, one) > 0.5 > probability(new, one)
    model.learn(one, model.seen(one, focused=False), acted=True)
    assert json.loads(np.load(io.BytesIO(model.dump()))["about"].tobytes())["format"] == FORMAT


def terms(*values: float, word: bool = False, first: int = 0) -> list[Term]:
    return [Term(number, value, 0.0, 1.0, word) for number, value in enumerate(values, first)]


def test_what_always_comes_together_shares_what_was_learned_of_it() -> None:
    both, weights = terms(1.0, 1.0), Weights()
    for _ in range(50):
        weights.learn(both, 1.0, 1.0)
    one = terms(1.0)
    assert weights.doubt(both) < 0.5 * weights.doubt(one)  # the sum is known better than either of the two
    first, second = weights.means(both)
    assert first == pytest.approx(second)
    weights.learn(one, 0.0, 5.0)
    assert weights.means(both)[1] > second  # as the one says less, the other has to say more


def test_an_answer_is_learned_as_the_exact_posterior_has_it() -> None:
    """The mean after one answer is the mode of prior and answer together, and the covariance the inverse curvature."""
    some, weights = terms(1.0, -0.5, 2.0), Weights()
    x = np.array([term.value for term in some])
    weights.learn(some, 1.0, 1.5)
    mean = np.array(weights.means(some))
    share = 1.0 / (1.0 + math.exp(-float(mean @ x)))
    assert mean == pytest.approx(1.5 * (1.0 - share) * x)  # where the slope of the log posterior is nought
    precision = np.eye(3) + 1.5 * share * (1.0 - share) * np.outer(x, x)
    assert weights.doubt(some) == pytest.approx(float(x @ np.linalg.inv(precision) @ x))


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.integers(0, 9), st.floats(-2.0, 2.0), min_size=1), st.booleans(), st.floats(1e-3, 1e6)
        ),
        max_size=60,
    )
)
def test_doubt_is_never_below_nought_nor_grows(answers: list[tuple[dict[int, float], bool, float]]) -> None:
    weights = Weights()
    for seen, label, weight in answers:
        some = [Term(number, value, 0.0, 1.0) for number, value in seen.items()]
        before = weights.doubt(some)
        weights.learn(some, float(label), weight)
        assert 0.0 <= weights.doubt(some) <= before * (1.0 + 1e-9)
        assert all(math.isfinite(mean) for mean in weights.means(some))


def test_words_make_room_and_take_none_and_who_loses_a_seat_is_not_forgotten() -> None:
    weights, known = Weights(), terms(*[1.0] * 8)
    for _ in range(5):
        weights.learn(known, 1.0, 1.0)
    before = weights.means(known)
    for i in range(SEATS // 4):
        weights.learn(terms(*[1.0] * 10, word=True, first=1_000 + 10 * i), 0.0, 1.0)
    assert [term for term in known if term.number not in weights._lasting] == []
    assert len(weights._lasting) + len(weights._words) == SEATS
    for i in range(SEATS // 8):
        weights.learn(terms(*[1.0] * 8, first=100_000 + 8 * i), 0.0, 1.0)
    assert len(weights._words) == 0
    assert all(term.number in weights._apart for term in known)  # used longest ago
    weights.learn(terms(*[1.0] * 8, word=True, first=1_000), 0.0, 1.0)
    assert len(weights._words) == 0
    assert weights.means(known) == before
    weights.learn(known, 1.0, 1.0)
    assert all(term.number in weights._lasting for term in known)
    assert all(now > then for now, then in zip(weights.means(known), before, strict=True))


def test_what_is_believed_comes_back_as_it_was() -> None:
    weights, again = Weights(), Weights()
    for i in range(SEATS // 4):
        weights.learn(terms(1.0, 0.5, -1.0, first=2 * i) + terms(1.0, 0.3, word=True, first=9_000 + i), i % 2, 1.0)
    kept = weights.arrays()
    again.restore_apart(kept["keys"].tolist(), kept["weights"].tolist())
    again.restore_seated(kept["lasting"].tolist(), kept["words"].tolist(), kept["means"], kept["spread"])
    for i in range(0, SEATS // 4, 7):
        some = terms(1.0, 0.5, -1.0, first=2 * i) + terms(1.0, 0.3, word=True, first=9_000 + i)
        assert (again.means(some), again.doubt(some)) == (weights.means(some), weights.doubt(some))
    with pytest.raises(ValueError, match="seats"):
        Weights().restore_seated(list(range(SEATS + 1)), [], kept["means"], kept["spread"])


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.notices.weights.MOST_APART", MOST_APART // 100)
    weights = Weights()
    for i in range(60):
        weights.learn(terms(*[1.0] * 20, first=20 * i, word=bool(i % 2)), 0.0, 1.0)
    assert len(weights._apart) == MOST_APART // 100
    assert len(weights) == SEATS + MOST_APART // 100


def test_the_model_lets_nothing_through_before_it_knows_anybody() -> None:
    one = notice()
    for answers, decision in ((ENOUGH_ANSWERS - 1, Decision.HOLD), (ENOUGH_ANSWERS, Decision.PASS)):
        model = learned(60)
        estimate = model.estimate(model.seen(one, focused=True))
        assert decide(one, Context(True, 0, estimate, answers), Choices()).decision is decision


def test_decisions_are_explained_in_sentences() -> None:
    model = learned()
    for one, begins in (
        (notice(), "Passed because you would act on it"),
        (notice(app="Shop", summary="Sale", body="today only"), "Held"),
    ):
        estimate = model.estimate(model.seen(one, focused=True))
        judged = decide(one, Context(True, 0, estimate, 60), Choices(digest_below=0.0))
        assert judged.why.startswith(begins)
        assert judged.why.endswith(".")
        assert judged.parts == estimate.parts
    told = {part_in_words(name) for name, _ in estimate.parts}
    assert {"that it comes from shop", "who it is from (“sale”)", "the word “today”"} <= told


def test_what_came_of_a_notice_is_told_once() -> None:
    outcomes = Outcomes(limit=60.0)
    for i in range(8):
        outcomes.shown(notice(i, daemon_id=10 + i, daemon="d"), {"n": float(i)}, TIME)

    def acted(cause: Cause, number: int, *, after: float = 30.0, daemon: str = "d") -> list[bool]:
        return [one.acted for one in outcomes.happened(Happened(TIME + after, cause, daemon, number))]

    assert acted(Cause.ACTION, 10) == [True]
    assert acted(Cause.ACTION, 10) == []
    assert acted(Cause.DISMISSED, 11) == []  # a nuisance is closed as well
    assert acted(Cause.DISMISSED, 12, daemon="another") == []
    assert acted(Cause.EXPIRED, 12) == []
    assert acted(Cause.CLOSED, 13) == acted(Cause.WITHDRAWN, 14, daemon="") == []
    assert acted(Cause.ACTION, 15, after=99.0) == []
    assert [one.acted for one in outcomes.opened(6)] == [True]
    assert outcomes.due(TIME + 60.0) == []
    assert [(one.notice.number, one.acted) for one in outcomes.due(TIME + 61.0)] == [
        (1, False),
        (2, False),
        (7, False),
    ]
    assert outcomes.due(TIME + 99.0) == []


def test_turning_to_a_program_answers_its_notices_by_any_of_its_names() -> None:
    outcomes = Outcomes(limit=60.0)
    outcomes.shown(notice(1), {}, TIME)
    outcomes.shown(notice(2, app="Mail", desktop_entry="org.mozilla.Thunderbird"), {}, TIME)
    assert outcomes.turned_to("signal", TIME + 70.0) == []
    assert [one.notice.number for one in outcomes.turned_to("SIGNAL", TIME + 20.0)] == [1]
    assert [one.notice.number for one in outcomes.turned_to("thunderbird", TIME + 20.0)] == [2]


def test_a_notice_of_the_program_in_front_is_ignored_by_nobody() -> None:
    outcomes = Outcomes(limit=60.0)
    assert outcomes.turned_to("signal", TIME - 5.0) == []
    for number, app in enumerate(("Signal", "Signal", "Signal", "Mail")):
        outcomes.shown(notice(number, app=app), {}, TIME)
    assert [one.acted for one in outcomes.opened(1)] == [True]
    outcomes.turned_to("code", TIME + 10.0)
    outcomes.shown(notice(4), {}, TIME + 11.0)
    assert [one.notice.number for one in outcomes.due(TIME + 99.0)] == [3, 4]  # they were not before their eyes
    outcomes.turned_to("signal", TIME + 100.0)
    outcomes.shown(replace(notice(5), time=TIME + 101.0), {}, TIME + 101.0)
    outcomes.turned_to("code", TIME + 102.0)
    assert [one.acted for one in outcomes.turned_to("signal", TIME + 103.0)] == [True]  # they came back to it


def test_gtk_notices_are_known_again_by_their_own_names() -> None:
    outcomes = Outcomes(limit=60.0)
    outcomes.shown(notice(1, app="org.gnome.Calendar", tag="n1"), {}, TIME)
    outcomes.shown(replace(notice(2), tag=""), {}, TIME)
    assert outcomes.happened(Happened(TIME, Cause.WITHDRAWN, app="org.gnome.Calendar", tag="n1")) == []
    assert [one.notice.number for one in outcomes.due(TIME + 99.0)] == [2]
