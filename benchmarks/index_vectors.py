"""Vectors at scale: a real encrypted vault of many moments, a vector each, and how it answers beside exact search."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

# benchmarks/index.py must not pass for the package of the same name.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import _varied_vectors

from companion.figures import Bar, report
from index import changes
from index.keys.keys import Keys
from index.spaces.vector_bytes import HALF
from index.spaces.vectors import Vectors
from index.store import Store
from index.vault import Vault
from index.writer import Writer

Rows = NDArray[np.float32]

SPACE = "content:all-MiniLM-L6-v2"
TEXTS, QUERIES, COLD_QUERIES, NEAREST = 3_000, 200, 40, 10
BATCH = 20_000
FLAT_ROWS = 200_000  # as many as `IndexFlatIP` is timed on; its time grows with the rows
SLOWEST = {1_000_000: 10.0, 10_000_000: 50.0}  # ms
MOST_MEGABYTES, LEAST_RECALL, SLOWEST_OPENING = 2_048.0, 0.95, 5.0


def run(moments: int) -> dict[str, Any]:
    """Return the figures of a vault of so many moments. Needs about 1.7 KB of disk a moment."""
    encoded, queries = _encoded()
    varied = _varied_vectors.Varied(encoded)
    with tempfile.TemporaryDirectory() as folder, _peak_megabytes() as peak:
        vault = Vault(Path(folder) / "vault", keys=Keys.random())
        truth = Truth(queries)
        stored = _timed(lambda: _store(vault, varied, moments, truth))
        store = Store(vault)
        figures = {"moments": moments, "seconds_storing": stored, **_built(store, queries)}
        figures |= _asked(vault, store, queries, truth.nearest()) | _flat(varied, moments, queries)
        store.close()
        files = {"database": [vault.database], "vectors": [*vault.vectors.iterdir()]}
        for name, held in files.items():
            figures[f"bytes_a_moment_{name}"] = round(sum(file.stat().st_size for file in held) / moments, 1)
    figures["peak_anonymous_megabytes"] = round(peak[0], 1)
    figures["ratio_to_flat"] = round(figures["ms_p50"] / figures["ms_flat"], 4)
    return figures


class Truth:
    """The exact answer, gathered while vectors pass by; all of them together need not fit into memory."""

    def __init__(self, queries: Rows) -> None:
        self._queries = queries
        self._moments = np.zeros((len(queries), 0), np.int64)
        self._cosines = np.zeros((len(queries), 0), np.float32)

    def see(self, first: int, vectors: Rows) -> None:
        """Take in vectors as they are stored; their moments count up from ``first``."""
        new = self._queries @ vectors.astype(HALF).astype(np.float32).T
        ids = np.broadcast_to(np.arange(first, first + len(vectors)), new.shape)
        cosines, moments = np.hstack([self._cosines, new]), np.hstack([self._moments, ids])
        best = np.argpartition(-cosines, min(NEAREST, cosines.shape[1] - 1), axis=1)[:, :NEAREST]
        self._cosines = np.take_along_axis(cosines, best, axis=1)
        self._moments = np.take_along_axis(moments, best, axis=1)

    def nearest(self) -> list[set[int]]:
        """Return the nearest moments of each query."""
        return [set(row.tolist()) for row in self._moments]


def _encoded() -> tuple[Rows, Rows]:
    """Return varied texts and other texts as the model encodes them, in a process of its own as in the program."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        rows = pool.submit(_varied_vectors.encoded, TEXTS + QUERIES).result()
    return rows[:TEXTS], rows[TEXTS:]


def _store(vault: Vault, varied: _varied_vectors.Varied, moments: int, truth: Truth) -> None:
    with Writer(vault) as writer:
        dimension = varied.encoded.shape[1]
        writer.do(changes.put_space, SPACE, model="all-MiniLM-L6-v2", dimension=dimension, time=0.0).result()
        first = 1
        for vectors in varied.batches(moments, size=BATCH, seed=1):
            done = writer.do(_insert, first, vectors)
            truth.see(first, vectors)
            done.result()
            first += len(vectors)


def _insert(db: Database, first: int, vectors: Rows) -> None:
    """Store moments ten seconds apart with a vector each, many statements at once."""
    moments = range(first, first + len(vectors))
    db.conn.executemany(
        "INSERT INTO moments (id, time_start, time_end, app, title, url, monitor, source, frame, text, open) "
        "VALUES (?, ?, ?, 'Editor', '', '', 0, 'screen', '', '', 0)",
        [(i, 10.0 * i, 10.0 * i + 9) for i in moments],
    )
    halves = vectors.astype(HALF)
    db.conn.executemany(
        "INSERT INTO vectors (moment_id, space, part, vector) VALUES (?, ?, 0, ?)",
        [(i, SPACE, row.tobytes()) for i, row in zip(moments, halves, strict=True)],
    )


