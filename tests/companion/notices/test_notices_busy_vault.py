"""What must not wait for the vault, and what outlives its refusals."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from dbus_fast import Variant
from desktop import end, wait_until
from notices_desk import DUNST, OF_DUNST, OF_XFCE, PATH, SERVER, NoticesDesk, Semantic, notices_desk

from companion.notices import notices as facade
from companion.notices.features import sender_name
from companion.notices.judging import PICTURED, UNSEEN
from companion.notices.notices import Notices
from companion.notices.rules import Choices
from companion.notices.server import UnclosedError
from companion.notices.types import CRITICAL, Judged, Notice
from companion.notices.wire import Original
from index import notices as rows
from index.store import Store
from index.types import VaultError
from index.writer import Writer


@pytest.fixture
def desk(writer: Writer, store: Store) -> Iterator[NoticesDesk]:
    with notices_desk(writer, store) as made:
        yield made


@contextmanager
def busy(writer: Writer) -> Iterator[None]:
    """Keep the vault's writer busy, as forgetting does for minutes."""
    over = threading.Event()
    work = writer.alone(over.wait, 60.0)
    try:
        yield
    finally:
        over.set()
        work.result()


def quiet(desk: NoticesDesk) -> None:
    desk.dunst.pause(True)
    assert desk.notices.focus_began(OF_DUNST, "dunst")


def loud(desk: NoticesDesk) -> None:
    desk.dunst.pause(False)


def test_what_must_not_wait_is_shown_while_the_vault_is_busy(
    desk: NoticesDesk, writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facade, "DIGEST_SECONDS", 0.2)
    quiet(desk)
    with busy(writer):
        desk.program.notify("letter")
        desk.program.notify("letter two")
        desk.program.notify("fire", urgency="critical")
        wait_until(lambda: desk.shown, "what is critical")
        desk.notices.correct(desk.shown[0].notice.number, important=True)
        released: list[bool] = []
        assert desk.notices.focus_ended(lambda: (released.append(True), loud(desk))) is None
        assert released == [True]
        assert desk.dunst.popped == 0  # the daemon let go of them although the vault has yet to take them
        assert rows.held(store) == []
    wait_until(lambda: desk.notices.snapshot().digest, "the digest, once the vault can be written")
    digest = desk.notices.snapshot().digest
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["letter two", "letter"]
    assert not desk.incidents


