"""From a thought to ranked moments: what the brain says, what is on screen now and typed words, weighed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index.ranking import recall, thought_fusion
from index.ranking.filtering import Keep, Only
from index.ranking.fusion import Fused as WordsFused
from index.ranking.recall import ALIKE, LEAST_ALIKE, PARTS, Asked
from index.ranking.thought_fusion import Fused, Fusion
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Hit, Moment
from index.words import terms
from index.words.snippets import snippet
from index.words.terms import Query

POOL = 300  # nearest vectors taken of each source
WORDS = "words"
# What a source must say at least, before a moment is listed for it alone.
FLOORS = {WORDS: 0.12, "state": LEAST_ALIKE, "alike": LEAST_ALIKE, "shared": 0.05, "context": 0.3}
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
    exclude_seconds: float,
    keep: Keep | None = None,
) -> list[Hit]:
    """Return the ``k`` best moments, those near in time to the question left out."""
    start, end = thought.around
    near = {moment.id for moment in store.moments_between(start - exclude_seconds, end + exclude_seconds)}
    query = terms.read(store, thought.text) if thought.text else None
    words = recall.matched(store, vectors, query, thought.content, keep=keep)[0] if query is not None else None
    found = _found(vectors, thought, words, keep, near | thought.own)
    fused = thought_fusion.fuse(found, fusion.weights)
    listed = {i for name, scores in found.items() for i, score in scores.items() if score >= FLOORS[name]}
    best = sorted(listed, key=lambda i: (-fused[i].score, -i))[:k]
    moments = store.moments(best)
    return [_hit(moments[i], fused[i], found, (thought, fusion, query)) for i in best if i in moments]


def _found(
    vectors: Vectors,
    thought: Thought,
    words: Mapping[int, WordsFused] | None,
    keep: Keep | None,
    left_out: set[int],
) -> dict[str, Scores]:
    """Return what each source says of every moment that any source finds."""
    found = {name: _nearest(vectors, asked, keep, left_out) for name, asked in thought.vectors.items()}
    if words is not None:
        found[WORDS] = {i: one.score for i, one in words.items() if i not in left_out}
    candidates = {moment for scores in found.values() for moment in scores}
    for name, asked in thought.vectors.items():
        missing = candidates - found[name].keys()
        if missing:
            found[name] |= vectors.search(asked.space, asked.vector, PARTS * len(missing), keep=Only(missing))
    return found


def _nearest(vectors: Vectors, asked: Asked, keep: Keep | None, left_out: set[int]) -> Scores:
    nearest = vectors.search(asked.space, asked.vector, POOL + PARTS * len(left_out), keep=keep)
    return {i: cosine for i, cosine in nearest.items() if i not in left_out}


def _hit(
    moment: Moment,
    fused: Fused,
    found: Mapping[str, Scores],
    asked: tuple[Thought, Fusion, Query | None],
) -> Hit:
    thought, fusion, query = asked
    shares = {name: round(share, 4) for name, share in fused.shares.items()}
    leading = max(shares, key=lambda name: shares[name])
    space = recall.TEXT if leading == WORDS else thought.vectors[leading].space
    return Hit(
        moment=moment,
        score=round(thought_fusion.as_unit(fused.score), 4),
        space=space,
        reason=_why(leading, shares, found[leading].get(moment.id, 0.0), thought.whose),
        snippet=snippet(moment.text, query),
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
