"""Vectors at scale: a real encrypted vault of many moments, a vector each, and how it answers beside exact search.

A tenth of the moments is stored, built and asked before the others come, to tell how answers slow down as they grow.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

# benchmarks/index.py must not pass for the package of the same name.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import _varied_vectors
from _truth import EVERYTHING, NEAREST, SECONDS, Truth, app_of, recall_of, truths_of

from companion.figures import Bar, report
from index import changes
from index.keys.keys import Keys
from index.ranking import allowed
from index.spaces.vector_bytes import HALF
from index.spaces.vectors import Vectors
from index.store import Store
from index.vault import Vault
from index.writer import Writer

Rows = NDArray[np.float32]

SPACE = "content:all-MiniLM-L6-v2"
TEXTS, QUERIES, COLD_QUERIES = 3_000, 200, 40
BATCH = 20_000
FLAT_ROWS = 200_000  # as many as `IndexFlatIP` is timed on; its time grows with the rows
SLOWEST = {1_000_000: 10.0, 10_000_000: 50.0}  # ms
MOST_MEGABYTES, LEAST_RECALL, SLOWEST_OPENING = 2_048.0, 0.95, 5.0
GROWN, MOST_GROWTH = 10_000_000, 3.0  # from so many moments on: times as slow as at a tenth of them


def run(moments: int) -> dict[str, Any]:
    """Return the figures of a vault of so many moments. Needs about 1.7 KB of disk a moment."""
    encoded, queries = _encoded()
    varied = _varied_vectors.Varied(encoded)
    with tempfile.TemporaryDirectory() as folder, _peak_megabytes() as peak:
        vault = Vault(Path(folder) / "vault", keys=Keys.random())
        truths, tenth = truths_of(queries, moments), max(1, moments // 10)
        batches = varied.batches(moments, size=min(BATCH, tenth), seed=1)
        stored = _store(vault, batches, truths, 1, tenth)
        with closing(Store(vault)) as store:
            build(store)
            waited, busy, _ = _questions(Vectors(store), queries)
            at_a_tenth = {"": _ms(waited, 0.5), "_of_processor": _ms(busy, 0.5)}
        begin = time.perf_counter()
        _store(vault, batches, truths, stored, moments)
        figures = {"moments": moments, "seconds_storing_nine_tenths": round(time.perf_counter() - begin, 2)}
        with closing(Store(vault)) as store:
            figures |= _built(store, queries) | _asked(vault, store, queries, truths[EVERYTHING].nearest())
            figures |= filtered(store, queries, truths) | _flat(varied, moments, queries)
        files = {"database": [vault.database], "vectors": [*vault.vectors.iterdir()]}
        for name, held in files.items():
            figures[f"bytes_a_moment_{name}"] = round(sum(file.stat().st_size for file in held) / moments, 1)
    figures["peak_anonymous_megabytes"] = round(peak[0], 1)
    for of, ms in at_a_tenth.items():
        figures[f"ms_p50{of}_at_a_tenth"] = ms
        figures[f"growth{of}"] = round(figures[f"ms_p50{of}"] / ms, 3)
    figures["ratio_to_flat"] = round(figures["ms_p50"] / figures["ms_flat"], 4)
    return figures


def tell(what: str) -> None:
    """Say what is being done: a run takes up to hours."""
    print(f"index: {what}", file=sys.stderr, flush=True)


def filtered(store: Store, queries: Rows, truths: Mapping[str, Truth]) -> dict[str, Any]:
    """Return recall and time where a filter lets a part through."""
    vectors, figures = Vectors(store), {}
    for name, truth in truths.items():
        if name == EVERYTHING:
            continue
        tell(f"asking by {name}")
        keep = allowed.keep(store, vectors, truth.filters)
        found, seconds = [], []
        for query in queries:
            start = time.perf_counter()
            found.append(set(vectors.search(SPACE, query, NEAREST, keep=keep)))
            seconds.append(time.perf_counter() - start)
        figures[f"moments_by_{name}"] = truth.moments
        figures[f"recall_at_10_by_{name}"] = recall_of(found, truth.nearest())
        figures[f"ms_p50_by_{name}"] = _ms(seconds, 0.5)
    return figures


def build(store: Store) -> None:
    """Build everything from SQLite."""
    tell("building")
    vectors = Vectors(store)
    vectors.rebuild()
    while vectors.merge():
        pass


def _encoded() -> tuple[Rows, Rows]:
    """Return varied texts and other texts as the model encodes them, in a process of its own as in the program."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        rows = pool.submit(_varied_vectors.encoded, TEXTS + QUERIES).result()
    return rows[:TEXTS], rows[TEXTS:]


def _store(vault: Vault, batches: Iterator[Rows], truths: Mapping[str, Truth], first: int, upto: int) -> int:
    """Store moments until ``upto`` is among them; returns the next one."""
    tell(f"storing {first} to {upto}")
    with Writer(vault) as writer:
        while first <= upto:
            vectors = next(batches)
            space = {"model": "all-MiniLM-L6-v2", "dimension": vectors.shape[1], "time": 0.0}
            writer.do(changes.put_space, SPACE, **space).result()
            done = writer.do(_insert, first, vectors)
            for truth in truths.values():
                truth.see(first, vectors)
            done.result()
            first += len(vectors)
    return first


