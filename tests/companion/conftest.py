"""Nothing here may touch the home folder of whoever runs the tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def places_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_VAULT", str(tmp_path / "vault"))
    monkeypatch.setenv("COMPANION_CONFIG", str(tmp_path / "settings.toml"))