def _built(store: Store, queries: Rows) -> dict[str, Any]:
    """Build everything from SQLite; returns how long it took, and until the first answer while nothing was built."""
    vectors = Vectors(store)
    opening = _timed(lambda: vectors.search(SPACE, queries[0], NEAREST))

    def build() -> None:
        while vectors.merge():
            pass

    return {"seconds_to_first_answer_unbuilt": opening, "seconds_building": _timed(build)}


def _asked(vault: Vault, store: Store, queries: Rows, truth: list[set[int]]) -> dict[str, Any]:
    """Ask as a process that has just opened the vault, then again with nothing of it in the system's cache."""
    vectors = Vectors(store)
    figures = {"seconds_to_first_answer": _timed(lambda: vectors.search(SPACE, queries[0], NEAREST))}
    seconds, busy, found = [], [], []
    for query in queries:
        start, spent = time.perf_counter(), time.thread_time()
        found.append(set(vectors.search(SPACE, query, NEAREST)))
        seconds.append(time.perf_counter() - start)
        busy.append(time.thread_time() - spent)  # what it would take with nothing else running
    cold = []
    for query in queries[:COLD_QUERIES]:
        _forget_cached(vault)
        cold.append(_timed(lambda query=query: vectors.search(SPACE, query, NEAREST)))  # type: ignore[misc]
    recall = np.mean([len(ours & exact) / len(exact) for ours, exact in zip(found, truth, strict=True)])
    figures |= {f"ms_{name}": _ms(seconds, share) for name, share in (("p50", 0.5), ("p95", 0.95))}
    figures |= {f"ms_{name}_of_processor": _ms(busy, share) for name, share in (("p50", 0.5), ("p95", 0.95))}
    figures |= {f"ms_{name}_uncached": _ms(cold, share) for name, share in (("p50", 0.5), ("p95", 0.95))}
    return figures | {"recall_at_10": round(float(recall), 4), "queries": len(queries)}


def _flat(varied: _varied_vectors.Varied, moments: int, queries: Rows) -> dict[str, Any]:
    """Time `IndexFlatIP`, scaled to all rows from as many as fit into little memory."""
    rows = min(moments, FLAT_ROWS)
    flat = faiss.IndexFlatIP(queries.shape[1])
    for vectors in varied.batches(rows, size=BATCH, seed=1):
        flat.add(vectors)
    seconds = [_timed(lambda query=query: flat.search(query[np.newaxis], NEAREST)) for query in queries[:COLD_QUERIES]]  # type: ignore[misc]
    return {"ms_flat": round(_ms(seconds, 0.5) * moments / rows, 2), "flat_timed_on": rows}


def _forget_cached(vault: Vault) -> None:
    for file in (vault.database, *vault.vectors.iterdir()):
        handle = os.open(file, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


@contextmanager
def _peak_megabytes() -> Iterator[list[float]]:
    """Give a list whose one number is the most anonymous memory this process had, megabytes."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            told = Path("/proc/self/status").read_text(encoding="ascii")
            (line,) = [line for line in told.splitlines() if line.startswith("RssAnon")]
            peak[0] = max(peak[0], int(line.split()[1]) / 1024)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _timed(work: Callable[[], object]) -> float:
    """Return how many seconds something took."""
    start = time.perf_counter()
    work()
    return round(time.perf_counter() - start, 4)


def _ms(seconds: list[float], share: float) -> float:
    return round(1000 * float(np.quantile(seconds, share)), 2)


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Return what the figures have to keep."""
    held = [
        Bar("recall@10", figures["recall_at_10"], LEAST_RECALL, "least"),
        Bar("peak anonymous memory, MB", figures["peak_anonymous_megabytes"], MOST_MEGABYTES),
        Bar("seconds to an answer, nothing built", figures["seconds_to_first_answer_unbuilt"], SLOWEST_OPENING),
        Bar("seconds to an answer", figures["seconds_to_first_answer"], SLOWEST_OPENING),
    ]
    slowest = next((limit for moments, limit in SLOWEST.items() if figures["moments"] <= moments), None)
    return held if slowest is None else [*held, Bar("query p95, ms", figures["ms_p95"], slowest)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=100_000)
    figures = run(parser.parse_args().moments)
    return report("index_vectors", figures, bars(figures))


if __name__ == "__main__":
    sys.exit(main())
