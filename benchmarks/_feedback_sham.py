"""What a blinded person sees of true and of replayed sessions, and whether any figure of it tells them apart.

Every person trains: the same steps go through a session that shows their own signal and through one that replays
an earlier session of theirs at another rate, so that only what was drawn differs. People are made up, or wore a Muse
twice, most of them on two days. What is compared is what was shown, step by step: more than a person has while the
session is sealed.
"""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from _feedback_offline import MUSE, generated, with_blinks
from numpy.typing import NDArray

from companion.evaluation.bids import recordings
from companion.feedback import kept, protocols, replayable, report
from companion.feedback.earlier import Earlier
from companion.feedback.protocols import CALM, Protocol
from companion.feedback.replay import Replay, most
from companion.feedback.session import CLEAN_SHARE, Session
from companion.feedback.sham import Draw
from companion.feedback.training import SHORTER_STEPS
from companion.feedback.types import Times, Wish
from embeddings.feedback.plan import SMOOTHING_SECONDS, STEP_SECONDS, Step
from embeddings.feedback.stream import FeedbackStream
from embeddings.types import EEGWindow
from index import trainings
from index.keys.keys import Keys
from index.store import Store
from index.vault import Vault
from index.writer import Writer

BASELINE, BLOCK = 30.0, 90.0
EARLIER_BLOCK = 195.0  # of the session that is replayed: nothing of it is given twice
AFTER = 8.0  # seconds of signal more, so that every session ends
SECOND = round(1 / STEP_SECONDS)
TIMES = Times(BASELINE, BLOCK, 0.0, 1)
EDGE = 6  # steps before a mute begins, and after it ends
# Seeds, apart: with one for how often a person blinks and for when, whoever blinked little did so in the baseline.
EARLIER_FROM, NOW_FROM, BLINKS_FROM = 1_000_000, 2_000_000, 4_000_000
DRAWS, FOLDS = 5000, 10
RATES = 0.3, 0.6, 0.8, 0.9
PIECE = 40  # steps
SAME = 0.999  # how alike two pieces are that count as one

Log = dict[str, NDArray[np.generic]]
Numbers = NDArray[np.float64]
FIGURES = (
    "reward rate, less what was set",
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
    "likeness after a fifth of a second",
    "likeness after five seconds",
    "skew of the margin",
    "weight of the steps' tails",
    "mean margin of the first five seconds",
    "margin at a mute, less the mean",
    "rise of the margin in the second before a mute",
)


@dataclass(frozen=True, slots=True)
class Person:
    """One person who trains at a rate: the steps of an earlier session, and of the one that is looked at."""

    name: str
    protocol: Protocol
    rate: float
    before: list[Step]
    steps: list[Step]

    @property
    def earlier(self) -> Earlier | None:
        """Their earlier session, at a rate of its own; None where too little of it is clean."""
        rate = random.Random(f"{self.name} before").choice(RATES)  # noqa: S311 to be repeated
        times = Times(BASELINE, EARLIER_BLOCK, 0.0, 1)
        log = _session(self.protocol, self.before, times, rate, sham=False, replay=None).log
        if not log.time:
            return None
        return replayable.earlier(log.visible(), log.hidden(), log.words, number=1)


def made_up(protocol: Protocol, seed: int) -> Person:
    """Return one made-up person, whose rhythm and blinks are the same in both sessions."""
    rng = np.random.default_rng(seed)
    frequency, snr_db, blinks = rng.uniform(8.5, 11.5), rng.uniform(-2, 6), rng.uniform(4, 16)

    def steps(seed: int, block: float) -> list[Step]:
        eeg = generated(BASELINE + block + AFTER, seed=seed, frequency=frequency, snr_db=snr_db, slope=1.2)
        return _followed(protocol, with_blinks(eeg, seed=seed + BLINKS_FROM, a_minute=blinks))

    name = f"made up {protocol.name} {seed}"
    rate = random.Random(seed).choice(RATES)  # noqa: S311 to be repeated
    return Person(name, protocol, rate, steps(seed + EARLIER_FROM, EARLIER_BLOCK), steps(seed + NOW_FROM, BLOCK))


def _followed(protocol: Protocol, eeg: EEGWindow) -> list[Step]:
    chosen = protocols.electrodes(protocol, eeg.ch_names)
    stream = FeedbackStream(protocols.plan(protocol, chosen.electrodes), eeg.ch_names, eeg.sfreq)
    return stream.take(eeg.data, 0.0, fresh=True)


