"""Which pairs a round of learning is made of, and that no more of a vault is read than these."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from planted_week import BEGIN, CONTENT, DAY, DIMENSION, MONTAGE, MUSE, Week
from vaults import vault_at

from companion import sessions
from companion.learning import pairs as learning_pairs
from companion.learning.pairs import GUARD_SECONDS, Gathered
from embeddings.types import EmbeddingsError
from index import changes, database
from index.store import Store
from index.types import NewMoment
from index.writer import Writer

DAYS, A_DAY = 12, 20


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(vault_at(tmp_path / "vault")) as made:
        Week(strength=1.0, days=DAYS, a_day=A_DAY).store(made)
        yield made


@pytest.fixture
def store(writer: Writer) -> Iterator[Store]:
    made = Store(writer.vault)
    yield made
    made.close()


def gather(store: Store) -> Gathered:
    return learning_pairs.gather(store, not_before=float("-inf"), spread=None)


def days_of(gathered: Gathered) -> dict[int, int]:
    """Return how many pairs there are of each day."""
    days, counts = np.unique(((gathered.pairs.time - BEGIN) // DAY).astype(int), return_counts=True)
    return dict(zip(days.tolist(), counts.tolist(), strict=True))


def test_a_small_vault_is_taken_whole(store: Store) -> None:
    gathered = gather(store)
    assert days_of(gathered) == dict.fromkeys(range(DAYS), A_DAY)
    assert (np.diff(gathered.pairs.time) > 0).all()
    assert len(gathered.later) == learning_pairs.LATER_SHARE * DAYS * A_DAY


def test_of_a_large_vault_the_newest_sessions_stay_and_older_ones_are_sampled_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning_pairs, "MOST_PAIRS", 6 * A_DAY)
    gathered = gather(store)
    assert days_of(gathered) == dict.fromkeys([0, 4, 8, 9, 10, 11], A_DAY)
    assert gathered.known == DAYS * A_DAY  # by which it is seen when there is more to learn from
    assert len(np.unique(gathered.pairs.session)) == 6
    newest = gathered.pairs.time.max()
    assert newest - gathered.later.time.min() < 2 * DAY


def test_one_session_alone_does_not_break_the_cap(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_pairs, "MOST_PAIRS", 7)
    gathered = gather(store)
    assert days_of(gathered) == {DAYS - 1: 7}
    end = store.value("SELECT max((time_start + time_end) / 2) FROM moments")
    assert gathered.pairs.time.max() == pytest.approx(end)


@pytest.mark.parametrize("at_once", [7, 1000])
def test_reading_in_parts_gives_each_moment_its_own_eeg_and_content(
    store: Store, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(learning_pairs, "AT_ONCE", at_once)
    gathered = gather(store)
    whole = list(sessions.sessions(store, MONTAGE))
    moments = [moment for session in whole for moment in session.moments]
    contents = store.matrices([moment.moment_id for moment in moments], CONTENT)
    expected = np.array([contents[moment.moment_id][0] for moment in moments])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)  # they are stored in half precision
    assert np.allclose(gathered.pairs.content, expected, atol=1e-6)
    for number, session in enumerate(whole):
        first = session.first_minute
        assert first is not None
        brains = learning_pairs.relative(first, [m.rows for m in session.moments], MUSE, gathered.spread)
        assert np.allclose(gathered.pairs.brain[gathered.pairs.session == number], brains, atol=1e-5)


def test_contents_are_read_of_moments_with_eeg_alone_and_only_so_many_at_once(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_eeg(db: Any) -> list[int]:
        vector = np.eye(1, DIMENSION, dtype=np.float32)
        new = NewMoment(BEGIN + 3000, BEGIN + 3010, "firefox", "Without EEG")
        made = [changes.open_moment(db, writer.vault, new, None) for _ in range(30)]
        changes.put_vectors(db, CONTENT, dict.fromkeys(made, vector))
        return made

    idle = set(writer.do(without_eeg).result())
    asked: list[set[int]] = []
    original = Store.matrices

    def watched(self: Store, moments: Any, space: str) -> Any:
        asked.append(set(moments))
        return original(self, moments, space)

    monkeypatch.setattr(learning_pairs, "AT_ONCE", 8)
    monkeypatch.setattr(Store, "matrices", watched)
    assert len(gather(store).pairs) == DAYS * A_DAY
    assert sum(map(len, asked)) == DAYS * A_DAY
    assert max(map(len, asked)) == 8
    assert not idle & set().union(*asked)


def test_a_content_without_a_direction_is_no_pair(writer: Writer, store: Store) -> None:
    """Two passages that say the opposite of each other."""
    opposed = np.eye(1, DIMENSION, dtype=np.float32)
    writer.do(changes.put_vectors, CONTENT, {5: np.vstack([opposed, -opposed])}).result()
    pairs = gather(store).pairs
    assert len(pairs) == DAYS * A_DAY - 1
    assert (pairs.weight == 1).all()


def test_what_is_deleted_meanwhile_is_no_pair(writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the first day a moment, of the second its first minute, of the third the contents."""
    whole, original = gather(store), learning_pairs._spread

    def deleting(*arguments: Any) -> Any:
        def delete(db: Any) -> None:
            db.execute("DELETE FROM moments WHERE id IN (10, ?)", [A_DAY + 1])
            db.execute("DELETE FROM vectors WHERE moment_id BETWEEN ? AND ?", [2 * A_DAY + 1, 3 * A_DAY])

        writer.do(delete).result()
        return original(*arguments)

    monkeypatch.setattr(learning_pairs, "_spread", deleting)
    gathered = gather(store)
    left = np.flatnonzero(~np.isin(np.arange(DAYS * A_DAY), [9, *range(A_DAY, 3 * A_DAY)]))
    assert gathered.pairs.time.tolist() == whole.pairs.time[left].tolist()
    assert gathered.start.tolist() == whole.start[left].tolist()
    assert np.allclose(gathered.pairs.content, whole.pairs.content[left])


