"""What a thought is asked with: which sources there are for it now, and what the person should know about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from companion import sessions
from companion.jobs.brain_features import BrainFeatures
from companion.jobs.steps import current_baseline, current_space
from companion.jobs.tasks import MomentRows
from companion.learning import pairs
from companion.learning.wording import GOOD_SHARE
from companion.wording import clock_time
from embeddings import spaces
from embeddings.types import EEGWindow
from index import mappings
from index.mappings import Version, VersionState
from index.ranking.recall import Asked
from index.ranking.thought import Thought
from index.ranking.thought_fusion import LEAST_OPENED
from index.store import Store
from index.types import SignalQuality

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
        Runs a task of `companion.jobs.tasks.EncoderTasks` and returns what it answers, or says what keeps it from that.

    """

    def __init__(self, store: Store, brain: Callable[..., Any]) -> None:
        self._store, self._brain = store, brain

    def thought(self, window: EEGWindow, found: BrainFeatures, *, text: str, content: Asked | None) -> Considered:
        """Return what to ask with, without what was learned from EEG where it could not be shown to tell anything."""
        now = window.time_end
        own, context = self._context(now)
        notes: list[str] = []
        vectors = context | self._state(found)
        last = mappings.newest(self._store)
        if last is not None and self._not_shown(last):
            week = self._store.signal(now - WEEK_SECONDS)[0]
            notes.append(not_shown(last, week, state="state" in vectors))
        else:
            vectors |= self._learned(found, now, notes)
        around = (now - window.data.shape[1] / window.sfreq, now)
        whose = f"your state at {clock_time(now)}"
        return Considered(Thought(vectors, around, whose, text, content, own), tuple(notes))

    def _context(self, now: float) -> tuple[frozenset[int], dict[str, Asked]]:
        """Return what was on screen last: the moments, and the direction of the mean of their contents."""
        space = pairs.content_space(self._store)
        latest = self._store.latest_with(space, now - CONTEXT_SECONDS, now, CONTEXT_MOMENTS) if space else []
        if not latest:
            return frozenset(), {}
        whole = sum(matrix.mean(axis=0) for matrix in self._store.matrices(latest, space).values())
        mean = np.asarray(whole / (np.linalg.norm(whole) + np.finfo(float).tiny), np.float32)
        return frozenset(latest), {"context": Asked(space, mean)}

    def _state(self, found: BrainFeatures) -> dict[str, Asked]:
        """Return the state against the person's usual; nothing before that is known."""
        for _ in range(2):  # a newer baseline may take the place of this one meanwhile, but not twice
            current = current_baseline(self._store, found.montage)
            if current is None:
                break
            space, baseline = current
            vector = np.asarray(self._brain("state_vectors", baseline, [found.rows])[0], np.float32)
            if current_space(self._store, found.montage) == space:
                return {"state": Asked(space, vector)}
        return {}

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

    def _not_shown(self, last: Version) -> bool:
        """Whether the last look at later time could not show that EEG tells anything, and no version serves."""
        judged = last.learned.low is not None
        return last.state is VersionState.REFUSED and judged and not mappings.live(self._store)


def not_shown(last: Version, week: SignalQuality, *, state: bool) -> str:
    """Say that learning could not show that EEG tells what was on screen, what follows, and what would help.

    ``week`` is how good the EEG was lately; ``state`` is whether the state is compared, which was not judged by it.
    """
    kept = "; your state is compared all the same" if state else ""
    poor = week.windows and week.fit < GOOD_SHARE * week.windows
    fit = f"{100 * week.fit / week.windows:.1f} %" if week.windows else ""
    contact = f"better contact ({fit} of the last week's EEG was fit; most often: {week.fault}), " if poor else ""
    return (
        f"At the last look at your own later time ({clock_time(last.made_at)}, {last.learned.later} moments) your EEG "
        f"could not be shown to tell what was on screen: what was learned from it is left out of this answer{kept}. "
        f"What would help: {contact}more days with the headset on, then `companion train`."
    )


def uncalibrated(opened: int) -> str:
    """Say that probabilities mean nothing yet."""
    return (
        "How likely each hit is the right one cannot be said yet: it is learned from the hits you open "
        f"({opened} of {LEAST_OPENED} so far)."
    )