def wearers(protocol: Protocol, data: Path) -> list[Person]:
    """Return those who wore a Muse twice for long enough, as if they trained: each time is the later one once."""
    stretches: dict[str, list[EEGWindow]] = defaultdict(list)
    for recording in recordings(data / "muse-notebooks"):
        for segment in recording.segments():
            if segment.data.shape[1] >= (BASELINE + EARLIER_BLOCK + AFTER) * segment.sfreq:
                chosen = [segment.ch_names.index(name) for name in MUSE]
                stretches[recording.person].append(EEGWindow(segment.data[chosen], segment.sfreq, MUSE, 0.0))
    people = []
    for name, its in stretches.items():
        both = [_followed(protocol, one) for one in its[:2]]
        rates = random.Random(f"{name} {protocol.name}").choices(RATES, k=2)  # noqa: S311 to be repeated
        for before, steps, rate in zip(both, both[::-1], rates, strict=False):
            chosen = _from_rest(steps)[: round((BASELINE + BLOCK + AFTER) / STEP_SECONDS)]
            if len(both) > 1 and (chosen[-1].time - chosen[0].time if chosen else 0.0) > BASELINE + BLOCK:
                people.append(Person(f"muse {name}", protocol, rate, _from_rest(before), chosen))
    return people


def _from_rest(steps: list[Step]) -> list[Step]:
    """Return steps from where enough of a baseline counts, so that it is not longer; empty where that is nowhere."""
    count = round(BASELINE / STEP_SECONDS)
    for begin in range(0, len(steps) - count, SECOND):
        if sum(step.counts for step in steps[begin : begin + count]) > 1.05 * CLEAN_SHARE * count:
            return steps[begin:]
    return []


@dataclass(frozen=True, slots=True)
class Pair:
    """One person's log with their own signal, and with a replay of an earlier session."""

    name: str
    rate: float
    true: Log
    replayed: Log
    earlier: Earlier


def pairs(people: Sequence[Person]) -> list[Pair]:
    """Return the logs of each person whose earlier session is long enough to be replayed in the later one."""
    found = []
    for number, one in enumerate(people):
        own = one.earlier
        if own is not None and most([own]) >= _needed():
            true, replayed = (_log(one, sham=sham, replay=_replay(own, one.rate, number)) for sham in (False, True))
            found.append(Pair(one.name, one.rate, true, replayed, own))
    return found


def _needed() -> int:
    return round(SHORTER_STEPS * BLOCK / STEP_SECONDS)


def _replay(own: Earlier, rate: float, seed: int) -> Replay:
    return Replay([own], rate=rate, steps=_needed(), smoothing=SMOOTHING_SECONDS, rng=random.Random(seed))  # noqa: S311 to be repeated


def shown_in(log: Log) -> Numbers:
    """Return the margins of steps in blocks that were neither muted nor held."""
    margin = np.asarray(_inside(log["margin"], log), np.float64)
    return margin[np.isfinite(margin) & (_inside(log["muted"], log) == 0) & (_inside(log["held"], log) == 0)]


def repeats(log: Log) -> float:
    """Return the share of pieces of what was shown that had been shown before in the same session."""
    values = shown_in(log)
    return _share_found(values, values, itself=True)


def pieces_of(log: Log, own: Earlier, rate: float) -> float:
    """Return the share of pieces of what was shown that lie in the earlier session; what whoever kept both sees."""
    return _share_found(shown_in(log), np.concatenate([np.array(piece) for piece in own.margins(rate)]))


def _share_found(values: Numbers, among: Numbers, *, itself: bool = False) -> float:
    every = _pieces(among, 1)
    starts = range(0, len(values) - PIECE + 1, PIECE)
    alike = _pieces(values, PIECE) @ every.T
    if itself:
        for row, start in enumerate(starts):
            alike[row, max(0, start - PIECE) :] = 0.0  # only what came before
    return float(np.mean(alike.max(axis=1) > SAME))


def _pieces(values: Numbers, every: int) -> Numbers:
    """Return pieces about their means, of length 1, ``float64[pieces, PIECE]``."""
    found = np.lib.stride_tricks.sliding_window_view(values, PIECE)[::every]
    found = found - found.mean(axis=1, keepdims=True)
    return found / (np.linalg.norm(found, axis=1, keepdims=True) + 1e-12)


def margins_told_while_sealed() -> int:
    """Return how many margins a sealed session's export has, and pictures its report; both could be compared."""
    one = made_up(CALM, 0)
    own = one.earlier
    if own is None:
        raise RuntimeError("the earlier session is too short")
    replay = _replay(own, one.rate, 0)
    with (
        tempfile.TemporaryDirectory() as folder,
        Writer(Vault(Path(folder) / "vault", Keys.random())) as writer,
        closing(Store(writer.vault)) as store,
    ):
        session = _session(one.protocol, one.steps, TIMES, one.rate, sham=True, replay=replay)
        kept.keep(writer, session, device="", delay=0.0, number=None)
        (training,) = trainings.all_of(store)
        if not training.sealed:
            raise RuntimeError("the session is not sealed")
        told = trainings.exported(store, training)["series"].get("margin", [])
        return len(told) + len(report.of(store, training.id).pictures)


