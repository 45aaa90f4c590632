"""The whole of it against a real daemon."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from dbus_fast import Variant
from desktop import wait_until
from notices_desk import DUNST, OF_DUNST, OF_XFCE, PATH, SERVER, NoticesDesk, notices_desk

from companion.notices import learner
from companion.notices.digest import Digest
from companion.notices.notices import Notices
from companion.notices.rules import Choices, OwnRule
from companion.notices.types import Decision, NoticesError
from index import notices as rows
from index.store import Store
from index.types import VaultError
from index.writer import Writer


def test_ten_are_held_one_critical_is_shown_and_one_digest_tells_of_the_ten(desk: NoticesDesk, store: Store) -> None:
    desk.quiet()
    for i in range(10):
        desk.program.notify(f"letter {i}", "nothing urgent")
    desk.program.notify("fire", "leave the house", urgency="critical")
    wait_until(lambda: desk.shown, "the toast")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert digest.count == 10
    assert [one.summary for one in digest.notices] == [f"letter {i}" for i in reversed(range(10))]
    assert [judged.notice.summary for judged in desk.shown] == ["fire"]
    assert desk.shown[0].why == "Passed because its program marked it critical."
    wait_until(lambda: desk.dunst.popped == 1, "one message")
    assert desk.dunst.history().count("fire") == 1
    assert not desk.dunst.get("paused")
    assert rows.held(store) == rows.untold(store) == []
    snapshot = desk.notices.snapshot()
    assert (snapshot.seen, snapshot.passed, snapshot.held) == (11, 1, 10)
    assert not desk.incidents


def test_what_was_held_is_told_once(desk: NoticesDesk) -> None:
    desk.quiet()
    desk.program.notify("letter")
    first = desk.notices.focus_ended(desk.loud)
    assert first is not None
    assert desk.notices.focus_ended() is None
    desk.quiet()
    assert desk.notices.focus_ended(desk.loud) is None


def test_an_original_opens_from_the_digest_with_its_own_actions(desk: NoticesDesk) -> None:
    desk.quiet()
    number = desk.program.notify("letter")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    desk.notices.looked_at(digest)
    assert desk.notices.open(digest.notices[0].number)
    wait_until(lambda: desk.dunst.popped == 1, "the original in place of the digest")
    desk.program.close(number)
    wait_until(lambda: desk.dunst.popped == 0, "the original to go")
    assert desk.notices.snapshot().answers == 1
    with pytest.raises(NoticesError, match="no notification 999"):
        desk.notices.open(999)


def test_one_that_the_daemon_forgot_is_shown_by_what_it_said(desk: NoticesDesk) -> None:
    desk.quiet()
    for i in range(25):  # its history has room for twenty
        desk.program.notify(f"letter {i}")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert digest.count == 25
    oldest = digest.notices[-1]
    assert not desk.notices.open(oldest.number)
    wait_until(lambda: desk.dunst.popped == 2, "the letter beside the digest")


def test_what_is_shown_again_is_written_for_a_daemon_that_reads_markup(desk: NoticesDesk, tmp_path: Path) -> None:
    config = tmp_path / "dunstrc"
    config.write_text("[global]\nmarkup = full\nhistory_length = 1\n", encoding="utf-8")
    desk.restart_dunst(config)
    desk.quiet()
    desk.program.notify("letter", "if a &lt;b&gt; c &amp; d")
    desk.program.notify("another")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    (letter,) = [one for one in digest.notices if one.summary == "letter"]
    assert letter.body == "if a <b> c & d"
    assert not desk.notices.open(letter.number)
    desk.dunst.caller.call(SERVER, PATH, DUNST, "NotificationCloseAll")
    wait_until(lambda: desk.dunst.history() == ["letter"], "it to be closed")
    assert desk.dunst.history("body") == ["if a &lt;b&gt; c &amp; d"]


def test_what_is_held_while_an_earlier_digest_is_still_told_of_is_known_when_it_is_taken_back(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    telling = desk.notices._telling
    tell, reached, goes_on = telling.tell, threading.Event(), threading.Event()

    def slowly() -> Digest | None:
        reached.set()
        assert goes_on.wait(20)
        return tell()

    monkeypatch.setattr(telling, "tell", slowly)
    desk.notices._vault.put(desk.notices._tell)
    assert reached.wait(20)
    desk.quiet()
    number = desk.program.notify("a message read elsewhere")
    wait_until(lambda: bool(desk.notices._holding._held), "it to be held")
    goes_on.set()
    desk.notices._vault.do(lambda: None).result(20)
    desk.program.close(number)
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [(one.summary, one.withdrawn) for one in digest.notices] == [("a message read elsewhere", True)]


def test_what_is_replaced_is_told_once_and_what_is_withdrawn_is_marked(desk: NoticesDesk) -> None:
    desk.quiet()
    number = desk.program.notify("download", "10 %")
    desk.program.notify("download", "90 %", replaces=number)
    withdrawn = desk.program.notify("a message read elsewhere")
    desk.seen(3)
    desk.program.close(withdrawn)
    desk.program.notify("volume", **{"x-canonical-private-synchronous": Variant("s", "volume")})
    desk.program.notify("volume up", **{"x-canonical-private-synchronous": Variant("s", "volume")})
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    told = {(one.summary, one.body, one.withdrawn) for one in digest.notices}
    assert told == {
        ("download", "90 %", False),
        ("a message read elsewhere", "", True),
        ("volume up", "", False),
    }


def test_where_critical_ones_pass_the_important_is_sent_again_in_its_own_place(desk: NoticesDesk) -> None:
    desk.choices[0] = Choices(starred_people=("Ada",))
    assert desk.notices.focus_began(OF_XFCE, "xfce4-notifyd")
    number = desk.program.notify("Ada", "are you there?", app="Signal")
    desk.program.notify("Bob", "hello", app="Signal")
    desk.seen(2)
    digest = desk.notices.focus_ended()
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["Bob"]
    assert not desk.shown
    assert desk.dunst.popped == 3  # Ada's once, Bob's, which this daemon was not told to hold, and the digest
    desk.program.close(number)
    wait_until(lambda: desk.dunst.popped == 2, "Ada's to go by its first number")
    assert desk.notices.snapshot().seen == 2


def test_rules_of_the_person_come_first_to_last(desk: NoticesDesk) -> None:
    desk.choices[0] = Choices(
        rules=(
            OwnRule(Decision.PASS, app="mail", words="invoice"),
            OwnRule(Decision.DIGEST, app="mail"),
        )
    )
    desk.quiet()
    desk.program.notify("the invoice")
    desk.program.notify("the newsletter")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [(one.summary, one.decision) for one in digest.notices] == [("the newsletter", "digest")]
    assert digest.body == "1 other"
    assert [judged.rule for judged in desk.shown] == ["own rule 1"]


def test_what_came_after_do_not_disturb_went_on_is_held_although_focus_began_later(desk: NoticesDesk) -> None:
    number = desk.program.notify("seen long ago")  # by number: a clock that is set back brings it not in again
    desk.seen(1)
    since = desk.notices.mark()
    desk.dunst.pause(True)
    desk.program.notify("in between")
    desk.seen(2)
    assert desk.notices.focus_began(OF_DUNST, "dunst", since=since)
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["in between"]
    desk.program.close(number)
    wait_until(lambda: desk.dunst.popped == 1, "only the digest")


def test_do_not_disturb_is_let_go_of_even_where_the_vault_refuses(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.quiet()

    def refuse(*_: object, **__: object) -> None:
        raise VaultError("the disk is full")

    monkeypatch.setattr(rows, "hold", refuse)
    desk.program.notify("letter")
    released: list[bool] = []
    digest = desk.notices.focus_ended(lambda: (released.append(True), desk.loud()))
    assert digest is None
    assert released == [True]
    wait_until(lambda: desk.dunst.popped == 1, "the daemon to show it itself")
    assert any("disk is full" in sentence for sentence in desk.incidents)


def test_a_crash_loses_none_and_the_next_start_tells(writer: Writer, store: Store) -> None:
    with notices_desk(writer, store) as desk:
        desk.quiet()
        for i in range(3):
            desk.program.notify(f"letter {i}")
        desk.seen(3)
        wait_until(lambda: len(rows.held(store)) == 3, "all to be kept")
        # Nothing of it lives on but what is in the vault.
        again = Notices(writer, store, desk.environ, on_incident=lambda _, what: desk.incidents.append(what))
        desk.notices.stop()
        again.start()
        try:
            wait_until(lambda: not rows.held(store) and not rows.untold(store), "the digest")
            told = rows.of_digest(store, 1)
            assert [one.summary for one in told] == ["letter 2", "letter 1", "letter 0"]
            desk.dunst.pause(False)
            wait_until(lambda: desk.dunst.popped == 1, "one message")
        finally:
            again.stop()


def test_choosing_the_digest_offers_it_to_a_window(desk: NoticesDesk) -> None:
    desk.quiet()
    desk.program.notify("letter")
    digest = desk.notices.focus_ended(desk.loud)
    wait_until(lambda: desk.dunst.popped == 1, "the digest")
    desk.dunst.caller.call(
        SERVER, "/org/freedesktop/Notifications", "org.dunstproject.cmd0", "NotificationAction", "u", 0
    )
    wait_until(lambda: desk.offered, "the window")
    assert desk.offered == [digest]


def test_what_passed_is_shown_again_by_its_original_alone_and_that_is_learned_from(desk: NoticesDesk) -> None:
    desk.quiet()
    desk.program.notify("fire", "leave the house", urgency="critical")
    wait_until(lambda: desk.shown, "the toast")
    wait_until(lambda: desk.notices.snapshot().passed == 1, "it to have passed")
    number = desk.shown[0].notice.number
    assert not desk.notices.open(number)  # do-not-disturb would keep it back
    wait_until(lambda: desk.notices.snapshot().answers == 1, "the click to be learned from")
    assert desk.dunst.get("displayedLength") == 0
    assert desk.notices.focus_ended(desk.loud) is None
    assert desk.dunst.popped == 0
    assert desk.notices.open(number)
    wait_until(lambda: desk.dunst.popped == 1, "the original")


def test_a_digest_that_the_person_looks_at_is_learned_from_once(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(desk.notices._learner, "in_digest", lambda some: seen.extend(one.number for one in some))
    desk.quiet()
    desk.program.notify("letter")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert seen == []  # nobody has looked at it yet
    desk.notices.looked_at(digest)
    desk.notices.looked_at(digest)
    assert seen == [one.number for one in digest.notices]


def test_without_a_bus_the_digest_is_offered_at_once_and_counts_as_told(writer: Writer, store: Store) -> None:
    offered: list[object] = []
    incidents: list[str] = []
    writer.do(rows.hold, [rows.HeldNotice(1, 5.0, "Mail", "letter", "")]).result()
    environ = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    alone = Notices(writer, store, environ, offer=offered.append, on_incident=lambda _, what: incidents.append(what))
    alone.start()
    try:
        wait_until(lambda: offered, "the window")
        assert not alone.focus_began(OF_DUNST, "dunst")
        assert "no session bus" in alone.snapshot().limits
        released: list[bool] = []
        assert alone.focus_ended(lambda: released.append(True)) is None
        assert released == [True]
        assert any("There is no session bus" in sentence for sentence in incidents)
        assert not rows.untold(store)
    finally:
        alone.stop()


def test_what_is_learned_is_kept_and_corrections_are_learned_from(writer: Writer, store: Store) -> None:
    with notices_desk(writer, store) as desk:
        desk.program.notify("Ada", app="Signal")
        desk.quiet()
        desk.program.notify("Bob", app="Signal")
        desk.seen(2)
        held, shown = desk.notices.snapshot().recent
        wait_until(lambda: desk.notices.snapshot().held == 1, "Bob's to be kept")
        assert held.decision is Decision.HOLD
        desk.notices.turned_to("signal", shown.notice.time + 1.0)
        desk.notices.correct(held.notice.number, important=True)
        snapshot = desk.notices.snapshot()
        assert (snapshot.answers, snapshot.corrections) == (2, 1)
        desk.notices.stop()
        again = Notices(writer, store, desk.environ, on_incident=lambda _, what: desk.incidents.append(what))
        again.start()
        assert (again.snapshot().answers, again.snapshot().corrections) == (2, 1)
        assert b"Bob" not in rows.model(store).data  # type: ignore[union-attr]
        again.forgotten(0.0, held.notice.time + 1.0)
        wait_until(lambda: rows.model(store) is None, "what was learned to go")
        wait_until(lambda: learner.UNLEARNED in desk.incidents, "it to be said")
        assert (again.snapshot().answers, again.snapshot().recent) == (0, ())
        with pytest.raises(NoticesError):
            again.correct(held.notice.number, important=True)
        again.stop()
        writer.do(rows.put_model, b"damaged", time=1e11).result()
        again = Notices(writer, store, desk.environ, on_incident=lambda _, what: desk.incidents.append(what))
        again.start()
        assert again.snapshot().answers == 0
        assert any("is damaged" in sentence for sentence in desk.incidents)
        again.stop()
