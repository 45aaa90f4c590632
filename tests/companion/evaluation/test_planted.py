from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from companion.evaluation.bids import Event, Recording, cohort
from companion.evaluation.planted import Recipe, write
from companion.evaluation.planted_topics import TOPICS
from companion.evaluation.splits import splits
from companion.evaluation.statistics import auc, bootstrap
from companion.evaluation.windows import Windows, cut

Array = NDArray[np.float64]
BANDS = [(1, 4), (4, 8), (8, 13), (13, 30), (30, 40)]
REFERENCE_SECONDS = 60.0


def band_powers(windows: Windows) -> Array:
    frequencies, power = signal.welch(windows.filtered.astype(float), windows.sfreq, nperseg=int(2 * windows.sfreq))
    bands = [power[..., (frequencies >= low) & (frequencies < high)].mean(-1) for low, high in BANDS]
    powers: Array = np.log(np.concatenate(bands, axis=1))
    return powers


def loudness(windows: Windows) -> Array:
    spread: Array = np.log(windows.filtered.std(axis=2, dtype=np.float64))
    return spread


def smallest_eigenvalues(windows: Windows) -> Array:
    covariance = np.einsum("nct,ndt->ncd", windows.filtered, windows.filtered) / windows.filtered.shape[2]
    return np.log(np.linalg.eigvalsh(covariance.astype(float))[:, :3])


def made(folder: Path, kind: Any, **more: Any) -> Windows:
    found = cohort(write(folder / f"{kind}-{more.get('seed', 0)}", Recipe(kind, **more)))
    assert not found.notes
    return cut(found.recordings, lambda one, *_: one.task)


def told_by(features: Array, windows: Windows) -> list[float]:
    """Tell what people do who were not trained on, by features relative to their own first minute; AUC a person."""
    reference = (windows.label == "rest") & (windows.start < REFERENCE_SECONDS)
    relative = np.empty_like(features)
    for who in np.unique(windows.person):
        mine = windows.person == who
        first = features[mine & reference]
        relative[mine] = (features[mine] - first.mean(axis=0)) / first.std(axis=0)
    kept = windows.where(~reference)
    relative, labels = relative[~reference], kept.label == "arithmetic"
    found = []
    for split in splits("person", kept, seconds=kept.seconds):
        model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(
            relative[split.train], labels[split.train]
        )
        found.append(auc(labels[split.test], model.decision_function(relative[split.test])))
    return found


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_planted_is_found_in_the_rhythms_and_not_in_how_loud_they_are(tmp_path: Path, seed: int) -> None:
    windows = made(tmp_path, "planted", sessions=1, seed=seed)
    assert bootstrap(told_by(band_powers(windows), windows)).above(0.65)
    assert not bootstrap(told_by(loudness(windows), windows)).above(0.55)
    assert not bootstrap(told_by(smallest_eigenvalues(windows), windows)).above(0.55)


def test_more_effect_is_told_better(tmp_path: Path) -> None:
    found = [
        np.mean(told_by(band_powers(windows), windows))
        for effect in (0.4, 2.0)
        for windows in [made(tmp_path / str(effect), "planted", sessions=1, effect=effect)]
    ]
    assert 0.5 < found[0] < 0.8
    assert found[1] > 0.9


def test_where_nothing_is_planted_nothing_is_told_on_average(tmp_path: Path) -> None:
    found = []
    for seed in range(3):
        windows = made(tmp_path, "absent", sessions=1, seed=seed)
        found += told_by(band_powers(windows), windows)
    assert abs(np.mean(found) - 0.5) < 0.08
    assert np.std(found) > 0.05  # drift tells a person's two files apart, in a direction that means nothing


def test_where_nothing_is_planted_time_still_tells_the_condition(tmp_path: Path) -> None:
    windows = made(tmp_path, "absent", people=3)
    for who in np.unique(windows.person):
        for session in np.unique(windows.session):
            mine = (windows.person == who) & (windows.session == session)
            late = windows.clock[mine] - windows.clock[mine].min()
            assert auc(windows.label[mine] == "arithmetic", late) == 1.0


def test_a_fingerprint_is_told_by_the_smallest_eigenvalues_and_not_by_rhythms_or_loudness(tmp_path: Path) -> None:
    windows = made(tmp_path, "fingerprint", sessions=1)
    assert bootstrap(told_by(smallest_eigenvalues(windows), windows)).above(0.95)
    assert not bootstrap(told_by(band_powers(windows), windows)).above(0.55)
    assert not bootstrap(told_by(loudness(windows), windows)).above(0.55)


def test_what_is_read_changes_the_rhythms_alike_in_both_sessions_only_where_it_is_planted(tmp_path: Path) -> None:
    likeness = {}
    for kind in ("planted", "absent"):
        folder = write(tmp_path / kind, Recipe(kind, "reading", people=4, seconds=288))
        windows = cut(cohort(folder).recordings, topic_shown)
        found = band_powers(windows)
        likeness[kind] = np.mean([alike(found, windows, who) for who in np.unique(windows.person)])
    assert likeness["planted"] > 0.5
    assert abs(likeness["absent"]) < 0.25


@cache
def read_in(one: Recording) -> tuple[Event, ...]:
    return one.events()


def topic_shown(one: Recording, start: float, stop: float) -> str | None:
    return next((e.label for e in read_in(one) if e.onset <= start and stop <= e.onset + e.duration), None)


def alike(features: Array, windows: Windows, who: str) -> float:
    """Correlate what topics do to one person's rhythms in one session with the other."""
    means = []
    for session in ("1", "2"):
        mine = (windows.person == who) & (windows.session == session)
        each = np.stack([features[mine & (windows.label == topic)].mean(axis=0) for topic in TOPICS])
        means.append((each - each.mean(axis=0)).ravel())
    return float(np.corrcoef(means)[0, 1])


def test_sentences_of_a_topic_come_in_a_row_and_stand_in_the_column_content(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", Recipe("planted", "reading", people=2, seconds=288))
    events = [one.events() for one in cohort(folder).recordings]
    assert all(sorted(event.content for event in shown) == sorted(sum(TOPICS.values(), ())) for shown in events)
    assert all(event.content in TOPICS[event.label] for event in events[0])
    changes = sum(a.label != b.label for a, b in zip(events[0], events[0][1:], strict=False))
    assert changes <= 11
    assert [event.content for event in events[0]] != [event.content for event in events[1]]


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_recipe_makes_the_same_set_and_another_seed_another(tmp_path: Path) -> None:
    first, second, other = (
        contents(write(tmp_path / name, Recipe("planted", people=2, seconds=10, seed=seed)))
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert len(first) == 1 + 2 * 2 * (2 * 2 + 1)
    assert first == second
    assert first.keys() == other.keys()
    assert sum(first[name] == other[name] for name in first if name.endswith(".edf")) == 0


def test_the_signal_is_of_eegs_size_and_other_rates_are_made_too(tmp_path: Path) -> None:
    windows = made(tmp_path, "planted", people=2, sessions=1, seconds=30, sfreq=250)
    assert (windows.sfreq, windows.ch_names) == (250.0, ("TP9", "AF7", "AF8", "TP10"))
    assert 5.0 < windows.filtered.std() < 30.0
    assert windows.data.std() > windows.filtered.std()


def test_a_fingerprint_of_a_reading_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        write(tmp_path / "set", Recipe("fingerprint", "reading"))
