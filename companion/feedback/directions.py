"""What a training towards a state goes towards: the mean of a moment's or a tag's vectors, as a plan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from companion import sessions
from companion.feedback.protocols import FeedbackError
from companion.jobs.steps import current_baseline, current_space
from embeddings import spaces
from embeddings.feedback.plan import SharedPlan, StatePlan
from index import mappings, tagging
from index.store import Store

MOST_MOMENTS = 1_000  # of a tag, the newest: more hardly move its mean

NO_STATE = (
    "No state is known with these electrodes yet. Wear them while moments are recorded: it takes a minute of clean EEG."
)
NOT_COMPARABLE = (
    "What you chose cannot be compared with these electrodes: no clean EEG came with it, or it was another headset's. "
    "Choose another moment, or wear what you wore then."
)
NO_FIRST_MINUTE = (
    "What you chose can only be compared through what was learned from your EEG, and that needs a minute of clean EEG "
    "in stored moments since the headset was put on. Wear it for some minutes, then begin."
)


def towards(store: Store, ch_names: tuple[str, ...], moments: Sequence[int], now: float) -> StatePlan | SharedPlan:
    """Return the plan that goes towards some moments with the electrodes that are worn.

    The state space of these electrodes is asked first; what it does not know may be in the space that was learned.
    ``now`` is in UTC seconds. Raises `FeedbackError`.
    """
    montage = spaces.montage(ch_names)
    current = current_baseline(store, montage)
    if current is not None:
        space, baseline = current
        mean = _mean(store.matrices(moments, space).values())
        if mean is not None:
            return StatePlan(store.ch_names(montage), mean.tobytes(), baseline)
    return _shared(store, montage, moments, now)


def of_tag(store: Store, tag: str) -> list[int]:
    """Return the moments of a tag, newest first; raises `FeedbackError` without any, `VaultError` for no tag."""
    sql = "SELECT moment_id FROM tags WHERE tag = ? ORDER BY moment_id DESC LIMIT ?"
    found = [row[0] for row in store.rows(sql, [tagging.tag_of(tag), MOST_MOMENTS])]
    if not found:
        raise FeedbackError(f"No moment has the tag “{tagging.tag_of(tag)}”. Give it to some, or choose another.")
    return found


def named(moment: int | None, tag: str) -> str:
    """Return in words what was chosen."""
    return f"the tag “{tagging.tag_of(tag)}”" if moment is None else f"moment {moment}"


def tags(store: Store, ch_names: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the tags of moments that a training with some electrodes may go towards; with any, where None are worn."""
    sql = (
        "SELECT DISTINCT tag FROM tags WHERE EXISTS (SELECT 1 FROM vectors WHERE vectors.moment_id = tags.moment_id "
        "AND part = 0 AND space IN (SELECT value FROM json_each(?))) ORDER BY tag"
    )
    return tuple(row[0] for row in store.rows(sql, [json.dumps(_spaces(store, ch_names))]))


def known(store: Store, ch_names: tuple[str, ...]) -> bool:
    """Whether there is a space in which something can be compared with these electrodes."""
    return bool(_spaces(store, ch_names))


def _spaces(store: Store, ch_names: tuple[str, ...] | None) -> list[str]:
    if ch_names is None:
        found = store.spaces(spaces.STATE)
    else:
        own = current_space(store, spaces.montage(ch_names))
        found = [] if own is None else [own]
    version = mappings.serving(store)
    return found if version is None else [*found, *_sides(version.version)]


def _sides(version: int) -> tuple[str, str]:
    return spaces.shared(version, "brain"), spaces.shared(version, "content")


def _shared(store: Store, montage: str, moments: Sequence[int], now: float) -> SharedPlan:
    """Return a plan in the space that was learned: towards the brain's side of it, else that of what was seen."""
    version = mappings.serving(store)
    if version is None:
        raise FeedbackError(NOT_COMPARABLE if current_space(store, montage) else NO_STATE)
    means = (_mean(store.matrices(moments, space).values()) for space in _sides(version.version))
    mean = next((one for one in means if one is not None), None)
    if mean is None:
        raise FeedbackError(NOT_COMPARABLE)
    first = sessions.first_minute(store, montage, now)
    if first is None:
        raise FeedbackError(NO_FIRST_MINUTE)
    learned = version.learned
    return SharedPlan(store.ch_names(montage), mean.tobytes(), learned.data, first.tobytes(), learned.spread)


def _mean(matrices: Iterable[NDArray[np.float32]]) -> NDArray[np.float32] | None:
    """Return the mean of moments' vectors, ``float32[dimension]``; None without any."""
    means = [matrix.mean(axis=0) for matrix in matrices]
    return np.mean(means, axis=0, dtype=np.float32) if means else None
