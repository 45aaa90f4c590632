"""Learning within the vault's budget: its files ask for room, wait where there is none, and lose nothing by that."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folder_watch import total, watched
from learner_tasks import QUICK_STEPS, quick_learner
from planted_week import BEGIN, DAY, Week
from vaults import vault_at

from companion.jobs.worker import Worker
from companion.learning import room
from companion.learning import round as learning_round
from companion.learning.background import DAY_SECONDS, Learning
from companion.learning.plan import Place
from companion.learning.room import CHECKPOINT, FOLDER, PLAN, MoreRoom
from companion.learning.round import LearnerTasks, Round
from embeddings.mapping import rounds, training
from index import changes, mappings
from index.forgetting import forgotten
from index.forgetting.budget import MEGABYTE, Kind, Limits, NoRoomError, size_of
from index.keys.sealed_file import SealedFile
from index.store import Store
from index.types import NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer

NOW = BEGIN + 10 * DAY
WHOLE = 10 * MEGABYTE
SMALL = Limits(whole=WHOLE)
FIXED = Limits(whole=WHOLE, newest=1e12)  # nothing is old enough to go


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a vault with enough to learn from."""
    root = tmp_path_factory.mktemp("week") / "vault"
    with Writer(vault_at(root)) as writer:
        Week(strength=1.5, days=5).store(writer)
    return root


