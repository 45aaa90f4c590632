from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from companion.cli import cohort_start
from companion.evaluation import planted
from companion.evaluation.errors import EvaluationError
from companion.evaluation.planted import Recipe
from companion.learning import cohort
from embeddings import focus
from embeddings.focus import FocusModel


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted.write(tmp_path_factory.mktemp("set") / "made", Recipe("planted", people=6, sessions=1))


def trained(people: Path, out: Path) -> Path:
    said = CliRunner().invoke(cohort_start.command, ["--data", str(people), "--out", str(out)], standalone_mode=False)
    assert said.exception is None
    return out


def test_one_command_trains_weights_and_writes_their_card(tmp_path: Path, people: Path) -> None:
    out = trained(people, tmp_path / "weights")
    card = json.loads((out / cohort.CARD).read_text())
    part = card["parts"][focus.FILE]

    assert FocusModel.load((out / focus.FILE).read_bytes()).line("front+back").coefficients.any()
    assert part["people"] == {"made": 6}
    assert part["sha256"] == hashlib.sha256((out / focus.FILE).read_bytes()).hexdigest()
    assert set(card["sets"]) == {"made"}
    assert part["limits"]


def test_the_same_sets_give_the_same_weights(tmp_path: Path, people: Path) -> None:
    first, again = trained(people, tmp_path / "1"), trained(people, tmp_path / "2")

    assert (first / focus.FILE).read_bytes() == (again / focus.FILE).read_bytes()


def test_what_other_sets_had_trained_stays_on_the_card(tmp_path: Path, people: Path) -> None:
    (tmp_path / cohort.CARD).write_text(json.dumps({"sets": {"older": {}}, "parts": {"other.npz": {"people": 3}}}))
    card = json.loads((trained(people, tmp_path) / cohort.CARD).read_text())

    assert card["parts"]["other.npz"] == {"people": 3}
    assert set(card["sets"]) == {"older", "made"}


def test_sets_with_nothing_to_learn_from_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    few = planted.write(tmp_path / "few", Recipe("planted", people=2, sessions=1, seconds=70))

    with pytest.raises(EvaluationError, match="nothing to train from"):
        cohort.train([few], tmp_path / "out", say=print)
    assert not (tmp_path / "out").exists()


def test_the_card_that_ships_names_every_weight_that_ships() -> None:
    weights = cohort_start.SHIPPED
    card = json.loads((weights / cohort.CARD).read_text())
    shipped = {path.name for path in weights.iterdir()} - {cohort.CARD}

    assert set(card["parts"]) == shipped
    for name, part in card["parts"].items():
        assert part["sha256"] == hashlib.sha256((weights / name).read_bytes()).hexdigest()
        assert set(part["people"]) <= set(card["sets"])


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_trained(tmp_path: Path, people: Path) -> None:
    (tmp_path / "file").write_text("")
    arguments = ["--data", str(people), "--out", str(tmp_path / "file" / "weights")]
    said = CliRunner().invoke(cohort_start.command, arguments, standalone_mode=True)

    assert said.exit_code == 2
    assert "--out" in said.output


def test_the_card_that_ships_has_figures_of_people_left_out_or_says_what_it_is_not_good_for() -> None:
    for name, part in json.loads((cohort_start.SHIPPED / cohort.CARD).read_text())["parts"].items():
        assert part["limits"], name
        assert part.get("figures_on_people_left_out") or "chance" in part["limits"], name
