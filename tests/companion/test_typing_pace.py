from __future__ import annotations

import pytest

from companion.capture.types import Trigger
from companion.sending.typing_pace import NOW_SECONDS, PIECE_SECONDS, USUAL_KEYS, USUAL_SECONDS, TypingPace


def type_for(pace: TypingPace, start: float, keys: int, interval: float) -> float:
    """Type; return when the last key was pressed."""
    for number in range(keys):
        pace.happened(Trigger.TYPED, start + number * interval)
    return start + (keys - 1) * interval


def test_what_was_typed_before_tells_what_is_usual() -> None:
    pace = TypingPace()
    type_for(pace, 0.0, USUAL_KEYS, 0.4)
    end = type_for(pace, 1000.0, 200, 0.15)
    found = pace.typing(end)
    assert found is not None
    assert found.keys == 200
    assert found.usual_rate == pytest.approx(2.5, rel=0.01)
    assert found.rate == pytest.approx(1 / 0.15, rel=0.01)
    assert found.corrections is None
    assert found.usual_bursts == 0
    assert found.bursts is not None
    assert found.bursts > 0


def test_weeks_without_a_mail_are_not_kept() -> None:
    pace = TypingPace()
    for piece in range(5 * round(USUAL_SECONDS / PIECE_SECONDS)):
        pace.happened(Trigger.TYPED, piece * PIECE_SECONDS)
    assert len(pace._pieces) <= USUAL_SECONDS / PIECE_SECONDS + 1


def test_pauses_are_no_part_of_the_rate() -> None:
    pace = TypingPace()
    type_for(pace, 0.0, 50, 0.2)
    end = type_for(pace, 60.0, 50, 0.2)
    found = pace.typing(end, usual_rate=3.0)
    assert found is not None
    assert found.rate == pytest.approx(5.0)


def test_days_before_tell_what_is_usual_while_little_was_typed() -> None:
    pace = TypingPace()
    type_for(pace, 0.0, USUAL_KEYS - 1, 0.4)
    end = type_for(pace, 1000.0, 60, 0.2)
    assert pace.typing(end) is None
    found = pace.typing(end, usual_rate=4.0)
    assert found is not None
    assert (found.usual_rate, found.bursts, found.usual_bursts) == (4.0, None, None)


def test_nothing_is_said_of_a_mail_that_was_not_typed_now() -> None:
    pace = TypingPace()
    end = type_for(pace, 0.0, 400, 0.3)
    assert pace.typing(end + NOW_SECONDS + 20.0, usual_rate=4.0) is None


def test_other_hands_say_nothing_and_what_is_forgotten_is_gone() -> None:
    pace = TypingPace()
    pace.happened(Trigger.CLICKED, 1.0)
    assert pace.typing(2.0, usual_rate=4.0) is None
    type_for(pace, 10.0, 60, 0.2)
    pace.forget()
    assert pace.typing(22.0, usual_rate=4.0) is None
