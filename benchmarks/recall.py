"""Recall by words: whether fusing full text and content vectors keeps what each is good at, and how long it takes.

Both halves of tests/corpus are stored as text (no OCR); the queries of the `test` half are asked, on whose pages and
screens nothing was tuned (``--dev`` asks the other half). Beside the fused answer: each source alone, and for pages
plain reciprocal rank fusion.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import _screens
import numpy as np

from companion.figures import Bar, report
from companion.jobs.steps import store_content
from companion.jobs.tasks import EncoderTasks
from embeddings.types import EmbeddingsError
from index import changes
from index.keys.keys import Keys
from index.ranking import fusion, recall
from index.ranking.recall import Asked
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import NewMoment
from index.vault import Vault
from index.words import lexical, terms
from index.writer import Writer

CORPUS = Path(__file__).resolve().parents[1] / "tests" / "corpus" / "pages.jsonl"
SOURCES = ("full text", "content")  # neither may be dragged down by the other
KINDS = ("verbatim", "paraphrase", "word", "word, unknown", "word, unknown x2", "word, typo, common")
RRF_CONSTANT = 60  # as in Cormack et al. 2009
SLACK = 0.014  # one query of the smallest kind
COMMON = 6  # pages that hold a common word, at least
SLOWEST = 0.3  # seconds

Matches = Mapping[int, lexical.Match]
Cosines = Mapping[int, float]


def _keywords(pages: list[dict[str, str]]) -> dict[int, dict[str, list[str]]]:
    """Return queries as people type them in haste, for each page: a word of its own, with words no page holds."""
    held = [set(re.findall("[a-z]{6,}", f"{page['text']} {page['title']}".lower())) for page in pages]
    pages_with = Counter(word for words in held for word in words)
    made: dict[int, dict[str, list[str]]] = {}
    for moment, words in enumerate(held, 1):
        own = sorted(word for word in words if pages_with[word] == 1)
        common = sorted(word for word in words if pages_with[word] >= COMMON)
        made[moment] = {}
        if len(own) >= 3 and common:  # noqa: PLR2004 enough to choose from
            word, other = own[len(own) // 3], own[2 * len(own) // 3]
            typo = other[:2] + other[3] + other[2] + other[4:]
            queries = (word, f"{word} quxblorf", f"{word} quxblorf zyxgrad", f"{word} {typo} {common[0]}")
            made[moment] = {kind: [query] for kind, query in zip(KINDS[2:], queries, strict=True)}
    return made


def by_text(matches: Matches, _: Cosines) -> dict[int, float]:
    """Rank by bm25 alone."""
    return {moment: -match.rank for moment, match in matches.items()}


def by_content(_: Matches, cosines: Cosines) -> dict[int, float]:
    """Rank by cosine alone."""
    return dict(cosines)


def by_ranks(matches: Matches, cosines: Cosines) -> dict[int, float]:
    """Plain reciprocal rank fusion."""
    scores: dict[int, float] = {}
    for ranked in (by_text(matches, cosines), cosines):
        for rank, moment in enumerate(sorted(ranked, key=lambda one: -ranked[one])):
            scores[moment] = scores.get(moment, 0.0) + 1 / (RRF_CONSTANT + rank)
    return scores


def fused(matches: Matches, cosines: Cosines) -> dict[int, float]:
    """Rank as the program does."""
    return {moment: found.score for moment, found in fusion.fuse(matches, cosines).items()}


WAYS: dict[str, Callable[[Matches, Cosines], dict[int, float]]] = {
    "full text": by_text,
    "content": by_content,
    "reciprocal ranks": by_ranks,
    "fused": fused,
}


def main() -> int:
    split = "dev" if "--dev" in sys.argv[1:] else "test"
    encoder = EncoderTasks()
    with tempfile.TemporaryDirectory() as folder:
        first, seconds = _pages(Vault(Path(folder) / "pages", Keys.random()), encoder, split)
        screens = _screens.read()
        store = _screens.fill(Vault(Path(folder) / "screens", Keys.random()), screens, encoder)
        known = _screens.queries(screens, split)
        recalls = _screens.recalls(store, encoder, known)
        store.close()
    p50, p95 = (round(float(np.quantile(seconds, share)), 4) for share in (0.5, 0.95))
    figures = {
        "split": split,
        "pages": {"queries": len(seconds), "r_at_1": first, "seconds_p50": p50, "seconds_p95": p95},
        "screens": {"screens": len(screens), "queries": len(known), "recall": recalls},
    }
    bars = [_bar(f"{kind} R@1, fused", ways) for kind, ways in first.items()]
    for kind, ways in recalls.items():
        for measure in ("r_at_1", "r_at_10"):
            shares = {way: found[measure] for way, found in ways.items()}
            bars.append(_bar(f"screens, {kind} {measure}, fused", shares, slack=0.0))
    return report("recall", figures, [*bars, Bar("seconds, p95", p95, SLOWEST)])


def _bar(name: str, ways: Mapping[str, float], slack: float = SLACK) -> Bar:
    """Hold the fused answer against the better of its sources."""
    return Bar(name, ways["fused"], max(ways[way] for way in SOURCES) - slack, "least")


def _pages(vault: Vault, encoder: EncoderTasks, split: str) -> tuple[dict[str, dict[str, float]], list[float]]:
    """Return R@1 by kind of query and way of ranking on one half of the pages, and how long each query took."""
    pages = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    store = _store(vault, pages, encoder)
    asked = _keywords(pages)
    right: dict[str, dict[str, list[bool]]] = {kind: {way: [] for way in WAYS} for kind in KINDS}
    seconds: list[float] = []
    vectors = Vectors(store)
    for moment, page in enumerate(pages, 1):
        if page["split"] != split:
            continue
        for kind in KINDS:
            for query in page.get(kind) or asked[moment].get(kind, []):
                _ask(store, vectors, encoder, query, moment=moment, right=right[kind], seconds=seconds)
    store.close()
    return {
        kind: {way: round(float(np.mean(hits)), 3) for way, hits in ways.items()} for kind, ways in right.items()
    }, seconds


def _store(vault: Vault, pages: list[dict[str, str]], encoder: EncoderTasks) -> Store:
    """Store every page as a moment; moment numbers are page numbers from 1."""
    with Writer(vault) as writer:
        for number, page in enumerate(pages):
            start = 1_700_000_000.0 + 600 * number
            new = NewMoment(start, start + 60, page["app"], page["title"])
            moment = writer.do(changes.open_moment, vault, new, None).result()
            writer.do(changes.put_text, moment, page["text"]).result()
        store = Store(vault)
        moments = [store.moment(number) for number in range(1, len(pages) + 1)]
        vectors = encoder.encode_moments([(moment.title, moment.text) for moment in moments])
        writer.do(store_content, moments, vectors, 0.0).result()
    return store


def _ask(
    store: Store,
    vectors: Vectors,
    encoder: EncoderTasks,
    query: str,
    *,
    moment: int,
    right: dict[str, list[bool]],
    seconds: list[float],
) -> None:
    start = time.perf_counter()
    found = encoder.encode_text(query)
    asked = Asked(found.space, found.parts[0][0])
    recall.by_words(store, vectors, query, asked, k=10)
    seconds.append(time.perf_counter() - start)
    cosines = vectors.search(asked.space, asked.vector, recall.NEIGHBOURS)
    matches = lexical.search(store, terms.read(store, query), also=list(cosines)[: recall.CLOSEST])
    for way, rank in WAYS.items():
        scores = rank(matches, cosines)
        right[way].append(bool(scores) and min(scores, key=lambda one: (-scores[one], one)) == moment)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EmbeddingsError as error:
        print(f"recall: {error}", file=sys.stderr)
        sys.exit(2)
