"""Known screens among their doubles: how often each way of asking finds the one that is meant.

tests/corpus/screens.jsonl holds clusters of screens that are easily mistaken for one another. Each is asked for
verbatim, in other words, and vaguely with its program or time: as filters, or in the words themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from companion.answering import Answering
from companion.cli.here import Here
from companion.jobs.steps import store_content
from companion.jobs.tasks import EncoderTasks
from companion.ports import Question
from index import changes
from index.ranking import allowed
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters, NewMoment
from index.vault import Vault
from index.words import lexical, terms
from index.writer import Writer

SCREENS = Path(__file__).resolve().parents[1] / "tests" / "corpus" / "screens.jsonl"
KINDS = ("verbatim", "paraphrase", "vague, filtered", "vague, in words")
WAYS = ("full text", "content", "fused")
NOW = datetime(2026, 3, 20, 18).astimezone()  # when the queries are asked
DEPTH = 10

Ranked = list[int]


@dataclass(frozen=True, slots=True)
class Known:
    """One query and the moment it means."""

    kind: str
    text: str
    filters: Filters
    moment: int


def queries(screens: list[dict[str, Any]], split: str) -> list[Known]:
    """Return the queries of one split; moments are numbered as the screens are, from 1."""
    found = []
    for moment, screen in enumerate(screens, 1):
        if screen["split"] != split:
            continue
        found += [Known(kind, screen[kind], Filters(), moment) for kind in KINDS[:2]]
        vague = screen["vague"]
        filters = _filters(vague.get("filters", {}))
        found.append(Known(KINDS[3] if filters == Filters() else KINDS[2], vague["query"], filters, moment))
    return found


def fill(vault: Vault, screens: list[dict[str, Any]], encoder: EncoderTasks) -> Store:
    """Store every screen as a moment with its vectors."""
    with Writer(vault) as writer:
        for screen in screens:
            start = datetime.fromisoformat(screen["time"]).astimezone().timestamp()
            new = NewMoment(start, start + 60, screen["app"], screen["title"], screen["url"])
            moment = writer.do(changes.open_moment, vault, new, None).result()
            writer.do(changes.put_text, moment, screen["text"]).result()
        store = Store(vault)
        moments = [store.moment(number) for number in range(1, len(screens) + 1)]
        vectors = encoder.encode_moments([(moment.title, moment.text) for moment in moments])
        writer.do(store_content, moments, vectors, 0.0).result()
    return store


def recalls(store: Store, encoder: EncoderTasks, asked: list[Known]) -> dict[str, dict[str, dict[str, float]]]:
    """Return R@1 and R@10 by kind of query and way of asking."""
    vectors = Vectors(store)
    answering = Answering(
        store=store,
        vectors=vectors,
        encoder=Here(encoder),
        thought=lambda: None,
        on_incident=lambda _, what: print(what),
        clock=NOW.timestamp,
    )

    def full_text(known: Known) -> Ranked:
        keep = allowed.keep(store, vectors, known.filters)
        found = lexical.search(store, terms.read(store, known.text), keep=keep)
        return sorted(found, key=lambda moment: found[moment].rank)

    def content(known: Known) -> Ranked:
        found = encoder.encode_text(known.text)
        keep = allowed.keep(store, vectors, known.filters)
        cosines = vectors.search(found.space, found.parts[0][0], 400, keep=keep)
        return sorted(cosines, key=lambda moment: -cosines[moment])

    def fused(known: Known) -> Ranked:
        hits = answering.answer(Question(known.text, k=DEPTH, filters=known.filters)).hits
        return [hit.moment.id for hit in hits]

    ways: Mapping[str, Callable[[Known], Ranked]] = dict(zip(WAYS, (full_text, content, fused), strict=True))
    ranks = {way: [_rank(ask(known), known.moment) for known in asked] for way, ask in ways.items()}
    return {
        kind: {way: _shares([rank for rank, known in zip(ranks[way], asked, strict=True) if known.kind == kind])
               for way in WAYS}
        for kind in KINDS
    }  # fmt: skip


def read() -> list[dict[str, Any]]:
    """Return all screens."""
    return [json.loads(line) for line in SCREENS.read_text(encoding="utf-8").splitlines()]


def _rank(ranked: Ranked, moment: int) -> int:
    return ranked.index(moment) if moment in ranked[:DEPTH] else DEPTH


def _shares(ranks: list[int]) -> dict[str, float]:
    places = np.array(ranks)
    return {"r_at_1": round(float(np.mean(places == 0)), 3), "r_at_10": round(float(np.mean(places < DEPTH)), 3)}


def _filters(given: Mapping[str, str]) -> Filters:
    if not given:
        return Filters()
    day = datetime.fromisoformat(given["day"]).astimezone()
    return Filters(day.timestamp(), (day + timedelta(days=1)).timestamp(), given.get("app", ""))
