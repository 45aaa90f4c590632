"""What an earlier run held, as the engine hands it to a window where focus is not followed."""

from __future__ import annotations

from pathlib import Path

from desk import wait_until
from scripted import BEGIN
from vaults import vault_at

from companion.app import build_engine
from companion.notices.digest import Digest
from companion.settings import Settings
from index import notices
from index.notices import HeldNotice
from index.writer import Writer


def test_what_an_earlier_run_held_goes_to_the_window_that_comes(tmp_path: Path) -> None:
    vault = vault_at(tmp_path / "vault")
    with Writer(vault) as writer:
        writer.do(notices.hold, [HeldNotice(1, BEGIN, "Mail", "letter", "read me")]).result()
    offered: list[Digest] = []
    engine = build_engine(Settings(follow_focus=False), vault=vault, clock=lambda: BEGIN)
    try:
        engine.apply(Settings(follow_focus=False))
        engine.offered_by(offered.append)
        wait_until(lambda: bool(offered), "what was held")
        assert [one.summary for one in offered[0].notices] == ["letter"]
        wait_until(lambda: not notices.are_untold(engine._parts.store), "it to count as told")
    finally:
        engine.stop()
