"""Examples made to move as the person who trains does: their baseline tells how.

An example is of somebody else, whose rhythms wax and wane at another pace: its course alone would tell that it is one.
So it is given the spectrum of the person's own baseline, and how their values and what is held down go together, and
the shape of their steps. What is left of the example is when it rises and falls.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from companion.feedback.earlier import Earlier, Readings
from embeddings.feedback_plan import STEP_SECONDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

EDGES = (0.0, 0.15, 0.35, 0.8, 1.6, 3.2, 6.4, 0.51 / STEP_SECONDS)  # Hz, of the bands that are made alike
LOWEST = 0.05  # Hz, from where the first of them counts
OVERLAP = 4  # stretches that each step of an example is in
USUAL = 0.16, 0.5, 0.84  # ranks of what is usual
FURTHER = 1.1  # times as far as in a baseline a value goes in what follows, at most
LEAST = 1e-6  # what stands for nothing, so that a signal that never moves divides by something
ALONE = 1e-3  # share of each column that goes together with no other, so that two that are one can be told apart
RANKS = tuple(0.02 + 0.04 * one for one in range(25))  # of steps whose size is made alike


def likened(example: Earlier, own: Readings, *, smoothing: float) -> Earlier:
    """Return an example that moves as a person does.

    Parameters
    ----------
    own
        The person's baseline.
    smoothing
        Time constant of what is measured, seconds.

    """
    import numpy as np

    count = min(len(own), len(example.baseline))  # of two stretches as long: short ones wander less
    wanted = np.array(own[-count:])
    course = np.array([*example.baseline, *itertools.chain(*example.pieces)])
    course = _together(_within(course, wanted), wanted)
    course = _spectrum(course - course.mean(axis=0), wanted)
    course = np.column_stack(
        [_steps(one, its, math.exp(-STEP_SECONDS / smoothing)) for one, its in zip(course.T, wanted.T, strict=True)]
    )
    first = len(example.baseline)
    course += wanted.mean(axis=0) - course[:count].mean(axis=0)
    ends = [first, *itertools.accumulate(map(len, example.pieces), initial=first)][1:]
    pieces = tuple(tuple(map(tuple, course[a:b].tolist())) for a, b in itertools.pairwise(ends))
    return Earlier(own, pieces, example.number)


def _stretches(course: Numbers, count: int) -> list[Numbers]:
    return [course[at : at + count] for at in range(0, len(course) - count + 1, max(1, count // OVERLAP))]


def _within(course: Numbers, wanted: Numbers) -> Numbers:
    """Return a course that goes no further from its middle, in its own usual spreads, than the wanted one does.

    What another's muscles do for a moment may lie tens of spreads from where they rest.
    """
    import numpy as np

    low, middle, high = np.quantile(course, USUAL, axis=0)
    its_low, its_middle, its_high = np.quantile(wanted, USUAL, axis=0)
    about = (wanted - its_middle) / np.maximum(its_high - its_low, LEAST) * (high - low)
    found: Numbers = np.clip(course - middle, FURTHER * about.min(axis=0), FURTHER * about.max(axis=0))
    return found


def _together(course: Numbers, wanted: Numbers) -> Numbers:
    """Return a course whose columns go together as those that are wanted."""
    import numpy as np

    if course.shape[1] == 1:
        return course
    stretches = _stretches(course, len(wanted))
    spread = np.sqrt(np.mean([one.var(axis=0) for one in stretches], axis=0))
    was = np.linalg.cholesky(np.mean([_alike(one) for one in stretches], axis=0))
    found: Numbers = course / np.maximum(spread, LEAST) @ np.linalg.inv(was).T @ np.linalg.cholesky(_alike(wanted)).T
    return found


def _alike(course: Numbers) -> Numbers:
    """Return how columns go together, their correlations."""
    import numpy as np

    about = (course - course.mean(axis=0)) / np.maximum(course.std(axis=0), LEAST)
    found: Numbers = (1 - ALONE) * (about.T @ about) / len(course) + ALONE * np.eye(course.shape[1])
    return found


def _spectrum(course: Numbers, wanted: Numbers) -> Numbers:
    """Return a course with the wanted power in each band, by a filter that rings only after what it is given."""
    import numpy as np

    ratio = _bands([wanted]) / _bands(_stretches(course, len(wanted)))
    mirrored = np.concatenate([course, course[::-1]])
    frequencies = np.fft.rfftfreq(len(mirrored), STEP_SECONDS)
    edges = np.maximum(EDGES, LOWEST)
    middles = np.log(np.sqrt(edges[:-1] * edges[1:]))
    heard = np.fft.rfft(mirrored, axis=0)
    for column, its in enumerate(ratio):
        gain = np.interp(np.log(np.maximum(frequencies, LOWEST / 2)), middles, np.log(its) / 2)
        heard[:, column] *= _causal(gain)
    found: Numbers = np.fft.irfft(heard, len(mirrored), axis=0)[: len(course)]
    return found


def _bands(stretches: list[Numbers]) -> Numbers:
    """Return the mean power of each column in each band, ``float64[columns, bands]``."""
    import numpy as np

    window = np.hanning(len(stretches[0]))[:, np.newaxis]
    power = np.mean([np.abs(np.fft.rfft((one - one.mean(axis=0)) * window, axis=0)) ** 2 for one in stretches], axis=0)
    frequencies = np.fft.rfftfreq(len(stretches[0]), STEP_SECONDS)[1:]
    band = np.digitize(frequencies, EDGES)
    return np.array([power[1:][band == one].mean(axis=0) + LEAST**2 for one in range(1, len(EDGES))]).T


def _causal(gain: Numbers) -> NDArray[np.complex128]:
    """Return the response of the filter of some logarithmic gain that answers soonest (its minimum phase)."""
    import numpy as np

    cepstrum = np.fft.irfft(gain)
    half = len(cepstrum) // 2
    folded = np.concatenate([[1.0], np.full(half - 1, 2.0), [1.0], np.zeros(half - 1)])
    return np.asarray(np.exp(np.fft.rfft(cepstrum * folded)), np.complex128)


def _steps(values: Numbers, wanted: Numbers, kept: float) -> Numbers:
    """Return a course of the same spread of steps, shaped as those that are wanted are.

    A step is what a value has beside what the running mean ``kept`` of the last one.
    """
    import numpy as np

    steps = values[1:] - kept * values[:-1]
    about = wanted - wanted.mean()
    its = np.quantile(steps, RANKS)
    theirs = np.quantile(about[1:] - kept * about[:-1], RANKS)
    shaped = np.interp(steps, its, theirs)
    shaped = np.where(steps < its[0], theirs[0] + steps - its[0], shaped)
    shaped = np.where(steps > its[-1], theirs[-1] + steps - its[-1], shaped)
    shaped *= steps.std() / max(float(shaped.std()), LEAST)
    shaped += steps.mean() - shaped.mean()
    found = itertools.accumulate(shaped.tolist(), lambda last, step: kept * last + step, initial=float(values[0]))
    return np.array(list(found))
