from __future__ import annotations

from collections.abc import Sequence

import pytest
from feedback_steps import BLOCKS, START, Clock, Keep, driven, earlier, replay_of, session, steps, wish

from companion.feedback import kept
from companion.feedback.earlier import Earlier
from companion.feedback.sham import Draw
from index.writer import Writer


@pytest.fixture
def keep(writer: Writer) -> Keep:
    """Stores a session that was gone through in no time."""

    def made(
        *,
        seed: int = 0,
        draw: Draw | None = None,
        start: float = START,
        rise: float = 0.0,
        replayed: Sequence[Earlier] = (),
        steps_wanted: int = 600,
    ) -> int:
        clock = Clock()
        replay = replay_of(*(replayed or earlier(50, 51)), steps=steps_wanted) if draw is not None else None
        one = session(clock, wish(times=BLOCKS, blind=draw is not None), draw=draw, replay=replay)
        first = list(steps(16, seed=seed, mutes=False, start=start))
        later = steps(150, seed=seed + 1, level=rise, start=start + 16)
        driven(one, clock, [*first, *later])
        number = kept.keep(writer, one, device="Muse 2", delay=0.61, number=None)
        assert number is not None
        return number

    return made
