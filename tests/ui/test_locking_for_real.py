"""The real program on a private desktop: locked while it runs, and unlocked by its window."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from desktop import Desktop, DesktopError, wait_until

from companion import control, unlocking
from companion.control import ControlError
from index.store import Store
from index.vault import Vault
from ui.single_instance import address, wake

PASSPHRASE = "seven quiet words"
TRIES = 3  # a busy desktop loses a key now and then
ALREADY = "The vault is unlocked already."
TITLED = "SELECT count(*) FROM moments WHERE title = ?"


def asked(root: Path, do: str) -> str:
    try:
        return control.ask(root, do=do)
    except ControlError as error:  # nobody is there yet, or no passphrase came along
        return str(error)


def arguments(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")


def count(vault: Vault, title: str) -> int:
    store = Store(vault)
    try:
        return int(store.value(TITLED, [title]))
    finally:
        store.close()


def written(root: Path) -> int:
    return sum(file.stat().st_size for file in (root / "journal").iterdir())


@pytest.mark.display
@pytest.mark.skipif(not all(map(shutil.which, ("Xvfb", "openbox", "trayer", "xdotool"))), reason="X tools are missing")
def test_it_is_locked_in_its_place_goes_on_recording_and_the_window_unlocks_it(tmp_path: Path) -> None:
    root, secret = tmp_path / "vault", tmp_path / "passphrase"
    vault, _ = unlocking.found(root, passphrase=PASSPHRASE)
    secret.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    environ = {"COMPANION_CONFIG": str(tmp_path / "settings.toml"), "PYTHONWARNINGS": "ignore"}
    environ |= {"COMPANION_PASSPHRASE_FILE": str(secret), "XDG_RUNTIME_DIR": str(Path(control.address(root)).parent)}
    with Desktop(tray=True) as desktop:
        command = (sys.executable, "-m", "companion", "run", "--vault", str(root), "--frames", "screen")
        program = desktop.start(*command, environ=environ)
        wait_until(lambda: asked(root, "unlock") == ALREADY, "the program", seconds=40)
        desktop.open_xterm("seen while open", title="before")
        wait_until(lambda: count(vault, "before"), "a moment")

        assert asked(root, "lock").startswith("Locked.")
        wait_until(lambda: asked(root, "lock") == "The vault is locked already.", "the locked program", seconds=40)
        assert program.poll() is None
        assert arguments(program.pid).rstrip().endswith("--locked")
        at_first = written(root)
        desktop.open_xterm("seen while locked", title="meanwhile")
        wait_until(lambda: written(root) > at_first, "a sealed moment")
        assert count(vault, "meanwhile") == 0

        wake(address(root))
        wait_until(lambda: desktop.search("--onlyvisible", "--name", "^Companion: recall$"), "the sidebar")
        desktop.run("xdotool", "search", "--name", "^Companion: recall$", "windowactivate", "--sync", "key", "Return")
        wait_until(lambda: desktop.search("--onlyvisible", "--name", "^Companion: unlock memory$"), "the window")
        for _ in range(TRIES):
            desktop.run("xdotool", "search", "--name", "^Companion: unlock memory$", "windowactivate", "--sync")
            desktop.run("xdotool", "key", "ctrl+a")
            desktop.run("xdotool", "type", "--delay", "20", PASSPHRASE)
            desktop.run("xdotool", "key", "Return")
            with suppress(DesktopError):
                wait_until(lambda: asked(root, "unlock") == ALREADY, "it to be unlocked", seconds=30)
                break
        wait_until(lambda: count(vault, "meanwhile") == 1, "what was recorded while locked", seconds=40)
        wait_until(lambda: asked(root, "unlock") == ALREADY, "the program that can read", seconds=40)
        assert program.poll() is None
