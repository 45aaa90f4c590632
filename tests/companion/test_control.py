from __future__ import annotations

import json
from collections.abc import Mapping
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from companion import control
from companion.control import Control, ControlError, NobodyError


def answer(request: Mapping[str, str]) -> str:
    if request.get("do") != "greet":
        raise ControlError("That is not known here.")
    return f"hello {request['name']}"


def test_what_is_asked_is_answered_as_often_as_one_likes(tmp_path: Path) -> None:
    listening = Control(tmp_path, answer)
    try:
        assert [control.ask(tmp_path, do="greet", name=name) for name in ("a", "b")] == ["hello a", "hello b"]
        with pytest.raises(ControlError, match="not known here"):
            control.ask(tmp_path, do="dance")
    finally:
        listening.close()


def test_where_nobody_listens_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NobodyError, match="No program"):
        control.ask(tmp_path, do="greet")
    listening = Control(tmp_path, answer)
    listening.close()
    with pytest.raises(NobodyError):
        control.ask(tmp_path, do="greet")


def test_what_a_crash_left_does_not_stand_in_the_way(tmp_path: Path) -> None:
    Path(control.address(tmp_path)).touch()
    listening = Control(tmp_path, answer)
    assert control.ask(tmp_path, do="greet", name="you") == "hello you"
    listening.close()


def test_only_its_person_can_reach_it(tmp_path: Path) -> None:
    listening = Control(tmp_path, answer)
    assert Path(control.address(tmp_path)).stat().st_mode & 0o077 == 0
    listening.close()


def test_a_place_whose_name_is_too_long_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/" + "x" * 200)
    with pytest.raises(ControlError, match="too long"):
        control.address(tmp_path)


def test_whoever_comes_and_says_nothing_holds_nobody_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(control, "PATIENCE_SECONDS", 0.05)
    listening = Control(tmp_path, answer)
    with Client(control.address(tmp_path)):
        assert control.ask(tmp_path, do="greet", name="you") == "hello you"
        with Client(control.address(tmp_path)):
            listening.close()
            assert not listening._thread.is_alive()


def test_a_mistake_of_ours_is_answered_too_and_the_next_request_after_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def mistaken(request: Mapping[str, str]) -> str:
        return f"hello {request['name']}"

    listening = Control(tmp_path, mistaken)
    try:
        with pytest.raises(ControlError, match="made a mistake"):
            control.ask(tmp_path, do="greet")
        assert control.ask(tmp_path, do="greet", name="you") == "hello you"
    finally:
        listening.close()
    assert "KeyError: 'name'" in capsys.readouterr().err


@pytest.mark.parametrize("raw", [b'["do"]', b'{"do": 1}', b"{", b"\xff", b"[" * 15_000], ids=range(5))
def test_what_is_no_request_is_refused_and_the_next_is_answered(tmp_path: Path, raw: bytes) -> None:
    listening = Control(tmp_path, answer)
    try:
        with Client(control.address(tmp_path)) as connection:
            connection.send_bytes(raw)
            assert "no request" in json.loads(connection.recv_bytes())["refused"]
        assert control.ask(tmp_path, do="greet", name="you") == "hello you"
    finally:
        listening.close()
