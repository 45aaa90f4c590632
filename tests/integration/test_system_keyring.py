"""The keyring of a real desktop: GNOME's daemon on a session bus of its own, reached as the program reaches it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from desktop import wait_until

DAEMON = ("gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock")
LOCKED = ("gnome-keyring-daemon", "--foreground", "--components=secrets")
BUS = """<busconfig><type>session</type><listen>unix:dir={folder}</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
"""  # unlike the system's, it starts no service by itself: which keyring there is, each test says
PROGRAM = """
import json, sys
from pathlib import Path
import keyring
from companion import unlocking
from index.keys import keyfile
from index.types import VaultError
from index.vault import Vault

root = Path(sys.argv[2])
told = {"backend": keyring.get_keyring().name, "secure": unlocking.has_keyring()}
try:
    if sys.argv[1] == "forget":
        unlocking.forget_secret(keyfile.load(Vault(root).key_file).vault)
    else:
        vault = unlocking.found(root)[0] if sys.argv[1] == "found" else unlocking.unlocked(root)
        told["public"] = keyfile.load(vault.key_file).public.hex()
        told["opened"] = vault.keys.files.open(vault.keys.files.seal(b"kept")).decode()
except VaultError as error:
    told["error"] = str(error)
print(json.dumps(told))
"""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A session bus and an empty home; the environment of programs on it."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime), "XDG_DATA_HOME": str(tmp_path / "data")}
    config = tmp_path / "bus.conf"
    config.write_text(BUS.format(folder=runtime), encoding="utf-8")
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"],
        env=kept | home,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert bus.stdout is not None
    yield {**kept, **home, "DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip()}
    bus.kill()
    bus.wait()
    bus.stdout.close()


@pytest.fixture
def keyring_of_the_system(session: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """GNOME's keyring, unlocked as a login does it."""
    with subprocess.Popen(
        DAEMON, env=session, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    ) as daemon:
        assert daemon.stdin is not None
        daemon.stdin.write("the login's password")
        daemon.stdin.close()
        _await_service(session)
        yield daemon
        daemon.kill()


def _await_service(session: dict[str, str]) -> None:
    ask = ("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus")
    asked = (*ask, "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets")
    wait_until(
        lambda: b"true" in subprocess.run(asked, env=session, capture_output=True, check=False).stdout,
        "the keyring on the bus",
    )


def run(session: dict[str, str], what: str, root: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, what, str(root)],
        env=session,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.usefixtures("keyring_of_the_system")
def test_a_vault_is_opened_through_the_secret_service_of_the_desktop(session: dict[str, str], tmp_path: Path) -> None:
    made = run(session, "found", tmp_path / "vault")
    assert "SecretService" in str(made["backend"])
    assert made["secure"] is True
    opened = run(session, "unlocked", tmp_path / "vault")
    assert opened == made
    assert opened["opened"] == "kept"
    kept = list((tmp_path / "data" / "keyrings").glob("*.keyring"))
    assert kept
    assert all(b"companion" not in path.read_bytes() for path in kept)  # encrypted, its labels too


@pytest.mark.usefixtures("keyring_of_the_system")
def test_a_secret_that_was_taken_out_of_the_keyring_opens_nothing(session: dict[str, str], tmp_path: Path) -> None:
    run(session, "found", tmp_path / "vault")
    assert "error" not in run(session, "forget", tmp_path / "vault")
    assert "companion vault recover" in str(run(session, "unlocked", tmp_path / "vault")["error"])


def test_without_a_keyring_on_the_bus_the_passphrase_is_named_and_nothing_is_made(
    session: dict[str, str], tmp_path: Path
) -> None:
    told = run(session, "found", tmp_path / "vault")
    assert told["secure"] is False
    assert "COMPANION_PASSPHRASE_FILE" in str(told["error"])
    assert not (tmp_path / "vault").exists()


def test_a_keyring_that_nobody_unlocked_is_said_and_never_waited_for(
    session: dict[str, str], keyring_of_the_system: subprocess.Popen[str], tmp_path: Path
) -> None:
    run(session, "found", tmp_path / "vault")
    keyring_of_the_system.kill()
    keyring_of_the_system.wait()
    with subprocess.Popen(LOCKED, env=session, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as locked:
        _await_service(session)
        started = time.monotonic()
        told = run(session, "unlocked", tmp_path / "vault")
        locked.kill()
    assert "did not open" in str(told["error"])
    assert time.monotonic() - started < 30
