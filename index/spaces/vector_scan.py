"""Looking through encoded vectors for the nearest: FAISS's arithmetic over bytes that others keep.

Its own indexes start threads for every question, which cost more than they save while anything else runs.
"""

from __future__ import annotations

import weakref
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]
Ids = NDArray[np.int64]
Rows = NDArray[np.float32]


class Scan:
    """The best codes of those looked through so far, for one query. For one thread.

    Parameters
    ----------
    scanner
        FAISS's `InvertedListScanner` of an inner product.
    owner
        What the scanner points into.
    query
        ``float32[dimension]``.
    want
        How many to find.

    """

    def __init__(self, scanner: Any, owner: object, query: Rows, want: int) -> None:
        self._query = np.ascontiguousarray(query, np.float32)  # FAISS keeps a bare pointer to it
        self._owner = owner
        self._scanner = scanner
        weakref.finalize(self, type(scanner).__swig_destroy__, scanner)  # its binding never frees it
        self._scanner.set_query(faiss.swig_ptr(self._query))
        self._scores = np.full(want, -np.inf, np.float32)
        self._places = np.full(want, -1, np.int64)
        self._heap = faiss.swig_ptr(self._scores), faiss.swig_ptr(self._places)
        self._numbers = np.arange(4096)
        self.seen = 0

    def look(self, number: int, cosine: float, codes: Codes) -> bool:
        """Look through codes of list ``number``, whose centroid has that cosine with the query.

        Returns whether any was among the best so far.
        """
        upto = self.seen + len(codes)
        if upto > len(self._numbers):
            self._numbers = np.arange(2 * upto)
        self._scanner.set_list(number, cosine)
        places = faiss.swig_ptr(self._numbers[self.seen : upto])
        better = self._scanner.scan_codes(len(codes), faiss.swig_ptr(codes), places, *self._heap, len(self._scores))
        self.seen = upto
        return bool(better)

    def best(self) -> tuple[Ids, Rows]:
        """Return the places of the best codes, counted over all that were looked through, and their cosines."""
        found = self._places >= 0
        return self._places[found], self._scores[found]


class Halves:
    """Vectors in half precision, which need no centroids."""

    def __init__(self, dimension: int) -> None:
        self._quantizer = faiss.ScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16)

    def scan(self, query: Rows, want: int) -> Scan:
        """Return what looks through them for the ``want`` nearest to a query."""
        quantizer: Any = self._quantizer  # the stubs of FAISS lack what it is asked
        scanner = quantizer.select_InvertedListScanner(faiss.METRIC_INNER_PRODUCT, None, False, None, False)
        return Scan(scanner, quantizer, query, want)