def apart(pairs: Sequence[Pair]) -> tuple[float, dict[str, float]]:
    """Return how likely chance alone tells the two apart as well, by whichever figure tells most, and each's distance.

    A sign-flip test over people of the largest of all standardised mean differences.
    """
    true = np.array([figures(pair.true, pair.rate) for pair in pairs])
    replayed = np.array([figures(pair.replayed, pair.rate) for pair in pairs])
    differences = replayed - true
    scale = np.sqrt(np.mean(np.square(differences), axis=0)) + 1e-12
    seen = np.abs(differences.mean(axis=0) / scale)
    people = np.unique([pair.name for pair in pairs], return_inverse=True)[1]
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (DRAWS, people.max() + 1))[:, people]
    drawn = np.abs(signs @ (differences / scale) / len(pairs)).max(axis=1)
    p = (1 + int((drawn >= seen.max()).sum())) / (1 + DRAWS)
    return p, {name: round(float(one), 3) for name, one in zip(FIGURES, seen, strict=True)}


def guessed(pairs: Sequence[Pair]) -> dict[str, tuple[float, float, float]]:
    """Return the share of logs that each model, trained on other people's, takes for what they are, with 95 %.

    The interval is from drawing people again: sessions of one person are not independent.
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import GroupKFold, LeaveOneGroupOut, cross_val_predict

    table = np.array([figures(log, pair.rate) for pair in pairs for log in (pair.true, pair.replayed)])
    table = (table - table.mean(axis=0)) / (table.std(axis=0) + 1e-12)
    drawn = np.tile([0, 1], len(pairs))
    people = np.repeat(np.unique([pair.name for pair in pairs], return_inverse=True)[1], 2)
    models = {
        "linear": (LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"), LeaveOneGroupOut()),
        "trees": (RandomForestClassifier(500, min_samples_leaf=3, random_state=0), GroupKFold(FOLDS)),
    }
    return {
        name: _share(cross_val_predict(model, table, drawn, groups=people, cv=folds) == drawn, people)
        for name, (model, folds) in models.items()
    }


def _share(right: NDArray[np.bool_], people: NDArray[np.intp]) -> tuple[float, float, float]:
    """Return a share and its 95 % interval, by drawing people again."""
    of_each = np.bincount(people, right), np.bincount(people)
    drawn = np.random.default_rng(0).integers(len(of_each[1]), size=(DRAWS, len(of_each[1])))
    shares = of_each[0][drawn].sum(axis=1) / of_each[1][drawn].sum(axis=1)
    low, high = np.quantile(shares, (0.025, 0.975))
    return round(float(right.mean()), 3), round(float(low), 3), round(float(high), 3)


def figures(log: Log, rate: float) -> Numbers:
    """Return what a log says of what was shown, ``float64[figures]``."""
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
            np.mean(shown >= 0) - rate,
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
            *_more(shown, margin, steps[still], begins),
        ]
    )


def _more(shown: Numbers, margin: Numbers, moves: Numbers, begins: NDArray[np.intp]) -> list[float]:
    """Return what is subtler: likeness near and far, shapes, the beginning, and how the margin lies before mutes."""
    fifth, five = SECOND // 5, 5 * SECOND
    before = [margin[i] - margin[max(0, i - SECOND)] for i in begins if i > 0]
    at = [margin[i] - shown.mean() for i in begins]
    about = (shown - shown.mean()) / (shown.std() + 1e-12)
    return [
        np.corrcoef(shown[:-fifth], shown[fifth:])[0, 1],
        np.corrcoef(shown[:-five], shown[five:])[0, 1],
        np.mean(about**3),
        np.mean(moves**4) / (np.mean(moves**2) ** 2 + 1e-12),
        shown[:five].mean(),
        np.nanmean(at) if np.isfinite(at).any() else 0.0,
        np.nanmean(before) if np.isfinite(before).any() else 0.0,
    ]


def _log(person: Person, *, sham: bool, replay: Replay) -> Log:
    session = _session(person.protocol, person.steps, TIMES, person.rate, sham=sham, replay=replay)
    if not session.over:
        raise RuntimeError(f"the session did not end: {session.snapshot()}")
    return session.log.visible()


def _session(
    protocol: Protocol, steps: Sequence[Step], times: Times, rate: float, *, sham: bool, replay: Replay | None
) -> Session:
    now = [0.0]
    plan = protocols.plan(protocol, protocols.electrodes(protocol, MUSE).electrodes)
    wish = Wish(protocol, plan, times, rate=rate, blind=True)
    draw = Draw(sham, "0" * 32)
    session = Session(wish, draw=draw, replay=replay, monotonic=lambda: now[0], clock=lambda: now[0])
    for step in steps:
        now[0] = step.time
        session.take(step)
    return session


def _inside(values: NDArray[np.generic], log: Log) -> NDArray[np.generic]:
    return values[log["phase"] == 1]
