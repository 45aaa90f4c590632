"""What was fitted to forgotten moments goes with them, whatever comes between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filling import T0, unit
from forgetting_desk import BRAIN, forget, moment, recording

from index import changes
from index.forgetting import fitted, forgetting, wish
from index.forgetting.budget import MEGABYTE, Limits, size_of
from index.forgetting.wish import Wish
from index.keys.keys import Keys
from index.store import Store
from index.types import Filters, Job
from index.vault import Vault
from index.writer import Writer

WORN, OTHER = "state:worn", "state:other"


def fit(writer: Writer, space: str, moments: list[int], time: float = T0 + 1000) -> None:
    """Store a space that was fitted to moments, whose EEG is encoded."""

    def change(db: Any) -> None:
        changes.put_space(db, space, model="state", dimension=8, time=time, data=f"fitted {space}".encode())
        changes.put_vectors(db, space, {made: unit(np.eye(1, 8, made % 8)) for made in moments})
        for made in moments:
            changes.done(db, made, Job.BRAIN)

    writer.do(change).result()


def test_what_was_fitted_to_a_moment_that_goes_goes_and_is_asked_for_anew(writer: Writer, store: Store) -> None:
    made = [moment(writer, number) for number in range(6)]
    fit(writer, WORN, made[:4])
    fit(writer, OTHER, made[4:])
    forget(writer, store, Wish(moments=(made[1],)))
    assert store.spaces("state:") == [OTHER, "state:m"]  # "state:m" was fitted to nothing
    assert store.space_data(OTHER) == f"fitted {OTHER}".encode()
    assert store.rows("SELECT DISTINCT space FROM vectors ORDER BY space") == [("content:m",), ("state:m",), (OTHER,)]
    assert store.waiting(Job.BRAIN, 10) == [made[3]]  # with the newest that is left it is fitted anew
    assert not forgetting.waits(store)


def test_what_was_fitted_to_the_eeg_of_a_moment_that_stays_goes_too(writer: Writer, store: Store) -> None:
    gone, beside, later = moment(writer, 0), moment(writer, 0, app="Second monitor"), moment(writer, 5)
    recording(writer, T0, 50.0)
    fit(writer, WORN, [beside, later])
    forget(writer, store, Wish(moments=(gone,)))
    assert WORN not in store.spaces("")
    assert set(store.waiting(Job.BRAIN, 10)) == {beside, later}


def test_what_began_after_the_fit_takes_nothing_with_it(writer: Writer, store: Store) -> None:
    made = [moment(writer, number) for number in range(4)]
    fit(writer, WORN, made, time=T0 + 60 * 2 + 55)  # the last begins after that
    forget(writer, store, Wish(moments=(made[3],)))
    assert store.space_data(WORN) == f"fitted {WORN}".encode()
    forget(writer, store, Wish(moments=(made[2],)))
    assert WORN not in store.spaces("")


def test_without_any_eeg_left_nothing_is_asked_for(writer: Writer, store: Store) -> None:
    fit(writer, WORN, [moment(writer, 0), moment(writer, 1)])
    forget(writer, store, Wish(Filters(since=T0 - 1)))
    assert WORN not in store.spaces("")
    assert store.waiting(Job.BRAIN, 10) == []


@pytest.mark.parametrize(("step", "at"), [("forget_some", 0), ("forget_some", 2), ("note", 1)])
def test_broken_off_it_goes_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, at: int
) -> None:
    vault = Vault(tmp_path / "vault", Keys.random())
    monkeypatch.setattr(forgetting, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(forgetting, "AT_ONCE", 1)
    with Writer(vault) as writer:
        store = Store(vault)
        made = [moment(writer, number) for number in range(6)]
        fit(writer, WORN, made)
        forgetting.begin(writer, wish.plan(store, Wish(moments=(made[0], made[2]))), time=T0 + 9000)
        whole, calls = getattr(fitted, step), iter(range(1000))

        def crash(*arguments: Any) -> Any:
            if next(calls) == at:
                raise KeyboardInterrupt
            return whole(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(fitted, step, crash)
            with pytest.raises(KeyboardInterrupt):
                forgetting.finish(writer, store, brain=BRAIN)
        assert forgetting.waits(store)
        store.close()
    with Writer(vault) as writer:
        store = Store(vault)
        forgetting.finish(writer, store, brain=BRAIN)
        assert WORN not in store.spaces("")
        assert store.waiting(Job.BRAIN, 10) == [made[5]]
        assert not forgetting.waits(store)
        store.close()


def test_the_newest_moment_is_asked_for_in_whatever_order_they_were_given_their_vectors(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "ROWS_AT_ONCE", 2)
    made = [moment(writer, number) for number in range(6)]
    fit(writer, WORN, [made[place] for place in (2, 5, 0, 4, 1, 3)])
    writer.do(lambda db: db.execute("DELETE FROM features WHERE moment_id = ?", [made[5]])).result()
    forget(writer, store, Wish(moments=(made[0],)))
    assert WORN not in store.spaces("")
    assert store.waiting(Job.BRAIN, 10) == [made[4]]  # of the last no features are left


def test_what_goes_for_want_of_room_is_no_wish(vault: Vault, writer: Writer, store: Store) -> None:
    made = [moment(writer, 4 * number) for number in range(60)]  # four hours: what is of the last stays
    fit(writer, WORN, made, time=T0 + 5 * 3600)
    letters = np.random.default_rng(0)
    for each in made:
        writer.do(changes.put_text, each, "".join(map(chr, letters.integers(97, 123, 50_000)))).result()
    room = size_of(vault.root)
    while store.count() == len(made):  # pictures go before
        room -= MEGABYTE // 2
        writer.limit(Limits(whole=room)).result(60)
    left = [row[0] for row in store.rows("SELECT id FROM moments ORDER BY id")]
    assert left
    assert left == made[-len(left) :]
    assert store.space_data(WORN) == f"fitted {WORN}".encode()
    assert [each for each in made if store.vector(each, WORN) is not None] == left
    assert not forgetting.waits(store)
