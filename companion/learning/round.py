"""One round of personal learning: train on earlier moments, judge on later ones. Runs in a process of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from companion.learning import pairs
from companion.learning.plan import Place, Plan
from companion.learning.room import MoreRoom, MoreRoomError
from embeddings.types import EmbeddingsError
from index import mappings
from index.keys.sealing import DamagedError
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
    trouble
        What went wrong meanwhile and mended itself, in a sentence; empty when nothing did.

    """

    made_at: float
    dimension: int
    learned: Learned
    trouble: str = ""


class LearnerTasks:
    """What the learner process can do."""

    def learn(self, vault: Vault, now: float, most: int | None = None) -> Round | MoreRoom | None:
        """Do the round that was begun in ``vault``, or a new one (see `learn`), or say how much room it lacks.

        ``most`` bytes were asked for; None where nobody counts them. Returns None where the round that was begun knows
        another text model's contents: it is forgotten, and whether a new one is worth it is for others to say.
        """
        store = Store(vault)
        try:
            return None if _forget_outdated(store) else learn(store, now, most=most)
        except MoreRoomError as short:
            return MoreRoom(short.most)
        finally:
            store.close()


def learn(
    store: Store, now: float, progress: Progress = lambda _share, _what: None, *, most: int | None = None
) -> Round:
    """Do a round; what it was made from stays until `Place.clear`. For ``most`` see `Place`.

    Raises `EmbeddingsError` when there is too little to judge by or a version is still coming, which this one would
    have to be compared with; `VaultError` or `MoreRoomError` when the vault has no room: what was done so far is gone
    on with.
    """
    from embeddings import mapping

    coming = mappings.coming(store)
    if coming is not None:
        raise EmbeddingsError(f"Version {coming} is not in use yet: it has to encode the past first. Learn again then.")
    _forget_outdated(store)
    place, serving = Place(store.vault, most), mappings.serving(store)
    plan = _begun(place, serving) or _begin(store, place, now, serving)
    older = _older(plan, serving)
    gathered = plan.gathered
    new, trouble = _trained(place, plan, older, progress)
    looks = mappings.judged(store)
    decision = mapping.better(new, older, gathered.later, gathered.earlier, earlier_rounds=looks, seed=SEED)
    if plan.older is not None and older is None:
        decision = replace(decision, reason=f"{decision.reason} {INCOMPARABLE}")
    return Round(plan.made_at, new.shared_dimension, _learned(plan, new, older, decision), trouble)


def is_outdated(store: Store, content_space: str) -> bool:
    """Whether the text model in use is another than the one these contents are of."""
    return pairs.content_space(store) not in {"", content_space}


def _forget_outdated(store: Store) -> bool:
    """Forget a round that was begun with another text model's contents; returns whether there was one."""
    place = Place(store.vault)
    plan = place.get()
    if plan is None or not is_outdated(store, plan.gathered.content_space):
        return False
    place.clear()
    return True


def _begun(place: Place, serving: Version | None) -> Plan | None:
    """Return the round to go on with; one that was to be compared with another version than now serves is forgotten."""
    plan = place.get()
    if plan is None or plan.older == (serving.version if serving else None):
        return plan
    place.clear()
    return None


def _begin(store: Store, place: Place, now: float, older: Version | None) -> Plan:
    """Take down what there is to learn from; raises `EmbeddingsError`."""
    judged_by = older if older and _same_contents(older, pairs.content_space(store)) else None
    gathered = pairs.gather(
        store,
        not_before=judged_by.learned.trained_until if judged_by else float("-inf"),
        spread=pairs.spread_of(older.learned.spread) if older else None,
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


def _older(plan: Plan, serving: Version | None) -> Mapping | None:
    """Return the mapping a round begins from and has to beat; None also when it knows another text model's contents."""
    from embeddings.mapping import Mapping

    comparable = serving is not None and _same_contents(serving, plan.gathered.content_space)
    return Mapping.load(serving.learned.data) if serving is not None and comparable else None


def _trained(place: Place, plan: Plan, older: Mapping | None, progress: Progress) -> tuple[Mapping, str]:
    """Return the new mapping and, where the checkpoint could not be gone on with, why it was trained anew."""
    from embeddings import mapping

    earlier, checkpoint = plan.gathered.earlier, place.checkpoint
    train = partial(mapping.train, earlier, start=older, seed=SEED, checkpoint=checkpoint, progress=progress)
    try:
        return train(), ""
    except (DamagedError, EmbeddingsError) as error:
        if not checkpoint.exists():
            raise
        place.train_anew()
        return train(), f"How far a round of learning had come could not be read ({error}). It was trained anew."


def _same_contents(version: Version, content_space: str) -> bool:
    return version.learned.content_space == content_space


def _learned(plan: Plan, new: Mapping, older: Mapping | None, decision: Decision) -> Learned:
    """Put together what a round came to."""
    from embeddings.mapping import evaluate_pairs

    gathered = plan.gathered
    found = evaluate_pairs(new, gathered.later, seed=SEED)
    before = evaluate_pairs(older, gathered.later, seed=SEED)["recall_at_1"] if older else None
    return Learned(
        trained_until=gathered.trained_until,
        montages=gathered.montages,
        content_space=gathered.content_space,
        known=gathered.known,
        pairs=len(gathered.earlier),
        later=int(found["queries"]),
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
