from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from feedback_steps import MUSE

from companion.brain.types import Chunk, Stream
from companion.feedback.worn import Worn
from embeddings.types import EEGWindow


class Headset:
    """Hands on what it is told to."""

    def __init__(self) -> None:
        self.take: Callable[[Chunk], None] | None = None
        self.every = 0.1

    def last(self, seconds: float) -> EEGWindow | None:
        raise NotImplementedError

    def follow(self, take: Callable[[Chunk], None], *, every: float) -> None:
        self.take, self.every = take, every

    def unfollow(self) -> None:
        self.take = None

    def send(self, segment: int) -> None:
        if self.take is not None:
            self.take(Chunk(np.zeros((4, 8)), 0.0, segment, Stream("made", 256.0, MUSE)))


@pytest.fixture
def taken() -> list[Chunk]:
    return []


def test_a_headset_that_takes_the_place_of_another_does_not_continue_it(taken: list[Chunk]) -> None:
    first, second = Headset(), Headset()
    now: list[Headset | None] = [first]
    worn = Worn(lambda: now[0])
    worn.follow(taken.append, every=0.02)
    assert first.every == 0.02
    first.send(0)
    first.send(3)
    now[0] = second
    worn.changed()
    assert first.take is None
    second.send(0)
    second.send(1)
    segments = [chunk.segment for chunk in taken]
    assert segments[1] - segments[0] == 3
    assert segments[2] > segments[1] + 1  # not even as one that continues
    assert segments[3] == segments[2] + 1
    worn.unfollow()
    assert second.take is None


def test_without_a_headset_it_waits_for_one(taken: list[Chunk]) -> None:
    now: list[Headset | None] = [None]
    worn = Worn(lambda: now[0])
    worn.follow(taken.append)
    now[0] = Headset()
    worn.changed()
    now[0].send(0)
    assert len(taken) == 1
    worn.changed()  # the same one
    now[0].send(0)
    assert taken[0].segment == taken[1].segment


def test_nobody_is_followed_for_nobody() -> None:
    headset = Headset()
    worn = Worn(lambda: headset)
    worn.changed()
    assert headset.take is None
    worn.unfollow()
