from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.notices.features import Records, features, program_name, sender_name
from companion.notices.gate import ENOUGH_ANSWERS, Context, decide
from companion.notices.importance import MOST_WEIGHTS, Importance
from companion.notices.outcomes import Outcomes
from companion.notices.rules import Choices
from companion.notices.types import Cause, Decision, Happened, Notice, NoticesError, Response
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


@settings(max_examples=100, deadline=None)
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
    with np.load(__import__("io").BytesIO(data), allow_pickle=False) as file:
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


def test_what_is_remembered_is_bounded() -> None:
    model = Importance()
    for i in range(MOST_WEIGHTS // 20):
        one = notice(
            i,
            summary=f"name{i}",
            body=" ".join(f"w{chr(97 + j)}{chr(97 + i % 26)}{'x' * (i // 26 % 20)}" for j in range(24)),
        )
        model.learn(one, model.seen(one, focused=False), acted=False)
    assert len(model._weights) <= MOST_WEIGHTS


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


def test_gtk_notices_are_known_again_by_their_own_names() -> None:
    outcomes = Outcomes(limit=60.0)
    outcomes.shown(notice(1, app="org.gnome.Calendar", tag="n1"), {}, TIME)
    outcomes.shown(replace(notice(2), tag=""), {}, TIME)
    assert outcomes.happened(Happened(TIME, Cause.WITHDRAWN, app="org.gnome.Calendar", tag="n1")) == []
    assert [one.notice.number for one in outcomes.due(TIME + 99.0)] == [2]
