from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from whole_vault import T0, fill

from index import database, notices
from index.care.exporting import Wanted, export
from index.care.rebuilding import rebuild
from index.care.verifying import verify
from index.forgetting import forgetting, wish
from index.forgetting.forgetting import OfBrain
from index.forgetting.wish import Wish
from index.keys.keys import Keys
from index.notices import HeldNotice, Replaced, State
from index.store import Store
from index.types import Filters
from index.vault import Vault
from index.writer import Writer

BRAIN = OfBrain(spaces=("state:*",), parts=("headset",))
WORD = "zeppelinpost"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault", Keys.random())


@pytest.fixture
def writer(vault: Vault) -> Iterator[Writer]:
    with Writer(vault) as made:
        yield made


@pytest.fixture
def store(writer: Writer) -> Iterator[Store]:
    made = Store(writer.vault)
    yield made
    made.close()


def held(number: int, *, time: float | None = None, app: str = "Mail", entry: str = "") -> HeldNotice:
    about = (number, T0 + 20 * number if time is None else time, app, f"summary {number}", WORD)
    return HeldNotice(
        *about, desktop_entry=entry, daemon="d", daemon_id=number, tag=f"tag{number}", actions=("default",)
    )


def keep(writer: Writer, *some: HeldNotice) -> None:
    writer.do(notices.hold, some).result()


def forget(writer: Writer, store: Store, wished: Wish) -> wish.Plan:
    planned = wish.plan(store, wished)
    forgetting.begin(writer, planned, time=T0 + 9000)
    forgetting.finish(writer, store, brain=BRAIN)
    return planned


def numbers(store: Store) -> list[int]:
    return sorted(one.number for one in notices.between(store, 0, T0 * 2))


def test_what_is_held_comes_back_as_it_was_and_is_in_one_digest(writer: Writer, store: Store) -> None:
    assert notices.last_number(store) == 0
    keep(writer, held(3), held(4))
    keep(writer, held(4))  # again: a change that is tried twice
    assert notices.held(store) == [held(4), held(3)]
    assert writer.do(notices.gather).result() == 1
    assert writer.do(notices.gather).result() == 0
    keep(writer, held(5))
    assert notices.untold(store) == [1]
    writer.do(notices.told, 1).result()
    assert notices.untold(store) == []
    assert writer.do(notices.gather).result() == 2
    assert [one.number for one in notices.of_digest(store, 1)] == [4, 3]
    assert [one.number for one in notices.of_digest(store, 2)] == [5]
    assert {one.state for one in notices.of_digest(store, 1)} == {State.TOLD}


def test_numbers_are_not_given_twice_when_all_is_forgotten(writer: Writer, store: Store) -> None:
    keep(writer, held(7))
    forget(writer, store, Wish(Filters(since=T0)))
    assert notices.last_number(store) == 7


def test_a_later_one_takes_the_place_of_an_earlier_one_of_its_daemon_or_name(writer: Writer, store: Store) -> None:
    keep(writer, held(1), held(2), held(3))
    writer.do(
        notices.hold, [], [Replaced(9, "d", 1), Replaced(9, "other daemon", 2), Replaced(9, "", 0, "Mail", "tag3")]
    ).result()
    assert [one.number for one in notices.held(store)] == [2]
    writer.do(notices.hold, [], [Replaced(2, "d", 2)]).result()  # not of itself
    assert [one.number for one in notices.held(store)] == [2]


def test_what_was_told_and_came_long_ago_goes_without_another_digest(writer: Writer, store: Store) -> None:
    keep(writer, held(1, time=T0 - 40 * 86_400), held(2))
    writer.do(notices.gather).result()
    writer.do(notices.expire, time=T0).result()
    assert numbers(store) == [1, 2]  # what was not told yet stays, however old it is
    writer.do(notices.told, 1).result()
    writer.do(notices.expire, time=T0).result()
    assert numbers(store) == [2]


def test_a_digest_whose_message_went_unread_is_told_anew(writer: Writer, store: Store) -> None:
    keep(writer, held(1))
    writer.do(notices.gather).result()
    writer.do(notices.told, 1).result()
    writer.do(notices.untell, [1]).result()
    assert notices.untold(store) == [1]


def test_digests_become_one_that_is_told_anew_and_the_others_stay(writer: Writer, store: Store) -> None:
    assert not notices.are_untold(store)
    for number in (1, 2, 3):
        keep(writer, held(number))
        assert notices.are_untold(store)
        assert writer.do(notices.gather).result() == number
    writer.do(notices.told, 1).result()
    writer.do(notices.told, 2).result()
    for _ in range(2):  # a change that is tried twice
        assert writer.do(notices.merge, [1, 3]).result() == 3
    assert [one.number for one in notices.of_digest(store, 3)] == [3, 1]
    assert [one.number for one in notices.of_digest(store, 2)] == [2]
    assert notices.untold(store) == [3]
    writer.do(notices.told, 3).result()
    assert not notices.are_untold(store)
    assert notices.strays(store) == 0


def test_they_are_forgotten_with_their_time(writer: Writer, store: Store) -> None:
    keep(writer, *(held(i) for i in range(1, 6)))
    planned = forget(writer, store, Wish(Filters(since=T0 + 40, until=T0 + 80)))
    assert planned.notices == (2, 3)
    assert numbers(store) == [1, 4, 5]


