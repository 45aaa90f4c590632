"""Scores of electrodes' contact: the model that is judged, the models to beat, and what needs no signal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from companion.evaluation import contact_data, controls
from companion.evaluation.contact_boosting import ContactReference
from companion.evaluation.contact_data import Stretch
from companion.evaluation.options import Options
from companion.evaluation.splits import Split, check
from companion.evaluation.windows import Windows
from embeddings import contact, contact_training
from embeddings.contact import ContactModel

OURS = "ours"
TRAINED = ("gradient boosting", "place and time")  # the models to beat that learn from other people
FOLDS = 10  # groups of people; each is scored by models of all others
NOISE_UV = 20.0  # as loud as EEG

Labels = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def scores(windows: Windows, stretches: Sequence[Stretch], bad: Labels, options: Options) -> dict[str, Numbers]:
    """Return ``float64[n, channels]`` of every model, the larger, the worse; each person is scored by models of others.

    The shipped start needs nobody to train on, the `TRAINED` do: they are missing where the others there are (of one
    person: none) had no contact both good and bad.

    Parameters
    ----------
    bad
        ``bool[n, channels]``.

    """
    data = contact_data.with_past(windows, stretches)
    rng = np.random.default_rng(options.seed)
    noise = [NOISE_UV * rng.standard_normal(part.shape) for part in data]
    found = {name: np.empty(bad.shape) for name in (OURS, "noise input")}
    several = len(np.unique(windows.person)) > 1
    splits = list(people_apart(windows, seed=options.seed)) if several else []
    for model, tested in _models(windows, stretches, splits, options):
        found[OURS][tested] = _shares(model, data, windows, tested)
        found["noise input"][tested] = _shares(model, noise, windows, tested)
    return found | _trained(windows, bad, splits, options.seed) | {"log std": controls.amplitude(windows)}


def people_apart(windows: Windows, *, seed: int) -> Iterator[Split]:
    """Yield splits that each test a tenth of the people (at least one), checked."""
    people = np.random.default_rng(seed).permutation(np.unique(windows.person))
    for group in np.array_split(people, min(FOLDS, len(people))):
        tested = np.isin(windows.person, group)
        split = Split(f"person {'+'.join(sorted(group.tolist()))}", np.flatnonzero(~tested), np.flatnonzero(tested))
        check(split, windows, seconds=windows.seconds)
        yield split


def _models(
    windows: Windows, stretches: Sequence[Stretch], splits: Sequence[Split], options: Options
) -> Iterator[tuple[ContactModel, NDArray[np.intp]]]:
    """Yield models and whom each is tested on: the shipped one on all, or one a split, trained on its other people."""
    if options.model == "start":
        yield contact.shipped(), np.arange(len(windows))
        return
    looks = [contact_training.look(stretch.rated) for stretch in stretches]
    for split in splits:
        people = set(windows.person[split.train].tolist())
        seen = [look for look, stretch in zip(looks, stretches, strict=True) if stretch.person in people]
        yield ContactModel(contact_training.fit(seen, seed=options.seed), {}), split.test


def _trained(windows: Windows, bad: Labels, splits: Sequence[Split], seed: int) -> dict[str, Numbers]:
    """Return the scores of the `TRAINED`; none where a split has nothing to learn them from."""
    if not splits or any(bad[one.train].all() or not bad[one.train].any() for one in splits):
        return {}
    found = {name: np.empty(bad.shape) for name in TRAINED}
    for split in splits:
        reference = ContactReference.fit(windows.where(split.train), bad[split.train], seed=seed)
        told = reference.scores(windows.where(split.test)) | {"place and time": _place_and_time(windows, bad, split)}
        for name in TRAINED:
            found[name][split.test] = told[name]
    return found


def _shares(model: ContactModel, data: Sequence[Numbers], windows: Windows, tested: NDArray[np.intp]) -> Numbers:
    samples = windows.data.shape[2]
    return np.array([model.share_bad(data[i], windows.sfreq, samples) for i in tested.tolist()])


def _place_and_time(windows: Windows, bad: Labels, split: Split) -> Numbers:
    """Score by which electrode it is and how long the recording runs, without any signal."""
    channels = bad.shape[1]

    def told(which: NDArray[np.intp]) -> Numbers:
        place = np.tile(np.eye(channels), (len(which), 1))
        time = np.repeat(np.log(windows.start[which]), channels)
        return np.column_stack([place, time])

    model = LogisticRegression(max_iter=1_000).fit(told(split.train), bad[split.train].ravel())
    return np.asarray(model.decision_function(told(split.test)).reshape(-1, channels), np.float64)
