"""What the daemon drops, is slow with or forgets, and which of its numbers are ours."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import pytest
from dbus_fast import Variant
from desktop import end, wait_until
from notices_desk import OF_DUNST, OF_XFCE, NoticesDesk, Semantic, busy, notices_desk

from companion.notices import judging
from companion.notices import notices as facade
from companion.notices.judging import UNSEEN
from companion.notices.notices import Notices
from companion.notices.rules import Choices, OwnRule
from companion.notices.server import UnclosedError
from companion.notices.types import CRITICAL, Decision, Notice
from companion.notices.wire import Original
from index import notices as rows
from index.store import Store
from index.writer import Writer


def test_where_the_daemon_drops_what_it_holds_what_comes_last_is_held(desk: NoticesDesk) -> None:
    assert desk.notices.focus_began(OF_XFCE, "xfce4-notifyd")
    desk.program.notify("letter")
    digest = desk.notices.focus_ended(lambda: desk.program.notify("in the last moment of do-not-disturb"))
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["in the last moment of do-not-disturb", "letter"]


def test_what_passed_and_never_was_on_the_screen_is_in_the_digest(desk: NoticesDesk) -> None:
    desk.choices[0] = Choices(starred_people=("Ada", "Bob"))
    desk.quiet()
    desk.program.notify("Ada", app="Signal")
    desk.program.notify("Bob", app="Signal")
    wait_until(lambda: len(desk.shown) == 2, "two toasts")
    wait_until(lambda: desk.notices.snapshot().passed == 2, "them to have passed")
    desk.notices.unseen([desk.shown[1]])
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [(one.summary, one.why) for one in digest.notices] == [("Bob", UNSEEN)]
    desk.notices.unseen([desk.shown[0]])  # also when focus is over
    wait_until(lambda: desk.notices.snapshot().digest != digest, "another digest")


def test_what_waited_for_room_while_hundreds_came_is_in_the_digest(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judging.REMEMBERED == 500
    monkeypatch.setattr(judging, "REMEMBERED", 5)
    desk.notices._judging._recent = deque(maxlen=5)
    desk.quiet()
    number = desk.program.notify("disk fails", urgency="critical")
    desk.program.notify("another disk fails", urgency="critical")
    wait_until(lambda: len(desk.shown) == 2, "two toasts")
    for i in range(6):
        desk.program.notify(f"letter {i}")
    desk.seen(8)
    desk.notices.unseen(desk.shown[:1])
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert digest.count == 7
    (disk,) = [one for one in digest.notices if one.summary == "disk fails"]
    assert (disk.why, disk.daemon_id) == (UNSEEN, number)
    desk.notices.forgotten(0.0, 4e9)
    desk.notices.unseen(desk.shown[1:])  # handed back by windows that let go of what was forgotten
    desk.notices._judged.do(lambda: None).result(20.0)
    desk.notices._vault.do(lambda: None).result(20.0)
    assert "another disk fails" not in [one.summary for one in rows.between(desk.notices._store, 0.0, 4e9)]


def test_what_its_program_takes_back_or_goes_on_with_where_it_is_held_is_taken_down(desk: NoticesDesk) -> None:
    desk.choices[0] = Choices(rules=(OwnRule(Decision.PASS, words="low"),))
    desk.quiet()
    called = desk.program.notify("Incoming call", "Bob", app="Phone")
    power = desk.program.notify("Battery is low", app="power")
    desk.program.notify("Incoming call", "Ada", app="Phone")
    wait_until(lambda: len(desk.shown) == 3, "three toasts")
    bob, battery, ada = desk.shown
    desk.program.close(called)
    wait_until(lambda: desk.is_down(bob), "the call that is over to be taken down")
    assert not desk.is_down(battery)
    desk.program.notify("Battery is charging", app="power", replaces=power)
    wait_until(lambda: desk.is_down(battery), "what is no longer so to be taken down")
    assert not desk.is_down(ada)
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["Battery is charging"]


def test_what_its_program_goes_on_with_is_shown_as_the_same_one(desk: NoticesDesk) -> None:
    desk.quiet()
    number = desk.program.notify("Shutdown in 60 s", urgency="critical", app="power")
    desk.program.notify("Shutdown in 59 s", urgency="critical", app="power", replaces=number)
    desk.program.notify("volume", urgency="critical", app="sound", **{"x-dunst-stack-tag": Variant("s", "volume")})
    desk.program.notify("volume", urgency="critical", app="sound", **{"x-dunst-stack-tag": Variant("s", "volume")})
    wait_until(lambda: len(desk.shown) == 4, "all that is critical")
    first, second, loud, louder = [one.notice for one in desk.shown]
    assert second.goes_on_with(first)
    assert louder.goes_on_with(loud)
    assert not loud.goes_on_with(second)
    assert not first.goes_on_with(second)
    assert not replace(second, daemon="of another run").goes_on_with(first)
    assert not desk.taken_down


def test_who_tries_again_while_do_not_disturb_goes_on_is_let_through(desk: NoticesDesk) -> None:
    desk.program.notify("Ines", "first", app="Chat")
    desk.seen(1)
    since = desk.notices.mark()
    desk.program.notify("Ines", "second", app="Chat")
    desk.program.notify("Bob", "hello", app="Chat")
    desk.seen(3)
    desk.dunst.pause(True)
    assert desk.notices.focus_began(OF_DUNST, "dunst", since)
    wait_until(lambda: desk.shown, "who tries again")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["Bob"]
    assert [(one.notice.body, one.rule) for one in desk.shown] == [("second", "repeat")]


def test_what_never_was_on_the_screen_is_told_by_the_next_start_where_all_has_ended(
    writer: Writer, store: Store
) -> None:
    with notices_desk(writer, store) as desk:
        desk.choices[0] = Choices(starred_people=("Ada",))
        desk.quiet()
        desk.program.notify("Ada", app="Signal")
        wait_until(lambda: desk.shown and desk.notices.snapshot().passed, "it to have passed")
        desk.notices.focus_ended(desk.loud)
        desk.notices.stop()  # focus is not followed any more, and the windows hear of it a second later
        desk.notices.unseen([desk.shown[0]])
        wait_until(lambda: rows.held(store), "the vault to have it")
        again = Notices(writer, store, desk.environ, on_incident=lambda _, what: desk.incidents.append(what))
        again.start()
        try:
            wait_until(lambda: again.snapshot().digest, "the digest")
        finally:
            again.stop()
        assert not desk.incidents


def test_only_what_was_sent_here_is_taken_for_our_own(desk: NoticesDesk) -> None:
    desk.program.notify("of another", **{"desktop-entry": Variant("s", "companion")})
    desk.seen(1)
    assert [one.notice.summary for one in desk.notices.snapshot().recent] == ["of another"]


def test_what_a_busy_daemon_does_not_close_is_tried_again(desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    server = desk.notices._holding._server
    close, refused = server.close, list[int]()

    def slow(numbers: Sequence[int]) -> None:
        if len(refused) < 2 and numbers:
            refused.extend(numbers)
            raise UnclosedError("it does not answer", numbers)
        close(numbers)

    monkeypatch.setattr(server, "close", slow)
    desk.quiet()
    for i in range(3):
        desk.program.notify(f"letter {i}")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert digest.count == 3
    assert len(refused) >= 2
    wait_until(lambda: desk.dunst.popped == 1, "only the digest")
    assert not desk.incidents


def test_a_bus_that_goes_away_during_focus_is_said_and_is_a_reason_to_hold_nothing(desk: NoticesDesk) -> None:
    desk.quiet()
    assert desk.notices.limits == ""
    end(desk.bus)
    wait_until(lambda: facade.MISSED in desk.incidents, "it to be said that some may be missing")
    assert "has gone away" in desk.notices.limits
    released: list[bool] = []
    desk.notices.focus_ended(lambda: released.append(True))
    assert released == [True]


def test_one_that_gets_its_number_late_is_closed_then_and_told_of_once(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[int] = []
    monkeypatch.setattr(desk.notices._holding._server, "close", closed.extend)
    desk.quiet()
    desk.program.notify("fire", urgency="critical")
    wait_until(lambda: desk.shown, "what is critical")
    daemon = desk.shown[0].notice.daemon
    first = Notice(desk.notices.mark() + 1000, 5.0, "Mail", "letter", "")
    judges, original = desk.notices._judging, Original("Mail", "", "letter", "", ())
    for one in (first, replace(first, daemon_id=77, daemon=daemon)):
        desk.notices._judged.do(lambda one=one: judges.take(one, original)).result(20.0)
    desk.program.notify("another")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["another", "letter"]
    assert 77 in closed
    assert desk.notices.snapshot().seen == 3


def test_a_digest_that_comes_late_disturbs_no_later_focus_and_is_told_at_its_end(
    desk: NoticesDesk, writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facade, "DIGEST_SECONDS", 0.2)
    desk.quiet()
    with busy(writer):
        desk.program.notify("letter")
        assert desk.notices.focus_ended(desk.loud) is None
        desk.quiet()
    wait_until(lambda: rows.held(store), "the vault to have it")
    desk.notices._vault.do(lambda: None).result(20.0)
    assert (desk.dunst.popped, desk.notices.snapshot().digest) == (0, None)  # where it is not kept it would be lost
    desk.program.notify("letter two")
    monkeypatch.setattr(facade, "DIGEST_SECONDS", 30.0)
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["letter two", "letter"]


def test_numbers_of_a_daemon_that_was_started_anew_are_others_notifications(writer: Writer, store: Store) -> None:
    with notices_desk(writer, store) as desk:
        desk.quiet()
        desk.program.notify("letter")
        assert desk.notices.focus_ended(desk.loud) is not None
        wait_until(lambda: desk.dunst.popped == 1, "the digest")
        (at,) = desk.notices._telling._shown
        desk.restart_dunst()
        numbers = [desk.program.notify(f"of another {number}") for number in range(5)]
        assert at[1] in numbers
        desk.notices.stop()  # which takes its digest off the screen
        assert desk.dunst.popped == len(numbers)


def test_a_critical_one_that_gets_its_number_late_stays_where_its_daemon_shows_it(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[int] = []
    monkeypatch.setattr(desk.notices._holding._server, "close", closed.extend)
    assert desk.notices.focus_began(Semantic(critical_passes=True, replays=True), "mako")
    judges, original = desk.notices._judging, Original("Mail", "", "fire", "", ())
    fire = Notice(desk.notices.mark() + 1000, 5.0, "Mail", "fire", "", CRITICAL)
    letter = replace(fire, number=fire.number + 1, summary="letter", urgency=1)
    for one in (fire, letter, replace(fire, daemon_id=77), replace(letter, daemon_id=78)):
        desk.notices._judged.do(lambda one=one: judges.take(one, original)).result(20.0)
    digest = desk.notices.focus_ended()
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["letter"]
    assert (77 in closed, 78 in closed) == (False, True)


def test_what_its_daemon_answers_for_only_after_its_time_was_forgotten_is_forgotten(
    desk: NoticesDesk, store: Store
) -> None:
    desk.quiet()
    judges, original, first = desk.notices._judging, Original("Mail", "", "letter", "", ()), desk.notices.mark()
    slow = [Notice(first - 1, 50.0, "Mail", "letter", ""), Notice(first - 1, 150.0, "Mail", "since", "")]
    desk.notices.forgotten(0.0, 100.0)
    slow.append(Notice(first + 1000, 50.0, "Mail", "by a clock that was set back", ""))
    for one in slow:
        desk.notices._judged.do(lambda one=one: judges.take(one, original)).result(20.0)
    assert [one.judged.notice.summary for one in judges.recent()] == ["by a clock that was set back", "since"]
    assert desk.notices.focus_ended(desk.loud) is not None
    assert "letter" not in [one.summary for one in rows.between(store, 0.0, 1000.0)]
