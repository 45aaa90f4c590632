from __future__ import annotations

from collections.abc import Mapping
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
