"""The person's own do-not-disturb: it is known, and what was held is not told into it where it would be lost."""

from __future__ import annotations

import pytest
from desktop import Desktop, wait_until
from quiet_desks import QuietDesk
from test_quiet_semantics import shown

from companion.notices import notices as facade
from companion.notices.notices import Notices
from companion.quiet.choose import on_now
from companion.quiet.types import Semantics
from index import notices as rows
from index.store import Store
from index.writer import Writer

XFCE = Semantics(critical_passes=True, replays=False, keeps=False)


def test_it_is_known_while_it_is_on_whoever_turned_it_on(desk: QuietDesk) -> None:
    assert on_now(desk.environ) is None
    desk.by_hand(on=True)
    wait_until(lambda: on_now(desk.environ) is not None, "it to be known")
    desk.by_hand(on=False)
    wait_until(lambda: on_now(desk.environ) is None, "it to be off")


def test_nobody_can_say_where_there_is_no_bus() -> None:
    assert on_now({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}) is None


def test_under_xfce_a_digest_waits_and_what_is_opened_is_seen(
    desks: dict[str, QuietDesk], writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facade, "AGAIN_SECONDS", 0.0)
    desk, incidents = desks["xfce"], list[str]()
    desktop = desk.session
    assert isinstance(desktop, Desktop)
    notices = Notices(
        writer,
        store,
        desk.environ,
        quiet=lambda: on_now(desk.environ),
        on_incident=lambda _, what: incidents.append(what),
    )
    notices.start()
    try:
        desk.by_hand(on=True)
        assert notices.focus_began(XFCE, "xfce")
        desk.notify("letter", 1)
        wait_until(lambda: rows.held(store), "it to be held")
        (letter,) = rows.held(store)
        assert not notices.open(letter.number)
        wait_until(lambda: len(shown(desktop)) == 1, "what was opened, in spite of do-not-disturb")
        assert notices.focus_ended() is None  # it was turned off and on by hand meanwhile: it stays
        assert rows.untold(store) == [1]
        desk.by_hand(on=False)
        wait_until(lambda: len(shown(desktop)) == 2, "the digest")
        wait_until(lambda: not rows.untold(store), "it to be taken down")
        assert not incidents
    finally:
        notices.stop()
        desk.stop_daemon()  # with what it still shows
