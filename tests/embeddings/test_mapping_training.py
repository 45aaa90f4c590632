from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from made_pairs import made

from embeddings.mapping import Mapping, Stopped, evaluate_pairs, fit_start, train, trial
from embeddings.mapping import rounds as mapping_rounds
from embeddings.mapping.plan import Plan
from embeddings.mapping.rounds import Rounds
from embeddings.types import EmbeddingsError

LITTLE = 200  # enough for a trial, little enough to be quick


@pytest.fixture(scope="module", autouse=True)
def _brief() -> Iterator[None]:
    """Rounds of fifteen steps: what is planted here is plain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapping_rounds, "STEPS", 15)
        yield


@pytest.fixture(scope="module")
def learned() -> Mapping:
    return train(made(800))


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds of two steps, and all of them: what is looked at is not what is learned."""
    monkeypatch.setattr(mapping_rounds, "STEPS", 2)
    monkeypatch.setattr(trial, "best_share", lambda *_: 0.75)


def after(rounds: int) -> Callable[[], bool]:
    """Return what asks to stop once so many rounds are done."""
    asked = iter(range(1_000_000))
    return lambda: next(asked) >= rounds


def test_what_is_planted_is_found_on_a_later_day(learned: Mapping) -> None:
    found = evaluate_pairs(learned, made(400, seed=1))
    assert found["order"] > 0.75
    assert found["lift_mrr"] > 2


def test_what_is_not_there_is_not_found_however_much_everything_drifts() -> None:
    pairs = made(800, strength=0, drift=8)
    today = pairs.where(pairs.session < 3)
    found = evaluate_pairs(train(today), pairs.where(pairs.session == 3))
    assert found["order"] == pytest.approx(0.5, abs=0.08)


def test_it_tells_what_it_was_trained_on_and_nothing_else(learned: Mapping) -> None:
    facts = dict(learned.facts)
    assert facts.pop("share") in {0.0, 0.25, 0.5, 0.75, 1.0}
    assert facts.pop("rounds") >= 1
    told = {"pairs": 800, "with_content": 800, "sessions": 4, "people": 1, "seed": 0, "from_start": False}
    assert facts == told


@pytest.mark.usefixtures("short")
def test_the_order_of_pairs_and_the_threads_in_use_change_nothing() -> None:
    pairs, threads = made(LITTLE), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        one = train(pairs)
        assert torch.get_num_threads() == 2
        torch.set_num_threads(1)
        other = train(pairs.where(np.random.default_rng(0).permutation(LITTLE)))
    finally:
        torch.set_num_threads(threads)
    assert one.dump() == other.dump()


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("rounds", [0, 1, 2, 3])
def test_a_training_that_was_stopped_ends_where_it_would_have_ended(tmp_path: Path, rounds: int) -> None:
    pairs, kept = made(LITTLE), tmp_path / "checkpoint"
    whole = train(pairs)
    with pytest.raises(Stopped):
        train(pairs, checkpoint=kept, stop=after(rounds))
    assert train(pairs, checkpoint=kept).dump() == whole.dump()


@pytest.mark.usefixtures("short")
def test_a_training_goes_on_and_does_not_begin_again(tmp_path: Path) -> None:
    pairs, kept, told = made(LITTLE), tmp_path / "checkpoint", list[str]()
    with pytest.raises(Stopped):
        train(pairs, checkpoint=kept, stop=after(1))
    train(pairs, checkpoint=kept, progress=lambda _, text: told.append(text))
    assert told[0].startswith("trial, round 2 of 2")
    told.clear()
    train(pairs, checkpoint=kept, progress=lambda _, text: told.append(text))
    assert not told  # it was done


@pytest.mark.usefixtures("short")
def test_a_checkpoint_is_written_as_time_goes_by(tmp_path: Path) -> None:
    kept, seen, now = tmp_path / "checkpoint", list[bool](), iter(range(0, 10_000, 6))

    def progress(_share: float, _text: str) -> None:
        seen.append(kept.exists())

    train(made(LITTLE), epochs=300, checkpoint=kept, progress=progress, clock=lambda: float(next(now)))
    assert not seen[0]
    assert all(seen[2:])


