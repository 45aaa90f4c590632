"""Names of vector spaces. Vectors of two spaces never meet."""

from __future__ import annotations

import hashlib
from typing import Literal

Side = Literal["brain", "content"]

CONTENT = "content:"
STATE = "state:v2:"
SHARED = "shared:v{}:"  # where brain and content meet; the version of the mapping in place of {}
NAMED_CHANNELS = 8
LEAST_WINDOWS = 15  # a minute of clean signal before anyone's mean and spread mean something
MOST_WINDOWS = 2_000  # beyond this a person's mean and spread hardly move


def content(model: str) -> str:
    """Return the space of a text model's vectors."""
    return CONTENT + model


def montage(ch_names: tuple[str, ...]) -> str:
    """Return a short name of a set of electrodes."""
    joined = "+".join(name.replace(":", "_") for name in ch_names)
    if len(ch_names) <= NAMED_CHANNELS:
        return joined
    return f"{len(ch_names)}ch-{hashlib.sha256(joined.encode()).hexdigest()[:8]}"


def state(montage_name: str, windows: int) -> str:
    """Return the space of a montage under the baseline that was fitted to so many windows."""
    return f"{state_of(montage_name)}{windows}"


def state_of(montage_name: str) -> str:
    """Return how the names of all state spaces of a montage begin."""
    return f"{STATE}{montage_name}:"


def fitted_windows(state_space: str) -> int:
    """Return how many windows the baseline of a state space was fitted to."""
    return int(state_space.rsplit(":", 1)[1])


def shared(version: int, side: Side) -> str:
    """Return the space of one side's vectors under a version of the learned mapping; both sides can be compared."""
    return f"{SHARED.format(version)}{side}"
