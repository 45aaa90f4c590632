"""Nothing here may touch the home folder of whoever runs the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk

from companion import keeper as keeper_module
from index.store import Store
from index.vault import Vault
from index.writer import Writer


@pytest.fixture(autouse=True)
def places_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_VAULT", str(tmp_path / "vault"))
    monkeypatch.setenv("COMPANION_CONFIG", str(tmp_path / "settings.toml"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    vault = Vault(tmp_path / "vault")
    with Writer(vault) as writer:
        store = Store(vault)
        yield Desk(vault, writer, store)
        store.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "RETRY_SECONDS", 0.05)
