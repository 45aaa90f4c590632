"""What lies on disk, and what a crash leaves of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_person import Clock

from companion.sending.mail_file import Head, Progress, packed, unpacked
from companion.sending.queue import REMEMBERED_SECONDS, Queue
from companion.sending.types import Envelope, Recipient, SendingError, State
from index.keys.keys import Keys, Secrets

SECRETS = Secrets.random()
KEYS = Keys.of(SECRETS)
ENVELOPE = Envelope("ann@example.org", ("BODY=8BITMIME",), (Recipient("bob@example.org", ("NOTIFY=NEVER",)),))


def head(mark: str = "1", clock: float = 1000.0) -> Head:
    return Head("work", "ann", ENVELOPE, "subject", mark, clock, clock + 600, 4, ("why",))


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(folder: Path, clock: Clock) -> Queue:
    queue = Queue(folder, KEYS.files, clock=clock)
    assert queue.open() == ()
    return queue


def again(queue: Queue, folder: Path, clock: Clock) -> Queue:
    """Return the queue as another process finds it."""
    queue.close()
    return opened(folder, clock)


@given(st.binary(), st.text())
def test_a_mail_is_read_as_it_was_written(content: bytes, subject: str) -> None:
    written = Head("work", "ann\udcff", ENVELOPE, subject, "", 1.5, 2.5, len(content))
    assert unpacked(packed(written, content)) == (written, content)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.HELD, State.HELD),
        (State.UNSURE, State.UNSURE),
        (State.FAILED, State.FAILED),
        (State.TAKEN, State.TAKEN),
        (State.SENDING, State.UNSURE),
    ],
)
def test_what_a_crash_leaves(tmp_path: Path, clock: Clock, before: State, after: State) -> None:
    queue = opened(tmp_path, clock)
    entry, _ = queue.put(head(), b"mail", before)
    queue = again(queue, tmp_path, clock)
    assert queue.entry(entry.id).state is after
    assert queue.entry(entry.id).head == head()
    assert queue.content(entry.id) == b"mail"
    queue = again(queue, tmp_path, clock)
    assert queue.entry(entry.id).state is after
    queue.close()


def test_a_mail_nobody_was_told_of_goes_with_a_crash(tmp_path: Path, clock: Clock) -> None:
    queue = opened(tmp_path, clock)
    queue.put(head(), b"mail", State.COMING)
    queue = again(queue, tmp_path, clock)
    assert [path.name for path in tmp_path.iterdir()] == ["queue.lock"]
    queue.close()


def test_a_crash_between_the_mark_and_the_clearing_away_sends_nothing_again(tmp_path: Path, clock: Clock) -> None:
    queue = opened(tmp_path, clock)
    entry, _ = queue.put(head(), b"mail", State.SENDING)
    assert queue.move(entry.id, State.SENDING, State.SENT)
    big = (tmp_path / f"{entry.id}.sent").stat().st_size
    queue = again(queue, tmp_path, clock)
    assert (tmp_path / f"{entry.id}.sent").stat().st_size < big
    assert queue.put(head(), b"mail", State.HELD)[1] is False
    queue.close()


def test_drafts_and_notes_without_a_mail_are_cleared_away(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "0.held.draft").write_bytes(b"half")
    (tmp_path / "1.note").write_bytes(b"of nothing")
    opened(tmp_path, clock).close()
    assert [path.name for path in tmp_path.iterdir()] == ["queue.lock"]


def test_a_damaged_mail_is_told_of_and_stays(tmp_path: Path, clock: Clock) -> None:
    queue = opened(tmp_path, clock)
    entry, _ = queue.put(head(), b"mail", State.HELD)
    queue.note(entry.id, Progress(5.0))
    queue.close()
    path = tmp_path / f"{entry.id}.held"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    queue = Queue(tmp_path, KEYS.files, clock=clock)
    assert queue.open() == (path.name,)
    assert path.exists()
    assert (tmp_path / f"{entry.id}.note").exists()
    queue.close()


def test_a_damaged_mark_of_a_sent_mail_is_no_mail_that_waits_and_goes_as_marks_do(tmp_path: Path, clock: Clock) -> None:
    mark = tmp_path / f"{'0' * 24}.sent"
    for age, there in ((REMEMBERED_SECONDS - 1, True), (REMEMBERED_SECONDS + 1, False)):
        mark.write_bytes(b"damaged" * 20)
        os.utime(mark, (clock.now - age, clock.now - age))
        opened(tmp_path, clock).close()
        assert mark.exists() is there


def test_a_file_under_the_name_of_another_is_not_taken_for_it(tmp_path: Path, clock: Clock) -> None:
    queue = opened(tmp_path, clock)
    entry, _ = queue.put(head(), b"mail", State.HELD)
    queue.close()
    (tmp_path / f"{entry.id}.held").rename(tmp_path / f"{'0' * 24}.held")
    assert Queue(tmp_path, KEYS.files, clock=clock).open() == (f"{'0' * 24}.held",)


def test_a_state_changes_only_from_the_one_that_was_expected(tmp_path: Path, clock: Clock) -> None:
    queue = opened(tmp_path, clock)
    entry, _ = queue.put(head(), b"mail", State.HELD)
    assert queue.move(entry.id, State.HELD, State.TAKEN)
    assert not queue.move(entry.id, State.HELD, State.SENDING)
    assert not queue.remove(entry.id, State.HELD)
    with pytest.raises(SendingError, match="not on its way"):
        queue.sent(entry.id)
    queue.close()


def test_a_sent_mail_is_forgotten_after_a_while(tmp_path: Path, clock: Clock) -> None:
    queue = opened(tmp_path, clock)
    entry, _ = queue.put(head(clock=clock.now), b"mail", State.SENDING)
    queue.sent(entry.id)
    queue.sweep()
    assert len(queue.entries(State.SENT)) == 1
    clock.now += REMEMBERED_SECONDS + 1
    queue.sweep()
    assert [path.name for path in tmp_path.iterdir()] == ["queue.lock"]
    queue.close()


def test_a_mail_without_a_mark_leaves_nothing_once_sent(tmp_path: Path, clock: Clock) -> None:
    queue = opened(tmp_path, clock)
    for _ in range(2):  # nor is it taken for another
        entry, new = queue.put(head(""), b"mail", State.SENDING)
        assert new
        queue.sent(entry.id)
        queue.sweep()
    assert [path.name for path in tmp_path.iterdir()] == ["queue.lock"]
    queue.close()


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path, clock: Clock) -> None:
    queue = opened(tmp_path / "mails", clock)
    entry, _ = queue.put(head(), b"mail", State.HELD)
    (tmp_path / "mails").rename(tmp_path / "elsewhere")
    with pytest.raises(SendingError, match="could not be written"):
        queue.put(head("2"), b"mail", State.HELD)
    with pytest.raises(SendingError, match="cannot be written"):
        queue.move(entry.id, State.HELD, State.SENDING)
    assert queue.entry(entry.id).state is State.HELD
    queue.close()


class _KilledError(BaseException):
    """Ends everything at one step, as a kill does; nothing catches it."""


def _kill_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program end in front of the ``step``-th thing it does to the disk."""
    steps = count()

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def do(*arguments: Any, **more: Any) -> Any:
            if next(steps) >= step:
                raise _KilledError
            return real(*arguments, **more)

        return do

    for owner, name in ((Path, "replace"), (Path, "rename"), (Path, "unlink"), (os, "fsync")):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))


