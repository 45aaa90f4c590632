"""What the person is told of a signal that is strange, whatever of it comes, goes and changes its figures."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from companion.brain import headset as headset_module
from companion.brain.acquisition import Connected, Ended, Message, Refused, Strange
from companion.brain.assembly import Oddity
from companion.brain.headset import Headset
from companion.brain.types import BoardSpec, Chunk, Contact, Stream

AMP = Stream("amp", 250.0, ("TP9", "AF7"))
PATIENCE = 20.0
ELECTRODE = Oddity("AF7", "No values come from AF7.")
SLOWER, SLOW = Oddity("rate", "It gives about 245."), Oddity("rate", "It gives about 246.")


class Scripted:
    """An acquisition process that says what it is told to: a wrong rate takes a minute to be known."""

    lives: list[list[Message]]

    def __init__(self, spec: BoardSpec, *, segment: int, pace: float) -> None:  # noqa: ARG002  as the real one's
        self._script, self.pid = self.lives.pop(0), None

    def keep_pace(self, seconds: float) -> None:
        """It has no pace."""

    def receive(self, seconds: float) -> Message | None:  # noqa: ARG002
        return self._script.pop(0)

    def stop(self, take: Callable[[Chunk], None]) -> None:
        """Nothing is left."""


def chunk() -> Chunk:
    return Chunk(np.ones((2, 25)), 1.7e9, 0, AMP)


def test_each_strange_thing_is_said_once_whatever_else_is_strange_and_with_whatever_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = [(ELECTRODE,), (ELECTRODE, SLOWER), (SLOWER,), (), (SLOW,), (SLOW, ELECTRODE)]
    lives: list[list[Message]] = [
        [Connected(AMP), *map(Strange, first), chunk(), Refused("Gone.", lasting=False)],
        [Connected(AMP), Strange((SLOW,)), chunk(), Ended()],
    ]
    monkeypatch.setattr(Scripted, "lives", lives, raising=False)
    monkeypatch.setattr(headset_module, "Acquisition", Scripted)
    monkeypatch.setattr(headset_module, "FIRST_BACKOFF", 0.0)
    told, states = list[str](), list[str]()
    headset = Headset(BoardSpec("lsl", "amp"), on_chunk=lambda _: None, on_incident=lambda _, what: told.append(what))
    monkeypatch.setattr(headset, "_set", _noting(headset._set, states))
    headset.start()
    until = time.monotonic() + PATIENCE
    while headset.state().contact is not Contact.ENDED:
        assert time.monotonic() < until, headset.state()
        time.sleep(0.01)
    headset.stop()
    assert [what for what in told if what.startswith(("No values", "It gives"))] == [
        ELECTRODE.sentence,
        SLOWER.sentence,
    ]
    streaming = [state for state in states if "streaming" in state]
    assert streaming == [
        f"amp is streaming. {SLOW.sentence} {ELECTRODE.sentence}",
        f"amp is streaming. {SLOW.sentence}",
    ]


def _noting(real: Callable[[Contact, str], None], states: list[str]) -> Callable[[Contact, str], None]:
    def noted(contact: Contact, sentence: str) -> None:
        states.append(sentence)
        real(contact, sentence)

    return noted
