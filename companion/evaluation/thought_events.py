"""Where in a recording windows begin, and what was on screen there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.bids import Event, Recording
from companion.evaluation.errors import EvaluationError

GRID = 0.25  # s: windows begin within half of it of where they should
SHORTEST, LONGEST = 2.0, 4.0  # s of a window: below, a rhythm is not measured; above, contents are mixed


@dataclass(frozen=True, slots=True)
class Shown:
    """What was on during one recording.

    Attributes
    ----------
    begins
        Seconds of the recording at which a window is wanted, ``float64[n]``, rising.
    contents
        What was on at each.

    """

    begins: NDArray[np.float64]
    contents: tuple[str, ...]

    def label(self, start: float) -> str | None:
        """Return what a window that begins at ``start`` stands for; None when none is wanted there."""
        at = int(np.searchsorted(self.begins, start - GRID / 2))
        if at == len(self.begins) or self.begins[at] >= start + GRID / 2:
            return None
        return self.contents[at]


def window_seconds(recordings: Sequence[Recording]) -> float:
    """Return the length of windows that fits how long contents were on: their median, within 2 to 4 s."""
    lasting = [until - event.onset for recording in recordings for event, until in _lasting(recording.events())]
    if not lasting:
        raise EvaluationError(
            "Nothing says what was on screen: events.tsv is missing or empty. Give one with the columns onset, "
            "duration and content (or trial_type)."
        )
    return float(np.clip(np.median(lasting), SHORTEST, LONGEST))


def shown(recording: Recording, seconds: float) -> Shown:
    """Return where windows of ``seconds`` are wanted: one after the other while a content is on, at least one."""
    wanted = {
        event.onset + number * seconds: event.content
        for event, until in _lasting(recording.events())
        for number in range(max(1, int((until - event.onset) / seconds + GRID / seconds)))
    }
    begins = sorted(wanted)
    return Shown(np.array(begins, np.float64), tuple(wanted[begin] for begin in begins))


def _lasting(events: Sequence[Event]) -> Iterator[tuple[Event, float]]:
    """Yield each event that says what was on, and until when; without a duration that is the next one's onset."""
    told = [event for event in events if event.content]
    for event, following in zip(told, [*told[1:], *told[-1:]], strict=True):
        yield event, event.onset + event.duration if event.duration > 0 else following.onset
