"""Steps of measurement as arithmetic makes them, and a session that is driven by them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from companion.feedback import kept, protocols, replayable
from companion.feedback.earlier import Earlier, readings_of
from companion.feedback.protocols import CALM, Protocol
from companion.feedback.replay import Replay
from companion.feedback.session import Session
from companion.feedback.sham import Draw
from companion.feedback.types import Times, Wish
from embeddings.feedback.plan import SMOOTHING_SECONDS, STEP_SECONDS, Step
from index.writer import Writer

START = 1_790_000_000.0
MUSE = ("TP9", "AF7", "AF8", "TP10")
Keep = Callable[..., int]  # what the fixture `keep` gives
SHORT = Times(baseline=15.0, block=40.0, rest=5.0, blocks=2)
BLOCKS = Times(baseline=15.0, block=60.0, rest=0.0, blocks=2)


def drawing(seed: int) -> random.Random:
    """Draws that can be repeated."""
    return random.Random(seed)  # noqa: S311


def steps(
    seconds: float, *, seed: int = 0, mutes: bool = True, level: float = 0.0, start: float = START
) -> Iterator[Step]:
    """A value that wanders as band power does, one inhibit, and now and then a blink of a second."""
    rng = drawing(seed)
    value, inhibit, muted = level, 0.0, 0
    for number in range(round(seconds / STEP_SECONDS)):
        muted = muted - 1 if muted else 22 * (mutes and rng.random() < 0.01)
        if not muted:  # both stand still meanwhile, as the measures do
            value += 0.1 * (level - value) + 0.15 * rng.gauss(0, 1)
            inhibit += 0.1 * -inhibit + 0.15 * rng.gauss(0, 1)
        yield Step(start + number * STEP_SECONDS, value, (inhibit,), "blink" if muted else "", ("", ""))


class Clock:
    """Goes where it is put."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


def wish(*, times: Times = SHORT, blind: bool = False, protocol: Protocol = CALM, rate: float = 0.6) -> Wish:
    return Wish(protocol, protocols.plan(CALM, ("TP9", "TP10"), alpha=10.5), times, rate, blind, alpha=10.5)


def session(clock: Clock, asked: Wish, *, draw: Draw | None = None, replay: Replay | None = None) -> Session:
    return Session(asked, draw=draw, replay=replay, monotonic=clock, clock=clock)


def driven(made: Session, clock: Clock, coming: Iterator[Step] | Sequence[Step]) -> Session:
    """Hand steps over until the session is over."""
    for step in coming:
        clock.now = step.time
        made.take(step)
        if made.over:
            break
    return made


def earlier(*seeds: int, rate: float = 0.6) -> list[Earlier]:
    """Earlier sessions, numbered from 1."""
    found = []
    for number, seed in enumerate(seeds, start=1):
        clock = Clock()
        log = driven(session(clock, wish(rate=rate)), clock, steps(200, seed=seed)).log
        one = replayable.earlier(log.visible(), log.hidden(), log.words, number=number)
        assert one is not None
        found.append(one)
    return found


def trained_before(writer: Writer, *, seconds: float = 60.0) -> int:
    """Keep an earlier session of calm with a block of so many seconds; returns its number."""
    clock, times = Clock(), Times(baseline=15.0, block=seconds, rest=0.0, blocks=1)
    made = driven(session(clock, wish(times=times)), clock, steps(seconds + 60, seed=5))
    number = kept.keep(writer, made, device="made", delay=0.6, number=None)
    assert number is not None
    return number


def replay_of(*sessions: Earlier, seed: int = 0, rate: float = 0.6, steps: int = 600, rests: int = 0) -> Replay:
    """A replay that gives so many steps before it repeats."""
    rng = drawing(seed)
    return Replay(sessions, rate=rate, steps=steps, smoothing=SMOOTHING_SECONDS, rests=rests, rng=rng)


def begun(made: Replay, seed: int = 99) -> Replay:
    """A replay that has begun, against somebody's baseline of half a minute."""
    made.begin(readings_of(list(steps(30, seed=seed))))
    return made
