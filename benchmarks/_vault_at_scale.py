"""A real encrypted vault of many moments with long texts, and how fast each way of asking answers."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from _long_texts import JOINTS, LongTexts
from _truth import APPS, EVERYTHING, NEAREST, SECONDS, Truth, app_of, recall_of, truths_of
from _varied_vectors import Varied
from index_vectors import (
    MOST_MEGABYTES,
    SPACE,
    _encoded,
    _flat,
    _peak_megabytes,
    build,
    filtered,
    growth_bars,
    recall_bars,
    tell,
)
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
BATCH, TRIES = 5_000, 40
VECTOR_P95, WORDS_P95, FUSED_P95 = 10.0, 100.0, 100.0  # ms


def run(moments: int) -> dict[str, Any]:
    """Return the figures of a vault of so many moments. Needs about 5 KB of disk a moment."""
    encoded, queries = _encoded()
    varied = Varied(encoded)
    with tempfile.TemporaryDirectory() as folder, _peak_megabytes() as peak:
        vault = Vault(Path(folder) / "vault", keys=Keys.random())
        truths, tenth = truths_of(queries, moments), max(1, moments // 10)
        batches, start = _batches(varied, moments, min(BATCH, tenth)), time.perf_counter()
        stored = _store(vault, batches, truths, 1, tenth)
        with closing(Store(vault)) as store:
            build(store)
            spent = time.perf_counter() - start
            small = _asked(store, Vectors(store), queries)
        start = time.perf_counter()
        _store(vault, batches, truths, stored, moments)
        with closing(Store(vault)) as store:
            build(store)
            spent, vectors = spent + time.perf_counter() - start, Vectors(store)
            figures: dict[str, Any] = {"moments": moments, "build_seconds": round(spent, 1)}
            size = sum(file.stat().st_size for file in vault.root.rglob("*") if file.is_file())
            figures["bytes_per_moment"] = round(size / moments, 1)
            figures |= _asked(store, vectors, queries)
            found = [set(vectors.search(SPACE, query, NEAREST)) for query in queries]
            figures["recall_at_10"] = recall_of(found, truths[EVERYTHING].nearest())
            figures |= filtered(store, queries, truths)
    figures["growth"] = {way: round(figures[way]["ms_p50"] / small[way]["ms_p50"], 3) for way in small}
    figures |= _flat(varied, moments, queries)
    ratio = figures["content"]["ms_p50"] / figures["ms_flat"]
    return figures | {"ratio_to_flat": round(ratio, 4), "peak_anonymous_mb": round(peak[0], 1)}


def _batches(varied: Varied, moments: int, size: int) -> Iterator[tuple[list[str], Rows, Rows]]:
    """Yield texts, their vectors and states."""
    texts, rng, first = LongTexts(seed=3), np.random.default_rng(4), 1
    states = rng.standard_normal((50, STATE_DIMENSION)).astype(np.float32)
    for content in varied.batches(moments, size=size, seed=1):
        near = states[rng.integers(len(states), size=len(content))]
        state = near + 0.5 * rng.standard_normal(near.shape, np.float32)
        state /= np.linalg.norm(state, axis=1, keepdims=True)
        yield [texts.text((first + i) // 40) for i in range(len(content))], content, state
        first += len(content)


def _store(
    vault: Vault, batches: Iterator[tuple[list[str], Rows, Rows]], truths: Mapping[str, Truth], first: int, upto: int
) -> int:
    """Store moments until ``upto`` is among them; returns the next one."""
    tell(f"storing {first} to {upto}")
    with Writer(vault) as writer:
        while first <= upto:
            pages, content, state = next(batches)
            for space, vectors in ((SPACE, content), (STATE, state)):
                about = {"model": "bench", "dimension": vectors.shape[1], "time": 0.0}
                writer.do(changes.put_space, space, **about).result()
            done = writer.do(_insert, first, pages, content, state)
            for truth in truths.values():
                truth.see(first, content)
            done.result()
            first += len(content)
    return first


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
    return moment, begin, begin + SECONDS - 1, app_of(moment), page[:40], url, page


def _asked(store: Store, vectors: Vectors, queries: Rows) -> dict[str, dict[str, float]]:
    """Return how long each way of asking takes, over different questions."""
    tell("asking")
    newest = store.value("SELECT max(id) FROM moments")
    rng = np.random.default_rng(5)
    pages = [store.moment(int(i)).text.split() for i in rng.integers(1, newest + 1, TRIES)]
    rare = [max(page, key=len) for page in pages]
    several = [" ".join(rng.choice(page, min(6, len(page)), replace=False)) for page in pages]
    middle = SECONDS * newest / 2
    day = allowed.narrowed(Filters(), (middle, middle + 86_400), "")
    state = vectors.search(STATE, np.eye(1, STATE_DIMENSION, dtype=np.float32)[0], 1)
    of_state = store.vector(next(iter(state)), STATE)
    if of_state is None:
        raise RuntimeError("a moment that was found by its state has none")
    asked_state, now = Asked(STATE, of_state), SECONDS * newest

    def by_state() -> object:
        about = {"around": (now - SECONDS, now), "whose": "your state now", "exclude_seconds": 600.0}
        return recall.by_state(store, vectors, asked_state, k=NEAREST, **about)  # type: ignore[arg-type] # a plain dictionary

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
        "state": lambda _: by_state(),
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
    held.append(Bar("peak anonymous memory, MB", figures["peak_anonymous_mb"], MOST_MEGABYTES))
    growth = {way: figures["growth"][way] for way in limits}
    return [*held, *recall_bars(figures), *growth_bars(figures["moments"], growth)]
