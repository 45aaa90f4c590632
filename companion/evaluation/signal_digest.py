"""A short number that two files share exactly when they hold the same samples, whatever their headers say."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.errors import EvaluationError

_BDF = b"\xff"
_FIXED, _PER_SIGNAL = 256, 256  # bytes of an EDF header: of the file, and of each signal
_SAMPLES_AT = 216  # where the numbers of samples a record stand, in bytes for each signal before


def digest(path: Path) -> bytes:
    """Return a hash over the stored samples of all signals of an EDF or BDF file; annotations are left out.

    Raises
    ------
    EvaluationError
        When the file cannot be read, or is shorter than its header says.

    """
    try:
        with path.open("rb") as file:
            fixed = file.read(_FIXED)
            head = file.read(_PER_SIGNAL * int(fixed[252:256]))
            records, width, columns = _layout(fixed, head)
            body = np.frombuffer(file.read(), np.uint8)
        if not records or len(body) != records * width:
            raise ValueError("it was cut off")  # noqa: TRY301 - one message for all that can be wrong with it
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path.name} cannot be read as EDF or BDF ({error}). Download it again.") from error
    return hashlib.blake2b(np.ascontiguousarray(body.reshape(records, width)[:, columns]).data, digest_size=16).digest()


def _layout(fixed: bytes, head: bytes) -> tuple[int, int, NDArray[np.bool_]]:
    """Return data records, bytes of one, and which of these are samples. Raises ValueError."""
    count, size = len(head) // _PER_SIGNAL, 3 if fixed[:1] == _BDF else 2
    labels = [head[16 * i : 16 * i + 16].strip() for i in range(count)]
    at = _SAMPLES_AT * count
    samples = [int(head[at + 8 * i : at + 8 * i + 8]) for i in range(count)]
    keep = [not label.endswith(b" Annotations") for label in labels]
    if not any(keep) or min(samples) < 0:
        raise ValueError("it describes no signal")
    return int(fixed[236:244]), sum(samples) * size, np.repeat(keep, np.multiply(samples, size))
