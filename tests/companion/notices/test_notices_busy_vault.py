"""What must not wait for the vault, and what outlives its refusals."""

from __future__ import annotations

import threading

import pytest
from dbus_fast import Variant
from desktop import wait_until
from notices_desk import DUNST, PATH, SERVER, NoticesDesk, busy, notices_desk

from companion.notices import notices as facade
from companion.notices.features import sender_name
from companion.notices.judging import PICTURED
from companion.notices.notices import Notices
from companion.notices.types import Judged, Notice
from index import notices as rows
from index.store import Store
from index.types import VaultError
from index.writer import Writer


def test_what_must_not_wait_is_shown_while_the_vault_is_busy(
    desk: NoticesDesk, writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facade, "DIGEST_SECONDS", 0.2)
    desk.quiet()
    with busy(writer):
        desk.program.notify("letter")
        desk.program.notify("letter two")
        desk.program.notify("fire", urgency="critical")
        wait_until(lambda: desk.shown, "what is critical")
        desk.notices.correct(desk.shown[0].notice.number, important=True)
        released: list[bool] = []
        assert desk.notices.focus_ended(lambda: (released.append(True), desk.loud())) is None
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
    desk.quiet()
    desk.program.notify("letter")
    assert desk.notices.focus_ended(desk.loud) is not None
    wait_until(lambda: desk.dunst.popped == 1, "the digest")

    def refuse(*_: object) -> None:
        raise VaultError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(rows, "of_digest", refuse)
        desk.dunst.caller.call(SERVER, PATH, DUNST, "NotificationAction", "u", 0)
        wait_until(lambda: any("disk I/O error" in one for one in desk.incidents), "an incident")
    desk.quiet()
    desk.program.notify("fire", urgency="critical")
    wait_until(lambda: desk.shown, "what is critical")
    desk.program.notify("letter two")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["letter two", "letter"]  # nobody could look at the first


def test_what_cannot_be_judged_is_shown_and_those_after_it_are_judged(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.quiet()

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
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["letter"]
    assert all("a mistake" in one for one in desk.incidents)


def test_the_message_of_a_digest_goes_with_what_is_forgotten(desk: NoticesDesk, store: Store) -> None:
    desk.quiet()
    desk.program.notify("from Ada")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    wait_until(lambda: desk.dunst.popped == 1, "the digest")
    desk.notices.forgotten(0.0, digest.notices[0].time + 1.0)
    wait_until(lambda: desk.dunst.popped == 0, "it to be taken off the screen")
    assert rows.of_digest(store, digest.number) == []


def test_a_digest_nobody_answered_is_told_anew_by_the_next_start(writer: Writer, store: Store) -> None:
    with notices_desk(writer, store) as desk:
        desk.quiet()
        desk.program.notify("letter")
        assert desk.notices.focus_ended(desk.loud) is not None
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
        desk.quiet()
        with busy(writer):
            desk.program.notify("letter")
            desk.notices.focus_ended(desk.loud)
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


def test_a_digest_that_the_vault_refused_is_told_once_it_can_be(
    desk: NoticesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise VaultError("the disk is full")

    monkeypatch.setattr(facade, "AGAIN_SECONDS", 0.0)
    desk.quiet()
    desk.program.notify("letter")
    with monkeypatch.context() as broken:
        broken.setattr(rows, "gather", refuse)
        assert desk.notices.focus_ended(desk.loud) is None
        tried = desk.notices._tell_at
        wait_until(lambda: desk.notices._tell_at > tried, "another try")
    wait_until(lambda: desk.notices.snapshot().digest, "the digest")
    assert desk.dunst.popped == 1
    assert len(desk.incidents) == 1  # told once


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
    desk.quiet()
    desk.program.notify("letter")
    with monkeypatch.context() as broken:
        broken.setattr(rows, "told", refuse)
        assert desk.notices.focus_ended(desk.loud) is None
        wait_until(lambda: len(tried) > 1, "another try")
    wait_until(lambda: desk.notices.snapshot().digest, "the digest")
    assert (len(said), desk.dunst.popped) == (1, 1)  # dunst would put two that say the same into one


def test_what_is_held_does_not_pop_up_where_judging_takes_too_long(
    desk: NoticesDesk, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facade, "JUDGED_SECONDS", 0.2)
    monkeypatch.setattr(facade, "DIGEST_SECONDS", 0.2)
    over = threading.Event()
    desk.quiet()
    with busy(writer):
        desk.program.notify("letter")
        wait_until(lambda: desk.notices._holding._unclosed, "it to be held")
        desk.notices._judged.put(lambda: over.wait(60.0))
        try:
            desk.notices.focus_ended(desk.loud)
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
