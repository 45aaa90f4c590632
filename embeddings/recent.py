"""What was worked out last, by what it was worked out from."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

import numpy as np

from embeddings.types import Image

T = TypeVar("T")


class Recent(Generic[T]):
    """Keeps the results of what was asked for last. Safe to use from several threads.

    Parameters
    ----------
    most
        How many are kept; of more, that which was not asked for the longest goes.

    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        """Return what is known, or None."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def put(self, key: Hashable, result: T) -> None:
        """Keep a result."""
        with self._lock:
            self._known[key] = result
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._known.clear()


def key_of(image: Image) -> bytes:
    """Return what stands for the pixels of ``uint8[height, width, 3]``; those of another picture never have it."""
    digest = hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=20)
    digest.update(repr(image.shape).encode())
    return digest.digest()
