"""What a run held and never told of, once focus is not followed: a window shows it, the desktop says nothing."""

from __future__ import annotations

from typing import NoReturn

import pytest
from desktop import wait_until
from notices_desk import notices_desk

from companion.deep_work.left import tell_left
from companion.notices.digest import Digest
from index import notices as rows
from index.notices import HeldNotice, State
from index.store import Store
from index.writer import Writer


def test_what_another_run_held_is_shown_by_a_window_and_no_message(writer: Writer, store: Store) -> None:
    offered: list[Digest] = []
    with notices_desk(writer, store) as desk:
        desk.quiet()
        desk.program.notify("letter", "read me")
        desk.seen(1)
        desk.notices.focus_ended(desk.loud)
        wait_until(lambda: desk.dunst.popped == 1, "the digest")
        desk.notices.stop()
        writer.do(rows.hold, [HeldNotice(99, 5.0, "Mail", "another", "")]).result()
        for _ in range(2):
            tell_left(writer, store, offered.append)
        assert desk.dunst.popped == 0
    (digest,) = offered
    assert {one.summary for one in digest.notices} == {"letter", "another"}
    assert {one.state for one in rows.between(store, 0.0, 1e12)} == {State.TOLD}
    assert [one.number for one in digest.notices] == [one.number for one in rows.between(store, 0.0, 1e12)]


def test_what_no_window_could_take_is_told_the_next_time(writer: Writer, store: Store) -> None:
    def broken(_digest: Digest) -> NoReturn:
        raise ZeroDivisionError

    writer.do(rows.hold, [HeldNotice(1, 5.0, "Mail", "letter", "")]).result()
    with pytest.raises(ZeroDivisionError):
        tell_left(writer, store, broken)
    offered: list[Digest] = []
    tell_left(writer, store, offered.append)
    assert [one.summary for some in offered for one in some.notices] == ["letter"]
