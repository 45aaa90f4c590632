"""Programs that forget the number of a notification once it is closed, and numbers that others are given as well."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dbus_fast import Variant
from desktop import wait_until
from notices_desk import NoticesDesk, Program

from companion.notices.kept import kept, replaced
from companion.notices.rules import Choices, OwnRule
from companion.notices.types import Cause, Decision, Happened, Judged, Notice
from index import notices as rows
from index.store import Store

KEY = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"


class Lasting:
    """One notification as libnotify has it: it is new again as soon as the daemon says that it was closed."""

    def __init__(self, program: Program) -> None:
        self.program, self.given = program, 0

    @property
    def number(self) -> int:
        """The daemon's number of it, 0 once it is closed."""
        self.program.caller.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetId")  # what was said has come
        closed = [body[0] for member, body in self.program.heard if member == "NotificationClosed"]
        return 0 if self.given in closed else self.given

    def show(self, summary: str, body: str = "", *, urgency: str = "critical") -> None:
        self.given = self.program.notify(summary, body, app="power", urgency=urgency, replaces=self.number)

    def close(self) -> None:
        self.program.close(self.number)


def let_through(desk: NoticesDesk, count: int) -> None:
    wait_until(lambda: desk.notices.snapshot().passed == count, f"{count} to be let through")
    assert len(desk.shown) == count


def test_a_call_that_its_program_takes_back_is_taken_down(desk: NoticesDesk) -> None:
    desk.quiet()
    call = Lasting(desk.program)
    call.show("Ines is calling")
    let_through(desk, 1)
    call.close()
    wait_until(lambda: desk.is_down(desk.shown[0]), "the call that is over to be taken down")
    assert desk.notices.focus_ended(desk.loud) is None
    assert desk.dunst.popped == 0


def test_a_countdown_is_one_window_and_pops_up_nowhere_else_when_focus_ends(desk: NoticesDesk) -> None:
    desk.quiet()
    countdown = Lasting(desk.program)
    for count in range(1, 4):
        countdown.show("Shutdown", f"in {60 - count} s")
        let_through(desk, count)
    first, second, third = [one.notice for one in desk.shown]
    assert second.goes_on_with(first)
    assert third.goes_on_with(second)
    assert desk.notices.focus_ended(desk.loud) is None
    assert desk.dunst.popped == 0
    assert not desk.incidents


def test_what_is_held_in_its_turn_takes_the_window_of_the_one_before_down(desk: NoticesDesk) -> None:
    desk.choices[0] = Choices(rules=(OwnRule(Decision.PASS, words="low"),))
    desk.quiet()
    battery = Lasting(desk.program)
    battery.show("Battery is low", urgency="normal")
    let_through(desk, 1)
    battery.show("Battery is charging", urgency="normal")
    wait_until(lambda: desk.is_down(desk.shown[0]), "what is no longer so to be taken down")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["Battery is charging"]
    wait_until(lambda: desk.dunst.popped == 1, "the digest alone")


def test_a_number_that_a_daemon_started_anew_gives_to_another_takes_nothing_down(
    desk: NoticesDesk, store: Store
) -> None:
    desk.quiet()
    number = desk.program.notify("Ines is calling", urgency="critical", app="Phone")
    letter = desk.program.notify("letter")
    let_through(desk, 1)
    wait_until(lambda: rows.held(store), "the letter to be held")
    desk.restart_dunst()
    other = Program(desk.address)
    try:
        given = [other.notify(f"alarm {i}", app="Player", urgency="critical") for i in range(letter)]
        assert {number, letter} <= set(given)
        other.close(number)
        other.close(letter)
        desk.seen(2 + len(given))
        desk.notices._judged.do(lambda: None).result(20.0)
        assert not desk.is_down(desk.shown[0])
    finally:
        other.caller.close()
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [(one.summary, one.withdrawn) for one in digest.notices] == [("letter", False)]


def test_whoever_closes_one_of_the_same_daemon_or_its_own_of_another_is_believed() -> None:
    call = Notice(1, 5.0, "Phone", "Ines", "", sender=":1.7", daemon="first", daemon_id=4)

    def closed(daemon: str, by: str, number: int = 4) -> bool:
        return call.met(Happened(6.0, Cause.WITHDRAWN, daemon, number, by=by))

    assert closed("first", ":1.7")
    assert closed("first", ":1.9")  # a script asks over a connection of its own each time
    assert closed("second", ":1.7")
    assert not closed("second", ":1.9")
    assert not closed("first", ":1.7", 5)
    assert not replace(call, sender="").met(Happened(6.0, Cause.WITHDRAWN, "second", 4))


def test_what_may_not_have_been_seen_is_not_held_where_it_was_gone_on_with(desk: NoticesDesk, store: Store) -> None:
    desk.quiet()
    number = desk.program.notify("Shutdown in 60 s", urgency="critical", app="power")
    desk.program.notify("Shutdown in 59 s", urgency="critical", app="power", replaces=number)
    let_through(desk, 2)
    desk.notices.unseen(desk.shown[:1])
    desk.notices._judged.do(lambda: None).result(20.0)
    assert desk.notices.focus_ended(desk.loud) is None
    assert not rows.between(store, 0.0, 1e12)


def test_what_is_remembered_no_more_is_held_after_its_focus(desk: NoticesDesk, store: Store) -> None:
    desk.quiet()
    desk.program.notify("disk fails", urgency="critical")
    let_through(desk, 1)
    desk.notices._judging._recent.clear()  # hundreds came since
    assert desk.notices.focus_ended(desk.loud) is None
    desk.notices.unseen(desk.shown)
    wait_until(lambda: rows.between(store, 0.0, 1e12), "the vault to have it")
    assert [one.summary for one in rows.between(store, 0.0, 1e12)] == ["disk fails"]


@pytest.mark.parametrize("name", ["now", KEY])
def test_what_goes_on_by_a_name_of_its_own_counts_once_whatever_is_kept_of_it(
    desk: NoticesDesk, store: Store, name: str
) -> None:
    desk.choices[0] = Choices(exclude_apps=("player",))
    desk.quiet()
    for i in range(3):
        desk.program.notify(f"song {i}", app="Player", **{"x-dunst-stack-tag": Variant("s", name)})
        desk.program.notify(f"song {i}", app="Radio", **{"x-dunst-stack-tag": Variant("s", name)})
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert sorted((one.app, one.count) for one in digest.programs) == [("Player", 1), ("Radio", 1)]
    kept_of_it = rows.between(store, 0.0, 1e12)
    assert KEY not in repr(kept_of_it)
    assert all(one.tag not in ("", name) for one in kept_of_it if one.app == "Player")


def test_a_name_is_kept_in_another_form_where_it_may_say_something() -> None:
    one = Notice(1, 5.0, "Player", "", "", tag="now")
    secret, other = replace(one, tag=KEY), replace(one, tag=KEY[:-1] + "d")
    excluded = kept(Judged(one, Decision.HOLD), ("player",))
    assert excluded.tag in {each.tag for each in replaced(one)}
    assert kept(Judged(one, Decision.HOLD), ()).tag == "now"
    assert kept(Judged(secret, Decision.HOLD), ()).tag in {each.tag for each in replaced(secret)}
    assert {each.tag for each in replaced(secret)}.isdisjoint({each.tag for each in replaced(other)})
    assert [each.tag for each in replaced(replace(one, tag="", replaces=7))] == [""]
