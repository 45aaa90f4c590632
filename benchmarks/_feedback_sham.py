"""What a blinded person sees of true and of replayed sessions, and whether any figure of it tells them apart.

Every made-up person trains once, at a rate of reward that is drawn: the same steps go through a session that shows
their own signal and through one that replays others', trained at rates of their own, or the examples that come with
the program, so that only what was drawn differs. What is compared is what was shown, step by step: more than a person
has while the session is sealed.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from _feedback_examples import rests
from _feedback_offline import MUSE, generated, with_blinks
from numpy.typing import NDArray

from companion.evaluation.bids import recordings
from companion.feedback import examples, kept, protocols, replayable, report
from companion.feedback.earlier import Earlier
from companion.feedback.protocols import CALM, Protocol
from companion.feedback.replay import Replay, most
from companion.feedback.session import CLEAN_SHARE, Session
from companion.feedback.sham import Draw
from companion.feedback.training import SHORTER_STEPS
from companion.feedback.types import Times, Wish
from embeddings.feedback_plan import SMOOTHING_SECONDS, STEP_SECONDS, Step
from embeddings.feedback_stream import FeedbackStream
from embeddings.types import EEGWindow
from index import trainings
from index.keys.keys import Keys
from index.store import Store
from index.vault import Vault
from index.writer import Writer

BASELINE, BLOCK = 30.0, 120.0
LONG_ENOUGH = BASELINE + BLOCK + 8
SECOND = round(1 / STEP_SECONDS)
EDGE = 6  # steps before a mute begins, and after it ends
DRAWS = 5000
FOLDS = 10
RATES = 0.3, 0.6, 0.8, 0.9
OTHERS = 4  # of whom a replay is made
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
    """One made-up person: what their sessions are made of."""

    protocol: Protocol
    rate: float
    steps: list[Step]


def person(protocol: Protocol, seed: int) -> Person:
    """Return one made-up person, with a rate that is drawn."""
    return Person(protocol, random.Random(seed).choice(RATES), steps_of(protocol, seed))  # noqa: S311 to be repeated


def steps_of(protocol: Protocol, seed: int) -> list[Step]:
    """Return one made-up person's steps."""
    rng = np.random.default_rng(seed)
    eeg = generated(LONG_ENOUGH, seed=seed, frequency=rng.uniform(8.5, 11.5), snr_db=rng.uniform(-2, 6), slope=1.2)
    return _followed(protocol, with_blinks(eeg, seed=seed, a_minute=rng.uniform(4, 16)))


def _followed(protocol: Protocol, eeg: EEGWindow) -> list[Step]:
    chosen = protocols.electrodes(protocol, eeg.ch_names)
    stream = FeedbackStream(protocols.plan(protocol, chosen.electrodes), eeg.ch_names, eeg.sfreq)
    return stream.take(eeg.data, 0.0, fresh=True)


def real_people(protocol: Protocol, data: Path) -> list[Person]:
    """Return people of public sets beside ``data`` (eegmat) of whom no example is, as if they trained."""
    known = examples.people(protocol.name)
    found = [(f"eegmat {name}", eeg) for name, eeg in rests(data) if name not in known]
    found += list(_muses(data.parent / "muse-notebooks"))
    people = []
    for name, eeg in found:
        steps = _followed(protocol, replace(eeg, data=eeg.data[:, : round(LONG_ENOUGH * eeg.sfreq)]))
        clean = sum(step.counts for step in steps if step.time <= BASELINE)
        if clean > 1.05 * CLEAN_SHARE * BASELINE / STEP_SECONDS:  # of others the baseline would be longer
            rate = random.Random(f"{name} {protocol.name}").choice(RATES)  # noqa: S311 to be repeated
            people.append(Person(protocol, rate, steps))
    return people


def _muses(folder: Path) -> Iterator[tuple[str, EEGWindow]]:
    """Go through a headband's people: of each the first stretch that is long enough."""
    seen: set[str] = set()
    for recording in recordings(folder):
        for segment in recording.segments() if recording.person not in seen else ():
            if segment.data.shape[1] >= LONG_ENOUGH * segment.sfreq and recording.person not in seen:
                seen.add(recording.person)
                chosen = [segment.ch_names.index(name) for name in MUSE]
                yield f"muse {recording.person}", EEGWindow(segment.data[chosen], segment.sfreq, MUSE, 0.0)


@dataclass(frozen=True, slots=True)
class Pair:
    """One person's log with their own signal, and with a replay; ``has`` is all that may have been replayed."""

    rate: float
    true: Log
    replayed: Log
    has: tuple[Earlier, ...]


