"""From a thought to ranked moments: what the brain says, what is on screen now and typed words, weighed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index import lexical, recall, thought_fusion
from index.recall import ALIKE, LEAST_ALIKE, LEAST_SCORE, Asked
from index.store import Store
from index.thought_fusion import Fused, Fusion
from index.types import Filters, Hit, Moment
from index.vectors import Vectors

POOL = 300  # nearest vectors taken of each source
PARTS = 8  # vectors a moment has at most, nearly always
WORDS = "words"
# What a source must say at least, before a moment is listed for it alone.
FLOORS = {WORDS: LEAST_SCORE, "state": LEAST_ALIKE, "alike": LEAST_ALIKE, "shared": 0.05, "context": 0.3}
NAMES = {WORDS: "words", "state": "state", "shared": "learned meaning", "alike": "learned state", "context": "screen"}
LEAST_SHARE = 0.05  # worth saying

Scores = dict[int, float]


@dataclass(frozen=True, slots=True)
class Thought:
    """What is asked with.

    Attributes
    ----------
    vectors
        Of each source but words: ``state`` (like the person's usual), ``shared`` (the brain's vector among contents'),
        ``alike`` (among brains'), ``context`` (what is on screen now).
    text, content
        Words typed with it and their vector, if any.
    own
        Moments the question itself is made of.
    around
        Start and end of the question's own time, UTC seconds.
    whose
        Whose state the reason names, such as ``your state now``.

    """

    vectors: Mapping[str, Asked]
    around: tuple[float, float]
    whose: str
    text: str = ""
    content: Asked | None = None
    own: frozenset[int] = frozenset()


def by_thought(
    store: Store,
    vectors: Vectors,
    thought: Thought,
    fusion: Fusion,
    *,
    k: int,
    filters: Filters,
    exclude_seconds: float,
) -> list[Hit]:
    """Return the ``k`` best moments, those near in time to the question left out."""
    start, end = thought.around
    near = {moment.id for moment in store.moments_between(start - exclude_seconds, end + exclude_seconds)}
    found = _found(store, vectors, thought, store.allowed(filters), near | thought.own)
    fused = thought_fusion.fuse(found, fusion.weights)
    listed = {i for name, scores in found.items() for i, score in scores.items() if score >= FLOORS[name]}
    best = sorted(listed, key=lambda i: (-fused[i].score, -i))[:k]
    moments = store.moments(best)
    known = lexical.terms(store, thought.text) if thought.text else []
    return [_hit(store, moments[i], fused[i], found, (thought, fusion, known)) for i in best if i in moments]


def _found(
    store: Store, vectors: Vectors, thought: Thought, allowed: set[int] | None, left_out: set[int]
) -> dict[str, Scores]:
    """Return what each source says of every moment that any source finds."""
    found = {name: _nearest(vectors, asked, allowed, left_out) for name, asked in thought.vectors.items()}
    if thought.text:
        known = lexical.terms(store, thought.text)
        matched, _ = recall.matched(store, vectors, thought.text, thought.content, known, allowed=allowed)
        found[WORDS] = {i: one.score for i, one in matched.items() if i not in left_out}
    candidates = {moment for scores in found.values() for moment in scores}
    for name, asked in thought.vectors.items():
        missing = candidates - found[name].keys()
        if missing:
            found[name] |= vectors.search(asked.space, asked.vector, PARTS * len(missing), moments=missing)
    return found


def _nearest(vectors: Vectors, asked: Asked, allowed: set[int] | None, left_out: set[int]) -> Scores:
    if allowed == set():
        return {}
    nearest = vectors.search(asked.space, asked.vector, POOL + PARTS * len(left_out), moments=allowed)
    return {i: cosine for i, cosine in nearest.items() if i not in left_out}


def _hit(
    store: Store,
    moment: Moment,
    fused: Fused,
    found: Mapping[str, Scores],
    asked: tuple[Thought, Fusion, list[lexical.Term]],
) -> Hit:
    thought, fusion, known = asked
    shares = {name: round(share, 4) for name, share in fused.shares.items()}
    leading = max(shares, key=lambda name: shares[name])
    space = recall.TEXT if leading == WORDS else thought.vectors[leading].space
    return Hit(
        moment=moment,
        score=round(thought_fusion.as_unit(fused.score), 4),
        space=space,
        reason=_why(leading, shares, found[leading].get(moment.id, 0.0), thought.whose),
        snippet=lexical.snippet(store, moment.id, known),
        parts={name: round(score, 4) for name, score in fused.scores.items()},
        probability=round(fusion.probability(fused.score), 4),
        shares=shares,
    )


def _why(leading: str, shares: Mapping[str, float], score: float, whose: str) -> str:
    """Say what speaks for a moment most, and how much each source does where there are several."""
    how = next((words for least, words in ALIKE if score >= least), "not unlike")
    reasons = {
        WORDS: "about your words",
        "state": f"{how} {whose}",
        "alike": f"by what was learned, {how} {whose}",
        "shared": "about what your EEG was learned to mean",
        "context": "about what is on screen now",
    }
    told = sorted(((share, NAMES[name]) for name, share in shares.items() if share >= LEAST_SHARE), reverse=True)
    if len(told) < 2:  # noqa: PLR2004 nothing to compare
        return reasons[leading]
    return f"{reasons[leading]} ({', '.join(f'{name} {100 * share:.0f} %' for share, name in told)})"
