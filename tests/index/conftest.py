"""A vault with its writer and store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from loaded_models import text_model, text_reader
from vaults import vault_at

from embeddings.ocr import TextReader
from embeddings.text import TextModel
from index.store import Store
from index.vault import Vault
from index.vectors import Vectors
from index.writer import Writer


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return vault_at(tmp_path / "vault")


@pytest.fixture
def writer(vault: Vault) -> Iterator[Writer]:
    with Writer(vault) as writer:
        yield writer


@pytest.fixture
def store(writer: Writer) -> Iterator[Store]:
    store = Store(writer.vault)
    yield store
    store.close()


@pytest.fixture
def vectors(store: Store) -> Vectors:
    return Vectors(store)


@pytest.fixture(scope="session")
def model() -> TextModel:
    return text_model()


@pytest.fixture(scope="session")
def reader() -> TextReader:
    return text_reader()
