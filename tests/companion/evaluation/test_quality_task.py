"""Bad contact on made-up headbands that score themselves: found when it is there, unmasked when it is not."""

from __future__ import annotations

import json
from pathlib import Path

import edfio
import numpy as np
import pytest
from made_set import described
from numpy.typing import NDArray

from companion.evaluation import contact_data, contact_models, contact_start, quality
from companion.evaluation.bids import cohort, recordings
from companion.evaluation.contact_models import people_apart
from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options
from companion.evaluation.report import Report
from companion.evaluation.windows import cut
from embeddings import contact

SFREQ = 128
NAMES = ("TP9", "AF7", "AF8")
PEOPLE = 5
SECONDS = 24
LOOSE = (8, 16)  # s in which one electrode hangs loose
QUICK = Options(quick=True)


def eeg(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return noise that is louder the lower it is, about 15 µV."""
    spectrum = np.fft.rfft(rng.normal(size=(len(NAMES), SECONDS * SFREQ)), axis=1)
    frequencies = np.fft.rfftfreq(SECONDS * SFREQ, 1 / SFREQ)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequencies, 0.5)), axis=1)
    return 15.0 * noise / noise.std()


def written(folder: Path, *, people: int = PEOPLE, told: bool = True, scored: bool = True) -> Path:
    """Write a set; where it is not ``told``, contact scores lie at random times that the EEG says nothing of."""
    described(folder, License="MIT")
    rng = np.random.default_rng(3)
    for number in range(people):
        data, score = eeg(rng), np.ones((len(NAMES), SECONDS * SFREQ))
        at = number % len(NAMES)
        if told:
            data[at, LOOSE[0] * SFREQ : LOOSE[1] * SFREQ] *= 8
            score[at, LOOSE[0] * SFREQ : LOOSE[1] * SFREQ] = 4
        else:
            begin = int(rng.integers(2, 14)) * SFREQ
            score[at, begin : begin + 8 * SFREQ] = 4
        write(folder, f"sub-{number:02d}", data, score if scored else score[:0])
    return folder


def write(folder: Path, person: str, data: NDArray[np.float64], score: NDArray[np.float64]) -> None:
    place = folder / person / "eeg"
    place.mkdir(parents=True)
    signals = [
        edfio.EdfSignal(row, SFREQ, label=f"EEG {name}", physical_dimension="uV", physical_range=(-1500, 1500))
        for name, row in zip(NAMES, np.clip(data, -1500, 1500), strict=True)
    ]
    signals += [
        edfio.EdfSignal(row, SFREQ, label=f"HSI_{name}", physical_range=(0, 100))
        for name, row in zip(NAMES, score, strict=False)
    ]
    edfio.Edf(signals).write(place / f"{person}_task-game_eeg.edf")


@pytest.fixture(scope="module")
def loose(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("sets") / "loose")


@pytest.fixture(scope="module")
def report(loose: Path) -> Report:
    return quality.evaluate(loose, QUICK)


def test_a_loose_electrode_is_found_on_people_not_seen(report: Report) -> None:
    figures = {figure.name: figure.value for figure in report.figures}
    assert report.people == PEOPLE
    assert figures["AUC"].value > 0.95
    assert figures["AP"].value > 0.9
    assert figures["AUC together"].low > 0.9
    assert figures["bad electrodes flagged"].value > 0.9
    assert figures["good electrodes flagged"].value < 0.1
    assert report.p_value is not None
    assert report.p_value <= 0.05
    assert set(report.figures[0].per_person) == {f"{number:02d}" for number in range(PEOPLE)}
    assert json.dumps(report.to_json(), allow_nan=False)


def test_every_figure_stands_beside_its_controls(report: Report) -> None:
    controls = {figure.name: figure.value.value for figure in report.controls}
    assert {"AUC log std", "AP gradient boosting", "AUC place and time"} <= set(controls)
    assert 0.2 < controls["AUC noise input"] < 0.8
    assert [figure.name for figure in report.differences] == [name.replace(" ", " above ", 1) for name in controls]


def test_scores_that_mean_nothing_are_not_called_a_find(tmp_path: Path) -> None:
    report = quality.evaluate(written(tmp_path / "nothing", told=False), QUICK)
    assert not report.figures[0].value.above(0.6)
    assert "better than by every control" not in report.verdict


def test_the_shipped_model_is_scored_untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the shipped model was trained anew")

    monkeypatch.setattr(contact_models.contact_training, "fit", refused)
    (name,) = contact.shipped().card["sets"]
    report = quality.evaluate(written(tmp_path / name), Options(model="start", picks=("AF8", "TP9"), quick=True))
    assert report.model == "start"
    assert report.figures[0].value.value > 0.95
    assert any("figures flatter" in note for note in report.notes)
    # The others' loose electrode is the one that was not named.
    assert [who for who, value in report.figures[0].per_person.items() if not np.isnan(value)] == ["00", "02", "03"]


@pytest.mark.parametrize("people", [1, 2])
def test_the_shipped_model_needs_nobody_to_train_on(tmp_path: Path, people: int) -> None:
    report = quality.evaluate(written(tmp_path / "few", people=people), Options(model="start", quick=True))
    assert report.people == people
    assert report.figures[0].value.value > 0.95
    assert np.isnan(report.figures[0].value.low)
    shown = {figure.name for figure in report.controls}
    assert {"AUC log std", "AUC noise input"} <= shown
    assert ("AUC gradient boosting" in shown) == (people > 1)
    assert any("Left out: gradient boosting and place and time" in note for note in report.notes) == (people == 1)
    assert "fewer than three people was both good and bad" in report.verdict


def test_models_to_beat_are_left_out_where_the_others_teach_nothing(tmp_path: Path) -> None:
    # The only electrode named was loose on the first person alone.
    report = quality.evaluate(written(tmp_path / "few", people=3), Options(model="start", quick=True, picks=("TP9",)))
    assert report.figures[0].per_person["00"] > 0.95
    assert not any("gradient boosting" in figure.name for figure in report.controls)


def test_figures_of_few_people_stay_possible(tmp_path: Path) -> None:
    report = quality.evaluate(written(tmp_path / "few", people=3), Options(model="start", quick=True))
    for figure in (*report.figures, *report.controls):
        assert not figure.value.low < 0.0
        assert not figure.value.high > 1.0


def test_without_contact_scores_the_person_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"contact score.*take another set"):
        quality.evaluate(written(tmp_path / "plain", scored=False), QUICK)


def test_too_few_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"too few.*--model start"):
        quality.evaluate(written(tmp_path / "few", people=3), QUICK)


def test_another_split_is_refused(loose: Path) -> None:
    with pytest.raises(EvaluationError, match="--split person"):
        quality.evaluate(loose, Options(split="time"))
    with pytest.raises(EvaluationError, match="refused"):
        quality.evaluate(loose, Options(split="random"))


def test_shares_of_bad_contact_belong_to_their_windows(loose: Path) -> None:
    found = recordings(loose)[:1]
    windows = cut(found, lambda *_: "contact", seconds=2, step=2)
    share = contact_data.share_bad(windows, contact_data.stretches(found, windows.ch_names))
    inside = (windows.start >= LOOSE[0]) & (windows.start + 2 <= LOOSE[1])
    outside = (windows.start + 2 <= LOOSE[0]) | (windows.start >= LOOSE[1])
    assert (share[inside, 0] == 1).all()
    assert (share[outside, 0] == 0).all()
    assert (share[:, 1:] == 0).all()


def test_what_came_before_a_window_stands_before_it(loose: Path) -> None:
    found = recordings(loose)[:1]
    windows = cut(found, lambda *_: "contact", seconds=2, step=2)
    stretches = contact_data.stretches(found, windows.ch_names)
    for data, window in zip(contact_data.with_past(windows, stretches), windows.data, strict=True):
        np.testing.assert_allclose(data[:, -window.shape[1] :], window, atol=1e-3)
        assert data.shape[1] > window.shape[1]


def test_nobody_is_scored_by_a_model_that_saw_them(loose: Path) -> None:
    windows = cut(recordings(loose), lambda *_: "contact", seconds=2, step=2)
    tested = []
    for split in people_apart(windows, seed=0):
        seen, unseen = (set(windows.person[which].tolist()) for which in (split.train, split.test))
        assert not seen & unseen
        tested += split.test.tolist()
    assert sorted(tested) == list(range(len(windows)))


def test_the_start_can_be_trained_and_says_what_from(loose: Path) -> None:
    model = contact_start.start("loose", cohort(loose), quick=True)
    again = contact.ContactModel.load(model.dump())
    assert again.card["sets"] == {"loose": {"licence": "MIT", "people": PEOPLE}}
    assert again.card["figures_on_people_left_out"]["AUC"][0] > 0.95
    assert again.card["share_bad"] == pytest.approx(8 / SECONDS / len(NAMES), abs=0.01)
