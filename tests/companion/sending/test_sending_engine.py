"""The whole way: the engine, a mail program, a real server. Typing comes by the port the screen's watcher uses."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from mail_person import ANGRY, CALM, HOST, PASSWORD, USER, free_port, until, written
from PIL import Image
from real_server import Authority, MailServer
from vaults import vault_at

from companion import recording, unlocking
from companion.app import build_engine, build_locked_engine
from companion.capture.attended import NOBODY, Attended
from companion.capture.types import Trigger
from companion.engine import Engine
from companion.keeper import Keeper
from companion.locked.engine import LockedEngine
from companion.renewing import renew
from companion.sending.types import Security, State
from companion.settings import Settings
from index.care.rebuilding import rebuild
from index.care.verifying import verify
from index.keys import keyfile, mail_files
from index.keys.sealing import DamagedError
from index.vault import Vault

Running = TypeVar("Running", Engine, LockedEngine)


@contextmanager
def running(engine: Running) -> Iterator[Running]:
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


@pytest.fixture
def watchers(monkeypatch: pytest.MonkeyPatch) -> list[Attended]:
    """Whom the screen's watcher tells of hands, as the engine gave them to it; the newest last."""
    told: list[Attended] = []
    real = recording.keeper

    def keeper(run: recording.ThisRun, settings: Settings, attended: Attended = NOBODY, **more: Any) -> Keeper | None:
        told.append(attended)
        return real(run, settings, attended, **more)

    monkeypatch.setattr(recording, "keeper", keeper)
    return told


def type_hastily(attended: Attended) -> None:
    """Type calmly a while ago, and fast now."""
    now = time.monotonic()
    for number in range(400):
        attended.happened(Trigger.TYPED, now - 1500.0 + 0.4 * number)
    for number in range(250):
        attended.happened(Trigger.TYPED, now - 60.0 + 0.12 * number)


def send(port: int, text: str) -> None:
    with smtplib.SMTP(HOST, port, timeout=60) as program:
        program.login(USER, PASSWORD)
        program.sendmail(USER, ["bob@example.org"], written(text))


@pytest.fixture
def frames(tmp_path: Path) -> str:
    """A folder of one picture, so that no display is needed."""
    folder = tmp_path / "frames"
    folder.mkdir()
    Image.fromarray(np.full((40, 60, 3), 255, np.uint8)).save(folder / "20260302T100000Z.png")
    return f"replay:{folder}"


def test_an_agitated_mail_is_held_kept_over_ends_and_new_keys_and_sent_once(
    tmp_path: Path, authority: Authority, frames: str, watchers: list[Attended]
) -> None:
    root, port = tmp_path / "vault", free_port()
    with MailServer(authority, Security.NONE) as server:
        settings = replace(
            Settings(),
            consent_text=True,
            consent_input=True,
            send_guard=True,
            send_keep_passwords=True,
            send_accounts=(f"work none {HOST}:{server.port} local {port}",),
        )
        with running(build_engine(settings, vault=vault_at(root), frames=frames)) as engine:
            until(lambda: engine.sending.state().serves)
            send(port, CALM)
            assert len(server.received) == 1
            type_hastily(watchers[-1])
            send(port, ANGRY)
            (mail,) = engine.sending.state().held
        assert (mail.to, mail.subject, mail.state) == (("bob@example.org",), "Zürich", State.HELD)
        assert "You typed faster, or corrected more, than you usually do." in mail.why
        (file,) = mail_files.unsent(Vault(root).mails)
        before, old = file.read_bytes(), vault_at(root)
        assert ANGRY.encode() not in before

        with running(build_locked_engine(settings, root=root, frames=frames)) as locked:
            assert locked.sending is None

        vault = vault_at(root)
        vault.claim()
        opened = unlocking.open_file(keyfile.load(vault.key_file))
        renew(root, keyfile.load(vault.key_file), opened, None, show=lambda _code: None, progress=lambda *_: None)
        vault.release()
        vault = vault_at(root)
        with pytest.raises(DamagedError):
            mail_files.opened(file, old.keys.files)
        assert ANGRY.encode() in mail_files.opened(file, vault.keys.files)
        found = verify(vault)
        assert (found.clean, found.checked["mails"]) == (
            True,
            2,
        )  # the one that waits, and the mark of the one that went

        with running(build_engine(settings, vault=vault, frames=frames)) as engine:
            until(lambda: engine.sending.state().held == (mail,))
            engine.sending.send_now(mail.id).result(60)
            until(lambda: len(server.received) == 2)
            until(lambda: engine.sending.state().held == ())
        assert len(server.received) == 2


def test_a_mail_that_cannot_be_opened_is_named_and_set_aside(tmp_path: Path) -> None:
    vault = vault_at(tmp_path / "vault")
    engine = build_engine(Settings(), vault=vault)
    engine.stop()
    vault.mails.mkdir(mode=0o700)
    whole, torn = vault.mails / "aa.held", vault.mails / "bb.held"
    whole.write_bytes(vault.keys.files.seal(b"mail", mail_files.bound_to(whole)))
    torn.write_bytes(whole.read_bytes())  # another mail's
    (problem,) = verify(vault).problems
    assert (problem.part, "bb.held cannot be opened" in problem.what) == ("mail", True)
    lost = rebuild(vault, time=1.0).lost
    assert any("bb.held cannot be opened" in sentence for sentence in lost)
    assert (vault.root / "aside" / "mails" / "bb.held").exists()
    assert mail_files.files(vault.mails) == [whole]
    assert verify(vault).clean
