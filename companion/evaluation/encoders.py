"""What makes vectors of windows, so that any encoder can be judged by the same meter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.errors import EvaluationError
from companion.evaluation.reference import REFERENCE_SECONDS
from companion.evaluation.windows import Windows
from embeddings import features
from embeddings.reference import Reference
from embeddings.state import CLIP

Mask = NDArray[np.bool_]
Vectors = NDArray[np.float32]

# Takes the windows of one person and which of them (``bool[n]``, unlabelled) tell what is usual for that person; gives
# ``float32[n, dimension]``. The mean over a stretch is compared by its angle.
Encoder = Callable[[Windows, Mask], Vectors]


LEAST_SECONDS = 50.0  # of signal that tells what is usual: a first minute, less what the filter takes to settle


def state(windows: Windows, reference_mask: Mask) -> Vectors:
    """Return the `state` vectors of `embeddings.state` before a stretch is averaged."""
    _check(windows, reference_mask)
    rows = np.array([features.row(one.astype(np.float64), windows.sfreq) for one in windows.filtered], np.float32)
    matrices = features.matrices(rows, len(windows.ch_names))
    relative = Reference.fit(matrices[reference_mask]).relative(matrices)
    return np.asarray(np.clip(relative, -CLIP, CLIP), np.float32)


def standardised(make: Callable[[Windows], NDArray[np.float64]]) -> Encoder:
    """Return an encoder that measures plain features in spreads from the person's own mean."""

    def encode(windows: Windows, reference_mask: Mask) -> Vectors:
        _check(windows, reference_mask)
        made = make(windows)
        usual = made[reference_mask]
        spread = usual.std(axis=0)
        relative = (made - usual.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        return np.asarray(np.clip(relative, -CLIP, CLIP), np.float32)

    return encode


def each_session(encoder: Encoder) -> Encoder:
    """Return an encoder that measures every session from its own reference.

    A reference shared by sessions marks them as one person's, whatever is in them: what it was estimated wrongly by
    is the same in all.
    """

    def encode(windows: Windows, reference_mask: Mask) -> Vectors:
        parts = [windows.session == name for name in np.unique(windows.session)]
        made = [encoder(windows.where(mine), reference_mask[mine]) for mine in parts]
        found = np.empty((len(windows), made[0].shape[1]), np.float32)
        for mine, vectors in zip(parts, made, strict=True):
            found[mine] = vectors
        return found

    return encode


def everyone(encoder: Encoder, windows: Windows, reference_mask: Mask) -> Vectors:
    """Return the vectors of many people, who are encoded one by one: ``float32[n, dimension]``."""
    found: Vectors | None = None
    for who in np.unique(windows.person):
        mine = windows.person == who
        made = encoder(windows.where(mine), reference_mask[mine])
        found = np.empty((len(windows), made.shape[1]), np.float32) if found is None else found
        found[mine] = made
    if found is None:
        raise ValueError("there is nobody to encode")
    return found


def first_minutes(windows: Windows, among: Mask | None = None) -> Mask:
    """Return which windows (``among`` these) begin in the first minute of their person's session, ``bool[n]``.

    The minute is of one recording: the session's first that has any of them.
    """
    allowed = np.ones(len(windows), np.bool_) if among is None else among
    names = sessions(windows)
    first = np.zeros(len(windows), np.bool_)
    for name in np.unique(names[allowed]):
        mine = allowed & (names == name)
        mine &= windows.run == windows.run[np.argmax(mine)]
        first |= mine & (windows.start < windows.start[mine].min() + REFERENCE_SECONDS)
    return first


def sessions(windows: Windows) -> NDArray[np.str_]:
    """Return ``str[n]`` that tells sessions of different people apart."""
    return np.asarray(np.char.add(np.char.add(windows.person, "/"), windows.session), np.str_)


def _check(windows: Windows, reference_mask: Mask) -> None:
    """Refuse a reference that says nothing of what is usual."""
    have = np.count_nonzero(reference_mask) * windows.seconds
    if have < LEAST_SECONDS:
        raise EvaluationError(
            f"{windows.person[0]} has {have:g} s of signal to tell what is usual, {LEAST_SECONDS:g} s are needed. "
            "Leave that person out, or give longer recordings."
        )
