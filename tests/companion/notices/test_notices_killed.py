"""A program that is killed while it holds notifications."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from desktop import end, wait_until
from notices_desk import Dunst, Program, dunst_session
from vaults import vault_at

from companion.notices.notices import Notices
from index import notices as rows
from index.store import Store
from index.vault import Vault
from index.writer import Writer

COUNT, IN_THE_MIDST = 120, 3  # at most so many may be both in the daemon and in the digest
PROGRAM = Path(__file__).with_name("notices_program.py")


def kept(vault: Vault) -> int:
    with closing(Store(vault)) as store:
        return len(rows.held(store))


def test_killed_at_any_point_none_is_lost_and_the_next_start_tells(tmp_path: Path) -> None:
    vault = vault_at(tmp_path / "vault")
    with Writer(vault):
        pass  # it is there before it is looked into
    with dunst_session() as (address, _, __):
        dunst, program = Dunst(address), Program(address)
        dunst.pause(True)
        places = os.pathsep.join((*sys.path, str(PROGRAM.parent)))
        environ = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address, "PYTHONPATH": places}
        child = subprocess.Popen([sys.executable, str(PROGRAM), str(vault.root)], env=environ, stdout=subprocess.PIPE)
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            for i in range(COUNT):
                program.notify(f"letter {i}")
                if i == COUNT // 2:
                    wait_until(lambda: kept(vault), "the first to be kept")
                    child.kill()
        finally:
            end(child)
            if child.stdout is not None:
                child.stdout.close()
        with Writer(vault_at(vault.root)) as writer, closing(Store(writer.vault)) as store:
            again = Notices(writer, store, {"DBUS_SESSION_BUS_ADDRESS": address}, on_incident=lambda *_: None)
            again.start()
            wait_until(lambda: rows.of_digest(store, 1) and not rows.untold(store), "the digest")
            again.stop()
            told = [one.summary for one in rows.of_digest(store, 1)]
        assert len(told) == len(set(told))
        waiting = int(dunst.get("waitingLength")) - 1  # the digest waits with them
        assert COUNT <= len(told) + waiting <= COUNT + IN_THE_MIDST
        program.caller.close()
        dunst.caller.close()
