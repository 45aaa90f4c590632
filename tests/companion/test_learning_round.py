from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learner_tasks import QUICK_ROUNDS, QUICK_STEPS, quick_learner
from learning_home import NOW, Home
from planted_week import BEGIN, CONTENT, DAY, DIMENSION, TOPICS, Week

from companion.jobs.worker import Worker
from companion.learning import background as learning
from companion.learning import pairs as learning_pairs
from companion.learning import round as learning_round
from companion.learning.plan import Place, Plan
from companion.learning.round import Round
from companion.learning.wording import verdict
from embeddings.mapping import Decision, Mapping, better, evaluate_pairs, retrieval, rounds, training
from embeddings.types import EmbeddingsError
from index import changes, feedback, mappings
from index.mappings import VersionState
from index.spaces.vector_bytes import unpack
from index.types import Hit, Job


@pytest.fixture(scope="module", autouse=True)
def short_training() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "LEAST_ROUNDS", 2)
        patch.setattr(rounds, "STEPS", QUICK_STEPS)
        yield


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A vault in which a first version was learned, adopted, and serves."""
    home = Home(tmp_path_factory.mktemp("planted") / "vault", Week(strength=1.5))
    learning.keep(home.store, home.writer, learning_round.learn(home.store, NOW), NOW)
    home.encode()
    yield home
    home.close()


def test_what_eeg_says_of_content_is_found_in_later_time_and_adopted(planted: Home) -> None:
    version = mappings.serving(planted.store)
    assert version is not None
    told = version.learned
    assert told.adopted
    assert told.score is not None
    assert told.chance is not None
    assert told.low is not None
    assert told.score > 5 * told.chance
    assert told.low > 0
    assert told.trained_until < BEGIN + 3 * DAY  # the last of four days judged
    assert told.later == 60
    assert not Place(planted.store.vault).begun


def test_the_verdict_names_the_figure_and_the_rival_its_interval_is_of(planted: Home) -> None:
    version = mappings.history(planted.store)[-1]
    found = re.search(
        r"against chance, as EEG of other moments gives it, the share of other moments that the right one comes before "
        r"differs by (\S+) to (\S+)\.",
        verdict(version.learned),
    )
    assert found is not None
    serving = mappings.serving(planted.store)
    assert serving is not None
    later = learning_pairs.gather(planted.store, not_before=float("-inf"), spread=None).later
    figures = evaluate_pairs(Mapping.load(serving.learned.data), later)
    assert float(found[1]) < figures["order"] - figures["permuted_order"] < float(found[2])


def test_a_verdict_that_refuses_says_who_was_not_beaten(planted: Home) -> None:
    version = mappings.serving(planted.store)
    assert version is not None
    refused = replace(version.learned, adopted=False, reason="It is not clearly better than the time of day.")
    told = (
        "It could not be told yet whether the brain adds anything. It is not clearly better than the time of day. On 60"
    )
    assert told in verdict(refused)


def test_every_moment_gets_vectors_of_both_sides(planted: Home) -> None:
    version = mappings.serving(planted.store)
    assert version is not None
    for side, most in (("brain", 240), ("content", 240)):
        space = f"shared:v{version.version}:{side}"
        having = planted.store.value("SELECT count(DISTINCT moment_id) FROM vectors WHERE space = ?", [space])
        assert having == most


def test_a_thought_finds_what_it_is_about(planted: Home) -> None:
    right = []
    for topic in range(TOPICS):
        answer = planted.think(topic, k=5)
        found = [planted.topics[hit.moment.id - 1] for hit in answer.hits]
        assert all(sum(hit.shares.values()) == pytest.approx(1, abs=1e-3) for hit in answer.hits)
        assert {"shared", "alike"} <= set(answer.hits[0].shares)
        right.append(found.count(topic) / len(found))
    assert np.mean(right) > 5 / TOPICS


def test_a_thought_never_finds_its_own_time(planted: Home) -> None:
    near = {m.id for m in planted.store.moments_between(planted.week.end - 1800, planted.week.end + 60)}
    assert len(near) > 10
    answer = planted.think(0, k=100, exclude_minutes=30.0)
    assert not near & {hit.moment.id for hit in answer.hits}


def test_probabilities_are_low_and_flat_and_said_to_mean_nothing_before_hits_were_opened(planted: Home) -> None:
    answer = planted.think(0)
    assert {hit.probability for hit in answer.hits} == {0.1}
    assert "0 of 10 so far" in answer.notes[-1]


def test_the_old_version_serves_until_the_new_one_is_complete(planted: Home) -> None:
    before = mappings.serving(planted.store)
    assert before is not None
    newer = Round(NOW + 1, 64, before.learned)
    version = learning.keep(planted.store, planted.writer, newer, NOW)
    assert version.state is VersionState.COMING
    step = planted.step()
    step.fill(planted.store.waiting(Job.SHARED, step.batch))
    serving = mappings.serving(planted.store)
    assert serving is not None
    assert serving.version == before.version
    hits = planted.think(1).hits
    assert any(hit.space.startswith(f"shared:v{before.version}:") for hit in hits)
    planted.encode()
    serving = mappings.serving(planted.store)
    assert serving is not None
    assert serving.version == version.version
    spaces = planted.store.spaces("shared:")
    assert sorted(spaces) == [f"shared:v{version.version}:brain", f"shared:v{version.version}:content"]
    replaced = mappings.history(planted.store)[-1]
    assert (replaced.state, replaced.learned.data) == (VersionState.REPLACED, b"")
    assert any(hit.space.startswith(f"shared:v{version.version}:") for hit in planted.think(1).hits)


def test_a_version_that_comes_meanwhile_still_asks_for_its_vectors(planted: Home) -> None:
    """One was adopted between encoding a batch and storing it: the batch is not taken for done."""
    before = mappings.serving(planted.store)
    assert before is not None
    step = planted.step()
    sides = step._sides([1, 2])
    learning.keep(planted.store, planted.writer, Round(NOW + 2, 64, before.learned), NOW)
    from companion.learning import shared

    planted.writer.do(shared._store, [1, 2], sides).result()
    assert {1, 2} <= set(planted.store.waiting(Job.SHARED, 1000))
    planted.encode()


def test_where_eeg_says_nothing_nothing_is_adopted_and_the_answer_says_so(tmp_path: Path) -> None:
    home = Home(tmp_path / "vault", Week(strength=0.0, seed=1))
    version = learning.keep(home.store, home.writer, learning_round.learn(home.store, NOW), NOW)
    assert version.state is VersionState.REFUSED
    assert home.store.waiting(Job.SHARED, 10) == []
    answer = home.think(0)
    assert "could not be shown to tell what was on screen" in answer.notes[0]
    assert "`companion train`" in answer.notes[0]
    assert {source for hit in answer.hits for source in hit.shares} == {"context"}
    home.close()


def test_judging_moments_lie_after_the_others_with_a_guard_between(planted: Home) -> None:
    gathered = learning_pairs.gather(planted.store, not_before=float("-inf"), spread=None)
    gap = gathered.later.time.min() - gathered.earlier.time.max()
    assert gap >= learning_pairs.GUARD_SECONDS
    assert len(gathered.earlier) + len(gathered.later) <= len(gathered.pairs)
    assert len(np.unique(gathered.pairs.session)) == 4


def test_moments_the_person_opened_count_more(tmp_path: Path) -> None:
    home = Home(tmp_path / "vault", Week(strength=0.0))
    hits = [Hit(home.store.moment(7), 0.5, "s", "why")]
    for asked_at in range(5):
        home.writer.do(feedback.opened, float(asked_at), "words", hits, 0, time=NOW).result()
    pairs = learning_pairs.gather(home.store, not_before=float("-inf"), spread=None).pairs
    heavy = pairs.time[pairs.weight > 1]
    assert heavy.tolist() == [pytest.approx((hits[0].moment.time_start + hits[0].moment.time_end) / 2)]
    assert pairs.weight.max() == 1 + learning_pairs.MOST_OPENED
    home.close()


def test_a_newer_version_is_judged_by_what_the_older_one_has_not_seen(planted: Home) -> None:
    until = BEGIN + 3 * DAY + 600
    gathered = learning_pairs.gather(planted.store, not_before=until, spread=None)
    assert gathered.later.time.min() >= until + learning_pairs.GUARD_SECONDS


def test_a_learner_killed_in_its_midst_goes_on_and_ends_at_the_same_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "vault", Week(strength=1.5))
    incidents: list[str] = []
    worker = Worker("learner", quick_learner, on_incident=lambda _, what: incidents.append(what), niceness=0)
    place = Place(home.store.vault)
    future = worker.submit("learn", home.store.vault, NOW)
    due = time.monotonic() + 90
    while not place.checkpoint.exists():
        assert time.monotonic() < due
        assert not future.done(), future.exception()
        time.sleep(0.01)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    resumed = future.result(90)
    worker.stop()
    place.clear()
    monkeypatch.setattr(training, "LEAST_ROUNDS", QUICK_ROUNDS)
    undisturbed = learning_round.learn(home.store, NOW)
    home.close()
    assert len(incidents) == 1
    assert "died" in incidents[0]
    assert resumed.learned.data == undisturbed.learned.data
    assert resumed.learned.score == undisturbed.learned.score


def test_too_little_to_judge_by_is_said(tmp_path: Path) -> None:
    home = Home(tmp_path / "vault", Week(strength=1.0, days=2, a_day=40))
    with pytest.raises(EmbeddingsError, match="later ones to judge by are too few"):
        learning_round.learn(home.store, NOW)
    assert not Place(home.store.vault).begun
    home.close()


def test_after_a_change_of_text_model_it_learns_anew_and_says_that_it_could_not_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "vault", Week(strength=1.5))
    first = learning.keep(home.store, home.writer, learning_round.learn(home.store, NOW), NOW)
    home.encode()
    wider = np.linalg.qr(np.random.default_rng(0).normal(size=(DIMENSION + 8, DIMENSION)))[0]

    def change(db: Any) -> None:
        changes.put_space(db, "content:wider", model="wider", dimension=DIMENSION + 8, time=NOW)
        rows = db.execute("SELECT moment_id, vector FROM whole_vectors WHERE space = ?", [CONTENT]).fetchall()
        told = {moment_id: (wider @ unpack(blob))[None] for moment_id, blob in rows}
        changes.put_vectors(db, "content:wider", {key: one.astype(np.float32) for key, one in told.items()})
        db.execute("DELETE FROM vectors WHERE space = ?", [CONTENT])
        db.execute("DELETE FROM spaces WHERE name = ?", [CONTENT])

    home.writer.do(change).result()
    asked: list[int] = []

    def spied(*arguments: Any, earlier_rounds: int, seed: int) -> Any:
        asked.append(earlier_rounds)
        return better(*arguments, earlier_rounds=earlier_rounds, seed=seed)

    monkeypatch.setattr("embeddings.mapping.better", spied)
    second = learning.keep(home.store, home.writer, learning_round.learn(home.store, NOW + 1), NOW + 1)
    assert second.learned.content_space == "content:wider"
    assert second.learned.adopted
    assert second.learned.old_score is None
    assert "could not be compared" in second.learned.reason
    assert first.learned.low is not None
    assert asked == [1]  # one look was taken before
    home.close()


def test_a_round_begun_before_a_version_came_into_use_is_compared_with_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "vault", Week(strength=1.5))
    first = learning.keep(home.store, home.writer, learning_round.learn(home.store, NOW), NOW)
    assert first.state is VersionState.COMING
    learning_round._begin(home.store, Place(home.store.vault), NOW + 1, None)
    with pytest.raises(EmbeddingsError, match="Version 1 is not in use yet"):
        learning_round.learn(home.store, NOW + 2)
    home.encode()
    second = learning_round.learn(home.store, NOW + 3)
    home.close()
    assert second.made_at == NOW + 3  # the other one is forgotten
    assert second.learned.old_score == first.learned.score
    assert not second.learned.adopted


def test_a_round_says_of_how_many_moments_it_was_asked(planted: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    serving = mappings.serving(planted.store)
    assert serving is not None
    gathered = learning_pairs.gather(planted.store, not_before=float("-inf"), spread=None)
    assert len(gathered.later) == 60
    monkeypatch.setattr(retrieval, "MOST_QUESTIONS", 40)
    decision = Decision(True, 0.1, 0.05, 0.2, 6, "", "chance", 0.95)
    made = learning_round._learned(Plan(NOW, None, gathered), Mapping.load(serving.learned.data), None, decision)
    assert made.later == 40


@pytest.mark.parametrize("damage", ["on disk", "of another program"])
def test_a_checkpoint_that_cannot_be_gone_on_with_is_trained_anew_and_that_is_told(planted: Home, damage: str) -> None:
    place = Place(planted.store.vault)
    undisturbed = learning_round.learn(planted.store, NOW + 5)
    file = planted.store.vault.root / "learning" / "checkpoint"
    if damage == "on disk":
        file.write_bytes(file.read_bytes()[:-9] + bytes(9))
        assert place.reached() == ""
    else:
        place.checkpoint.write(b"odd")
    again = learning_round.learn(planted.store, NOW + 6)
    place.clear()
    assert undisturbed.trouble == ""
    assert "could not be read" in again.trouble
    assert again.trouble.endswith("It was trained anew.")
    assert again.made_at == NOW + 5  # of the same moments
    assert again.learned.data == undisturbed.learned.data


def test_a_round_that_could_not_be_judged_costs_nothing(planted: Home) -> None:
    before = mappings.judged(planted.store)
    version = mappings.serving(planted.store)
    assert version is not None
    untold = replace(version.learned, adopted=False, low=None, high=None)
    learning.keep(planted.store, planted.writer, Round(NOW + 9, 64, untold), NOW)
    assert mappings.judged(planted.store) == before
