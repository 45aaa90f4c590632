"""Whether a mapping finds content by brain: in time it has not seen, against chance, and against an older one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from embeddings.mapping_pairs import Pairs
from embeddings.mapping_retrieval import GUARD, Answers, Session, answers, sessions
from embeddings.mapping_vectors import Mapping

BLOCK_SECONDS = 600.0  # what lies closer together is not taken for independent
LEAST_BLOCKS = 8
LEVEL = 0.95
PERMUTATIONS = 10


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a new version is adopted.

    Attributes
    ----------
    adopt
        The whole interval of the difference lies above 0.
    difference, low, high
        How often the right content comes before another, new minus old, over blocks of time, and its 95 % interval;
        NaN with too few blocks.
    blocks
        How many blocks of time it stands on.
    reason
        One sentence for the person.

    """

    adopt: bool
    difference: float
    low: float
    high: float
    blocks: int
    reason: str


def evaluate_pairs(mapping: Mapping, pairs: Pairs, *, seed: int = 0, guard: float = GUARD) -> dict[str, float]:
    """Ask for the content of every pair among the contents of its session.

    Parameters
    ----------
    pairs
        Of time the mapping has not seen.
    seed
        Of the control, for which EEG is exchanged within each session.
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
    permuted = [answers(s, _permuted(mapping, pairs, s, rng)) for s, _ in found for _ in range(PERMUTATIONS)]
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


def better(new: Mapping, old: Mapping | None, later_pairs: Pairs, *, seed: int = 0) -> Decision:
    """Decide whether ``new`` replaces ``old``: only when it finds content better in time neither has seen.

    Parameters
    ----------
    old
        None: there is none yet, and the new one is held against itself with EEG exchanged within each session.
    later_pairs
        Recorded after everything either was trained on, with a pause between.

    """
    rng = np.random.default_rng(seed)
    differences: list[float] = []
    for session in sessions(later_pairs):
        ours = answers(session, scores(new, later_pairs, session))
        theirs = [
            answers(session, scores(old, later_pairs, session) if old else _permuted(new, later_pairs, session, rng))
            for _ in range(1 if old else PERMUTATIONS)
        ]
        usual = np.mean([one.order for one in theirs], axis=0)
        differences += _per_block(session, ours, ours.order - usual)
    return _decided(np.array(differences), rng, "the version in use" if old else "exchanged EEG")


def scores(mapping: Mapping, pairs: Pairs, session: Session) -> NDArray[np.float32]:
    """Return how well each content of a session goes with each question's EEG, ``float32[q, m]``, -1 to 1."""
    return mapping.encode_brain(pairs.brain[session.rows]) @ mapping.encode_content(session.candidates).T


def _permuted(mapping: Mapping, pairs: Pairs, session: Session, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the same with the EEG of the questions exchanged."""
    return scores(mapping, pairs, session)[rng.permutation(len(session.rows))]


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


def _per_block(session: Session, asked: Answers, values: NDArray[np.float64]) -> list[float]:
    """Return the mean of each block of time, contents counting as in `Answers`."""
    block = ((session.time - session.time[0]) // BLOCK_SECONDS).astype(int)
    counted = np.bincount(block, asked.share)
    sums = np.bincount(block, asked.share * values)
    return list(sums[counted > 0] / counted[counted > 0])


def _interval(values: NDArray[np.float64], rng: np.random.Generator) -> tuple[float, float]:
    """Return the 95 % interval of a mean, of resampled blocks.

    Drawn out as Student's t asks for few of them (Hesterberg 2015, doi:10.1080/00031305.2015.1089789).
    """
    count = len(values)
    tail = stats.norm.cdf(np.sqrt(count / (count - 1)) * stats.t.ppf((1 - LEVEL) / 2, count - 1))
    drawn = stats.bootstrap((values,), np.mean, confidence_level=1 - 2 * float(tail), method="percentile", rng=rng)
    return float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)


def _decided(differences: NDArray[np.float64], rng: np.random.Generator, rival: str) -> Decision:
    blocks = len(differences)
    if blocks < LEAST_BLOCKS:
        missing = (LEAST_BLOCKS - blocks) * BLOCK_SECONDS / 60
        reason = f"It cannot be told yet: about {missing:.0f} more minutes of EEG beside changing content are needed."
        return Decision(False, float("nan"), float("nan"), float("nan"), blocks, reason)
    low, high = _interval(differences, rng)
    adopt = low > 0
    verb = "finds content better than" if adopt else "does not find content better than"
    reason = f"The new version {verb} {rival} in {blocks} later blocks of time."
    return Decision(adopt, float(differences.mean()), low, high, blocks, reason)