def pairs(people: Sequence[Person], examples: Sequence[Earlier] = ()) -> list[Pair]:
    """Return each person's logs; the replay is of ``examples`` or, without any, of the others."""
    true = [_session(one, sham=False, replay=None).log for one in people]
    earlier = [
        replayable.earlier(log.visible(), log.hidden(), log.words, number=number)
        for number, log in enumerate(true, start=1)
    ]
    found = []
    for number, one in enumerate(people):
        others = [its for its in earlier[number + 1 :] + earlier[:number] if its is not None][:OTHERS]
        has = tuple(random.Random(number).sample(examples, len(examples)) or others)  # noqa: S311 to be repeated
        replay = _replay(has, one.rate, number)
        found.append(Pair(one.rate, true[number].visible(), _log(one, sham=True, replay=replay), has))
    return found


def _replay(has: Sequence[Earlier], rate: float, seed: int) -> Replay:
    steps = round(SHORTER_STEPS * BLOCK / STEP_SECONDS)
    return Replay(has, rate=rate, steps=steps, smoothing=SMOOTHING_SECONDS, rng=random.Random(seed))  # noqa: S311 to be repeated


def shown_in(log: Log) -> Numbers:
    """Return the margins of steps in blocks that were neither muted nor held."""
    margin = np.asarray(_inside(log["margin"], log), np.float64)
    return margin[np.isfinite(margin) & (_inside(log["muted"], log) == 0) & (_inside(log["held"], log) == 0)]


def repeats(log: Log) -> float:
    """Return the share of pieces of what was shown that had been shown before in the same session."""
    values = shown_in(log)
    return _share_found(values, values, itself=True)


def pieces_of(log: Log, has: Sequence[Earlier], rate: float) -> float:
    """Return the share of pieces of what was shown that lie in earlier sessions; what a person who kept both sees."""
    had = [np.array(piece) for one in has for piece in one.margins(rate)]
    return _share_found(shown_in(log), np.concatenate(had))


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


def minutes(sessions: Sequence[Earlier]) -> float:
    """Return how long a session may be that these are replayed in."""
    return round(most(sessions) * STEP_SECONDS / SHORTER_STEPS / 60, 1)


def margins_told_while_sealed() -> int:
    """Return how many margins a sealed session's export has, and pictures its report; both could be compared."""
    one = person(CALM, 0)
    replay = _replay(examples.sessions(CALM.name), one.rate, 0)
    with (
        tempfile.TemporaryDirectory() as folder,
        Writer(Vault(Path(folder) / "vault", Keys.random())) as writer,
        closing(Store(writer.vault)) as store,
    ):
        kept.keep(writer, _session(one, sham=True, replay=replay), device="", delay=0.0, number=None)
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
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (DRAWS, len(pairs)))
    drawn = np.abs(signs @ (differences / scale) / len(pairs)).max(axis=1)
    p = (1 + int((drawn >= seen.max()).sum())) / (1 + DRAWS)
    return p, {name: round(float(one), 3) for name, one in zip(FIGURES, seen, strict=True)}


def guessed(pairs: Sequence[Pair]) -> tuple[dict[str, int], int]:
    """Return how many logs each model, trained on other people's, takes for what they are, and of how many."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import GroupKFold, LeaveOneGroupOut, cross_val_predict

    table = np.array([figures(log, pair.rate) for pair in pairs for log in (pair.true, pair.replayed)])
    table = (table - table.mean(axis=0)) / (table.std(axis=0) + 1e-12)
    drawn, people = np.tile([0, 1], len(pairs)), np.repeat(np.arange(len(pairs)), 2)
    models = {
        "linear": (LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"), LeaveOneGroupOut()),
        "trees": (RandomForestClassifier(500, min_samples_leaf=3, random_state=0), GroupKFold(FOLDS)),
    }
    return {
        name: int((cross_val_predict(model, table, drawn, groups=people, cv=folds) == drawn).sum())
        for name, (model, folds) in models.items()
    }, len(table)


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


def _log(person: Person, *, sham: bool, replay: Replay | None) -> Log:
    return _session(person, sham=sham, replay=replay).log.visible()


def _session(person: Person, *, sham: bool, replay: Replay | None) -> Session:
    now = [0.0]
    plan = protocols.plan(person.protocol, protocols.electrodes(person.protocol, MUSE).electrodes)
    wish = Wish(person.protocol, plan, Times(BASELINE, BLOCK, 0.0, 1), rate=person.rate, blind=True)
    draw = Draw(sham, "0" * 32)
    session = Session(wish, draw=draw, replay=replay, monotonic=lambda: now[0], clock=lambda: now[0])
    for step in person.steps:
        now[0] = step.time
        session.take(step)
    if not session.over:
        raise RuntimeError(f"the session did not end: {session.snapshot()}")
    return session


def _inside(values: NDArray[np.generic], log: Log) -> NDArray[np.generic]:
    return values[log["phase"] == 1]
