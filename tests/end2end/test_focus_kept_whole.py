"""The real program in a tray, with dunst: focus begins and ends, and what came meanwhile is held, shown and told of."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from accessible_desk import session_bus
from desktop import Desktop, wait_until
from vaults import vault_at

from companion.settings import Settings, save

pytestmark = [pytest.mark.display, pytest.mark.timeout(300)]
SLOW = 60.0  # seconds a busy machine may take
ORDINARY = 10


class Running:
    """The program on a desktop with a notification daemon."""

    def __init__(self, desktop: Desktop, folder: Path, *windows: str) -> None:
        self.desktop = desktop
        self._settings = folder / "settings.toml"
        chosen = Settings(consent_text=True, consent_input=True, follow_focus=True, quiet_in_focus=True)
        save(replace(chosen, first_run_done=True), self._settings)
        self.vault = vault_at(folder / "vault")
        self._environ = {"COMPANION_CONFIG": str(self._settings), "PYTHONWARNINGS": "ignore"}
        self._environ["XDG_STATE_HOME"] = str(folder / "state")
        command = (sys.executable, "-m", "companion", "run", *windows, "--vault", str(self.vault.root))
        self.program = desktop.start(*command, environ=self._environ)
        wait_until(lambda: self.focus("status").returncode == 0, "focus to be followed", seconds=SLOW)

    def focus(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "companion", "focus", *arguments, "--vault", str(self.vault.root)]
        environ = self.desktop.environ | self._environ
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    def says(self) -> str:
        return self.focus("status").stdout

    def paused(self) -> bool:
        return self.desktop.run("dunstctl", "is-paused").strip() == "true"

    def notify(self, summary: str, *more: str) -> None:
        self.desktop.run("notify-send", *more, "--app-name", "chat", summary, "some words")

    def displayed(self) -> int:
        return int(self.desktop.run("dunstctl", "count", "displayed"))

    def history(self) -> list[str]:
        found = json.loads(self.desktop.run("dunstctl", "history"))["data"][0]
        return [one["summary"]["data"] for one in found]


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with Desktop(size="1280x800x24", tray=True) as made, session_bus(made.environ) as address:
        made.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        made.start("dunst", "-config", "/dev/null")
        wait_until(lambda: made.run("dunstctl", "is-paused"), "dunst", seconds=SLOW)
        yield made


def test_focus_holds_what_can_wait_and_tells_of_it_once(desktop: Desktop, tmp_path: Path) -> None:
    running = Running(desktop, tmp_path)
    assert not running.paused()
    assert running.focus("on").returncode == 0
    wait_until(running.paused, "do-not-disturb", seconds=SLOW)

    for number in range(ORDINARY):
        running.notify(f"Hello {number}")
    running.notify("Disk full", "--urgency", "critical")
    wait_until(lambda: desktop.search("--name", "Disk full"), "the urgent one in a window of ours", seconds=SLOW)
    wait_until(lambda: f"{ORDINARY} held" in running.says(), "ten to be held", seconds=SLOW)
    assert running.displayed() == 0

    assert running.focus("off").returncode == 0
    wait_until(lambda: not running.paused(), "do-not-disturb to be as it was", seconds=SLOW)
    wait_until(lambda: running.displayed() == 1, "the digest", seconds=SLOW)
    assert sorted(name for name in running.history() if name.startswith("Hello")) == [
        f"Hello {number}" for number in range(ORDINARY)
    ]
    os.kill(running.program.pid, signal.SIGTERM)
    assert running.program.wait(SLOW) == 0


def test_without_windows_nothing_is_held_where_the_urgent_would_be(desktop: Desktop, tmp_path: Path) -> None:
    running = Running(desktop, tmp_path, "--headless", "--frames", "screen", "--board", "none")
    assert running.focus("on").returncode == 0
    wait_until(lambda: "would hold what is urgent too" in running.says(), "the reason", seconds=SLOW)
    assert not running.paused()
    os.kill(running.program.pid, signal.SIGTERM)
    assert running.program.wait(SLOW) == 0


def test_a_killed_program_leaves_nobody_in_do_not_disturb(desktop: Desktop, tmp_path: Path) -> None:
    running = Running(desktop, tmp_path)
    assert running.focus("on").returncode == 0
    wait_until(running.paused, "do-not-disturb", seconds=SLOW)
    running.program.kill()
    running.program.wait()
    wait_until(lambda: not running.paused(), "the watchdog", seconds=SLOW)
