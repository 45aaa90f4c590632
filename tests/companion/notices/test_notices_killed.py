"""A program that is killed while it holds notifications."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from desktop import end, wait_until
from notices_desk import Dunst, Program, dunst_session
from vaults import vault_at

from companion.notices.notices import Notices
from index import notices as rows
from index.store import Store
from index.vault import Vault
from index.writer import Writer

COUNT = 18  # its history has room for twenty
IN_THE_MIDST = 8  # at most so many, kept in one go, may be both in the daemon and in the digest
NAMES = [f"letter {i}" for i in range(COUNT)]
PROGRAM = Path(__file__).with_name("notices_program.py")


def kept(vault: Vault) -> int:
    with closing(Store(vault)) as store:
        return len(rows.held(store))


def killed(vault: Vault, address: str, program: Program, after: int) -> None:
    """Send all of them while a program holds them that is killed once so many were sent."""
    environ = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}
    environ["PYTHONPATH"] = os.pathsep.join((*sys.path, str(PROGRAM.parent)))
    child = subprocess.Popen([sys.executable, str(PROGRAM), str(vault.root)], env=environ, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        for i, name in enumerate(NAMES, 1):
            program.notify(name)
            if i == after:
                wait_until(lambda: kept(vault), "the first to be kept")
                child.kill()
    finally:
        end(child)
        if child.stdout is not None:
            child.stdout.close()


def told_by_the_next_start(vault: Vault, address: str) -> list[str]:
    with Writer(vault_at(vault.root)) as writer, closing(Store(writer.vault)) as store:
        again = Notices(writer, store, {"DBUS_SESSION_BUS_ADDRESS": address}, on_incident=lambda *_: None)
        again.start()
        wait_until(lambda: rows.of_digest(store, 1) and not rows.untold(store), "the digest")
        again.stop()
        return [one.summary for one in rows.of_digest(store, 1)]


def shown_by_the_daemon(dunst: Dunst) -> Counter[str]:
    """Return what the daemon shows once do-not-disturb is off."""
    before = Counter(dunst.history())
    dunst.pause(False)
    while dunst.popped:
        dunst.close_all()
    return Counter(one for one in (Counter(dunst.history()) - before).elements() if one in NAMES)


@pytest.mark.parametrize("after", [1, 6, 12])
def test_killed_at_any_point_none_is_lost_and_the_next_start_tells(tmp_path: Path, after: int) -> None:
    vault = vault_at(tmp_path / "vault")
    with Writer(vault):
        pass  # it is there before it is looked into
    with dunst_session() as (address, _, __):
        dunst, program = Dunst(address), Program(address)
        dunst.pause(True)
        killed(vault, address, program, after)
        told = told_by_the_next_start(vault, address)
        shown = shown_by_the_daemon(dunst)
        program.caller.close()
        dunst.caller.close()
    assert len(told) == len(set(told))
    assert {*told, *shown} == {*NAMES}
    assert len(set(told) & set(shown)) <= IN_THE_MIDST
    assert max(shown.values()) == 1
