"""A real encrypted vault of many moments with long texts, and how fast each way of asking answers."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from _long_texts import JOINTS, LongTexts
from _varied_vectors import Varied
from index_vectors import SPACE, Truth, _encoded, _flat, _peak_megabytes
from numpy.typing import NDArray
from sqlite_utils import Database

from companion.figures import Bar
from index import changes
from index.keys.keys import Keys
from index.ranking import allowed, recall
from index.ranking.recall import Asked
from index.spaces.vector_bytes import HALF
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters
from index.vault import Vault
from index.writer import Writer

Rows = NDArray[np.float32]

STATE, STATE_DIMENSION, STATE_EVERY = "state:v2:TP9+AF7+AF8+TP10:64", 64, 3
APPS = ("Firefox", "Code", "Slack", "Terminal", "Thunderbird", "Writer", "Calc", "Viewer")
BATCH, SECONDS, NEAREST, TRIES = 5_000, 10.0, 10, 40
VECTOR_P95, WORDS_P95, FUSED_P95, LEAST_RECALL = 10.0, 100.0, 100.0, 0.95  # ms, ms, ms


def run(moments: int) -> dict[str, Any]:
    """Return the figures of a vault of so many moments. Needs about 5 KB of disk a moment."""
    encoded, queries = _encoded()
    varied = Varied(encoded)
    with tempfile.TemporaryDirectory() as folder, _peak_megabytes() as peak:
        vault = Vault(Path(folder) / "vault", keys=Keys.random())
        truth = Truth(queries)
        start = time.perf_counter()
        _store(vault, varied, moments, truth)
        store = Store(vault)
        vectors = Vectors(store)
        while vectors.merge():
            pass
        figures: dict[str, Any] = {"moments": moments, "build_seconds": round(time.perf_counter() - start, 1)}
        size = sum(file.stat().st_size for file in vault.root.rglob("*") if file.is_file())
        figures["bytes_per_moment"] = round(size / moments, 1)
        figures |= _asked(store, vectors, queries)
        nearest = [set(vectors.search(SPACE, query, NEAREST)) for query in queries]
        held = [len(ours & exact) / len(exact) for ours, exact in zip(nearest, truth.nearest(), strict=True)]
        figures["recall_at_10"] = round(float(np.mean(held)), 4)
        store.close()
    flat = _flat(varied, moments, queries)
    ratio = figures["content"]["ms_p50"] / flat["ms_flat"]
    return figures | flat | {"ratio_to_flat": round(ratio, 4), "peak_anonymous_mb": round(peak[0], 1)}


def _store(vault: Vault, varied: Varied, moments: int, truth: Truth) -> None:
    texts, rng = LongTexts(seed=3), np.random.default_rng(4)
    states = rng.standard_normal((50, STATE_DIMENSION)).astype(np.float32)
    with Writer(vault) as writer:
        for space, dimension in ((SPACE, varied.encoded.shape[1]), (STATE, STATE_DIMENSION)):
            writer.do(changes.put_space, space, model="bench", dimension=dimension, time=0.0).result()
        first = 1
        for content in varied.batches(moments, size=BATCH, seed=1):
            pages = [texts.text((first + i) // 40) for i in range(len(content))]
            near = states[rng.integers(len(states), size=len(content))]
            state = near + 0.5 * rng.standard_normal(near.shape, np.float32)
            state /= np.linalg.norm(state, axis=1, keepdims=True)
            done = writer.do(_insert, first, pages, content, state)
            truth.see(first, content)
            done.result()
            first += len(content)


def _insert(db: Database, first: int, pages: Sequence[str], content: Rows, state: Rows) -> None:
    """Store moments ten seconds apart in one transaction, many statements at once."""
    rows = [_row(first + i, page) for i, page in enumerate(pages)]
    db.conn.executemany(
        "INSERT INTO moments (id, time_start, time_end, app, title, url, monitor, source, frame, text, open) "
        "VALUES (?, ?, ?, ?, ?, ?, 0, 'screen', '', ?, 0)",
        rows,
    )
    vectors = [(first + i, SPACE, row.tobytes()) for i, row in enumerate(content.astype(HALF))]
    vectors += [(first + i, STATE, row.tobytes()) for i, row in enumerate(state.astype(HALF)) if i % STATE_EVERY == 0]
    db.conn.executemany("INSERT INTO vectors (moment_id, space, part, vector) VALUES (?, ?, 0, ?)", vectors)


def _row(moment: int, page: str) -> tuple[Any, ...]:
    url = f"https://site{moment % 300}.example/{moment % 9_000}" if moment % 4 == 0 else ""
    begin = SECONDS * moment
    return moment, begin, begin + SECONDS - 1, APPS[moment // 7 % len(APPS)], page[:40], url, page


def _asked(store: Store, vectors: Vectors, queries: Rows) -> dict[str, dict[str, float]]:
    """Return how long each way of asking takes, over different questions."""
    newest = store.value("SELECT max(id) FROM moments")
    rng = np.random.default_rng(5)
    pages = [store.moment(int(i)).text.split() for i in rng.integers(1, newest + 1, TRIES)]
    rare = [max(page, key=len) for page in pages]
    several = [" ".join(rng.choice(page, min(6, len(page)), replace=False)) for page in pages]
    middle = SECONDS * newest / 2
    day = allowed.narrowed(Filters(), (middle, middle + 86_400), "")
    state = vectors.search(STATE, np.eye(1, STATE_DIMENSION, dtype=np.float32)[0], 1)
    asked_state = store.vector(next(iter(state)), STATE)

    def words(text: str) -> object:
        return recall.by_words(store, vectors, text, None, k=NEAREST)

    def fused(number: int, filters: Filters) -> object:
        keep = allowed.keep(store, vectors, filters)
        asked = Asked(SPACE, queries[number % len(queries)])
        return recall.by_words(store, vectors, several[number], asked, k=NEAREST, keep=keep)

    ways: dict[str, Callable[[int], object]] = {
        "words_rare": lambda i: words(rare[i]),
        "words_common": lambda i: words(JOINTS[i % 8]),
        "words_several": lambda i: words(several[i]),
        "content": lambda i: vectors.search(SPACE, queries[i % len(queries)], NEAREST),
        "state": lambda _: vectors.search(STATE, asked_state, NEAREST),  # type: ignore[arg-type] # it is there
        "fused": lambda i: fused(i, Filters()),
        "fused_one_day": lambda i: fused(i, day),
        "fused_one_app": lambda i: fused(i, Filters(app=APPS[i % len(APPS)])),
        "fused_one_site": lambda i: fused(i, Filters(site=f"site{4 * i % 300}.example")),
    }
    return {name: _times(way) for name, way in ways.items()}


def _times(way: Callable[[int], object]) -> dict[str, float]:
    """Return quantiles of a way's time, by the wall's clock and by the processor's (nothing else running), in ms."""
    way(0)
    wall, busy = [], []
    for number in range(TRIES):
        start, spent = time.perf_counter(), time.thread_time()
        way(number)
        wall.append(1000 * (time.perf_counter() - start))
        busy.append(1000 * (time.thread_time() - spent))
    named = {"p50": wall, "p95": wall, "p50_of_processor": busy, "p95_of_processor": busy}
    return {f"ms_{name}": round(float(np.quantile(times, float(name[1:3]) / 100)), 2) for name, times in named.items()}


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Return what the figures have to keep."""
    limits = {"words_common": WORDS_P95, "content": VECTOR_P95, "fused": FUSED_P95}
    held = [Bar(f"{way} p95, ms", figures[way]["ms_p95"], limit) for way, limit in limits.items()]
    return [*held, Bar("recall@10", figures["recall_at_10"], LEAST_RECALL, "least")]
