"""Where what must be known cannot be: no picture is kept, and no secret with the text."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from desktop import wait_until
from privacy_case import Case
from privacy_place import NEW, STORED, Place
from privacy_program import css
from privacy_readers import GATE, Broken, Dying, Gated, Wrong
from privacy_window import drawn

from companion.clearing.masked_moments import WAITING
from companion.looks import TOGETHER

pytestmark = [pytest.mark.display, pytest.mark.model]


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Have a program stand still."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def password(case: Case) -> tuple[str, dict[str, Any]]:
    return "entry", {"text": case.word, "colour": css(case.colour), "echo": "password"}


@pytest.mark.parametrize("reader", [Broken, Wrong, Dying])
def test_pictures_that_cannot_be_read_are_not_kept(place: Place, case: Case, reader: type) -> None:
    image = drawn([case.key], size=(620, 140), patch=case.colour)
    place.painted(image=image, app="Viewer", title=case.harmless).activate()
    with place.looking(reader=place.worker(reader)) as looking:
        looking.until(NEW)
    case.kept_out(case.key)
    assert not case.pictured()
    assert "Pictures are not recorded, as secrets in them cannot be found" in place.incidents[-1]


def test_text_that_is_told_is_kept_without_secrets_where_nothing_can_be_read(place: Place, case: Case) -> None:
    secret = ("label", {"text": case.key, "colour": css(case.colour)})
    place.program("qt").show("page", ("label", {"text": case.harmless}), secret)
    with place.looking(reader=place.worker(Broken)) as looking:
        looking.until(NEW)
    case.kept_out(case.key)
    assert case.stored()[0][3] == f"{case.harmless}\n[GitHub token]"


@pytest.mark.parametrize("toolkit", ["qt", "gtk"])
def test_a_program_that_stops_answering_after_a_look(place: Place, case: Case, toolkit: str) -> None:
    program = place.program(toolkit)
    program.show("sign in", ("label", {"text": case.harmless}), password(case))
    other = place.painted(image=(220, 220, 220), app="Editor", title="notes", at=(700, 300))
    with place.looking() as looking:
        other.activate()
        looking.until(NEW)
        place.desktop.activate(place.desktop.await_window("sign in"))
        looking.until(NEW)
        with stopped(program.pid):
            other.activate()
            looking.until(*STORED)
            place.desktop.run("xdotool", "windowactivate", place.desktop.await_window("sign in"))
            looking.until()
    case.kept_out()


@pytest.mark.parametrize("toolkit", ["qt", "gtk"])
def test_a_program_that_never_answers(place: Place, case: Case, toolkit: str) -> None:
    program = place.program(toolkit)
    program.show("sign in", ("label", {"text": case.harmless}), password(case))
    with stopped(program.pid), place.looking() as looking:
        looking.until()
    case.kept_out()


def test_too_many_screens_that_wait_lose_pictures_and_no_secret(
    place: Place, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = place.folder / "gate"
    monkeypatch.setenv(GATE, str(gate))
    window = place.painted(image=(220, 220, 220), size=(420, 120), app="Viewer", title="start").activate()
    with place.looking(reader=place.worker(Gated)) as looking:
        for number in range(WAITING + 4):
            window.show_instead(drawn([case.harmless, case.card, str(number)], size=(420, 120)))
            window.rename(f"page {number} {case.key}")
            wait_until(lambda seen=number: looking.keeper.seeing.frames > seen, "the next look")
        gate.touch()
        wait_until(lambda: not looking.keeper.waiting, "all to be read", seconds=60.0)
    case.kept_out(case.key, case.card.replace(" ", ""))
    pictures = [row[4] for row in case.stored()]
    assert pictures.count(False) >= 2
    assert pictures.count(True) >= WAITING


def test_looks_at_one_moment_that_wait_are_read_together(
    place: Place, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = place.folder / "second gate"
    monkeypatch.setenv(GATE, str(gate))
    window = place.painted(image=drawn([case.harmless], size=(620, 300)), app="Viewer", title="page").activate()
    with place.looking(reader=place.worker(Gated)) as looking:
        wait_until(lambda: looking.keeper.seeing.frames, "the first look")
        for number in range(4):
            frames = looking.keeper.seeing.frames
            window.show_instead(drawn([case.harmless, f"{number} {case.card}"], size=(620, 300)))
            wait_until(lambda seen=frames: looking.keeper.seeing.frames > seen, "the next look")
        threading.Timer(0.1, gate.touch).start()
        looking.until(TOGETHER)
        wait_until(lambda: not looking.keeper.waiting, "all to be read", seconds=60.0)
    case.kept_out(case.card.replace(" ", ""))
    assert case.pictured()