def test_they_are_forgotten_with_the_moments_of_their_time(writer: Writer, store: Store) -> None:
    first, *_ = fill(writer)  # 15 s each, 20 s apart
    keep(writer, held(1, time=T0 + 5), held(2, time=T0 + 25))
    forget(writer, store, Wish(moments=(first,)))
    assert numbers(store) == [2]


def test_they_are_forgotten_with_their_program_by_any_of_its_names(writer: Writer, store: Store) -> None:
    keep(writer, held(1), held(2, app="Chat", entry="org.chat"), held(3, app="chat"), held(4, app="", entry="CHAT"))
    planned = forget(writer, store, Wish(Filters(app="Chat")))
    assert planned.notices == (2, 3, 4)
    assert not planned.empty
    assert planned.time_start == T0 + 40
    assert numbers(store) == [1]


def test_what_comes_while_its_time_is_being_forgotten_goes_too(writer: Writer, store: Store) -> None:
    keep(writer, held(1))
    planned = wish.plan(store, Wish(Filters(since=T0)))
    forgetting.begin(writer, planned, time=T0 + 9000)
    keep(writer, held(2))
    forgetting.finish(writer, store, brain=BRAIN)
    assert numbers(store) == []


def test_of_what_is_forgotten_no_file_holds_a_word(writer: Writer, store: Store) -> None:
    keep(writer, *(held(i) for i in range(1, 200)))
    forget(writer, store, Wish(Filters(app="mail")))
    db = database.connect(writer.vault, write=False)
    found = db.execute("SELECT count(*) FROM notices WHERE body = ?", [WORD]).fetchone()[0]
    free = db.execute("PRAGMA freelist_count").fetchone()[0]
    db.close()
    assert (found, free) == (0, 0)  # the database was written anew: no page of it is left over


DAY = 86_400.0


def learned(store: Store) -> bytes | None:
    found = notices.model(store)
    return None if found is None else found.data


def learn(writer: Writer, data: bytes, time: float, *programs: str) -> None:
    writer.do(notices.put_model, data, time=time, lessons=dict.fromkeys(programs, time)).result()


def test_what_was_learned_goes_with_everything_and_with_all_eeg(writer: Writer, store: Store) -> None:
    assert notices.model(store) is None
    learn(writer, b"one", T0)
    learn(writer, b"two", T0 + 1)
    assert learned(store) == b"two"
    forget(writer, store, Wish(Filters(until=T0 + 9000)))
    assert learned(store) is None
    learn(writer, b"three", T0 + DAY)
    fill(writer)
    forget(writer, store, Wish(brain=True))
    assert learned(store) is None


def test_what_was_learned_from_a_forgotten_time_goes_though_nothing_was_held(writer: Writer, store: Store) -> None:
    learn(writer, b"before", T0 - DAY, "mail")
    learn(writer, b"after", T0, "signal")
    assert wish.plan(store, Wish(Filters(since=T0 + 1, until=T0 + 2))).empty
    planned = forget(writer, store, Wish(Filters(since=T0 - 1, until=T0 + 1)))
    assert planned.learned == T0 - 1
    assert learned(store) == b"before"
    assert [row[0] for row in store.rows("SELECT program FROM notice_lessons")] == ["mail"]


def test_what_was_learned_from_a_forgotten_program_goes_though_nothing_was_held(writer: Writer, store: Store) -> None:
    learn(writer, b"before", T0 - DAY, "mail")
    learn(writer, b"after", T0, "signal")
    learn(writer, b"last", T0 + 3 * DAY, "mail")
    assert wish.plan(store, Wish(Filters(app="Chess"))).empty
    forget(writer, store, Wish(Filters(app="Signal")))
    assert learned(store) == b"before"


def test_only_the_last_days_of_what_was_learned_are_kept(writer: Writer, store: Store) -> None:
    for day in range(30):
        learn(writer, b"%d" % day, T0 + day * DAY)
    assert store.value("SELECT count(*) FROM notice_model") == notices.MODELS_KEPT
    assert learned(store) == b"29"


def test_they_are_exported_by_time_and_program(writer: Writer, store: Store, tmp_path: Path) -> None:
    keep(writer, held(1), held(2, app="Chat"), held(3))
    done = export(store, tmp_path / "all", Wanted())
    assert done.notices == 3
    lines = (tmp_path / "all" / "notices.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(lines[0])
    assert (told["summary"], told["actions"], told["state"]) == ("summary 1", ["default"], "held")
    assert export(store, tmp_path / "chat", Wanted(app="CHAT")).notices == 1
    assert export(store, tmp_path / "early", Wanted(until=T0 + 25)).notices == 1


def test_a_check_counts_them_and_a_rebuild_leads_strays_to_the_next_digest(vault: Vault) -> None:
    with Writer(vault) as writer:
        fill(writer)
        keep(writer, held(1), held(2))
    found = verify(vault)
    assert found.clean
    assert found.checked["notices"] == 2
    with Writer(vault) as writer:
        writer.do(lambda db: db.execute("UPDATE notices SET state = 'told' WHERE number = 1")).result()
    (problem,) = verify(vault).problems
    assert "1 held notifications are in no digest" in problem.what
    rebuild(vault, time=T0)
    assert verify(vault).clean
    with Writer(vault) as writer:
        assert writer.do(notices.gather).result() == 1
