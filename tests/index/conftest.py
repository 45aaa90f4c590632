"""A vault with its writer and store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import faiss
import numpy as np
import pytest
from large_spaces import COUNT, DIMENSION, KEYS, Life, made, settle
from loaded_models import text_model, text_reader
from vaults import vault_at

from embeddings.reading.ocr import TextReader
from embeddings.text import TextModel
from index.spaces.vectors import Vectors
from index.store import Store
from index.vault import Vault
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


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Keep FAISS from starting threads, which wait for each other where other tests run beside these."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    yield
    faiss.omp_set_num_threads(threads)


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault whose segments are all built, to be copied."""
    root = tmp_path_factory.mktemp("grown") / "vault"
    with Writer(Vault(root, keys=KEYS)) as writer:
        store = Store(writer.vault)
        life = Life(writer, store, np.empty((0, DIMENSION), np.float32))
        life.grow(COUNT)
        settle(life.open())
        store.close()
    return root


@pytest.fixture
def life(grown: Path, tmp_path: Path, one_thread: None) -> Iterator[Life]:
    del one_thread  # for as long as this lasts
    shutil.copytree(grown, tmp_path / "vault")
    with Writer(Vault(tmp_path / "vault", keys=KEYS)) as writer:
        store = Store(writer.vault)
        yield Life(writer, store, made(COUNT, seed=0))
        store.close()
