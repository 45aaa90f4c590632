"""Whether a mapping finds content by brain: in time it has not seen, against chance, a clock, and an older one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embeddings.mapping.pairs import Pairs
from embeddings.mapping.retrieval import GUARD, Answers, Session, answers, sessions
from embeddings.mapping.rivals import CLOCKS, by_clock, turns
from embeddings.mapping.stretches import (
    LEAST_SECONDS,
    LEAST_STRETCHES,
    Asked,
    Interval,
    alike_seconds,
    interval,
    stretches,
)
from embeddings.mapping.vectors import Mapping

LEVEL = 0.95  # of all rounds together
PERMUTATIONS = 10
TURNS = 40  # of a session's EEG, to know by how much figures differ when it says nothing
IN_USE, EXCHANGED, CHANCE = "the version in use", "EEG of other moments", "chance"

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a new version is adopted.

    Attributes
    ----------
    adopt
        It is clearly better than every rival: the whole interval of each difference lies above 0.
    difference, low, high
        How often the right content comes before another, new minus `rival`, and its interval at `level`; NaN with too
        little independent time.
    blocks
        How many stretches of time it stands on.
    reason
        One sentence for the person.
    rival
        What the figures are against: the version in use, or the new one's own answers to EEG of other moments.
    level
        What this round asks for, 0 to 1.

    """

    adopt: bool
    difference: float
    low: float
    high: float
    blocks: int
    reason: str
    rival: str
    level: float


@dataclass(frozen=True, slots=True)
class _Held:
    """The new version, the one in use, what both are asked of, and what the new one was trained on."""

    new: Mapping
    old: Mapping | None
    later: Pairs
    earlier: Pairs


@dataclass(slots=True)
class _Rival:
    """What is known against one rival: the differences, and what they vary by when EEG says nothing (of their sum)."""

    asked: list[Asked] = field(default_factory=list)
    variance: float = 0.0


def evaluate_pairs(mapping: Mapping, pairs: Pairs, *, seed: int = 0, guard: float = GUARD) -> dict[str, float]:
    """Ask for the content of every pair among the contents of its session.

    Parameters
    ----------
    pairs
        Of time the mapping has not seen.
    seed
        Of the control, for which the EEG of each session is moved on in a circle.
    guard
        Seconds around a question in which contents other than the right one are no candidates.

    Returns
    -------
    dict
        ``queries``; ``contents``, of all sessions; ``recall_at_1``; ``mrr``, the mean reciprocal rank; ``order``, how
        often the right content comes before another; the same of chance (``chance_...``) and of exchanged EEG
        (``permuted_...``), each content counting alike; ``lift_recall_at_1`` and ``lift_mrr``, how many times chance.
        NaN where no session has two contents that can be told apart.

    """
    rng = np.random.default_rng(seed)
    found = [(session, answers(session, scores(mapping, pairs, session))) for session in sessions(pairs, guard)]
    permuted: list[Answers] = []
    for session, _ in found:
        scored = scores(mapping, pairs, session)
        by = turns(len(scored), PERMUTATIONS, rng)
        permuted += [answers(session, np.roll(scored, turn, axis=0)) for turn in by]
    told = _figures([one for _, one in found])
    exchanged = _figures(permuted)
    return {
        **told,
        "permuted_recall_at_1": exchanged["recall_at_1"],
        "permuted_mrr": exchanged["mrr"],
        "permuted_order": exchanged["order"],
        "lift_recall_at_1": told["recall_at_1"] / told["chance_recall_at_1"],
        "lift_mrr": told["mrr"] / told["chance_mrr"],
    }


def round_level(earlier_rounds: int) -> float:
    """Return the level of a round's interval, so that all rounds there will ever be err as one of `LEVEL` would.

    Round ``n`` may err with ``(1 - LEVEL) * 6 / (pi n)^2``, which adds up to ``1 - LEVEL``.
    """
    return 1 - (1 - LEVEL) * 6 / (np.pi * (earlier_rounds + 1)) ** 2


def better(
    new: Mapping,
    old: Mapping | None,
    later_pairs: Pairs,
    earlier_pairs: Pairs,
    *,
    earlier_rounds: int = 0,
    seed: int = 0,
) -> Decision:
    """Decide whether ``new`` replaces ``old``: only when it finds content better in time neither has seen.

    It also has to find it better than chance, than by EEG of other moments of the session, and than a clock does that
    goes by what was on at the same time of day, or as long after a session's beginning, in ``earlier_pairs``.

    Parameters
    ----------
    old
        None: there is none yet, or none that knows these contents.
    later_pairs
        Recorded after everything either was trained on, with a pause between.
    earlier_pairs
        What ``new`` was trained on.
    earlier_rounds
        How many versions were judged before; each look costs some of what may be erred in all.

    """
    rng = np.random.default_rng(seed)
    rivals = {name: _Rival() for name in ([IN_USE] if old else []) + [EXCHANGED, CHANCE, *CLOCKS]}
    for session in sessions(later_pairs):
        _hold(session, _Held(new, old, later_pairs, earlier_pairs), rivals, rng)
    return _decided(rivals, round_level(earlier_rounds))


