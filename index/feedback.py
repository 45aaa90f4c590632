"""What the person opened among the hits that were shown, and what follows from it for the next answers."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from sqlite_utils import Database

from index.ranking.thought_fusion import Fusion, Shown
from index.store import Store
from index.types import Hit

THOUGHT = "thought"
REMEMBERED = 2_000  # shown hits that weights are learned from, newest first


def opened(db: Database, asked_at: float, question: str, hits: Sequence[Hit], rank: int, *, time: float) -> None:
    """Note that the hit at ``rank`` (from 0) was opened, and those above it were passed over; learn from it.

    ``question`` is ``words``, ``like`` or ``thought``; weights are learned from thoughts alone.
    """
    for place, hit in enumerate(hits[: rank + 1]):
        if db.execute("SELECT 1 FROM moments WHERE id = ?", [hit.moment.id]).fetchone() is None:
            continue  # deleted since it was shown
        db.execute(
            "INSERT INTO feedback (asked_at, moment_id, time, question, rank, opened, score, scores) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (asked_at, moment_id) "
            "DO UPDATE SET opened = max(opened, excluded.opened)",
            [asked_at, hit.moment.id, time, question, place, place == rank, _score(hit), json.dumps(hit.parts)],
        )
    if question == THOUGHT:
        _learn(db, time)


def fusion(store: Store) -> Fusion:
    """Return what was learned last; what is sensible before that."""
    found = store.value("SELECT data FROM fusion ORDER BY id DESC LIMIT 1")
    return Fusion() if found is None else Fusion.load(found)


def openings(store: Store) -> dict[int, int]:
    """Return how often each moment was opened from an answer."""
    return dict(store.rows("SELECT moment_id, count(*) FROM feedback WHERE opened = 1 GROUP BY moment_id"))


def _learn(db: Database, time: float) -> None:
    sql = "SELECT scores, score, opened FROM feedback WHERE question = ? ORDER BY asked_at DESC, rank LIMIT ?"
    rows = db.execute(sql, [THOUGHT, REMEMBERED]).fetchall()
    answers = "SELECT count(DISTINCT asked_at) FROM feedback WHERE question = ? AND opened = 1"
    count = int(db.execute(answers, [THOUGHT]).fetchone()[0])
    learned = Fusion.fit([Shown(json.loads(scores), score, bool(was)) for scores, score, was in rows], count)
    db.execute("INSERT INTO fusion (time, answers, data) VALUES (?, ?, ?)", [time, count, learned.dump()])


def _score(hit: Hit) -> float:
    """Return a hit's score before it was brought between 0 and 1."""
    within = min(max(hit.score, 1e-6), 1 - 1e-6)
    return math.log(within / (1 - within))
