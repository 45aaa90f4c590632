"""What a thought is asked with: which sources there are for it now, and what the person should know about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from companion import learning_pairs, sessions
from companion.brain_features import BrainFeatures
from companion.learning_wording import adds_nothing
from companion.steps import current_space
from companion.tasks import MomentRows
from companion.wording import clock_time
from embeddings import spaces
from embeddings.types import EEGWindow
from index import mappings
from index.mappings import Version, VersionState
from index.recall import Asked
from index.store import Store
from index.thought import BRAIN, Thought
from index.thought_fusion import LEAST_OPENED

CONTEXT_SECONDS, CONTEXT_MOMENTS = 600.0, 3  # what counts as being on screen now
WEEK_SECONDS = 7 * 86_400.0
NO_FIRST_MINUTE = (
    "What was learned from your EEG is left out: it needs a minute of clean EEG in stored moments since the headset "
    "was put on."
)


@dataclass(frozen=True, slots=True)
class Considered:
    """A thought ready to be asked, and sentences about it."""

    thought: Thought
    notes: tuple[str, ...] = ()

    @property
    def sources(self) -> bool:
        """Whether there is anything to ask with."""
        return bool(self.thought.vectors or self.thought.text)


class Thinking:
    """Puts the sources of a thought together.

    Parameters
    ----------
    brain
        Runs a task of `companion.tasks.EncoderTasks` and returns what it answers, or says what keeps it from that.

    """

    def __init__(self, store: Store, brain: Callable[..., Any]) -> None:
        self._store, self._brain = store, brain

    def thought(self, window: EEGWindow, found: BrainFeatures, *, text: str, content: Asked | None) -> Considered:
        """Return what to ask with; the brain is left out where it is known to tell nothing and something else does."""
        now = window.time_end
        own, context = self._context(now)
        notes: list[str] = []
        vectors = context | self._state(found) | self._learned(found, now, notes)
        last = mappings.newest(self._store)
        if last is not None and self._tells_nothing(last):
            others = {name: asked for name, asked in vectors.items() if name not in BRAIN}
            notes.append(adds_nothing(last, self._store.signal(now - WEEK_SECONDS)[0], left_out=bool(others or text)))
            vectors = others if others or text else vectors
        around = (now - window.data.shape[1] / window.sfreq, now)
        whose = f"your state at {clock_time(now)}"
        return Considered(Thought(vectors, around, whose, text, content, own), tuple(notes))

    def _context(self, now: float) -> tuple[frozenset[int], dict[str, Asked]]:
        """Return what was on screen last: the moments, and the direction of the mean of their contents."""
        space = learning_pairs.content_space(self._store)
        latest = self._store.latest_with(space, now - CONTEXT_SECONDS, now, CONTEXT_MOMENTS) if space else []
        if not latest:
            return frozenset(), {}
        whole = sum(matrix.mean(axis=0) for matrix in self._store.matrices(latest, space).values())
        mean = np.asarray(whole / (np.linalg.norm(whole) + np.finfo(float).tiny), np.float32)
        return frozenset(latest), {"context": Asked(space, mean)}

    def _state(self, found: BrainFeatures) -> dict[str, Asked]:
        """Return the state against the person's usual; nothing before that is known."""
        space = current_space(self._store, found.montage)
        if space is None:
            return {}
        vectors = self._brain("state_vectors", self._store.space_data(space), [found.rows])
        return {"state": Asked(space, np.asarray(vectors[0], np.float32))}

    def _learned(self, found: BrainFeatures, now: float, notes: list[str]) -> dict[str, Asked]:
        """Return the brain's vector in both learned spaces; nothing while nothing was adopted."""
        version = mappings.serving(self._store)
        if version is None:
            return {}
        first = sessions.first_minute(self._store, found.montage, now)
        if first is None:
            notes.append(NO_FIRST_MINUTE)
            return {}
        asked = [MomentRows(found.ch_names, first, found.rows)]
        vector = self._brain("shared_brain", version.learned.data, version.learned.spread, asked)[0]
        return {
            "shared": Asked(spaces.shared(version.version, "content"), vector),
            "alike": Asked(spaces.shared(version.version, "brain"), vector),
        }

    def _tells_nothing(self, last: Version) -> bool:
        """Whether the last look at later time found nothing, and no version serves."""
        judged = last.learned.low is not None
        return last.state is VersionState.REFUSED and judged and not mappings.live(self._store)


def uncalibrated(opened: int) -> str:
    """Say that probabilities mean nothing yet."""
    return (
        "How likely each hit is the right one cannot be said yet: it is learned from the hits you open "
        f"({opened} of {LEAST_OPENED} so far)."
    )
