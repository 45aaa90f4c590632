"""One round of personal learning: train on earlier moments, judge on later ones. Runs in a process of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from companion import learning_pairs
from companion.learning_plan import Place, Plan
from embeddings.types import EmbeddingsError
from index import mappings
from index.mappings import Learned, Version
from index.store import Store
from index.vault import Vault

if TYPE_CHECKING:
    from embeddings.mapping import Decision, Mapping

LEAST_LATER = 50  # moments, for a judgement that means anything
SEED = 0
INCOMPARABLE = "The version in use knows another text model's contents, so the two could not be compared."

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of learning that is done.

    Attributes
    ----------
    made_at
        When it was begun, UTC seconds; it is known by it.
    dimension
        Length of the vectors in its shared space.

    """

    made_at: float
    dimension: int
    learned: Learned


class LearnerTasks:
    """What the learner process can do."""

    def learn(self, vault: Vault, now: float) -> Round:
        """Do the round that was begun in ``vault``, or a new one (see `learn`)."""
        store = Store(vault)
        try:
            return learn(store, now)
        finally:
            store.close()


def learn(store: Store, now: float, progress: Progress = lambda _share, _what: None) -> Round:
    """Do a round; what it was made from stays until `Place.clear`.

    Raises `EmbeddingsError` when there is too little to judge by.
    """
    from embeddings import mapping

    place = Place(store.vault)
    plan = place.get() or _begin(store, place, now)
    older = _older(store, plan)
    gathered = plan.gathered
    checkpoint = place.checkpoint
    new = mapping.train(gathered.earlier, start=older, seed=SEED, checkpoint=checkpoint, progress=progress)
    looks = mappings.judged(store)
    decision = mapping.better(new, older, gathered.later, gathered.earlier, earlier_rounds=looks, seed=SEED)
    if plan.older is not None and older is None:
        decision = replace(decision, reason=f"{decision.reason} {INCOMPARABLE}")
    return Round(plan.made_at, new.shared_dimension, _learned(plan, new, older, decision))


def _begin(store: Store, place: Place, now: float) -> Plan:
    """Take a snapshot of what there is to learn from; raises `EmbeddingsError`."""
    older = mappings.serving(store)
    judged_by = older if older and _same_contents(older, learning_pairs.content_space(store)) else None
    gathered = learning_pairs.gather(
        store,
        not_before=judged_by.learned.trained_until if judged_by else float("-inf"),
        spread=learning_pairs.spread_of(older.learned.spread) if older else None,
    )
    earlier, later = len(gathered.earlier), len(gathered.later)
    if later < LEAST_LATER or earlier < LEAST_LATER:
        raise EmbeddingsError(
            f"{earlier} moments to learn from and {later} later ones to judge by are too few; {LEAST_LATER} of each "
            "are needed. Wear the headset while you work, and let it learn again later."
        )
    plan = Plan(now, older.version if older else None, gathered)
    place.put(plan)
    return plan


def _older(store: Store, plan: Plan) -> Mapping | None:
    """Return the mapping a round begins from and has to beat; None also when it knows another text model's contents.

    Raises `EmbeddingsError` when it does not serve any more.
    """
    from embeddings.mapping import Mapping

    if plan.older is None:
        return None
    serving = mappings.serving(store)
    if serving is None or serving.version != plan.older:
        Place(store.vault).clear()
        raise EmbeddingsError(f"Version {plan.older} was replaced while a new one was learned. Learn again.")
    return Mapping.load(serving.learned.data) if _same_contents(serving, plan.gathered.content_space) else None


def _same_contents(version: Version, content_space: str) -> bool:
    return version.learned.content_space == content_space


def _learned(plan: Plan, new: Mapping, older: Mapping | None, decision: Decision) -> Learned:
    """Put together what a round came to."""
    from embeddings.mapping import evaluate_pairs

    gathered = plan.gathered
    found = evaluate_pairs(new, gathered.later, seed=SEED)
    before = evaluate_pairs(older, gathered.later, seed=SEED)["recall_at_1"] if older else None
    return Learned(
        trained_until=float(gathered.earlier.time.max()),
        montages=gathered.montages,
        content_space=gathered.content_space,
        known=gathered.known,
        pairs=len(gathered.earlier),
        later=len(gathered.later),
        score=_told(found["recall_at_1"]),
        old_score=None if before is None else _told(before),
        chance=_told(found["chance_recall_at_1"]),
        low=_told(decision.low),
        high=_told(decision.high),
        adopted=decision.adopt,
        reason=decision.reason,
        data=new.dump(),
        spread=gathered.spread.tobytes(),
    )


def _told(figure: float) -> float | None:
    """Return None for what could not be told, which SQLite cannot keep."""
    return figure if math.isfinite(figure) else None