def _insert(db: Database, first: int, vectors: Rows) -> None:
    """Store moments ten seconds apart with a vector each, many statements at once."""
    moments = range(first, first + len(vectors))
    db.conn.executemany(
        "INSERT INTO moments (id, time_start, time_end, app, title, url, monitor, source, frame, text, open) "
        "VALUES (?, ?, ?, ?, '', '', 0, 'screen', '', '', 0)",
        [(i, SECONDS * i, SECONDS * i + 9, app_of(i)) for i in moments],
    )
    halves = vectors.astype(HALF)
    db.conn.executemany(
        "INSERT INTO vectors (moment_id, space, part, vector) VALUES (?, ?, 0, ?)",
        [(i, SPACE, row.tobytes()) for i, row in zip(moments, halves, strict=True)],
    )


def _built(store: Store, queries: Rows) -> dict[str, Any]:
    """Build everything from SQLite; returns how long it took, and until the first answer while nothing was built."""
    Vectors(store).rebuild()
    vectors = Vectors(store)
    opening = _timed(lambda: vectors.search(SPACE, queries[0], NEAREST))
    return {"seconds_to_first_answer_unbuilt": opening, "seconds_building": _timed(lambda: build(store))}


def _asked(vault: Vault, store: Store, queries: Rows, truth: list[set[int]]) -> dict[str, Any]:
    """Ask as a process that has just opened the vault, then again with nothing of it in the system's cache."""
    vectors = Vectors(store)
    figures = {"seconds_to_first_answer": _timed(lambda: vectors.search(SPACE, queries[0], NEAREST))}
    seconds, busy, found = _questions(vectors, queries)
    cold = []
    for query in queries[:COLD_QUERIES]:
        _forget_cached(vault)
        cold.append(_timed(lambda query=query: vectors.search(SPACE, query, NEAREST)))  # type: ignore[misc]
    figures |= {f"ms_{name}": _ms(seconds, share) for name, share in (("p50", 0.5), ("p95", 0.95))}
    figures |= {f"ms_{name}_of_processor": _ms(busy, share) for name, share in (("p50", 0.5), ("p95", 0.95))}
    figures |= {f"ms_{name}_uncached": _ms(cold, share) for name, share in (("p50", 0.5), ("p95", 0.95))}
    return figures | {"recall_at_10": recall_of(found, truth), "queries": len(queries)}


def _questions(vectors: Vectors, queries: Rows) -> tuple[list[float], list[float], list[set[int]]]:
    """Ask every question; returns the seconds by the clock and of the processor, and the answers."""
    tell("asking")
    seconds, busy, found = [], [], []
    vectors.search(SPACE, queries[0], NEAREST)
    for query in queries:
        start, spent = time.perf_counter(), time.thread_time()
        found.append(set(vectors.search(SPACE, query, NEAREST)))
        seconds.append(time.perf_counter() - start)
        busy.append(time.thread_time() - spent)  # what it would take with nothing else running
    return seconds, busy, found


def _flat(varied: _varied_vectors.Varied, moments: int, queries: Rows) -> dict[str, Any]:
    """Time `IndexFlatIP`, scaled to all rows from as many as fit into little memory."""
    rows = min(moments, FLAT_ROWS)
    flat = faiss.IndexFlatIP(queries.shape[1])
    for vectors in varied.batches(rows, size=BATCH, seed=1):
        flat.add(vectors)
    seconds = [_timed(lambda query=query: flat.search(query[np.newaxis], NEAREST)) for query in queries[:COLD_QUERIES]]  # type: ignore[misc]
    return {"ms_flat": round(1000 * float(np.median(seconds)) * moments / rows, 4), "flat_timed_on": rows}


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
    return round(time.perf_counter() - start, 6)


def _ms(seconds: list[float], share: float) -> float:
    return round(1000 * float(np.quantile(seconds, share)), 2)


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Return what the figures have to keep."""
    held = [
        *recall_bars(figures),
        Bar("peak anonymous memory, MB", figures["peak_anonymous_megabytes"], MOST_MEGABYTES),
        Bar("seconds to an answer, nothing built", figures["seconds_to_first_answer_unbuilt"], SLOWEST_OPENING),
        Bar("seconds to an answer", figures["seconds_to_first_answer"], SLOWEST_OPENING),
    ]
    # Of the processor's time: an hour lies between the two, and other programs come and go meanwhile.
    held += growth_bars(figures["moments"], {"query": figures["growth_of_processor"]})
    slowest = next((limit for moments, limit in SLOWEST.items() if figures["moments"] <= moments), None)
    return held if slowest is None else [*held, Bar("query p95, ms", figures["ms_p95"], slowest)]


def recall_bars(figures: Mapping[str, Any]) -> list[Bar]:
    """Return what every search has to find, filtered or not."""
    names = [name for name in figures if name.startswith("recall_at_10")]
    return [Bar(name.replace("_at_", "@").replace("_", " "), figures[name], LEAST_RECALL, "least") for name in names]


def growth_bars(moments: int, growth: Mapping[str, float]) -> list[Bar]:
    """Return how much slower answers may have become since a tenth of the moments was there."""
    if moments < GROWN:
        return []
    return [Bar(f"{way} p50, times that at a tenth", times, MOST_GROWTH) for way, times in growth.items()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=100_000)
    figures = run(parser.parse_args().moments)
    return report("index_vectors", figures, bars(figures))


if __name__ == "__main__":
    sys.exit(main())
