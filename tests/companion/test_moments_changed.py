"""A moment that goes on and looks a little different: in the vault, and in the journal of a locked one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk import Desk, wait_until
from scripted import BEGIN, picture
from vaults import locked_vault_at, vault_at

from companion.capture.types import Frame, Hands, Window
from companion.clearing.masked_moments import MaskedMoments
from companion.jobs.steps import store_content
from companion.jobs.tasks import Vectors
from companion.locked.entries import CHANGED, CLOSED, OPENED, Entry, Journal
from companion.locked.merging import merge_all
from companion.locked.moments import SealedMoments
from companion.looks import NEW, RENEWED, SAME, Looks
from companion.moments import RENEW_SECONDS, Moments
from index import changes, database
from index.keys import keyfile
from index.pictures import frames
from index.store import Store
from index.types import Job, Look, LookCount, VaultError
from index.writer import Writer

LATER = RENEW_SECONDS + 1


def frame(second: float, text: str, *, grey: int = 200, hands: Hands = Hands(), title: str = "notes") -> Frame:  # noqa: B008 frozen
    return Frame(picture(grey), BEGIN + second, Window("editor", title), hands=hands, text=text)


@pytest.fixture
def moments(desk: Desk) -> Moments:
    return Moments(writer=desk.writer, clock=lambda: desk.now, on_change=lambda: None)


def shade(desk: Desk) -> int:
    """Return how bright the picture of the one moment is."""
    [moment] = desk.moments()
    return round(float(frames.decode(frames.read(desk.vault, moment.frame)).mean()))


def encoded(desk: Desk) -> None:
    desk.writer.do(changes.done, desk.moments()[0].id, Job.CONTENT).result()


def test_what_was_read_before_it_is_stored_can_be_found_at_once(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, "the words on it"), "screen")
    assert desk.moments()[0].text == "the words on it"
    assert desk.store.backlog() == {Job.CONTENT: 1}


def test_a_changed_moment_says_what_it_says_now_and_is_encoded_once_it_is_over(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, "one"), "screen")
    encoded(desk)
    assert moments.change(frame(2, "one two", grey=190))
    assert not moments.change(frame(3, "one two", grey=180))
    [moment] = desk.moments()
    assert (moment.text, moment.time_end, desk.store.backlog()) == ("one two", BEGIN + 3, {})
    assert shade(desk) == pytest.approx(200, abs=3)  # the picture is not written at every key
    moments.close(0, BEGIN + 4)
    assert shade(desk) == pytest.approx(180, abs=3)
    assert desk.store.backlog() == {Job.CONTENT: 1, Job.BRAIN: 1}
    thumbnail = frames.decode(frames.read(desk.vault, frames.thumbnail(moment.frame)))
    assert float(thumbnail.mean()) == pytest.approx(180, abs=3)


def test_a_long_moment_is_renewed_now_and_then(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, "one"), "screen")
    encoded(desk)
    moments.change(frame(LATER, "one two", grey=150))
    assert shade(desk) == pytest.approx(150, abs=3)
    assert desk.store.backlog() == {Job.CONTENT: 1}


def test_what_the_hands_did_adds_up_and_goes_with_the_moment(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, "one", hands=Hands(keys=3, clicks=1)), "screen")
    moments.change(frame(2, "two", hands=Hands(keys=5, scrolls=2, interval=0.2, spread=0.05)))
    moments.change(frame(3, "three", hands=Hands(keys=1)))
    [moment] = desk.moments()
    seen = desk.store.hands(moment.id)
    assert seen is not None
    assert (seen.keys, seen.clicks, seen.scrolls, seen.interval, seen.spread) == (9, 1, 2, 0.2, 0.05)
    desk.writer.do(lambda db: db.execute("DELETE FROM moments")).result()
    assert desk.store.hands(moment.id) is None


def test_a_moment_forgotten_while_it_is_open_does_not_come_back(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, "one"), "screen")
    desk.writer.do(lambda db: db.execute("DELETE FROM moments")).result()
    assert not moments.change(frame(2, "two", hands=Hands(keys=1)))
    moments.close(0, BEGIN + 4)
    assert desk.moments() == []


@pytest.mark.parametrize("secret", ["4111 1111 1111 1111", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"])
def test_a_secret_in_a_title_or_an_address_is_not_stored(desk: Desk, moments: Moments, secret: str) -> None:
    window = Window("firefox", f"Card {secret} - Shop", url=f"https://shop.example/?card={secret}")
    moments.open(replace(frame(0, "x"), window=window), "screen")
    moments.change(replace(frame(1, "y"), window=window))
    [moment] = desk.moments()
    assert secret not in moment.title + moment.url
    assert "Shop" in moment.title


def locked(root: Path, record: Callable[[SealedMoments], None]) -> tuple[Writer, Store]:
    """Record while locked, then unlock and take it in."""
    vault = locked_vault_at(root)
    journal = Journal(vault.journal, keyfile.load(vault.key_file).public, clock=lambda: BEGIN)
    record(SealedMoments(journal))
    journal.close()
    writer = Writer(vault_at(root))
    merge_all(writer, time=BEGIN + 100)
    return writer, Store(writer.vault)


def test_changes_while_locked_are_there_after_unlocking(tmp_path: Path) -> None:
    def record(sealed: SealedMoments) -> None:
        sealed.open(frame(0, "one", hands=Hands(keys=2)), "screen")
        sealed.change(frame(2, "one two", grey=120, hands=Hands(keys=3)))
        sealed.close(0, BEGIN + 5)
        sealed.put_looks([Look(BEGIN + 1, ("typed", "clicked"), RENEWED, 0.4)])

    writer, store = locked(tmp_path / "locked", record)
    with writer:
        moment = store.moment(1)
        assert (moment.text, moment.time_end) == ("one two", BEGIN + 5)
        image = frames.decode(frames.read(writer.vault, moment.frame))
        assert float(image.mean()) == pytest.approx(120, abs=3)
        seen = store.hands(1)
        assert seen is not None
        assert seen.keys == 5
        assert store.backlog() == {Job.CONTENT: 1, Job.BRAIN: 1}
        assert store.looks(BEGIN) == [LookCount("clicked", RENEWED, 1), LookCount("typed", RENEWED, 1)]
        store.close()


def test_a_moment_without_a_picture_is_kept_while_locked(tmp_path: Path) -> None:
    def record(sealed: SealedMoments) -> None:
        sealed.open(replace(frame(0, "only words"), image=None), "screen")
        sealed.close(0, BEGIN + 5)

    writer, store = locked(tmp_path / "locked", record)
    with writer:
        assert (store.moment(1).text, store.moment(1).frame) == ("only words", "")
        store.close()


def test_looks_are_counted_by_what_called_for_them_and_old_ones_go(desk: Desk) -> None:
    looks = [Look(BEGIN + i, ("typed",), SAME) for i in range(3)] + [Look(BEGIN + 9, ("clicked", "typed"), NEW, 0.25)]
    desk.writer.do(changes.put_looks, looks, keep_seconds=8.0).result()
    assert desk.store.looks(0) == [
        LookCount("clicked", NEW, 1),
        LookCount("typed", NEW, 1),
        LookCount("typed", SAME, 2),
    ]
    assert desk.store.look_seconds(0) == [0.25]
    assert np.isclose(desk.store.value("SELECT min(time) FROM looks"), BEGIN + 1)


def test_what_a_moment_said_stays_where_a_later_look_could_not_be_read(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, "one"), "screen")
    assert not moments.change(frame(2, ""))
    assert moments.change(frame(3, "", title="notes again"))
    [moment] = desk.moments()
    assert (moment.text, moment.title) == ("one", "notes again")


def test_a_last_look_that_the_disk_refused_is_stored_with_the_next(
    desk: Desk, moments: Moments, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = changes.put_frame
    moments.open(frame(0, "one", grey=200), "screen")
    moments.change(frame(2, "one two", grey=120))
    encoded(desk)

    def refusing(*_: object) -> None:
        raise database.OperationalError("database or disk is full")

    monkeypatch.setattr(changes, "put_frame", refusing)
    with pytest.raises(VaultError, match="full"):
        moments.close(0, BEGIN + 4)
    assert desk.open() == 0
    monkeypatch.setattr(changes, "put_frame", put)
    moments.open(frame(5, "other", title="other"), "screen")
    moments.close(0, BEGIN + 6)
    first, _ = desk.moments()
    picture = frames.decode(frames.read(desk.vault, first.frame))
    assert float(picture.mean()) == pytest.approx(120, abs=3)
    assert first.id in desk.store.waiting(Job.CONTENT, 9)


def test_a_moment_that_nobody_closed_ends_before_the_next_on_its_monitor(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, "one"), "screen")
    moments.change(frame(2, "one two", grey=120))
    moments.open(frame(9, "other", title="other"), "screen")
    assert desk.open() == 1
    first, _ = desk.moments()
    assert first.time_end == BEGIN + 2
    assert first.id in desk.store.waiting(Job.BRAIN, 9)
    picture = frames.decode(frames.read(desk.vault, first.frame))
    assert float(picture.mean()) == pytest.approx(120, abs=3)


def test_while_locked_a_look_without_a_picture_leaves_the_one_before(tmp_path: Path) -> None:
    def record(sealed: SealedMoments) -> None:
        for second, title in ((0, "one"), (10, "two")):
            sealed.open(frame(second, "one", title=title), "screen")
            sealed.change(frame(second + 2, "one two", grey=120, title=title))
            sealed.change(replace(frame(second + 3, "one two three", title=title), image=None))
        sealed.close(0, BEGIN + 15)

    writer, store = locked(tmp_path / "locked", record)
    with writer:
        for moment in store.moments([1, 2]).values():
            assert moment.text == "one two three"
            image = frames.decode(frames.read(writer.vault, moment.frame))
            assert float(image.mean()) == pytest.approx(120, abs=3)
        store.close()


def test_a_moment_that_a_crash_left_open_is_encoded_as_it_was_last_read(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, "one"), "screen")
    encoded(desk)
    moments.change(frame(2, "one two"))
    assert desk.writer.do(changes.close_left_open).result() == 1
    assert desk.store.backlog() == {Job.CONTENT: 1, Job.BRAIN: 1}


@pytest.mark.parametrize("end", [False, True])
def test_what_the_disk_refused_of_a_moment_is_stored_as_soon_as_it_takes_it(
    desk: Desk, moments: Moments, monkeypatch: pytest.MonkeyPatch, end: bool
) -> None:
    renew = changes.renew_moment
    moments.open(frame(0, "one"), "screen")
    encoded(desk)

    def refusing(*_: object, **__: object) -> bool:
        raise database.OperationalError("database or disk is full")

    monkeypatch.setattr(changes, "renew_moment", refusing)
    for second in (1, 2):
        with pytest.raises(VaultError, match="full"):
            moments.change(frame(second, f"one {second}", hands=Hands(keys=1)))
    monkeypatch.setattr(changes, "renew_moment", renew)
    assert moments.close(0, BEGIN + 3) if end else moments.extend(0, BEGIN + 3)
    [moment] = desk.moments()
    assert (moment.text, moment.time_end) == ("one 2", BEGIN + 3)
    seen = desk.store.hands(moment.id)
    assert seen is not None
    assert seen.keys == 2
    assert desk.store.backlog().get(Job.CONTENT, 0) == int(end)


def test_vectors_of_what_a_moment_said_before_do_not_count_as_those_of_now(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, "one"), "screen")
    [before] = desk.moments()
    moments.change(frame(LATER, "one two"))
    old = Vectors("content:x", "x", 2, (np.eye(1, 2, dtype=np.float32),))
    desk.writer.do(store_content, [before], old, BEGIN).result()
    assert desk.store.backlog() == {Job.CONTENT: 1}
    desk.writer.do(store_content, desk.moments(), old, BEGIN).result()
    assert desk.store.backlog() == {}


def test_a_picture_that_is_held_until_its_moment_ends_is_not_stored_once_nothing_is_to_be(
    desk: Desk, moments: Moments
) -> None:
    masking = MaskedMoments(
        moments,
        clear=lambda seen: seen,
        noted=Looks(lambda _: None, clock=lambda: BEGIN),
        on_stored=lambda: None,
        on_refused=lambda _, error: pytest.fail(str(error)),
        on_broken=lambda: pytest.fail("broken"),
    )
    masking.open(frame(0, "one", grey=200), "screen")
    masking.change(frame(2, "two", grey=40))
    wait_until(lambda: desk.moments() and desk.moments()[0].text == "two", "the second look")
    masking.keep_nothing()
    masking.close(0, BEGIN + 4)
    masking.finish(keep=False)
    assert shade(desk) == 200
    assert desk.moments()[0].time_end == BEGIN + 4


def test_nor_is_it_in_the_journal_of_a_locked_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = locked_vault_at(tmp_path / "vault")
    journal, entries = Journal(vault.journal, keyfile.load(vault.key_file).public), list[Entry]()
    monkeypatch.setattr(journal, "append", entries.append)
    sealed = SealedMoments(journal)
    sealed.open(frame(0, "one"), "screen")
    sealed.change(frame(2, "two", grey=40))
    sealed.let_go()
    sealed.close(0, BEGIN + 4)
    assert [(entry.kind, bool(entry.payload)) for entry in entries] == [
        (OPENED, True),
        (CHANGED, False),
        (CLOSED, False),
    ]
