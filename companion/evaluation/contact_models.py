"""Scores of electrodes' contact: the model that is judged, the models to beat, and what needs no signal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from companion.evaluation import contact_data, controls
from companion.evaluation.contact_boosting import ContactReference
from companion.evaluation.contact_data import Stretch
from companion.evaluation.interval import Interval
from companion.evaluation.options import Options
from companion.evaluation.splits import Split, check
from companion.evaluation.windows import Windows
from embeddings import contact, contact_training
from embeddings.contact import ContactModel

OURS = "ours"
FOLDS = 10  # groups of people; each is scored by models of all others
NOISE_UV = 20.0  # as loud as EEG

Labels = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def scores(windows: Windows, stretches: Sequence[Stretch], bad: Labels, options: Options) -> dict[str, Numbers]:
    """Return ``float64[n, channels]`` of every model, the larger, the worse; each person is scored by models of others.

    Parameters
    ----------
    bad
        ``bool[n, channels]``.

    """
    data = contact_data.with_past(windows, stretches)
    rng = np.random.default_rng(options.seed)
    noise = [NOISE_UV * rng.standard_normal(part.shape) for part in data]
    model_for = _models(windows, stretches, options)
    found = {name: np.empty(bad.shape) for name in (OURS, "gradient boosting", "place and time", "noise input")}
    for split in people_apart(windows, seed=options.seed):
        model, tested = model_for(split), windows.where(split.test)
        found[OURS][split.test] = _shares(model, data, windows, split)
        found["noise input"][split.test] = _shares(model, noise, windows, split)
        reference = ContactReference.fit(windows.where(split.train), bad[split.train], seed=options.seed)
        found["gradient boosting"][split.test] = reference.scores(tested)["gradient boosting"]
        found["place and time"][split.test] = _place_and_time(windows, bad, split)
    return found | {"log std": controls.amplitude(windows)}


def people_apart(windows: Windows, *, seed: int) -> Iterator[Split]:
    """Yield splits that each test a tenth of the people (at least one), checked."""
    people = np.random.default_rng(seed).permutation(np.unique(windows.person))
    for group in np.array_split(people, min(FOLDS, len(people))):
        tested = np.isin(windows.person, group)
        split = Split(f"person {'+'.join(sorted(group.tolist()))}", np.flatnonzero(~tested), np.flatnonzero(tested))
        check(split, windows, seconds=windows.seconds)
        yield split


def resampled(
    statistic: Callable[[NDArray[np.intp]], float], members: Sequence[NDArray[np.intp]], *, seed: int, times: int
) -> Interval:
    """Return a figure over the windows of all people in one; the interval is of people drawn again.

    Parameters
    ----------
    members
        The windows of each person.

    """
    rng = np.random.default_rng(seed)
    count = len(members)
    drawn = [
        statistic(np.concatenate([members[i] for i in rng.integers(count, size=count).tolist()])) for _ in range(times)
    ]
    told = [value for value in drawn if not math.isnan(value)]
    low, high = np.quantile(told, (0.025, 0.975)).tolist() if told else (math.nan, math.nan)
    return Interval(statistic(np.concatenate(members)), low, high, count)


def _models(windows: Windows, stretches: Sequence[Stretch], options: Options) -> Callable[[Split], ContactModel]:
    """Return what gives the model to test a split by: the shipped one, or one trained on the split's other people."""
    if options.model == "start":
        return lambda _: contact.shipped()
    looks = [contact_training.look(stretch.rated) for stretch in stretches]

    def trained(split: Split) -> ContactModel:
        people = set(windows.person[split.train].tolist())
        seen = [look for look, stretch in zip(looks, stretches, strict=True) if stretch.person in people]
        return ContactModel(contact_training.fit(seen, seed=options.seed), {})

    return trained


def _shares(model: ContactModel, data: Sequence[Numbers], windows: Windows, split: Split) -> Numbers:
    samples = windows.data.shape[2]
    return np.array([model.share_bad(data[i], windows.sfreq, samples) for i in split.test.tolist()])


def _place_and_time(windows: Windows, bad: Labels, split: Split) -> Numbers:
    """Score by which electrode it is and how long the recording runs, without any signal."""
    channels = bad.shape[1]

    def told(which: NDArray[np.intp]) -> Numbers:
        place = np.tile(np.eye(channels), (len(which), 1))
        time = np.repeat(np.log(windows.start[which]), channels)
        return np.column_stack([place, time])

    model = LogisticRegression(max_iter=1_000).fit(told(split.train), bad[split.train].ravel())
    return np.asarray(model.decision_function(told(split.test)).reshape(-1, channels), np.float64)
