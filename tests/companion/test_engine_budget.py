"""Another budget in the settings: it holds at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import wait_until
from scripted import BEGIN, picture
from vaults import vault_at

from companion import budgeting
from companion.app import build_engine
from companion.engine import Engine
from companion.settings import Settings
from index import changes
from index.types import NewMoment
from index.vault import Vault
from index.writer import Writer

NO_BUDGET = Settings(budget_gb=0.0, budget_frames_gb=0.0, budget_eeg_gb=0.0)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = vault_at(tmp_path / "vault")
    with Writer(made) as writer:
        for number in range(4):
            time = BEGIN + 7200 * number
            new = NewMoment(time, time, "app", "page")
            moment = writer.do(changes.open_moment, made, new, picture(number)).result()
            writer.do(changes.close_moment, moment, time + 9).result()
    return made


@pytest.fixture
def engine(vault: Vault) -> Iterator[Engine]:
    made = build_engine(NO_BUDGET, vault=vault, clock=lambda: BEGIN)
    yield made
    made.stop()


def test_another_budget_holds_at_once(engine: Engine, vault: Vault) -> None:
    chosen = Settings(budget_gb=2.0, budget_frames_gb=1.0)
    engine.apply(chosen)
    wait_until(lambda: vault.ledger.limits == budgeting.limits(chosen), "the budget to hold")
    engine.apply(NO_BUDGET)
    wait_until(lambda: vault.ledger.limits.none, "the budget to be taken away")


def test_what_is_over_another_budget_goes_and_what_may_not_go_is_said(engine: Engine) -> None:
    store = engine._parts.store
    engine.apply(Settings(budget_gb=0.000_001))
    wait_until(lambda: store.count() == 1, "the old moments to go")  # the newest hour stays
    assert store.value("SELECT sum(moments) FROM forgotten") == 3
    engine.apply(NO_BUDGET)
    said = "The vault could not be brought within its new budget: The vault has no room"
    wait_until(lambda: any(one.what.startswith(said) for one in store.incidents()), "what did not go to be said")
