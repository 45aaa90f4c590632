from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from made_set import noise
from made_set import recording as written

from companion.evaluation import planted, thought_contents, thought_data, thought_events, thought_recall
from companion.evaluation.bids import Recording, recordings
from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options
from companion.evaluation.planted import Kind, Recipe
from companion.evaluation.report import Report
from companion.evaluation.thought_judging import Asked, by_chance, per_person
from embeddings.mapping import rounds
from embeddings.mapping.retrieval import Session

DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).parents[4] / "shared" / "data")) / "muse-notebooks"


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train in rounds of five steps: what training gains is looked at elsewhere."""
    monkeypatch.setattr(rounds, "STEPS", 5)


def made(folder: Path, kind: Kind, **more: int) -> Report:
    recipe = Recipe(kind, "reading", **{"people": 5, "sessions": 2, "seconds": 96, "seed": 1, **more})
    return thought_recall.evaluate(planted.write(folder / "set", recipe), Options(quick=True))


def recording(folder: Path, events: str) -> Recording:
    path = folder / "sub-01_task-x_eeg.edf"
    (folder / "sub-01_task-x_events.tsv").write_text(events, encoding="utf-8")
    return Recording(path, "01", "", "x", "")


@pytest.mark.model
def test_what_is_planted_is_found_and_stands_beside_its_controls(tmp_path: Path) -> None:
    report = made(tmp_path, "planted")
    assert report.found
    assert "clearly better" in report.verdict
    assert report.split == "session"
    assert report.p_value == pytest.approx(1 / 101)
    assert report.figures[0].value.low > 0.6
    assert {figure.name for figure in report.controls} == {
        "noise input",
        "straight line",
        "amplitude only",
        "clock only",
        "state only",
    }
    assert all(figure.value.n == 5 for figure in (*report.figures, *report.controls, *report.differences))
    assert report.windows > 100


def test_a_session_is_left_out_with_its_reason_where_its_first_minute_cannot_be_read(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "set", Recipe("planted", "reading", people=2, sessions=2, seconds=96))
    given = list(recordings(folder))
    names = ("TP9", "AF7", "AF8", "TP10")
    before = written(folder, "sub-01_ses-1_task-before", noise(96), labels=("EEG TP9", "EEG AF7"))
    given.insert(0, Recording(before, "01", "1", "before", ""))
    seen = thought_data.gather(given, Options(picks=names))
    assert {*zip(seen.person.tolist(), seen.session.tolist(), strict=True)} == {("01", "2"), ("02", "1"), ("02", "2")}
    assert "1 of 4 sessions are left out; the first: 01, session 1" in seen.notes[0]
    assert "sub-01_ses-1_task-before has no electrode AF8, TP10" in seen.notes[0]


def test_a_recording_too_short_for_a_window_leaves_the_first_minute_to_the_next(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "set", Recipe("planted", "reading", people=2, sessions=1, seconds=96))
    given = list(recordings(folder))
    before = written(folder, "sub-01_ses-1_task-before", noise(3), labels=("EEG TP9", "EEG AF7"))
    given.insert(0, Recording(before, "01", given[0].session, "before", ""))
    assert set(thought_data.gather(given, Options(picks=("TP9", "AF7"))).person) == {"01", "02"}


def as_codes(made_set: Path) -> Path:
    """Let a set tell numbers in place of what was read, and nothing else of it."""
    topics: dict[str, int] = {}
    for path in sorted(made_set.rglob("*_events.tsv")):
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        told = [f"{onset}\t{lasts}\t{topics.setdefault(topic, len(topics) + 1)}" for onset, lasts, topic, _ in rows]
        path.write_text("\n".join(["onset\tduration\ttrial_type", *told]) + "\n")
    return made_set


def test_of_marker_codes_the_place_in_a_trial_is_claimed_and_not_what_was_shown(tmp_path: Path) -> None:
    recipe = Recipe("planted", "reading", people=5, sessions=2, seconds=96, seed=1)
    report = thought_recall.evaluate(as_codes(planted.write(tmp_path / "set", recipe)), Options(quick=True))
    assert report.found
    assert report.verdict.startswith("By EEG the place in a trial is told, not what was shown")
    assert thought_contents.CODES_NOTE in report.notes


@pytest.mark.parametrize(("needless", "end"), [((), "or noise."), (("noise input",), "better than by noise input.")])
def test_a_verdict_on_codes_never_says_that_contents_are_found(needless: tuple[str, ...], end: str) -> None:
    said = thought_recall._verdict(told=True, needless=needless, coded=True)
    assert "place in a trial" in said
    assert "Contents are found" not in said
    assert said.endswith(end)
    assert "Contents are found" in thought_recall._verdict(told=True, needless=needless, coded=False)


@pytest.mark.model
def test_what_is_absent_is_not_claimed(tmp_path: Path) -> None:
    report = made(tmp_path, "absent")
    assert not report.found
    assert "adds nothing" in report.verdict
    assert report.figures[0].value.value == pytest.approx(0.5, abs=0.08)


@pytest.mark.model
def test_one_person_alone_is_split_by_time_or_session_without_anyone_else(tmp_path: Path) -> None:
    report = made(tmp_path, "planted", people=1, seconds=240)
    assert report.people == 1
    assert not report.found  # one person has no interval
    assert any("1 people are few" in note for note in report.notes)


def test_random_windows_are_refused(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "set", Recipe("absent", people=1, sessions=1))
    with pytest.raises(EvaluationError, match="refused"):
        thought_recall.evaluate(folder, Options(split="random"))


def test_without_a_start_in_the_program_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.evaluation.thought_models.START_FILE", "nothing-like-it")
    folder = codes(tmp_path)
    with pytest.raises(EvaluationError, match="--model train"):
        thought_recall.evaluate(folder, Options(model="start"))


def codes(folder: Path) -> Path:
    """A set of two people with marker codes that mean nothing, without a duration."""
    made_set = planted.write(folder / "set", Recipe("absent", people=2, sessions=1, seconds=100))
    rng = np.random.default_rng(0)
    for path in made_set.rglob("*_events.tsv"):
        rows = [f"{onset}\t0\t{rng.integers(1, 3)}" for onset in np.arange(3.0, 95.0, 3.0)]
        path.write_text("onset\tduration\ttrial_type\n" + "\n".join(rows) + "\n")
    return made_set


def test_codes_need_no_text_model_and_say_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thought_contents, "_text_model", lambda: pytest.fail("no text was given"))
    report = thought_recall.evaluate(codes(tmp_path), Options(quick=True))
    assert report.split == "time"
    assert thought_contents.CODES_NOTE in report.notes
    assert not report.found


def test_text_without_a_text_model_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    thought_contents._text_model.cache_clear()
    monkeypatch.setattr(thought_contents.model_place, "here", lambda: None)
    with pytest.raises(EvaluationError, match="pip install"):
        thought_contents.vectors(["Rye flour rises less than wheat.", "1"], ["x", "x"])


def test_the_same_code_is_the_same_direction_in_its_task_alone() -> None:
    found, about = thought_contents.vectors(["1", "2", "1", "1"], ["a", "a", "a", "b"])
    assert about == thought_contents.CODES_NOTE
    assert (found[0] == found[2]).all()
    assert abs(found[0] @ found[1]) < 0.5
    assert abs(found[0] @ found[3]) < 0.5
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(4))


@pytest.mark.parametrize(
    ("content", "code"), [("1", True), ("S 12", True), ("A2", True), ("no", True), ("rest", False), ("茶を飲む", False)]
)
def test_a_word_is_no_code(content: str, code: bool) -> None:
    assert thought_contents.is_code(content) == code


def test_windows_follow_each_other_while_a_content_is_on(tmp_path: Path) -> None:
    one = recording(tmp_path, "onset\tduration\tcontent\n10\t9\tbread\n30\t1\tplanets\n")
    found = thought_events.shown(one, 4.0)
    assert found.begins.tolist() == [10, 14, 30]
    assert found.contents == ("bread", "bread", "planets")
    assert found.label(13.9) == "bread"
    assert found.label(13.0) is None
    assert found.label(30.1) == "planets"
    assert found.label(99.0) is None


def test_without_a_duration_a_content_is_on_until_the_next(tmp_path: Path) -> None:
    one = recording(tmp_path, "onset\tduration\ttrial_type\n1\t0\ta\n10\t0\tb\n11\t0\tn/a\n12\t0\ta\n")
    assert thought_events.shown(one, 4.0).begins.tolist() == [1, 5, 10, 12]
    assert thought_events.window_seconds([one]) == pytest.approx(2.0)


def test_windows_are_as_long_as_contents_within_reason(tmp_path: Path) -> None:
    assert thought_events.window_seconds([recording(tmp_path, "onset\tduration\tcontent\n1\t3\ta\n")]) == 3.0
    assert thought_events.window_seconds([recording(tmp_path, "onset\tduration\tcontent\n1\t60\ta\n")]) == 4.0
    assert thought_events.window_seconds([recording(tmp_path, "onset\tduration\tcontent\n1\t0.5\ta\n")]) == 2.0
    with pytest.raises(EvaluationError, match="columns onset, duration and content"):
        thought_events.window_seconds([recording(tmp_path, "onset\tduration\tcontent\n")])


def test_every_window_is_measured_against_its_own_sessions_beginning(tmp_path: Path) -> None:
    folder = codes(tmp_path)
    seen = thought_data.gather(recordings(folder), Options())
    assert len(seen) > 50
    for who in ("01", "02"):
        assert np.abs(seen.brain[seen.person == who].mean(axis=0)).max() < 2
    assert np.abs(seen.brain).max() <= 6
    assert seen.loudness.shape == (len(seen), 4)
    assert not np.allclose(seen.brain, seen.noise)


def asked(scores: list[list[float]], target: list[int], person: str = "a") -> Asked:
    count = len(target)
    session = Session(np.arange(count), 100.0 * np.arange(count), np.array(target), np.eye(2, dtype=np.float32), 0.0)
    return Asked(person, np.arange(count), session, {"ours": np.array(scores, np.float32)})


def test_contents_count_alike_over_all_recordings_of_a_person() -> None:
    first = asked([[1, 0]] * 4, [0, 0, 0, 1])
    second = asked([[1, 0]] * 2, [0, 1])
    other = asked([[1, 0], [0, 1]], [0, 1], "b")
    assert per_person([first, second, other], "ours", "hit") == {"a": 0.5, "b": 1.0}


def test_chance_is_what_the_same_scores_give_to_contents_moved_on() -> None:
    perfect = asked([[1, 0], [0, 1]] * 6, [0, 1] * 6)
    turned = list(by_chance([perfect]))
    assert {tuple(np.bincount(one.session.target)) for one in turned} == {(6, 6)}
    assert 0 < per_person(turned, "ours", "hit")["a"] < 1


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason=f"no recordings in {DATA}: set COMPANION_TEST_DATA")
def test_a_real_person_can_be_scored() -> None:
    report = thought_recall.evaluate(DATA, Options(quick=True, people=("0307",), split="time"))
    assert report.people == 1
    assert 0.2 < report.figures[0].value.value < 0.8
    assert report.windows > 50
