"""What a report says of a change against the baseline, which is a minute that wanders too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from feedback_steps import BLOCKS, START, Clock, driven, session, steps, wish
from numpy.typing import NDArray
from scipy.signal import lfilter

from companion.feedback import kept, report
from companion.feedback.figures import Interval
from companion.feedback.report import NO_CLAIM
from index import trainings
from index.store import Store
from index.trainings import NewTraining
from index.writer import Writer

STEP = 0.5  # seconds; a tenth of the usual ones
Numbers = NDArray[np.float64]
Signal = Callable[[np.random.Generator, int], Numbers]


def wandering(*parts: tuple[float, float]) -> Signal:
    """A signal of 0 on average: how loud each of its parts is, and over how many seconds that forgets itself."""

    def made(rng: np.random.Generator, count: int) -> Numbers:
        found = np.zeros(count)
        for loud, memory in parts:
            stays = np.exp(-STEP / memory)
            before = round(10 * memory / STEP)
            drawn = rng.normal(size=count + before) * np.sqrt(1 - stays**2)
            found += loud * lfilter([1.0], [1.0, -stays], drawn)[before:]
        return found

    return made


def put(
    writer: Writer, value: Numbers, inhibit: Numbers, *, known: int = 120, muted: bool = False, **other: object
) -> int:
    """Keep a session of a minute of baseline, of which so many steps are known, and five blocks of three."""
    phase, block = np.repeat([0, 1], [120, 1800]), np.repeat([0, 1, 2, 3, 4, 5], [120, *[360] * 5])
    came = np.arange(len(phase)) >= 120 - known
    clock = Clock()
    facts = kept.facts(session(clock, wish()), "Muse 2", 0.6) | {
        "step": STEP,
        "baseline": [float(value[:120].mean()), float(value[:120].std())],
        "inhibits_baseline": [[float(inhibit[:120].mean()), float(inhibit[:120].std())]],
        "words": ["", "jaw"],
    }
    flags = np.where(phase == 1, int(muted), 0)
    seen = {
        "time": STEP * np.arange(len(phase)),
        "phase": phase.astype(np.uint8),
        "block": block.astype(np.uint8),
        "margin": np.zeros(len(phase), np.float16),
        "muted": flags.astype(np.uint8),
        "held": np.zeros(len(phase), np.uint8),
    }
    measured = {"value": value.astype(np.float32), "own": seen["margin"], "inhibit_0": inhibit.astype(np.float32)}
    new = NewTraining(
        time_start=START,
        time_end=START + STEP * len(phase),
        protocol="calm",
        blind=False,
        open=False,
        facts=facts | other,
        markers=[],
        series={name: one[came] for name, one in seen.items()},
        draw="",
        hidden={name: one[came] for name, one in measured.items()},
    )
    return writer.do(trainings.put, new, None).result()


def sure(found: Interval | None) -> bool:
    assert found is not None
    return found.low > 0 or found.high < 0


@pytest.mark.parametrize(
    "signal",
    [wandering((1.0, 0.6)), wandering((1.0, 5.0)), wandering((1.0, 0.6), (0.6, 5.0), (0.5, 30.0))],
    ids=["quick", "slow", "both"],
)
def test_a_report_is_seldom_sure_of_a_change_that_is_none(writer: Writer, store: Store, signal: Signal) -> None:
    rng = np.random.default_rng(3)
    whole, blocks, held, said = [], [], [], []
    for _ in range(60):
        found = report.of(store, put(writer, signal(rng, 1920), signal(rng, 1920)))
        ((_, change),) = found.inhibits
        whole.append(sure(found.value))
        held.append(sure(change))
        blocks += [sure(one.value) for one in found.blocks]
        said += [one for one in found.sentences if one.startswith("Held down") and "no change" not in one]
    assert np.mean([*whole, *held]) <= 0.08
    assert np.mean(blocks) <= 0.08
    assert len(said) == sum(held)


def test_a_report_is_sure_of_a_change_that_is_one(writer: Writer, store: Store) -> None:
    rng, signal = np.random.default_rng(4), wandering((1.0, 0.6))
    value, inhibit = signal(rng, 1920), signal(rng, 1920)
    value[120:] += 1.0
    found = report.of(store, put(writer, value, inhibit))
    assert sure(found.value)
    assert found.value is not None
    assert found.value.low < 1.0 < found.value.high
    assert all(sure(one.value) for one in found.blocks)


def test_a_baseline_that_wandered_more_than_the_blocks_makes_nothing_sure(writer: Writer, store: Store) -> None:
    rng, signal = np.random.default_rng(5), wandering((1.0, 2.0))
    found = []
    for _ in range(60):
        value = signal(rng, 1920)
        value[:120] *= 2
        found.append(sure(report.of(store, put(writer, value, value)).value))
    assert np.mean(found) <= 0.08


def test_what_is_known_of_no_baseline_is_compared_with_none(writer: Writer, store: Store) -> None:
    rng, signal = np.random.default_rng(6), wandering((1.0, 0.6))
    found = report.of(store, put(writer, signal(rng, 1920), signal(rng, 1920), known=0))
    assert found.value is None
    assert [one.value for one in found.blocks] == [None] * 5
    assert found.change is not None
    assert "Held down, 22 to 30 Hz: too little is known to tell whether it changed." in found.sentences
    (told,) = [one.answer for one in found.items if one.item.code == "5a"]
    assert "baseline (" not in told
    assert told.startswith("last block less the first")


def test_a_session_that_was_muted_throughout_tells_nothing_and_does_not_fail(writer: Writer, store: Store) -> None:
    rng, signal = np.random.default_rng(7), wandering((1.0, 0.6))
    found = report.of(store, put(writer, signal(rng, 1920), signal(rng, 1920), muted=True))
    assert (found.value, found.change, found.muted) == (None, None, 1.0)
    assert found.sentences[-1] == NO_CLAIM


def test_a_pause_is_no_part_of_a_block(writer: Writer, store: Store) -> None:
    clock = Clock()
    made = driven(session(clock, wish(times=BLOCKS)), clock, list(steps(36, mutes=False)))
    made.pause()
    driven(made, clock, list(steps(600, mutes=False, start=START + 36)))
    made.go_on()
    driven(made, clock, list(steps(140, mutes=False, start=START + 636)))
    number = kept.keep(writer, made, device="Muse 2", delay=0.6, number=None)
    assert number is not None
    assert [one.seconds for one in report.of(store, number).blocks] == pytest.approx([60, 60], abs=0.3)
