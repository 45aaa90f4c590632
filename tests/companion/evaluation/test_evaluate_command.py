from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from companion.__main__ import main
from companion.cli import evaluate
from companion.evaluation import TASKS
from companion.evaluation.planted import Recipe, write

DONE, WRONG = 0, 2

Says = Callable[..., tuple[int, str, str]]


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Says:
    """Run ``companion evaluate`` with one more evaluation to choose; returns its exit code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(evaluate, "TASKS", {**TASKS, "loud-ness": "loudness_task"})

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["evaluate", *(str(argument) for argument in arguments)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sets") / "small", Recipe("absent", people=3, seconds=20))


def test_it_prints_one_json_object_with_every_option_taken_over(says: Says, made: Path) -> None:
    code, out, err = says(
        "loud_ness", "--data", made, "--json", "--split", "session", "--model", "start", "--seconds", "2",
        "--electrodes", "AF7, AF8,AF7", "--person", "sub-02", "--person", "03", "--seed", "7", "--quick",
    )  # fmt: skip
    assert (code, err) == (DONE, "")
    told = json.loads(out)
    assert (told["task"], told["data"], told["split"], told["model"]) == ("loudness", "small", "session", "start")
    assert told["notes"] == ["start, 2 electrodes, seed 7, quick True"]
    assert sorted(told["figures"][0]["per_person"]) == [f"session {who}/{n}" for who in ("02", "03") for n in (1, 2)]
    assert told["windows"] == 2 * 2 * 2 * 5


def test_a_person_gets_a_table(says: Says, made: Path) -> None:
    code, out, err = says("loud-ness", "--data", made)
    assert (code, err) == (DONE, "")
    assert "loudness · small" in out
    assert "split by person, model train, 3 people" in out
    assert "Done." in out


def test_what_was_left_out_of_the_set_is_noted_even_where_the_task_does_not(
    says: Says, made: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(made, tmp_path / "set")
    session = folder / "sub-01" / "ses-1" / "eeg"
    name = "sub-01_ses-1_task-{}_eeg.edf"
    shutil.copy(session / name.format("rest"), session / name.format("stored"))
    _, out, _ = says("loud-ness", "--data", folder, "--json")
    assert json.loads(out)["notes"][-1].startswith("Left out: sub-01_ses-1_task-stored holds the same samples")


@pytest.mark.parametrize("name", ["mind-reading", ""])
def test_a_wrong_name_ends_with_the_list(says: Says, made: Path, name: str) -> None:
    code, out, err = says(*([name] if name else []), "--data", made)
    assert (code, out) == (WRONG, "")
    assert "There are: focus, quality, state-recall, thought-recall, clock, identity" in err


@pytest.mark.parametrize("split", ["random", "windows"])
def test_random_windows_are_refused_with_why(says: Says, made: Path, split: str) -> None:
    code, out, err = says("focus", "--data", made, "--split", split)
    assert (code, out) == (WRONG, "")
    assert "0.30 into 0.90" in err
    assert all(f"{kind} (tested on" in err for kind in ("person", "session", "time"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--split", "moon"), "There is no split 'moon'"),
        (("--person", "99"), "There is no person '99'"),
        (("--seconds", "0"), "--seconds"),
        (("--seconds", "19"), "Give shorter windows"),
        (("--electrodes", "Cz"), "no electrode Cz. It has TP9, AF7, AF8, TP10"),
        (("--model", "best"), "--model"),
        (("--seed", "-1"), "--seed"),
    ],
)
def test_what_cannot_be_done_is_said_with_how_to_mend_it(
    says: Says, made: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = says("loud-ness", "--data", made, *arguments)
    assert (code, out) == (WRONG, "")
    assert any(part in err for part in said.split("|"))


def test_a_folder_that_is_no_set_is_refused_before_anything_is_scored(says: Says, made: Path) -> None:
    code, out, err = says("focus", "--data", made.parent)
    assert (code, out) == (WRONG, "")
    assert "Give one of the sets in it: small." in err
    assert says("focus")[0] == WRONG
