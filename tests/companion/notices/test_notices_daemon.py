"""What the daemon drops, is slow with or forgets, and which of its numbers are ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from dbus_fast import Variant
from desktop import end, wait_until
from notices_desk import OF_XFCE, NoticesDesk, Semantic, busy, notices_desk

from companion.notices import notices as facade
from companion.notices.judging import UNSEEN
from companion.notices.notices import Notices
from companion.notices.rules import Choices
from companion.notices.server import UnclosedError
from companion.notices.types import CRITICAL, Notice
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
    desk.notices.unseen([desk.shown[1].notice.number])
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [(one.summary, one.why) for one in digest.notices] == [("Bob", UNSEEN)]
    desk.notices.unseen([desk.shown[0].notice.number])  # also when focus is over
    wait_until(lambda: desk.notices.snapshot().digest != digest, "another digest")


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
        desk.notices.unseen([desk.shown[0].notice.number])
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
    judging, original = desk.notices._judging, Original("Mail", "", "letter", "", ())
    for one in (first, replace(first, daemon_id=77, daemon=daemon)):
        desk.notices._judged.do(lambda one=one: judging.take(one, original)).result(20.0)
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
    judging, original = desk.notices._judging, Original("Mail", "", "fire", "", ())
    fire = Notice(desk.notices.mark() + 1000, 5.0, "Mail", "fire", "", CRITICAL)
    letter = replace(fire, number=fire.number + 1, summary="letter", urgency=1)
    for one in (fire, letter, replace(fire, daemon_id=77), replace(letter, daemon_id=78)):
        desk.notices._judged.do(lambda one=one: judging.take(one, original)).result(20.0)
    digest = desk.notices.focus_ended()
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["letter"]
    assert (77 in closed, 78 in closed) == (False, True)


def test_what_its_daemon_answers_for_only_after_its_time_was_forgotten_is_forgotten(
    desk: NoticesDesk, store: Store
) -> None:
    desk.quiet()
    judging, original, first = desk.notices._judging, Original("Mail", "", "letter", "", ()), desk.notices.mark()
    slow = [Notice(first - 1, 50.0, "Mail", "letter", ""), Notice(first - 1, 150.0, "Mail", "since", "")]
    desk.notices.forgotten(0.0, 100.0)
    slow.append(Notice(first + 1000, 50.0, "Mail", "by a clock that was set back", ""))
    for one in slow:
        desk.notices._judged.do(lambda one=one: judging.take(one, original)).result(20.0)
    assert [one.judged.notice.summary for one in judging.recent()] == ["by a clock that was set back", "since"]
    assert desk.notices.focus_ended(desk.loud) is not None
    assert "letter" not in [one.summary for one in rows.between(store, 0.0, 1000.0)]
