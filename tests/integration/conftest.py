"""Engines that are stopped whatever happens; nothing here may touch the home folder of whoever runs the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from vaults import vault_at

from companion.app import build_engine
from companion.engine import Engine
from companion.jobs import worker
from companion.settings import Settings


@pytest.fixture(autouse=True)
def places_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_VAULT", str(tmp_path / "vault"))
    monkeypatch.setenv("COMPANION_CONFIG", str(tmp_path / "settings.toml"))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def start(vault: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Engine]]:
    """Build and start an engine on the test's vault."""
    monkeypatch.setattr(worker, "STOP_SECONDS", 1.0)  # models that still load are not waited for
    made: list[Engine] = []

    def begin(settings: Settings | None = None, **named: Any) -> Engine:
        engine = build_engine(settings or Settings(), vault=vault_at(vault), **named)
        made.append(engine)
        engine.start()
        return engine

    yield begin
    for engine in made:
        with suppress(RuntimeError):  # the test stopped it
            engine.stop()
