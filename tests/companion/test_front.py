from __future__ import annotations

from companion.deep_work.front import Front
from companion.notices.digest import Digest, digest
from companion.notices.types import Decision, Judged, Notice
from index.notices import HeldNotice

PASSES = Judged(Notice(1, 0.0, "Signal", "Ines", "call me"), Decision.PASS)
HELD = digest(1, (HeldNotice(2, 0.0, "Slack", "Jonas", "lunch?"),))


def test_nobody_shows_before_somebody_says_so() -> None:
    front = Front()
    assert not front.show(PASSES)
    shown: list[Judged] = []

    def show(judged: Judged) -> bool:
        shown.append(judged)
        return True

    front.shown_by(show, None)
    assert front.show(PASSES)
    front.shown_by(None, None)
    assert not front.show(PASSES)
    assert shown == [PASSES]


def test_a_digest_nobody_could_be_offered_waits_for_somebody() -> None:
    front, offered = Front(), list[Digest]()
    assert not front.offer(HELD)
    front.shown_by(None, None)
    front.shown_by(None, offered.append)
    front.shown_by(None, offered.append)
    assert offered == [HELD]
    assert front.offer(HELD)
    assert offered == [HELD, HELD]


def test_of_several_digests_that_waited_none_is_lost() -> None:
    front, offered = Front(), list[Digest]()
    later = digest(2, (HeldNotice(3, 5.0, "Slack", "Ines", "coffee?"), HeldNotice(4, 6.0, "Mail", "Dr. Z", "result")))
    front.offer(HELD)
    front.offer(later)
    front.offer(HELD)
    front.shown_by(None, offered.append)
    (one,) = offered
    assert one.number == 2
    assert [notice.number for notice in one.notices] == [4, 3, 2]


def test_what_went_from_one_digest_into_the_next_is_offered_once() -> None:
    front, offered = Front(), list[Digest]()
    front.offer(HELD)
    front.offer(digest(2, (HeldNotice(3, 5.0, "Slack", "Ines", "coffee?"), *HELD.notices)))
    front.shown_by(None, offered.append)
    assert [[notice.number for notice in one.notices] for one in offered] == [[3, 2]]


def test_what_waits_can_be_forgotten() -> None:
    front, offered = Front(), list[Digest]()
    front.offer(HELD)
    front.forget()
    front.shown_by(None, offered.append)
    assert offered == []
