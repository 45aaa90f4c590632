"""What Thunderbird starts for each mail, started as Thunderbird does."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from mail_desk import OFF, Desk
from mail_person import ANGRY, CALM

from companion.__main__ import main
from companion.control import Control
from companion.sending import requests
from companion.sending.mail_guard import SWITCHED_OFF
from companion.thunderbird import __main__ as host
from companion.thunderbird import install
from companion.thunderbird.__main__ import NO_QUESTION
from companion.thunderbird.install import ADD_ON, InstallError

QUESTION = {"subject": "Printer", "body": ANGRY, "plain": True, "recipients": 1, "reply": False}


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with TemporaryDirectory(prefix="c") as short:  # the name of a socket has little room
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        yield tmp_path / "a vault"


@pytest.fixture
def program(desk: Desk, vault: Path) -> Iterator[Desk]:
    desk.apply(replace(desk.settings, send_accounts=()))
    control = Control(vault, lambda request: requests.answer(desk.guard, request))
    yield desk
    control.close()


def started(home: Path, raw: bytes) -> Any:
    """Start what the manifest names, with the arguments that Thunderbird adds, and return its answer."""
    manifest = home / ".mozilla" / "native-messaging-hosts" / "companion.thunderbird.json"
    told = json.loads(manifest.read_text("utf-8"))
    assert (told["name"], told["type"], told["allowed_extensions"]) == ("companion.thunderbird", "stdio", [ADD_ON])
    assert os.access(told["path"], os.X_OK)
    command = [told["path"], str(manifest), ADD_ON]
    done = subprocess.run(command, input=raw, capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
    (length,) = struct.unpack_from("=I", done.stdout)
    assert len(done.stdout) == 4 + length
    return json.loads(done.stdout[4:])


def asked(home: Path, **other: object) -> Any:
    raw = json.dumps(QUESTION | other).encode()
    return started(home, struct.pack("=I", len(raw)) + raw)


def test_a_mail_is_judged_by_its_own_words(tmp_path: Path, vault: Path, program: Desk) -> None:
    install.install(tmp_path / "add-on.xpi", home=tmp_path, vault=vault)
    told = asked(tmp_path)
    assert told == {
        "hold": True,
        "seconds": 600.0,
        "why": ["The words or the way they are written are sharp.", "The headset shows tension."],
    }
    assert asked(tmp_path, body=f"{CALM}\n> {ANGRY}")["hold"] is False
    page = f"<html><body><p>{CALM}</p><blockquote>{ANGRY}</blockquote></body></html>"
    assert asked(tmp_path, body=page, plain=False)["hold"] is False
    assert asked(tmp_path, body=f"<p>{ANGRY}</p>", plain=False)["hold"] is True
    long = "\N{GRINNING FACE} \ud800 word " * 60_000
    assert "problem" not in asked(tmp_path, body=f"{ANGRY} {long}")
    assert program.incidents == []


def test_what_cannot_be_judged_goes_and_says_why(tmp_path: Path, vault: Path, desk: Desk) -> None:
    install.install(tmp_path / "add-on.xpi", home=tmp_path, vault=vault)
    problem = f"No program is recording to {vault}. `companion run` starts one."
    assert asked(tmp_path) == {"hold": False, "problem": problem}
    desk.apply(OFF)
    control = Control(vault, lambda request: requests.answer(desk.guard, request))
    try:
        assert asked(tmp_path) == {"hold": False, "problem": SWITCHED_OFF}
    finally:
        control.close()
    control = Control(vault, lambda request: requests.answer(None, request))
    try:
        assert asked(tmp_path) == {"hold": False, "problem": requests.LOCKED}
    finally:
        control.close()


@pytest.mark.parametrize(
    "raw", [b"", b"\x02", struct.pack("=I", 9) + b"{", struct.pack("=I", 2) + b"{}", struct.pack("=I", 2**32 - 1)]
)
def test_what_is_no_question_is_answered_all_the_same(tmp_path: Path, vault: Path, raw: bytes) -> None:
    install.install(tmp_path / "add-on.xpi", home=tmp_path, vault=vault)
    assert started(tmp_path, raw) == {"hold": False, "problem": NO_QUESTION}


def test_a_program_that_does_not_answer_keeps_no_mail_from_going(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "PATIENCE_SECONDS", 0.2)
    release = threading.Event()

    def slow(_request: object) -> str:
        release.wait(60)
        return "{}"

    control = Control(vault, slow)
    try:
        told = host.answer(QUESTION, vault)
    finally:
        release.set()
        control.close()
    assert told["hold"] is False
    assert told["problem"] == host.SILENT


def test_the_command_writes_the_add_on_and_takes_back_what_starts_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "companion.xpi"
    assert main(["mails", "thunderbird", str(file)]) == 0
    assert f"The add-on lies in {file}." in capsys.readouterr().out
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        named = [*manifest["background"]["scripts"], *manifest["icons"].values(), "waiting.html"]
        assert set(named) <= set(archive.namelist())
    assert manifest["browser_specific_settings"]["gecko"]["id"] == ADD_ON
    place = tmp_path / ".mozilla" / "native-messaging-hosts"
    assert sorted(one.name for one in place.iterdir()) == ["companion.thunderbird-host", "companion.thunderbird.json"]
    assert main(["mails", "thunderbird", "--remove"]) == 0
    assert "asks Companion no more" in capsys.readouterr().out
    assert list(place.iterdir()) == []
    assert main(["mails", "thunderbird", "--remove"]) == 0
    assert "does not ask" in capsys.readouterr().out


def test_what_another_program_calls_so_is_left_alone(tmp_path: Path) -> None:
    install.install(tmp_path / "add-on.xpi", home=tmp_path, vault=None)
    manifest = tmp_path / install.PLACE / f"{install.NAME}.json"
    manifest.write_text('{"allowed_extensions": ["another@example.org"]}', "utf-8")
    with pytest.raises(InstallError, match="is not Companion's"):
        install.install(tmp_path / "other.xpi", home=tmp_path, vault=None)
    with pytest.raises(InstallError, match="is not Companion's"):
        install.remove(home=tmp_path)
    assert "another@example.org" in manifest.read_text("utf-8")


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / ".mozilla").write_text("a file where the folder should be", "utf-8")
    with pytest.raises(InstallError, match="could not be written"):
        install.install(tmp_path / "add-on.xpi", home=tmp_path, vault=None)
