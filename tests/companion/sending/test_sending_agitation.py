"""How agitation is judged."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_person import ANGRY, CALM, HOT

from companion.sending.agitation import TOLD_FROM, Signals, Typing, holds, judge
from companion.sending.words import Written, read

THRESHOLD = 0.6
NUMBERS = st.floats(0, 50)
TYPING = st.builds(
    Typing,
    st.integers(0, 5000),
    NUMBERS,
    st.floats(0, 1),
    NUMBERS,
    st.none() | NUMBERS,
    st.none() | st.floats(0, 1),
    st.none() | NUMBERS,
)
SIGNALS = st.builds(
    Signals, st.none() | st.floats(), st.none() | TYPING, st.none() | st.floats(0, 24), st.none() | st.floats(0, 1e6)
)


def probability(text: str, signals: Signals, *, recipients: int = 1, reply: bool = False) -> float:
    return judge(signals, read(text), recipients=recipients, reply=reply).probability


@given(SIGNALS, st.text(), st.integers(1, 100), st.booleans())
def test_the_parts_give_the_probability_exactly(signals: Signals, text: str, recipients: int, reply: bool) -> None:
    found = judge(signals, read(text), recipients=recipients, reply=reply)
    total = sum(value for _, value in found.parts)
    assert found.probability == 1 / (1 + math.exp(-total))
    assert 0 < found.probability < 1


@given(st.text(), st.floats(0, 24), st.floats(0, 1e4), st.integers(1, 100), st.floats(0.01, 1))
def test_words_alone_never_hold(text: str, hour: float, reply: float, recipients: int, threshold: float) -> None:
    found = judge(Signals(hour=hour, reply_seconds=reply), read(text), recipients=recipients, reply=True)
    assert not holds(found, threshold)


@given(st.floats(0, 1), TYPING)
def test_no_source_alone_reaches_the_usual_threshold(tense: float, typing: Typing) -> None:
    calm = read(CALM)
    assert not holds(judge(Signals(tense=tense), calm, recipients=1, reply=False), THRESHOLD)
    assert not holds(judge(Signals(typing=typing), calm, recipients=1, reply=False), THRESHOLD)


@given(SIGNALS, st.text(), st.integers(1, 100), st.booleans(), st.floats(0.01, 1))
def test_what_is_held_has_two_of_the_first_three_to_speak_for_it(
    signals: Signals, text: str, recipients: int, reply: bool, threshold: float
) -> None:
    found = judge(signals, read(text), recipients=recipients, reply=reply)
    loud = [name for name, value in found.parts if name in {"brain", "typing", "words"} and value >= TOLD_FROM]
    assert not holds(found, threshold) or len(loud) >= 2


def test_one_source_holds_nothing_while_another_knows_that_all_is_as_usual() -> None:
    usual = replace(HOT, rate=4.0, corrections=None, bursts=6.0)
    for signals, text in (
        (
            Signals(typing=usual, hour=0.5),
            "FIX IT NOW!!! YOU IDIOT. This is unacceptable, you liar!!!",
        ),
        (Signals(tense=1.0, typing=usual, hour=0.5), "See you tomorrow at noon then."),
    ):
        assert not holds(judge(signals, read(text), recipients=5, reply=True), 0.01)


def test_sharp_words_and_a_tense_body_hold() -> None:
    for signals in (Signals(tense=0.9), Signals(typing=HOT), Signals(tense=0.9, typing=HOT)):
        found = judge(signals, read(ANGRY), recipients=1, reply=False)
        assert holds(found, THRESHOLD)
        assert "The words or the way they are written are sharp." in found.why


def test_a_calm_body_lets_sharp_words_go() -> None:
    calm = Signals(tense=0.1, typing=replace(HOT, rate=4.0, corrections=0.05, bursts=6.0))
    assert not holds(judge(calm, read(ANGRY), recipients=1, reply=False), THRESHOLD)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_tension_never_calms(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert probability(CALM, Signals(tense=low)) <= probability(CALM, Signals(tense=high))


def test_the_hour_the_crowd_and_a_quick_answer_speak_for_it() -> None:
    usual = probability(ANGRY, Signals(hour=14.0))
    assert probability(ANGRY, Signals(hour=23.5)) > usual
    assert probability(ANGRY, Signals(hour=2.0)) > usual
    assert probability(ANGRY, Signals(hour=14.0), recipients=8) > usual
    assert probability(ANGRY, Signals(hour=14.0, reply_seconds=30.0), reply=True) > usual
    assert probability(ANGRY, Signals(hour=14.0, reply_seconds=30.0), reply=False) == usual


def test_a_figure_that_is_no_number_is_not_known() -> None:
    assert judge(Signals(tense=float("nan")), Written(), recipients=1, reply=False).sources == 0


def test_few_keys_tell_nothing() -> None:
    assert judge(Signals(typing=replace(HOT, keys=10)), Written(), recipients=1, reply=False).sources == 0


@pytest.mark.parametrize(
    ("sharp", "mild"),
    [
        ("FIX IT NOW. I WON'T ASK AGAIN", "When you have a moment, could you fix this? Thanks."),
        ("You never listen! How dare you.", "I listened to the talk you sent."),
        ("Das ist eine Frechheit! Schicken Sie mir sofort mein Geld!", "Könnten Sie mir bitte die Rechnung schicken?"),
        ("C'est inadmissible!! Répondez immédiatement.", "Pourriez-vous me répondre demain ? Merci beaucoup."),
        ("¡Ya basta! Es el colmo, paga ahora mismo.", "Por favor, páguelo cuando pueda. Gracias."),
        ("Adesso basta! È inaccettabile. Rispondi subito.", "Grazie, rispondo domani con calma."),
        ("Isto é inaceitável! Responda imediatamente.", "Obrigada pela resposta de ontem."),
        ("Dit is belachelijk! Betaal onmiddellijk.", "Bedankt voor de snelle betaling."),
    ],
)
def test_sharp_words_are_told_from_mild_ones(sharp: str, mild: str) -> None:
    signals = Signals(tense=0.8)
    assert holds(judge(signals, read(sharp), recipients=1, reply=False), 0.5)
    assert not holds(judge(signals, read(mild), recipients=1, reply=False), 0.3)


def test_an_acronym_is_no_shouting() -> None:
    assert read("The NASA report names the API.").capitals == 0
    assert read("THE REPORT IS LATE").capitals == 1


def test_a_request_is_no_order() -> None:
    assert read("Send it. Stop!").orders == 2
    assert read("Please send it. Send it when you can, thanks.").orders == 0
