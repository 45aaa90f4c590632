"""What was held is told of once, whatever stands in the way, and is opened again as it can be seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from desktop import wait_until
from notices_desk import OF_DUNST, OF_XFCE, NoticesDesk, notices_desk

from companion.notices import notices as facade
from companion.notices.digest import Digest
from companion.notices.expiring import Expiring
from companion.notices.notices import Notices
from companion.notices.telling import HELD_BACK, WAITS
from companion.notices.types import NoticesError
from index import notices as rows
from index.notices import State
from index.store import Store
from index.writer import Writer


def hold(desk: NoticesDesk, *summaries: str) -> Digest | None:
    """Let a focus pass in which some come."""
    desk.quiet()
    for summary in summaries:
        desk.program.notify(summary)
    return desk.notices.focus_ended(desk.loud)


def again(desk: NoticesDesk, writer: Writer, store: Store) -> Notices:
    """Return the notices of another run."""
    return Notices(
        writer,
        store,
        desk.environ,
        offer=desk.offered.append,
        on_incident=lambda _, what: desk.incidents.append(what),
    )


def states(store: Store) -> set[State]:
    return {one.state for one in rows.between(store, 0.0, 1e12)}


def test_digests_nobody_answered_are_one_message_now_and_at_the_next_start(writer: Writer, store: Store) -> None:
    with notices_desk(writer, store) as desk:
        for number in range(4):
            digest = hold(desk, f"letter {number}")
            assert digest is not None
            assert digest.count == number + 1
            wait_until(lambda: desk.dunst.popped == 1, "one message")
        desk.notices.stop()
        another = again(desk, writer, store)
        another.start()
        try:
            wait_until(lambda: another.snapshot().digest, "the digest")
            assert desk.dunst.popped == 1
            assert another.snapshot().digest == digest
        finally:
            another.stop()
        assert not desk.incidents


def test_a_digest_that_was_looked_at_is_not_told_again(writer: Writer, store: Store) -> None:
    with notices_desk(writer, store) as desk:
        digest = hold(desk, "letter")
        assert digest is not None
        desk.notices.looked_at(digest)
        wait_until(lambda: desk.dunst.popped == 0, "its message to go")
        later = hold(desk, "letter two")
        assert later is not None
        assert [one.summary for one in later.notices] == ["letter two"]
        desk.notices.looked_at(later)
        desk.notices.stop()
        assert states(store) == {State.TOLD}
        assert not rows.untold(store)


def test_where_the_persons_own_do_not_disturb_would_drop_it_the_digest_waits(
    desk: NoticesDesk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facade, "AGAIN_SECONDS", 0.0)
    desk.own_quiet[0] = OF_XFCE
    assert hold(desk, "letter") is None
    tried = desk.notices._tell_at
    wait_until(lambda: desk.notices._tell_at > tried, "another try")
    assert (desk.dunst.popped, rows.untold(store), desk.offered) == (0, [1], [])
    waiting = desk.notices.snapshot().digest
    assert waiting is not None
    assert waiting.count == 1  # who asks for it may see it
    desk.own_quiet[0] = None
    wait_until(lambda: desk.dunst.popped == 1, "the digest")
    wait_until(lambda: states(store) == {State.TOLD}, "it to be taken down")
    assert not desk.incidents


def test_a_digest_that_waits_and_is_looked_at_is_not_told(desk: NoticesDesk, store: Store) -> None:
    desk.own_quiet[0] = OF_XFCE
    for summary in ("letter", "letter two"):
        assert hold(desk, summary) is None
    assert rows.untold(store) == [1, 2]
    waiting = desk.notices.snapshot().digest
    assert waiting is not None
    assert [one.summary for one in waiting.notices] == ["letter two", "letter"]
    desk.notices.looked_at(waiting)
    wait_until(lambda: not rows.untold(store), "both to be taken down")
    assert desk.dunst.popped == 0


def test_where_it_is_kept_or_shown_later_the_digest_is_told_at_once(desk: NoticesDesk) -> None:
    desk.own_quiet[0] = OF_DUNST
    digest = hold(desk, "letter")
    assert digest is not None
    assert desk.dunst.popped == 1


def test_what_neither_desktop_nor_window_can_show_is_told_once_one_can(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NoticesError("No.")

    monkeypatch.setattr(facade, "AGAIN_SECONDS", 0.0)
    with notices_desk(writer, store) as desk:
        desk.window[0] = False
        monkeypatch.setattr(desk.notices._telling._server, "say", refuse)
        assert hold(desk, "letter") is None
        tried = desk.notices._tell_at
        wait_until(lambda: desk.notices._tell_at > tried, "another try")
        assert rows.untold(store) == [1]
        assert desk.incidents == [WAITS.format("No.")]
        desk.window[0] = True
        wait_until(lambda: desk.offered, "the window")
        wait_until(lambda: not rows.untold(store), "it to be taken down")


def test_who_follows_focus_no_more_is_offered_what_nobody_answered(desk: NoticesDesk, store: Store) -> None:
    assert hold(desk, "letter") is not None
    desk.quiet()
    desk.program.notify("letter two")
    wait_until(lambda: rows.held(store), "it to be held")
    desk.notices.focus_ended(desk.loud)
    desk.notices.stop(for_good=True)
    (offered,) = desk.offered
    assert [one.summary for one in offered.notices] == ["letter two", "letter"]
    assert desk.dunst.popped == 0
    assert states(store) == {State.TOLD}
    assert not desk.incidents


def test_without_a_window_the_message_stays_where_focus_is_followed_no_more(desk: NoticesDesk, store: Store) -> None:
    desk.window[0] = False
    assert hold(desk, "letter") is not None
    desk.notices.stop(for_good=True)
    assert desk.dunst.popped == 1
    assert states(store) == {State.TOLD}
    assert not desk.incidents


def test_what_is_opened_during_focus_is_shown_by_a_window_and_pops_up_no_second_time(
    desk: NoticesDesk, store: Store
) -> None:
    desk.quiet()
    desk.program.notify("letter", "come")
    wait_until(lambda: rows.held(store), "it to be held")
    (letter,) = rows.held(store)
    assert not desk.notices.open(letter.number)
    assert [(one.notice.summary, one.notice.body) for one in desk.shown] == [("letter", "come")]
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert desk.dunst.popped == 1  # the digest alone
    assert desk.notices.open(letter.number)
    wait_until(lambda: desk.dunst.popped == 2, "the original")


def test_what_is_opened_where_critical_ones_pass_is_one(desk: NoticesDesk, store: Store, tmp_path: Path) -> None:
    config = tmp_path / "dunstrc"
    config.write_text('[urgency_critical]\nformat = "critical: %s"\n', encoding="utf-8")
    assert desk.notices.focus_began(OF_XFCE, "xfce4-notifyd")
    desk.program.notify("letter")
    wait_until(lambda: rows.held(store), "it to be held")
    (letter,) = rows.held(store)
    desk.restart_dunst(config)  # it has the original no more
    assert not desk.notices.open(letter.number)
    wait_until(lambda: desk.dunst.popped == 1, "what it said")
    desk.dunst.close_all()
    wait_until(lambda: desk.dunst.history("message") == ["critical: letter"], "it to be closed")
    assert not desk.shown


def test_what_nobody_can_show_under_do_not_disturb_is_refused_and_says_why(writer: Writer, store: Store) -> None:
    with notices_desk(writer, store, show=lambda _: False) as desk:
        digest = hold(desk, "letter")
        assert digest is not None
        desk.dunst.pause(True)
        desk.own_quiet[0] = OF_DUNST
        with pytest.raises(NoticesError, match=HELD_BACK):
            desk.notices.open(digest.notices[0].number)


def test_what_is_old_goes_whether_or_not_focus_is_followed(writer: Writer, store: Store) -> None:
    told = [rows.HeldNotice(number, 5.0, "Mail", "letter", "", state=State.TOLD, digest=1) for number in (1, 2)]
    writer.do(rows.hold, [*told, rows.HeldNotice(3, 5.0, "Mail", "letter", "")]).result()
    incidents = list[str]()
    part = Expiring(writer, clock=lambda: rows.KEPT_SECONDS + 6.0, on_incident=lambda _, what: incidents.append(what))
    part.start()
    try:
        wait_until(lambda: len(rows.between(store, 0.0, 1e12)) == 1, "them to go")
        assert [one.number for one in rows.held(store)] == [3]  # what was not told yet stays
        assert not incidents
    finally:
        part.stop()
