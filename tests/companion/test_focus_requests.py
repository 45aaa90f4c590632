"""Having focus on, off or automatic from another command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from deep_parts import START, NoGuard, Parts, parts

from companion.cli import focus as focus_command
from companion.cli.codes import WRONG
from companion.control import ControlError
from companion.deep_work import requests
from companion.focus.types import Mode


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    monkeypatch.setattr("companion.quiet.keeping.Guard", NoGuard)
    with parts(tmp_path) as made:
        yield made


def ask(made: Parts, **request: str) -> str:
    return requests.answer(made.deep, request, lambda: START)


def test_it_is_switched_for_so_long_or_for_good(made: Parts) -> None:
    assert ask(made, mode="on", minutes="45") == "Focus is on."
    assert ask(made, mode="on", minutes="1440") == "Focus is on."
    assert ask(made, mode="off") == "Focus is off."
    assert "what you do" in ask(made, mode="automatic", minutes="")
    lasting = [(Mode.ON, START + 2700.0), (Mode.ON, START + 86_400.0)]
    assert made.watch.overrides == [*lasting, (Mode.OFF, None), (Mode.AUTOMATIC, None)]


@pytest.mark.parametrize("minutes", ["inf", "-inf", "nan", "1e18", "1440.1", "0", "-5", "soon"])
def test_no_other_time_is_taken(made: Parts, minutes: str) -> None:
    with pytest.raises(ControlError, match="more than 0 and at most 1440 minutes"):
        ask(made, mode="on", minutes=minutes)
    assert made.watch.overrides == []


@pytest.mark.parametrize("minutes", ["inf", "1e18", "1441", "0", "soon"])
def test_the_command_takes_no_other_time_either(tmp_path: Path, minutes: str) -> None:
    asked = CliRunner().invoke(focus_command.command, ["on", "--vault", str(tmp_path), "--minutes", minutes])
    assert asked.exit_code == WRONG
    assert "--minutes" in asked.output


def test_the_state_has_no_word_of_any_notification(made: Parts) -> None:
    told = json.loads(ask(made, mode="status"))
    assert told["says"] == "Why."
    assert told["quiet"]["backend"] == "dunst"
    assert "recent" not in told


def test_what_is_not_known_or_not_followed_is_said(made: Parts) -> None:
    with pytest.raises(ControlError, match="does not know"):
        ask(made, mode="sideways")
    with pytest.raises(ControlError, match="not followed"):
        requests.answer(None, {"mode": "status"}, lambda: START)
