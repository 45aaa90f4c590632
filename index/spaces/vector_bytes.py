"""How a vector lies in the database: half precision, which moves the cosine of unit vectors by less than 1e-3."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HALF = np.dtype("<f2")  # IEEE 754 binary16: 11 significant bits, so that a component is off by 2**-12 of itself at most


def pack(vector: NDArray[np.float32]) -> bytes:
    """Return a vector as it is stored; raises ValueError when a component does not fit (beyond 65504)."""
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
        half = vector.astype(HALF)
    if not np.isfinite(half).all():
        raise ValueError("a vector with components that are not finite, or beyond 65504, cannot be stored")
    return half.tobytes()


def unpack(blob: bytes) -> NDArray[np.float32]:
    """Return a stored vector, ``float32[dimension]``."""
    return np.frombuffer(blob, HALF).astype(np.float32)


def unpack_all(blobs: list[bytes], dimension: int) -> NDArray[np.float32]:
    """Return stored vectors of one space, ``float32[len(blobs), dimension]``."""
    return np.frombuffer(b"".join(blobs), HALF).reshape(len(blobs), dimension).astype(np.float32)


def halved(blob: bytes) -> bytes:
    """Return a vector that was stored as float32 as it is stored now."""
    return pack(np.frombuffer(blob, "<f4"))
