"""Nothing here may touch the home folder of whoever runs the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk
from vaults import vault_at

from companion import keeper as keeper_module
from index.store import Store
from index.writer import Writer


@pytest.fixture(autouse=True)
def places_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_VAULT", str(tmp_path / "vault"))
    monkeypatch.setenv("COMPANION_CONFIG", str(tmp_path / "settings.toml"))


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(vault_at(tmp_path / "vault")) as made:
        yield made


@pytest.fixture
def store(writer: Writer) -> Iterator[Store]:
    made = Store(writer.vault)
    yield made
    made.close()


@pytest.fixture
def desk(writer: Writer, store: Store) -> Desk:
    return Desk(writer.vault, writer, store)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "RETRY_SECONDS", 0.05)
