"""Vectors as bytes, sorted into lists of neighbours: what makes millions of them small and quick to look through.

An inverted file (Jégou et al. 2011) with scalar codes: each vector belongs to the nearest of some centroids, and is
kept as its difference from it, 8 bits a component. FAISS does the arithmetic; lists and codes are kept by others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import faiss
import numpy as np

from index.spaces.vector_scan import Codes, Ids, Rows, Scan

POINTS_A_LIST = 40  # vectors a centroid is learned from
ITERATIONS = 8  # of k-means; the recall is the same with 20
MOST_LISTS = 4096


def lists_for(rows: int) -> int:
    """Return how many lists suit a space: about the square root of its rows, a power of two."""
    return int(min(MOST_LISTS, 2 ** round(np.log2(max(rows, 1)) / 2)))


class InterruptedWorkError(Exception):
    """Work was asked to stop; nothing of it is kept."""


class Quantizer:
    """One generation's centroids and codes, trained once and shared by every segment made with it."""

    def __init__(self, index: faiss.IndexIVFScalarQuantizer) -> None:
        self._index = index
        self.lists = int(index.nlist)
        self.dimension = int(index.d)

    @classmethod
    def train(cls, sample: Rows, lists: int, *, stop: Callable[[], bool]) -> Self:
        """Learn from a sample, ``float32[n, dimension]``, n at least ``lists``; raises `InterruptedWorkError`."""
        dimension = sample.shape[1]
        coarse = faiss.IndexFlatIP(dimension)
        coarse.add(_centroids(sample, lists, stop))
        kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        index = faiss.IndexIVFScalarQuantizer(coarse, dimension, lists, kind, metric)
        index.train(sample)
        return cls(index)

    @classmethod
    def from_bytes(cls, blob: bytes) -> Self:
        """Return what `to_bytes` gave. The bytes must be known to be one's own: FAISS trusts them."""
        index = faiss.deserialize_index(np.frombuffer(blob, np.uint8))
        if not isinstance(index, faiss.IndexIVFScalarQuantizer):
            raise TypeError(f"a quantizer was expected, not {type(index).__name__}")
        return cls(index)

    def to_bytes(self) -> bytes:
        """Return it to be kept."""
        blob: bytes = faiss.serialize_index(self._index).tobytes()
        return blob

    def encode(self, vectors: Rows) -> tuple[Ids, Codes]:
        """Return each vector's list, ``int64[n]``, and code, ``uint8[n, dimension]``."""
        vectors = np.ascontiguousarray(vectors, np.float32)
        lists = np.ascontiguousarray(self._index.quantizer.assign(vectors, 1).reshape(-1), np.int64)
        codes = np.empty((len(vectors), self.dimension), np.uint8)
        if len(vectors):
            pointers = (faiss.swig_ptr(array) for array in (vectors, lists, codes))
            self._index.encode_vectors(len(vectors), *pointers)
        return lists, codes

    def nearest(self, query: Rows, count: int) -> tuple[Ids, Rows]:
        """Return the ``count`` lists nearest to a query, nearest first, and the cosines of their centroids."""
        cosines, lists = self._index.quantizer.search(query[np.newaxis], min(count, self.lists))
        return lists[0], cosines[0]

    def scan(self, query: Rows, want: int) -> Scan:
        """Return what looks through lists for the ``want`` vectors nearest to a query."""
        return Scan(self._index.get_InvertedListScanner(False, None, None), self._index, query, want)


def _centroids(sample: Rows, lists: int, stop: Callable[[], bool]) -> Rows:
    """Return ``lists`` unit centroids by spherical k-means, one iteration at a time so that it can be stopped."""
    first = np.random.default_rng(len(sample)).choice(len(sample), lists, replace=False)
    centroids = np.ascontiguousarray(sample[first])
    for _ in range(ITERATIONS):
        if stop():
            raise InterruptedWorkError
        kmeans = faiss.Kmeans(sample.shape[1], lists, niter=1, spherical=True, min_points_per_centroid=1)
        kmeans.train(sample, init_centroids=centroids)
        centroids = np.asarray(kmeans.centroids, np.float32)
    return centroids