def test_beside_the_reading_the_log_can_be_emptied(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise whoever records within a budget waits until all is read."""
    beside = database.connect(writer.vault, write=True)
    beside.execute("PRAGMA busy_timeout = 200")
    busy: list[int] = []

    def emptying(original: Any) -> Any:
        def wrapped(*arguments: Any) -> Any:
            writer.do(lambda db: db.execute("UPDATE moments SET title = 'another'")).result()
            busy.append(beside.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
            return original(*arguments)

        return wrapped

    for name in ("_spread", "_some_windows", "relative", "_contents"):
        monkeypatch.setattr(learning_pairs, name, emptying(getattr(learning_pairs, name)))
    assert len(gather(store).pairs) == DAYS * A_DAY
    beside.close()
    assert busy == [0] * (2 + 2 * DAYS)


@pytest.mark.parametrize("days", [0.3, 2.0], ids=["reaches in", "has its middle in it"])
def test_a_moment_that_reaches_into_the_judged_time_neither_teaches_nor_judges(
    writer: Writer, store: Store, days: float
) -> None:
    last = 9 * A_DAY  # of what is learned from
    until = BEGIN + (9 + days) * DAY

    def lengthen(db: Any) -> None:
        db.execute("UPDATE moments SET time_end = ? WHERE id = ?", [until, last])

    before = gather(store)
    writer.do(lengthen).result()
    gathered = gather(store)
    assert len(gathered.later) == len(before.later) == 3 * A_DAY
    assert len(gathered.earlier) == len(before.earlier) - 1
    ends = store.rows("SELECT max(time_end) FROM moments WHERE id < ?", [last])
    assert gathered.trained_until == ends[0][0]
    assert gathered.trained_until <= gathered.later_from - GUARD_SECONDS
    assert before.trained_until > gathered.trained_until


def test_without_eeg_it_is_said_that_there_is_nothing_to_learn_from(writer: Writer, store: Store) -> None:
    writer.do(lambda db: db.execute("DELETE FROM features")).result()
    with pytest.raises(EmbeddingsError, match="no minute of clean EEG beside text"):
        gather(store)