class Home:
    """A copy of that vault with a budget, and what learns in it."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.vault = vault_at(root)
        self.vault.ledger.limits = limits
        self.writer = Writer(self.vault, clock=lambda: NOW)
        self.store = Store(self.vault)
        self.incidents: list[str] = []
        self.made = 0
        self.now = NOW

    def learning(self, make: Callable[[], Any] | None = None, **named: float) -> Learning:
        return Learning(
            store=self.store,
            writer=self.writer,
            make_worker=partial(self._made, make or self.worker),
            clock=lambda: self.now,
            on_incident=lambda _, what: self.incidents.append(what),
            on_adopted=lambda: None,
            **{"look_seconds": 0.02, **named},
        )

    def worker(self) -> Worker:
        return Worker("learner", quick_learner, on_incident=lambda _, what: self.incidents.append(what), niceness=0)

    def picture(self, number: int) -> None:
        """Store a moment that is older than all others, with a picture that may go."""
        start = BEGIN - DAY * (2 + number)
        image = np.random.default_rng(number).integers(0, 255, (300, 300, 3), dtype=np.uint8)
        new = NewMoment(start, start, "app", f"old {number}")
        moment = self.writer.do(changes.open_moment, self.vault, new, image).result()
        self.writer.do(changes.close_moment, moment, start + 15).result()

    def pictures(self) -> int:
        return int(self.store.value("SELECT count(*) FROM moments WHERE frame <> ''"))

    def fill(self, left: int) -> Path:
        """Leave only so many bytes, by a file that cannot go; returns it."""
        path = self.vault.vectors / "large"
        size = self.vault.ledger.free(Kind.REST) - left
        with self.vault.ledger.room(path, size):
            path.write_bytes(bytes(size))
        return path

    def close(self) -> None:
        self.store.close()
        self.writer.close()

    def _made(self, make: Callable[[], Any]) -> Any:
        self.made += 1
        return make()


@pytest.fixture
def home(week: Path, tmp_path: Path) -> Iterator[Callable[[Limits], Home]]:
    with ExitStack() as stack:

        def copied(limits: Limits) -> Home:
            made = Home(Path(shutil.copytree(week, tmp_path / "vault")), limits)
            stack.callback(made.close)
            return made

        yield copied


def wait_until(true: Callable[[], object], what: str = "", seconds: float = 60.0) -> None:
    due = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < due, what
        time.sleep(0.01)


def quick(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(training, "LEAST_ROUNDS", 2)
    patch.setattr(rounds, "STEPS", QUICK_STEPS)


def test_a_real_learner_beside_a_recording_never_exceeds_the_budget(home: Callable[[Limits], Home]) -> None:
    at_home = home(SMALL)
    number = 0
    while not forgotten.all_of(at_home.store):  # until the budget is used up
        at_home.picture(number)
        number += 1
    learning = at_home.learning()
    held: list[int] = []
    with watched(at_home.vault.root, seconds=0.005) as most:
        learning.start()
        due = time.monotonic() + 90
        while mappings.newest(at_home.store) is None:
            assert time.monotonic() < due
            at_home.picture(number)
            number += 1
            held.append(size_of(at_home.vault.root / FOLDER))
            time.sleep(0.05)
        learning.stop()
    assert max(held) > room.NETWORK  # pairs and a checkpoint were there
    assert 0 < most[0] <= WHOLE
    assert (at_home.incidents, learning.obstacle) == ([], "")
    used = at_home.vault.ledger.used()[Kind.REST]
    at_home.vault.ledger.measure()
    assert used == at_home.vault.ledger.used()[Kind.REST]


class Scripted:
    """A learner process that does what is written down, in this process."""

    pid = 1

    def __init__(self, learn: Callable[[Vault, float, int | None], Any]) -> None:
        self._learn = learn

    def submit(self, _: str, vault: Vault, now: float, most: int | None) -> Future[Any]:
        future: Future[Any] = Future()
        theirs = Vault(vault.root, vault.keys)  # as the other process has it: nobody counts there
        try:
            future.set_result(self._learn(theirs, now, most))
        except Exception as error:  # noqa: BLE001 as a worker hands on whatever it was
            future.set_exception(error)
        return future

    def stop(self) -> None:
        pass


def test_without_room_it_waits_says_so_and_goes_on_when_there_is_some(
    home: Callable[[Limits], Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    at_home = home(FIXED)
    large = at_home.fill(left=1_000_000)
    learning = at_home.learning(lambda: Scripted(LearnerTasks().learn))
    learning.start()
    wait_until(lambda: learning.obstacle)
    assert learning.obstacle.startswith("Learning waits for room; nothing of it is lost. The vault has no room for")
    time.sleep(0.2)
    assert at_home.incidents == [learning.obstacle]  # said once
    assert at_home.made == 0  # and nothing was begun
    assert mappings.newest(at_home.store) is None
    at_home.vault.ledger.remove(large)
    wait_until(lambda: mappings.newest(at_home.store) is not None)
    wait_until(lambda: not Place(at_home.vault).begun)
    learning.stop()
    assert learning.obstacle == ""
    assert len(at_home.incidents) == 1


def test_a_day_later_it_asks_again(home: Callable[[Limits], Home]) -> None:
    at_home = home(FIXED)
    at_home.fill(left=1_000_000)
    learning = at_home.learning()
    learning.start()
    wait_until(lambda: at_home.incidents)
    at_home.now += DAY_SECONDS
    wait_until(lambda: len(at_home.incidents) == 2)
    learning.stop()


def test_a_round_too_large_for_the_budget_lets_nothing_go(home: Callable[[Limits], Home]) -> None:
    at_home = home(Limits(whole=6 * MEGABYTE))
    for number in range(3):
        at_home.picture(number)
    learning = at_home.learning()
    learning.start()
    wait_until(lambda: learning.obstacle)
    time.sleep(0.2)
    learning.stop()
    assert "more than a quarter of its budget. Raise `budget_gb`" in learning.obstacle
    assert at_home.pictures() == 3
    assert forgotten.all_of(at_home.store) == []
    assert len(at_home.incidents) == 1


def test_a_round_that_was_begun_stays_while_there_is_no_room(
    home: Callable[[Limits], Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    at_home = home(FIXED)
    undisturbed = learning_round.learn(at_home.store, NOW)
    checkpoint = at_home.vault.root / FOLDER / CHECKPOINT
    at_home.vault.ledger.remove(checkpoint)
    plan = (at_home.vault.root / FOLDER / PLAN).read_bytes()
    large = at_home.fill(left=100_000)
    learning = at_home.learning(lambda: Scripted(LearnerTasks().learn))
    learning.start()
    wait_until(lambda: learning.obstacle)
    assert (at_home.vault.root / FOLDER / PLAN).read_bytes() == plan
    at_home.vault.ledger.remove(large)
    wait_until(lambda: mappings.newest(at_home.store) is not None)
    learning.stop()
    version = mappings.newest(at_home.store)
    assert version is not None
    assert version.made_at == undisturbed.made_at
    assert version.learned.score == undisturbed.learned.score


def test_what_a_process_that_died_left_is_counted(home: Callable[[Limits], Home]) -> None:
    at_home = home(FIXED)

    def dies(vault: Vault, _now: float, _most: int | None) -> None:
        (vault.root / FOLDER).mkdir()
        (vault.root / FOLDER / "plan.draft").write_bytes(bytes(50_000))
        raise VaultError("The disk is full.")

    learning = at_home.learning(lambda: Scripted(dies))
    before = at_home.vault.ledger.used()[Kind.REST]
    learning.start()
    wait_until(lambda: at_home.incidents)
    learning.stop()
    assert at_home.vault.ledger.used()[Kind.REST] == before + 50_000
    Place(at_home.vault).clear()
    assert at_home.vault.ledger.used()[Kind.REST] == before


def test_what_is_expected_is_what_it_comes_to(home: Callable[[Limits], Home], monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    at_home = home(FIXED)
    monkeypatch.setattr(room, "COMING", 0)
    expected = room.expected(at_home.store)
    largest = {PLAN: 0, CHECKPOINT: 0}
    write = SealedFile.write

    def watch(self: SealedFile, blob: bytes) -> None:
        write(self, blob)
        largest[self.name] = max(largest[self.name], size_of(at_home.vault.root / FOLDER / self.name))

    monkeypatch.setattr(SealedFile, "write", watch)
    learning_round.learn(at_home.store, NOW)
    most = largest[PLAN] + 2 * largest[CHECKPOINT]
    assert most <= expected <= 1.05 * most
    assert most <= room.expected(at_home.store) <= 1.05 * most  # of one that was begun


def test_a_process_that_was_given_too_little_writes_nothing_and_says_how_much_it_needs(
    home: Callable[[Limits], Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    at_home = home(FIXED)
    folder, theirs = at_home.vault.root / FOLDER, Vault(at_home.vault.root, at_home.vault.keys)
    given, done = [0], None
    while not isinstance(done, Round):
        done = LearnerTasks().learn(theirs, NOW, given[-1])
        assert total(folder) <= given[-1]
        if isinstance(done, MoreRoom):
            assert done.most > given[-1]
            given.append(done.most)
    assert len(given) > 3  # nothing, the pairs, a checkpoint, and another beside it
    assert given[-1] <= room.expected(at_home.store)


def test_a_learner_that_needs_more_than_was_expected_gets_it(
    home: Callable[[Limits], Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    monkeypatch.setattr(room, "NETWORK", 0)
    at_home = home(FIXED)
    learning = at_home.learning(lambda: Scripted(LearnerTasks().learn))
    learning.start()
    wait_until(lambda: mappings.newest(at_home.store) is not None)
    learning.stop()
    assert at_home.made > 1
    assert at_home.incidents == []


def test_learning_by_the_command_asks_for_each_file_and_goes_on_once_there_is_room(
    home: Callable[[Limits], Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    at_home = home(FIXED)
    large = at_home.fill(left=500_000)
    with pytest.raises(NoRoomError, match="Raise `budget_gb`"):
        learning_round.learn(at_home.store, NOW)
    assert Place(at_home.vault).begun
    assert not Place(at_home.vault).checkpoint.exists()
    at_home.vault.ledger.remove(large)
    assert learning_round.learn(at_home.store, NOW + 1).made_at == NOW
