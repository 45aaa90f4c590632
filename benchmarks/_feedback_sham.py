"""What a blinded person sees of true and of replayed sessions, and whether any figure of it tells them apart.

Every made-up person trains once: the same steps go through a session that shows their own signal and through one that
replays the others', so that only what was drawn differs. What is compared is the visible log alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from _feedback_offline import generated, with_blinks
from numpy.typing import NDArray

from companion.feedback import protocols, sham
from companion.feedback.protocols import CALM
from companion.feedback.session import Session
from companion.feedback.sham import Draw, Replay
from companion.feedback.types import Times, Wish
from embeddings.feedback_plan import STEP_SECONDS, Step
from embeddings.feedback_stream import FeedbackStream

BASELINE, BLOCK = 30.0, 120.0
SECOND = round(1 / STEP_SECONDS)
EDGE = 6  # steps before a mute begins, and after it ends
DRAWS = 5000

Log = dict[str, NDArray[np.generic]]
Numbers = NDArray[np.float64]
FIGURES = (
    "reward rate",
    "mean margin",
    "spread of the margin",
    "mean step of the margin",
    "largest step of the margin",
    "likeness after a second",
    "length of rewards",
    "rewards a minute",
    "muted share",
    "step of the margin before a mute",
    "step of the margin over a mute",
)


def steps_of(seed: int) -> list[Step]:
    """Return one made-up person's steps."""
    rng = np.random.default_rng(seed)
    eeg = generated(
        BASELINE + BLOCK + 8, seed=seed, frequency=rng.uniform(8.5, 11.5), snr_db=rng.uniform(-2, 6), slope=1.2
    )
    eeg = with_blinks(eeg, seed=seed, a_minute=rng.uniform(4, 16))
    chosen = protocols.electrodes(CALM, eeg.ch_names)
    stream = FeedbackStream(protocols.plan(CALM, chosen.electrodes), eeg.ch_names, eeg.sfreq)
    return stream.take(eeg.data, 0.0, fresh=True)


def logs(people: Sequence[Sequence[Step]]) -> list[tuple[Log, Log]]:
    """Return each person's visible log with their own signal, and with the others' replayed."""
    true = [_log(steps, sham=False, replay=None) for steps in people]
    margins = [sham.margins_of(_list(log["margin"], log), (_inside(log["muted"], log) > 0).tolist()) for log in true]
    found = []
    for number, steps in enumerate(people):
        others = [own for other, own in enumerate(margins) if other != number]
        replay = Replay(others, rng=random.Random(number))  # noqa: S311 to be repeated
        found.append((true[number], _log(steps, sham=True, replay=replay)))
    return found


def apart(pairs: Sequence[tuple[Log, Log]]) -> tuple[float, dict[str, float]]:
    """Return how likely chance alone tells the two apart as well, by whichever figure tells most, and each's distance.

    A sign-flip test over people of the largest of all standardised mean differences.
    """
    true, replayed = (np.array([figures(pair[side]) for pair in pairs]) for side in (0, 1))
    differences = replayed - true
    scale = np.sqrt(np.mean(np.square(differences), axis=0)) + 1e-12
    seen = np.abs(differences.mean(axis=0) / scale)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (DRAWS, len(pairs)))
    drawn = np.abs(signs @ (differences / scale) / len(pairs)).max(axis=1)
    p = (1 + int((drawn >= seen.max()).sum())) / (1 + DRAWS)
    return p, {name: round(float(one), 3) for name, one in zip(FIGURES, seen, strict=True)}


def guessed(pairs: Sequence[tuple[Log, Log]]) -> float:
    """Return the share of logs that a linear model, trained on all other people's, takes for what they are."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    table = np.array([figures(log) for pair in pairs for log in pair])
    table = (table - table.mean(axis=0)) / (table.std(axis=0) + 1e-12)
    drawn = np.tile([0, 1], len(pairs))
    right = 0
    for number in range(len(pairs)):
        out = np.arange(len(table)) // 2 == number
        model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(table[~out], drawn[~out])
        right += int((model.predict(table[out]) == drawn[out]).sum())
    return right / len(table)


def figures(log: Log) -> Numbers:
    """Return what a visible log says, ``float64[figures]``."""
    margin = np.asarray(_inside(log["margin"], log), np.float64)
    muted = _inside(log["muted"], log) > 0
    shown = margin[~muted & np.isfinite(margin)]
    steps = np.abs(np.diff(margin))
    steps = np.where(np.isfinite(steps), steps, 0.0)
    still = ~muted[1:] & ~muted[:-1]
    rewarded = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], shown >= 0, [0]]))))[::2]
    begins = np.flatnonzero(~muted[:-1] & muted[1:])
    ends = np.flatnonzero(muted[:-1] & ~muted[1:])
    before = [steps[max(0, i - EDGE) : i].mean() for i in begins if i > 0]
    return np.array(
        [
            np.mean(shown >= 0),
            shown.mean(),
            shown.std(),
            steps[still].mean(),
            np.percentile(steps[still], 99.5),
            np.corrcoef(shown[:-SECOND], shown[SECOND:])[0, 1],
            np.median(rewarded) if rewarded.size else 0.0,
            rewarded.size / (shown.size * STEP_SECONDS / 60),
            muted.mean(),
            np.mean(before) if before else 0.0,
            steps[ends].mean() if ends.size else 0.0,
        ]
    )


def _log(steps: Sequence[Step], *, sham: bool, replay: Replay | None) -> Log:
    now = [0.0]
    wish = Wish(CALM, protocols.plan(CALM, ("TP9", "TP10")), Times(BASELINE, BLOCK, 0.0, 1), blind=True)
    draw = Draw(sham, "0" * 32)
    session = Session(wish, draw=draw, replay=replay, monotonic=lambda: now[0], clock=lambda: now[0])
    for step in steps:
        now[0] = step.time
        session.take(step)
    if not session.over:
        raise RuntimeError(f"the session did not end: {session.snapshot()}")
    return session.log.visible()


def _inside(values: NDArray[np.generic], log: Log) -> NDArray[np.generic]:
    return values[log["phase"] == 1]


def _list(values: NDArray[np.generic], log: Log) -> list[float]:
    return np.asarray(_inside(values, log), np.float64).tolist()
