from __future__ import annotations

from companion.capture import lately
from companion.capture.lately import SETTLES, LatelyKeptOut
from companion.capture.screen import NOTHING, Sight
from companion.capture.types import Rect, Window

LEFT, RIGHT = Rect(0, 0, 100, 100), Rect(100, 0, 100, 100)
NEAR, WIDE = Rect(50, 50, 40, 40), Rect(50, 0, 100, 100)


def sight(rect: Rect | None, *over: Rect) -> Sight:
    return Sight(1, Window("KeePassXC", "db", rect=rect), tuple(Window("", "", rect=one) for one in over))


def test_nothing_was_kept_out() -> None:
    assert not LatelyKeptOut().may_show(LEFT, 0.0)


def test_its_place_and_those_of_what_lay_over_it_settle_from_the_first_sight_of_something_else() -> None:
    known = LatelyKeptOut()
    known.keep_out(sight(LEFT, RIGHT))
    assert known.may_show(NEAR, 100.0)
    assert known.may_show(NEAR, 100.0 + SETTLES / 2)
    assert not known.may_show(NEAR, 100.0 + SETTLES)
    assert known.may_show(WIDE, 100.0 + SETTLES)  # nobody looked at the right half meanwhile
    assert not known.may_show(WIDE, 100.0 + 2 * SETTLES)


def test_what_is_kept_out_again_begins_anew() -> None:
    known = LatelyKeptOut()
    known.keep_out(sight(LEFT))
    assert known.may_show(NEAR, 0.0)
    known.keep_out(sight(LEFT))
    assert known.may_show(NEAR, SETTLES)
    assert not known.may_show(NEAR, 2 * SETTLES)


def test_what_has_no_place_is_remembered_nowhere() -> None:
    known = LatelyKeptOut()
    known.keep_out(NOTHING)
    known.keep_out(sight(None))
    assert not known.may_show(LEFT, 0.0)


def test_places_are_bounded() -> None:
    known = LatelyKeptOut()
    for number in range(10 * lately.PLACES):
        known.keep_out(sight(Rect(10 * number, 0, 10, 10)))
    assert len(known._places) == lately.PLACES
    assert known.may_show(Rect(10 * (10 * lately.PLACES - 1), 0, 5, 5), 0.0)
