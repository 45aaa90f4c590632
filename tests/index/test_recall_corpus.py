"""The fused search on pages nobody tuned it to; `companion bench recall` prints the figures in full."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from filling import add_many, put
from numpy.typing import NDArray
from vaults import vault_at

from embeddings.passages import passages
from embeddings.text import TextModel
from index.ranking import recall
from index.ranking.recall import Asked
from index.spaces.vectors import Vectors
from index.store import Store
from index.words import lexical, terms
from index.writer import Writer

CORPUS = Path(__file__).parents[1] / "corpus" / "pages.jsonl"
PAGES = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
QUERIES = 60
ALLOWANCE = 0.02
pytestmark = pytest.mark.model

Vector = NDArray[np.float32]
Source = Callable[[str, Vector], list[int]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, model: TextModel) -> Iterator[Store]:
    """Every page of both halves as a moment, id = place in the file + 1, with vectors of its passages."""
    with Writer(vault_at(tmp_path_factory.mktemp("corpus"))) as writer:
        ids = add_many(writer, [page["text"] for page in PAGES], [page["title"] for page in PAGES])
        parts = [passages(page["text"], title=page["title"]) for page in PAGES]
        vectors = model.encode([part for of_page in parts for part in of_page])
        ends = np.cumsum([len(of_page) for of_page in parts])
        put(writer, model.space, dict(zip(ids, np.split(vectors, ends[:-1]), strict=True)))
        store = Store(writer.vault)
        yield store
        store.close()


def asked(kind: str) -> list[tuple[str, int]]:
    """Return one query of a kind each for pages spread evenly over the test half, with the page's moment."""
    pages = [(i, page) for i, page in enumerate(PAGES, start=1) if page["split"] == "test"]
    places = np.linspace(0, len(pages) - 1, QUERIES).astype(int).tolist()
    return [(pages[place][1][kind][n % 2], pages[place][0]) for n, place in enumerate(places)]


@pytest.mark.parametrize("kind", ["verbatim", "paraphrase"])
def test_asking_both_sources_is_no_worse_than_the_better_one(corpus: Store, model: TextModel, kind: str) -> None:
    nearest = Vectors(corpus)

    def words(text: str, _: Vector) -> list[int]:
        found = lexical.search(corpus, terms.read(corpus, text))
        return sorted(found, key=lambda i: found[i].rank)

    def content(_: str, vector: Vector) -> list[int]:
        return list(nearest.search(model.space, vector, recall.NEIGHBOURS))

    def fused(text: str, vector: Vector) -> list[int]:
        hits = recall.by_words(corpus, nearest, text, Asked(model.space, vector), k=1)
        return [hit.moment.id for hit in hits]

    queries = asked(kind)
    vectors = model.encode([text for text, _ in queries])

    def first(source: Source) -> float:
        right = [source(text, vector)[:1] == [page] for (text, page), vector in zip(queries, vectors, strict=True)]
        return float(np.mean(right))

    scores = {"words": first(words), "content": first(content), "fused": first(fused)}
    better = max(scores["words"], scores["content"])
    assert better > {"verbatim": 0.9, "paraphrase": 0.3}[kind]  # else there is nothing to compare with
    assert scores["fused"] >= better - ALLOWANCE, scores
