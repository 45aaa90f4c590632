from __future__ import annotations

import json
from pathlib import Path

import pytest
from planted_week import BEGIN, DAY, Week
from vaults import vault_at

from companion.__main__ import main
from companion.learning import background as learning
from companion.learning import round as learning_round
from companion.learning.plan import Place
from embeddings.mapping import training
from index import mappings
from index.mappings import VersionState
from index.store import Store
from index.types import Job
from index.vault import Vault
from index.writer import Writer

DONE, NO, WRONG = 0, 1, 2
NOW = BEGIN + 5 * DAY


def home(root: Path, *, strength: float, seed: int = 0) -> Vault:
    vault = vault_at(root / "vault")
    with Writer(vault) as writer:
        Week(strength=strength, seed=seed).store(writer)
    return vault


@pytest.fixture(autouse=True)
def short_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "LEAST_ROUNDS", 2)


def test_too_little_is_said_and_nothing_is_learned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault = home(tmp_path, strength=1.5)
    assert main(["train"]) == NO
    assert "240 moments with clean EEG" in capsys.readouterr().out
    store = Store(vault)
    assert mappings.newest(store) is None
    store.close()


def test_what_is_learned_is_said_adopted_and_in_use_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault = home(tmp_path, strength=1.5)
    assert main(["train", "--now"]) == DONE
    told = capsys.readouterr().out
    assert told.startswith("On 60 later moments the new version finds the right one first in")
    assert told.rstrip().endswith("Adopted.")
    store = Store(vault)
    version = mappings.serving(store)
    assert version is not None
    assert store.waiting(Job.SHARED, 1) == []
    assert not Place(vault).begun
    store.close()


def test_where_the_brain_adds_nothing_the_figures_are_told_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vault = home(tmp_path, strength=0.0, seed=1)
    assert main(["train", "--now", "--json"]) == NO
    record = json.loads(capsys.readouterr().out)["version"]
    assert record["state"] == VersionState.REFUSED
    assert record["adopted"] is False
    assert record["low"] <= 0
    assert record["later"] == 60
    assert "data" not in record
    assert main(["doctor", "--json"]) in {DONE, NO}
    doctor = json.loads(capsys.readouterr().out)
    assert [one["version"] for one in doctor["learning"]] == [record["version"]]
    says = {check["part"]: check["says"] for check in doctor["checks"]}
    assert "It could not be told yet whether the brain adds anything." in says["learning"]
    store = Store(vault)
    assert store.spaces("shared:") == []
    store.close()


def test_a_damaged_checkpoint_is_an_incident_and_the_round_is_done_all_the_same(tmp_path: Path) -> None:
    vault = home(tmp_path, strength=1.5)
    store = Store(vault)
    learning_round.learn(store, NOW)
    checkpoint = vault.root / "learning" / "checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    assert main(["train"]) == DONE
    serving = mappings.serving(store)
    assert serving is not None
    assert serving.made_at == NOW
    (incident,) = store.incidents()
    assert "It was trained anew." in incident.what
    store.close()


def test_what_is_coming_is_made_complete_before_anything_is_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vault = home(tmp_path, strength=1.5)
    store = Store(vault)
    with Writer(vault) as writer:
        learning.keep(store, writer, learning_round.learn(store, NOW), NOW)
    assert mappings.serving(store) is None
    assert main(["train"]) == NO
    assert "Nothing new to learn yet." in capsys.readouterr().out
    serving = mappings.serving(store)
    assert serving is not None
    assert serving.made_at == NOW
    store.close()


@pytest.mark.parametrize("lacking", ["features", "vectors"])
def test_without_eeg_or_text_a_sentence_says_that_there_is_nothing_to_learn_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lacking: str
) -> None:
    with Writer(home(tmp_path, strength=1.5)) as writer:
        writer.do(lambda db: db.execute(f"DELETE FROM {lacking}")).result()  # noqa: S608 names of its own
    assert main(["train", "--now"]) == WRONG
    assert "There is nothing to learn from yet" in capsys.readouterr().err


def test_a_vault_that_is_being_recorded_to_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault = home(tmp_path, strength=1.5)
    with Writer(vault):
        assert main(["train", "--now"]) != DONE
    assert "Quit it first" in capsys.readouterr().err


def test_a_folder_without_a_vault_is_no_place_to_learn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--vault", str(tmp_path / "nothing")]) != DONE
    assert "There is no vault at" in capsys.readouterr().err
    assert not (tmp_path / "nothing").exists()