def _allowed(told: list[str]) -> set[State | None]:
    """Return the states a mail may be found in after a crash, by what had returned before; None is no mail."""
    return {
        (): {None, State.HELD},
        ("kept",): {State.HELD, State.UNSURE},
        ("kept", "sending"): {State.UNSURE, State.SENT},
        ("kept", "sending", "sent"): {State.SENT},
    }[tuple(told)]


def test_wherever_it_is_killed_a_mail_is_neither_lost_nor_sent_again(tmp_path: Path, clock: Clock) -> None:
    survived = False
    for step in count():
        folder, told = tmp_path / str(step), list[str]()
        queue = opened(folder, clock)
        with pytest.MonkeyPatch.context() as patch:
            _kill_at(step, patch)
            try:
                entry, _ = queue.put(head(clock=clock.now), b"mail", State.HELD)
                told.append("kept")
                queue.move(entry.id, State.HELD, State.SENDING)
                told.append("sending")
                queue.sent(entry.id)
                told.append("sent")
                queue.sweep()
                survived = True
            except _KilledError:
                pass
        queue = again(queue, folder, clock)
        found = queue.entries(*State)
        assert {entry.state for entry in found} <= _allowed(told)
        assert found or None in _allowed(told)
        assert all(queue.content(entry.id) == b"mail" for entry in found if entry.state is not State.SENT)
        queue.close()
        if survived:
            break
    assert step > 6