def test_a_refused_read_is_told_and_the_next_critical_one_is_shown(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet(desk)
    desk.program.notify("letter")
    assert desk.notices.focus_ended(lambda: loud(desk)) is not None
    wait_until(lambda: desk.dunst.popped == 1, "the digest")

    def refuse(*_: object) -> None:
        raise VaultError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(rows, "of_digest", refuse)
        desk.dunst.caller.call(SERVER, PATH, DUNST, "NotificationAction", "u", 0)
        wait_until(lambda: any("disk I/O error" in one for one in desk.incidents), "an incident")
    quiet(desk)
    desk.program.notify("fire", urgency="critical")
    wait_until(lambda: desk.shown, "what is critical")
    desk.program.notify("letter two")
    digest = desk.notices.focus_ended(lambda: loud(desk))
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["letter two"]


def test_what_cannot_be_judged_is_shown_and_those_after_it_are_judged(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet(desk)

    def fail(*_: object, **__: object) -> None:
        raise ValueError("a mistake")

    with monkeypatch.context() as broken:
        broken.setattr(desk.notices._learner, "estimate", fail)
        desk.program.notify("odd")
        wait_until(lambda: desk.shown, "it to be shown")
    with monkeypatch.context() as broken:
        broken.setattr(desk.notices._judging._repeats, "note", fail)
        desk.program.notify("odder")
        wait_until(lambda: len(desk.incidents) == 2, "an incident")
    desk.program.notify("letter")
    digest = desk.notices.focus_ended(lambda: loud(desk))
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["letter"]
    assert all("a mistake" in one for one in desk.incidents)


def test_where_the_daemon_drops_what_it_holds_what_comes_last_is_held(desk: NoticesDesk) -> None:
    assert desk.notices.focus_began(OF_XFCE, "xfce4-notifyd")
    desk.program.notify("letter")
    digest = desk.notices.focus_ended(lambda: desk.program.notify("in the last moment of do-not-disturb"))
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["in the last moment of do-not-disturb", "letter"]


def test_what_passed_and_never_was_on_the_screen_is_in_the_digest(desk: NoticesDesk) -> None:
    desk.choices[0] = Choices(starred_people=("Ada", "Bob"))
    quiet(desk)
    desk.program.notify("Ada", app="Signal")
    desk.program.notify("Bob", app="Signal")
    wait_until(lambda: len(desk.shown) == 2, "two toasts")
    wait_until(lambda: desk.notices.snapshot().passed == 2, "them to have passed")
    desk.notices.unseen([desk.shown[1].notice.number])
    digest = desk.notices.focus_ended(lambda: loud(desk))
    assert digest is not None
    assert [(one.summary, one.why) for one in digest.notices] == [("Bob", UNSEEN)]
    desk.notices.unseen([desk.shown[0].notice.number])  # also when focus is over
    wait_until(lambda: desk.notices.snapshot().digest != digest, "another digest")


def test_what_never_was_on_the_screen_is_told_by_the_next_start_where_all_has_ended(
    writer: Writer, store: Store
) -> None:
    with notices_desk(writer, store) as desk:
        desk.choices[0] = Choices(starred_people=("Ada",))
        quiet(desk)
        desk.program.notify("Ada", app="Signal")
        wait_until(lambda: desk.shown and desk.notices.snapshot().passed, "it to have passed")
        desk.notices.focus_ended(lambda: loud(desk))
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


def test_the_message_of_a_digest_goes_with_what_is_forgotten(desk: NoticesDesk, store: Store) -> None:
    quiet(desk)
    desk.program.notify("from Ada")
    digest = desk.notices.focus_ended(lambda: loud(desk))
    assert digest is not None
    wait_until(lambda: desk.dunst.popped == 1, "the digest")
    desk.notices.forgotten(0.0, digest.notices[0].time + 1.0)
    wait_until(lambda: desk.dunst.popped == 0, "it to be taken off the screen")
    assert rows.of_digest(store, digest.number) == []


def test_a_digest_nobody_answered_is_told_anew_by_the_next_start(writer: Writer, store: Store) -> None:
    with notices_desk(writer, store) as desk:
        quiet(desk)
        desk.program.notify("letter")
        assert desk.notices.focus_ended(lambda: loud(desk)) is not None
        wait_until(lambda: desk.dunst.popped == 1, "the digest")
        desk.notices.stop()
        assert desk.dunst.popped == 0
        offered: list[object] = []
        again = Notices(
            writer, store, desk.environ, offer=offered.append, on_incident=lambda _, what: desk.incidents.append(what)
        )
        again.start()
        try:
            wait_until(lambda: desk.dunst.popped == 1, "the digest again")
            desk.dunst.caller.call(SERVER, PATH, DUNST, "NotificationAction", "u", 0)
            wait_until(lambda: offered, "its window")
        finally:
            again.stop()


def test_what_the_vault_refuses_after_the_daemon_let_go_of_it_is_shown(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Judged] = []

    def show(judged: Judged) -> bool:
        shown.append(judged)
        return True

    def refuse(*_: object, **__: object) -> None:
        raise VaultError("the disk is full")

    monkeypatch.setattr(rows, "hold", refuse)
    monkeypatch.setattr(facade, "DIGEST_SECONDS", 0.2)
    with notices_desk(writer, store, show=show) as desk:
        quiet(desk)
        with busy(writer):
            desk.program.notify("letter")
            desk.notices.focus_ended(lambda: loud(desk))
        wait_until(lambda: shown, "it to be shown")
    assert [one.notice.summary for one in shown] == ["letter"]


class Brain:
    """Saw the same change after every notification."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def start(self) -> None:
        self.said.append("start")

    def stop(self) -> None:
        self.said.append("stop")

    def forget(self) -> None:
        self.said.append("forget")

    def change(self, time: float) -> float | None:
        return 0.5 if time else None


def test_what_the_eeg_did_after_a_notification_is_learned_with_what_came_of_it(writer: Writer, store: Store) -> None:
    brain = Brain()
    with notices_desk(writer, store, brain=brain) as desk:
        desk.program.notify("Ada", app="Signal")
        desk.seen(1)
        (shown,) = desk.notices.snapshot().recent
        desk.notices.turned_to("signal", shown.notice.time + 1.0)
        records = desk.notices._learner._importance.records
        assert records.of(sender_name(shown.notice)).alertness == 0.5
        assert records.of(sender_name(shown.notice)).excitement == 0.0
        desk.notices.forgotten(0.0, 1.0)
    assert brain.said == ["start", "forget", "stop"]


def test_what_a_busy_daemon_does_not_close_is_tried_again(desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    server = desk.notices._holding._server
    close, refused = server.close, list[int]()

    def slow(numbers: Sequence[int]) -> None:
        if len(refused) < 2 and numbers:
            refused.extend(numbers)
            raise UnclosedError("it does not answer", numbers)
        close(numbers)

    monkeypatch.setattr(server, "close", slow)
    quiet(desk)
    for i in range(3):
        desk.program.notify(f"letter {i}")
    digest = desk.notices.focus_ended(lambda: loud(desk))
    assert digest is not None
    assert digest.count == 3
    assert len(refused) >= 2
    wait_until(lambda: desk.dunst.popped == 1, "only the digest")
    assert not desk.incidents


def test_a_bus_that_goes_away_during_focus_is_said_and_is_a_reason_to_hold_nothing(desk: NoticesDesk) -> None:
    quiet(desk)
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
    quiet(desk)
    desk.program.notify("fire", urgency="critical")
    wait_until(lambda: desk.shown, "what is critical")
    daemon = desk.shown[0].notice.daemon
    first = Notice(desk.notices.mark() + 1000, 5.0, "Mail", "letter", "")
    judging, original = desk.notices._judging, Original("Mail", "", "letter", "", ())
    for one in (first, replace(first, daemon_id=77, daemon=daemon)):
        desk.notices._judged.do(lambda one=one: judging.take(one, original)).result(20.0)
    desk.program.notify("another")
    digest = desk.notices.focus_ended(lambda: loud(desk))
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["another", "letter"]
    assert 77 in closed
    assert desk.notices.snapshot().seen == 3


def test_a_digest_that_comes_late_disturbs_no_later_focus_and_is_told_at_its_end(
    desk: NoticesDesk, writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facade, "DIGEST_SECONDS", 0.2)
    quiet(desk)
    with busy(writer):
        desk.program.notify("letter")
        assert desk.notices.focus_ended(lambda: loud(desk)) is None
        quiet(desk)
    wait_until(lambda: rows.held(store), "the vault to have it")
    desk.notices._vault.do(lambda: None).result(20.0)
    assert (desk.dunst.popped, desk.notices.snapshot().digest) == (0, None)  # where it is not kept it would be lost
    desk.program.notify("letter two")
    monkeypatch.setattr(facade, "DIGEST_SECONDS", 30.0)
    digest = desk.notices.focus_ended(lambda: loud(desk))
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["letter two", "letter"]


def test_a_digest_that_the_vault_refused_is_told_once_it_can_be(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise VaultError("the disk is full")

    monkeypatch.setattr(facade, "AGAIN_SECONDS", 0.0)
    quiet(desk)
    desk.program.notify("letter")
    with monkeypatch.context() as broken:
        broken.setattr(rows, "gather", refuse)
        assert desk.notices.focus_ended(lambda: loud(desk)) is None
        tried = desk.notices._tell_at
        wait_until(lambda: desk.notices._tell_at > tried, "another try")
    wait_until(lambda: desk.notices.snapshot().digest, "the digest")
    assert desk.dunst.popped == 1
    assert len(desk.incidents) == 1  # told once


def test_numbers_of_a_daemon_that_was_started_anew_are_others_notifications(writer: Writer, store: Store) -> None:
    with notices_desk(writer, store) as desk:
        quiet(desk)
        desk.program.notify("letter")
        assert desk.notices.focus_ended(lambda: loud(desk)) is not None
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


def test_a_digest_is_shown_once_where_the_vault_does_not_take_down_that_it_was(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, said, say = list[int](), list[str](), desk.notices._telling._server.say

    def refuse(_db: object, digest: int) -> None:
        tried.append(digest)
        raise VaultError("the disk is full")

    def counted(summary: str, body: str, *, action: str) -> tuple[str, int]:
        said.append(summary)
        return say(summary, body, action=action)

    monkeypatch.setattr(desk.notices._telling._server, "say", counted)
    monkeypatch.setattr(facade, "AGAIN_SECONDS", 0.0)
    quiet(desk)
    desk.program.notify("letter")
    with monkeypatch.context() as broken:
        broken.setattr(rows, "told", refuse)
        assert desk.notices.focus_ended(lambda: loud(desk)) is None
        wait_until(lambda: len(tried) > 1, "another try")
    wait_until(lambda: desk.notices.snapshot().digest, "the digest")
    assert (len(said), desk.dunst.popped) == (1, 1)  # dunst would put two that say the same into one


def test_what_is_held_does_not_pop_up_where_judging_takes_too_long(
    desk: NoticesDesk, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facade, "JUDGED_SECONDS", 0.2)
    monkeypatch.setattr(facade, "DIGEST_SECONDS", 0.2)
    over = threading.Event()
    quiet(desk)
    with busy(writer):
        desk.program.notify("letter")
        wait_until(lambda: desk.notices._holding._unclosed, "it to be held")
        desk.notices._judged.put(lambda: over.wait(60.0))
        try:
            desk.notices.focus_ended(lambda: loud(desk))
        finally:
            over.set()
        assert desk.dunst.popped == 0
    assert desk.incidents == [facade.BEHIND]
    wait_until(lambda: desk.notices.snapshot().digest, "the digest")


def test_of_what_is_remembered_only_the_newest_have_their_pictures(desk: NoticesDesk) -> None:
    picture = Variant("(iiibiiay)", [8, 8, 32, True, 8, 4, b"\0" * 256])
    for number in range(PICTURED + 4):
        desk.program.notify(f"letter {number}", **{"image-data": picture})
    desk.seen(PICTURED + 4)
    kept = ["image-data" in one.original.hints for one in desk.notices._judging.recent()]
    assert kept == [True] * PICTURED + [False] * 4


def test_what_was_learned_of_which_programs_is_kept_once(desk: NoticesDesk, store: Store) -> None:
    learner = desk.notices._learner
    for number in range(3):
        learner.correct(Notice(number, float(number), f"program {number}", "Ada", ""), focused=False, important=True)
        learner.save()
        assert learner._lessons == {}
    assert len(store.rows("SELECT program FROM notice_lessons")) == 3


def test_what_its_daemon_answers_for_only_after_its_time_was_forgotten_is_forgotten(
    desk: NoticesDesk, store: Store
) -> None:
    quiet(desk)
    judging, original, first = desk.notices._judging, Original("Mail", "", "letter", "", ()), desk.notices.mark()
    slow = [Notice(first - 1, 50.0, "Mail", "letter", ""), Notice(first - 1, 150.0, "Mail", "since", "")]
    desk.notices.forgotten(0.0, 100.0)
    slow.append(Notice(first + 1000, 50.0, "Mail", "by a clock that was set back", ""))
    for one in slow:
        desk.notices._judged.do(lambda one=one: judging.take(one, original)).result(20.0)
    assert [one.judged.notice.summary for one in judging.recent()] == ["by a clock that was set back", "since"]
    assert desk.notices.focus_ended(lambda: loud(desk)) is not None
    assert "letter" not in [one.summary for one in rows.between(store, 0.0, 1000.0)]