@pytest.mark.usefixtures("short")
def test_the_checkpoint_of_another_training_is_refused_and_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint"
    with pytest.raises(Stopped):
        train(made(LITTLE), checkpoint=kept, stop=after(1))
    before = kept.read_bytes()
    others = (made(LITTLE, seed=1), 0), (made(LITTLE), 1)
    for pairs, seed in others:
        with pytest.raises(EmbeddingsError, match="other data or with other settings"):
            train(pairs, seed=seed, checkpoint=kept)
    assert kept.read_bytes() == before


@pytest.mark.usefixtures("short")
def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint"
    with pytest.raises(Stopped):
        train(made(LITTLE), checkpoint=kept, stop=after(1))
    kept.write_bytes(kept.read_bytes()[:-100])
    with pytest.raises(EmbeddingsError, match="damaged"):
        train(made(LITTLE), checkpoint=kept)


@pytest.mark.usefixtures("short")
def test_progress_only_rises_and_ends_at_one() -> None:
    shares: list[float] = []
    train(made(LITTLE), progress=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1


def test_rounds_bring_the_loss_down() -> None:
    pairs = made(400)
    rounds = Rounds(Plan(pairs, np.zeros(400, np.int64), None, 2, 0))
    losses = [rounds.run() for _ in range(2)]
    assert losses[-1] < losses[0]


def test_too_few_pairs_are_refused_and_it_says_what_helps() -> None:
    with pytest.raises(EmbeddingsError, match="16 are needed"):
        train(made(12))


def test_a_start_for_other_features_is_refused(learned: Mapping) -> None:
    pairs = made(LITTLE)
    with pytest.raises(EmbeddingsError, match="another version"):
        train(replace(pairs, brain=pairs.brain[:, :40]), start=learned)


def test_from_a_start_few_pairs_are_enough(learned: Mapping) -> None:
    few, later = made(40, seed=7), made(400, seed=8)
    alone, helped = train(few), train(few, start=learned)
    assert evaluate_pairs(helped, later)["order"] > evaluate_pairs(alone, later)["order"] + 0.05
    assert helped.facts["from_start"]


@pytest.mark.usefixtures("short")
def test_a_start_of_another_text_model_lends_its_brain_side(learned: Mapping) -> None:
    pairs = made(LITTLE, content=48)
    taken = train(pairs, start=learned)
    assert taken.content_dimension == 48
    assert np.abs(taken.weights["skip.weight"] - learned.weights["skip.weight"]).max() < 0.2
    # Made up with other topics: what topics do to the EEG is learned anew, on the states of the start.
    assert evaluate_pairs(taken, made(LITTLE, content=48, seed=5))["order"] > 0.7


def test_what_is_learned_from_people_serves_one_they_do_not_know() -> None:
    start = fit_start([made(80, person=number) for number in range(6)])
    assert evaluate_pairs(start, made(400, person=99))["order"] > 0.7
    assert start.facts["people"] == 6


def test_people_without_content_teach_the_state() -> None:
    pairs = made(400, drift=6)
    unknown = replace(pairs, content=np.zeros_like(pairs.content), weight=np.zeros(400, np.float32))
    start = fit_start([unknown])
    state = start.encode_state(pairs.brain[:100])
    between = state @ state.T
    neighbours = np.diagonal(between, 2).mean()
    assert neighbours > between[:20, 80:].mean() + 0.2
    assert start.facts["with_content"] == 0
    with pytest.raises(EmbeddingsError, match="states alone"):
        start.encode_brain(pairs.brain)
    personal = train(made(LITTLE), start=start)
    assert personal.knows_content
    assert evaluate_pairs(personal, made(LITTLE, seed=5))["order"] > 0.6