def scores(mapping: Mapping, pairs: Pairs, session: Session) -> NDArray[np.float32]:
    """Return how well each content of a session goes with each question's EEG, ``float32[q, m]``, -1 to 1."""
    return mapping.encode_brain(pairs.brain[session.rows]) @ mapping.encode_content(session.candidates).T


def _figures(found: list[Answers]) -> dict[str, float]:
    """Return means over contents."""
    share = np.concatenate([one.share for one in found]) if found else np.zeros(0)
    parts = {"recall_at_1": "hit", "mrr": "reciprocal", "order": "order"}
    parts |= {"chance_recall_at_1": "chance_hit", "chance_mrr": "chance_reciprocal"}
    figures = {"queries": float(np.count_nonzero(share)), "contents": float(round(share.sum()))}
    for name, part in parts.items():
        values = [getattr(one, part) for one in found]
        figures[name] = float(np.average(np.concatenate(values), weights=share)) if share.any() else float("nan")
    return figures


def _hold(session: Session, held: _Held, rivals: dict[str, _Rival], rng: np.random.Generator) -> None:
    """Ask a session's questions of the new version and of every rival."""
    ours = scores(held.new, held.later, session)
    asked = answers(session, ours)
    by = turns(len(ours), TURNS, rng)
    moved = _moved(session, ours, by)
    usual: dict[str, Numbers] = {EXCHANGED: moved.mean(axis=0), CHANCE: np.full(len(ours), 0.5)}
    usual |= {
        name: answers(session, by_clock(clock, held.earlier, held.later, session)).order
        for name, clock in CLOCKS.items()
    }
    apart = dict.fromkeys(usual, moved)
    if held.old is not None:
        theirs = scores(held.old, held.later, session)
        usual[IN_USE] = answers(session, theirs).order
        apart[IN_USE] = moved - _moved(session, theirs, by)
    for name, rival in rivals.items():
        rival.asked.append(Asked(session.time, asked.share, asked.order - usual[name]))
        rival.variance += float(np.var(apart[name] @ asked.share, ddof=1)) if len(by) > 1 else 0.0


def _moved(session: Session, scored: NDArray[np.float32], by: NDArray[np.intp]) -> Numbers:
    """Return how often the right content comes before another with EEG moved on, ``float64[turns, q]``."""
    return np.array([answers(session, np.roll(scored, turn, axis=0)).order for turn in by])


def _decided(rivals: dict[str, _Rival], level: float) -> Decision:
    """Decide by the differences against each rival, the first being the one that is told of."""
    main, first = next(iter(rivals.items()))
    share = sum(float(one.share.sum()) for one in first.asked)
    seconds = max(alike_seconds(rival.asked) for rival in rivals.values()) if share else 0.0
    numbers = stretches(first.asked, seconds)
    counted = [number[one.share > 0] for one, number in zip(first.asked, numbers, strict=True)]
    blocks = len(np.unique(np.concatenate(counted))) if counted else 0
    if blocks < LEAST_STRETCHES:
        return _too_little(blocks, seconds, main, level)
    told: dict[str, Interval] = {
        name: interval(rival.asked, numbers, level, rival.variance / share**2) for name, rival in rivals.items()
    }
    reason = _reason([name for name, one in told.items() if one.low <= 0], blocks)
    adopt = all(one.low > 0 for one in told.values())
    return Decision(adopt, told[main].mean, told[main].low, told[main].high, blocks, reason, main, level)


def _too_little(blocks: int, seconds: float, rival: str, level: float) -> Decision:
    missing = (LEAST_STRETCHES - blocks) * max(seconds, LEAST_SECONDS) / 60
    reason = (
        "There is not enough independent time yet to tell: wear the headset beside changing content for about "
        f"{missing:.0f} more minutes."
    )
    return Decision(False, float("nan"), float("nan"), float("nan"), blocks, reason, rival, level)


def _reason(unbeaten: list[str], blocks: int) -> str:
    if not unbeaten:
        return f"The new version finds content better than every rival in {blocks} later stretches of time."
    rivals = unbeaten[0] if len(unbeaten) == 1 else f"{', '.join(unbeaten[:-1])} and {unbeaten[-1]}"
    return f"In {blocks} later stretches of time the new version does not find content clearly better than {rivals}."
