from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings import features, focus, focus_training, sites
from embeddings.focus import FocusModel
from embeddings.focus_training import Labelled
from embeddings.site_features import DIMENSION, EVEN, SiteReference
from embeddings.types import EmbeddingsError

CAP = ("F7", "F8", "T5", "T6", "Fz", "Pz")
SFREQ = 128.0


def person(seed: int, *, change: float = 1.0, windows: int = 30, ch_names: tuple[str, ...] = CAP) -> Labelled:
    """Rest, then work in which power up to 40 Hz changes by a factor; people differ in loudness."""
    rng = np.random.default_rng(seed)
    focused = np.arange(windows) >= windows // 2
    gain = np.where(focused, change, 1.0)[:, np.newaxis, np.newaxis] * rng.uniform(5, 20)
    data = gain * rng.normal(size=(windows, len(ch_names), round(4 * SFREQ)))
    rows = np.array([features.row(one, SFREQ) for one in data])
    rest = np.arange(windows) < windows // 4
    return Labelled(ch_names, features.matrices(rows, len(ch_names)), focused, rest)


@pytest.fixture(scope="module")
def model() -> FocusModel:
    people = [person(seed, change=1.3) for seed in range(6)]
    views = [view for i, who in enumerate(people) for view in focus_training.views(i, who)]
    return focus_training.fit(views, people, range(len(people)))


def scores(model: FocusModel, who: Labelled, ch_names: tuple[str, ...] = CAP) -> NDArray[np.float64]:
    picked = [who.ch_names.index(name) for name in ch_names]
    matrices = who.matrices[:, :, picked][:, :, :, picked]
    reference = SiteReference.fit(matrices[who.rest], sites.find(ch_names), model.others)
    return focus.scores(model, reference, matrices)


@pytest.mark.parametrize("ch_names", [CAP, ("F7", "F8", "T5", "T6"), ("F8", "F7"), ("T5", "T6"), ("Fz", "Pz")])
def test_work_of_a_new_person_scores_above_rest_with_any_montage(model: FocusModel, ch_names: tuple[str, ...]) -> None:
    who = person(99, change=1.3)
    found = scores(model, who, ch_names)

    assert found[who.focused].min() > found[~who.focused].max()


def test_the_opposite_change_lowers_the_score_it_is_not_merely_unusual(model: FocusModel) -> None:
    who = person(99, change=1 / 1.3)
    found = scores(model, who)

    assert found[who.focused].max() < found[~who.focused].min()


def test_probabilities_rise_with_the_score_and_are_never_certain(model: FocusModel) -> None:
    line = model.line("front+back")
    steps = line.probability(np.linspace(-50, 50, 101))

    assert (np.diff(steps) >= 0).all()
    assert steps[0] >= focus_training.CERTAIN
    assert steps[-1] <= 1 - focus_training.CERTAIN
    assert line.scores[0] < line.neutral < line.scores[-1]


def test_one_wild_window_cannot_score_beyond_every_other(model: FocusModel) -> None:
    line = model.line("front+back")
    wild = np.where(EVEN, 1e6, 0.0)[np.newaxis]
    limit = np.abs(line.coefficients).sum() * focus.LIMIT + abs(line.intercept)

    assert abs(line.score(wild)[0]) <= limit


def test_the_model_is_the_same_after_being_stored(model: FocusModel) -> None:
    again = FocusModel.load(model.dump())
    rows = np.random.default_rng(0).normal(size=(5, DIMENSION))

    assert set(again.lines) == set(model.lines)
    assert again.dump() == model.dump()
    for kind in model.lines:
        assert np.array_equal(again.line(kind).score(rows), model.line(kind).score(rows))


@pytest.mark.parametrize(
    "damage", [lambda blob: blob[: len(blob) // 2], lambda blob: blob[:0], lambda blob: b"x" * len(blob)]
)
def test_damaged_weights_are_refused_with_a_sentence(model: FocusModel, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(EmbeddingsError, match="Install Companion again"):
        FocusModel.load(damage(model.dump()))


def test_too_few_people_are_refused() -> None:
    people = [person(seed) for seed in range(3)]
    views = [view for i, who in enumerate(people) for view in focus_training.views(i, who)]

    with pytest.raises(ValueError, match="too few"):
        focus_training.fit(views, people, range(3))


def test_the_shipped_model_serves_every_kind_of_montage() -> None:
    shipped = focus.shipped()

    for kind in ("front+back", "front+back middle", "front", "back", "front middle", "back middle", ""):
        assert shipped.line(kind).coefficients.any()
        assert not shipped.line(kind).coefficients[~EVEN].any()


def test_a_montage_without_a_line_of_its_own_counts_as_nobody_placed_and_every_other_keeps_its_sites() -> None:
    shipped = focus.shipped()

    for names in (("Fp1",), ("Oz",), ("TP9",), ("F3", "Fz")):
        assert focus.where(shipped, names) == sites.Sites(None, None)
    for names in (("TP9", "AF7", "AF8", "TP10"), ("Fp1", "Fp2"), ("O1", "O2"), ("Fz", "Pz"), ("E1", "E2")):
        assert focus.where(shipped, names) == sites.find(names)


def test_smoothing_looks_back_only() -> None:
    values = np.array([0.0, 0.0, 8.0, 0.0, 0.0, 0.0])

    assert list(focus.smoothed(values, step=2.0, seconds=4.0)) == [0.0, 0.0, 4.0, 4.0, 0.0, 0.0]
    assert list(focus.smoothed(values, step=2.0, seconds=6.0)) == pytest.approx([0, 0, 8 / 3, 8 / 3, 8 / 3, 0])
