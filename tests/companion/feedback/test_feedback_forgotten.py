from __future__ import annotations

import json

import numpy as np
import pytest
from feedback_steps import START, Clock, Keep, driven, session, steps, wish

from companion.feedback import kept, report
from companion.feedback.sham import Draw
from companion.forgetting import BRAIN
from index import trainings
from index.forgetting import forgetting
from index.forgetting.wish import Wish as Forget
from index.forgetting.wish import plan
from index.store import Store
from index.types import Filters, VaultError
from index.writer import Writer

DAY = 86_400.0


def test_forgetting_a_time_takes_the_sessions_that_reach_into_it(keep: Keep, writer: Writer, store: Store) -> None:
    first, second = keep(), keep(start=START + DAY)
    what = plan(store, Forget(Filters(since=START + 60, until=START + 100)))
    assert not what.empty
    forgetting.begin(writer, what, time=START + 2 * DAY)
    forgetting.finish(writer, store, brain=BRAIN)
    assert [one.id for one in trainings.all_of(store)] == [second]
    assert store.value("SELECT count(*) FROM trainings_hidden") == 1
    with pytest.raises(VaultError, match="no training"):
        report.of(store, first)


def test_forgetting_all_of_the_brain_takes_every_session(keep: Keep, writer: Writer, store: Store) -> None:
    keep()
    forgetting.begin(writer, plan(store, Forget(brain=True)), time=START + DAY)
    forgetting.finish(writer, store, brain=BRAIN)
    assert trainings.all_of(store) == []
    assert store.value("SELECT count(*) FROM trainings_hidden") == 0


def test_a_session_that_was_forgotten_while_it_ran_stays_forgotten(writer: Writer, store: Store) -> None:
    clock = Clock()
    one = driven(session(clock, wish()), clock, list(steps(30)))
    number = kept.keep(writer, one, device="", delay=0.0, number=None)
    writer.do(trainings.forget_all).result()
    kept.keep(writer, one, device="", delay=0.0, number=number)
    assert trainings.all_of(store) == []


def test_one_session_can_be_forgotten(keep: Keep, writer: Writer, store: Store) -> None:
    keep()
    keep(start=START + DAY)
    writer.do(trainings.forget, 1).result()
    assert [one.id for one in trainings.all_of(store)] == [2]
    assert store.value("SELECT count(*) FROM trainings_hidden") == 1
    with pytest.raises(VaultError, match="no training 1"):
        writer.do(trainings.forget, 1).result()


@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize("by_time", [False, True])
def test_forgetting_a_session_takes_it_out_of_what_others_replayed_and_tells_nothing_of_the_draw(
    keep: Keep, writer: Writer, store: Store, drawn: bool, by_time: bool
) -> None:
    first, second = keep(seed=1), keep(seed=2, start=START + DAY)
    there = [one for one in kept.earlier(store, "calm") if one.number == first]
    blind = keep(seed=3, draw=Draw(drawn, "cd" * 16), start=START + 2 * DAY, replayed=there)
    other = keep(seed=4, draw=Draw(sham=True, nonce="ef" * 16), start=START + 3 * DAY)  # of others
    told = writer.do(lambda db: db.execute("SELECT replayed FROM trainings_hidden ORDER BY 1").fetchall()).result()
    assert json.dumps([first]) in {one for (one,) in told}
    writer.do(lambda db: db.execute("UPDATE trainings_hidden SET replayed = '[]' WHERE training_id = ?", [other]))
    if by_time:
        forgetting.begin(writer, plan(store, Forget(Filters(since=START, until=START + 100))), time=START + 9 * DAY)
        forgetting.finish(writer, store, brain=BRAIN)
    else:
        writer.do(trainings.forget, first).result()
    assert [one.id for one in trainings.all_of(store)] == [other, blind, second]
    assert np.isnan(trainings.series(store, blind)["margin"]).all()
    assert np.isfinite(trainings.series(store, other)["margin"]).any()
    found = report.of(store, blind)
    assert (found.rewarded, found.muted > 0) == (None, True)
    kept.unblind(writer, store, blind, time=START + 9 * DAY)
    assert all("nan" not in picture for picture in report.of(store, blind).pictures.values())
