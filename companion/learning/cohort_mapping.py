"""The mapping every new person begins with: what is alike in states that lie close in time, over people.

Public sets hold no record of what was on screen, so the start knows states, and nothing of content: that is learned
from each person's own moments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

import numpy as np

from companion.evaluation import electrodes, encoders
from companion.evaluation.bids import Recording
from companion.evaluation.errors import EvaluationError, NoWindowError
from companion.evaluation.focus_data import matrices_of
from companion.evaluation.windows import Windows, cut
from embeddings import sites
from embeddings.mapping.pairs import Pairs
from embeddings.site_features import SiteReference

SECONDS = 4.0
PAUSE_SECONDS = 60.0  # taken to lie between recordings of a session where the set does not tell
CONTENT_DIMENSION = 384  # of the text model that is usual; a person with another begins without a start
LEAST_WINDOWS = 30


def people(recordings: Sequence[Recording], *, say: Callable[[str], None]) -> list[Pairs]:
    """Return what each person of a set shows: EEG relative to each session's first minute, without content.

    ``say`` is told of each session that is left out because its files cannot be used.
    """
    picks = electrodes.chosen(recordings, ())
    found = []
    for _, theirs in groupby(recordings, key=lambda recording: recording.person):
        sessions = [list(part) for _, part in groupby(theirs, key=lambda recording: recording.session)]
        made = [part for number, one in enumerate(sessions) if (part := _session(one, number, picks, say)) is not None]
        if made:
            found.append(_joined(made))
    return found


def _session(
    recordings: Sequence[Recording], number: int, picks: Sequence[str] | None, say: Callable[[str], None]
) -> Pairs | None:
    """Return one session; None where it is too short to tell what is usual, or cannot be used, which is said."""
    try:
        windows = cut(recordings, lambda *_: "", seconds=SECONDS, step=SECONDS, picks=picks)
    except NoWindowError:
        return None
    except EvaluationError as error:
        say(f"a session of {recordings[0].person} is left out: {error}")
        return None
    rest = encoders.first_minutes(windows)
    if len(windows) < LEAST_WINDOWS or rest.sum() * SECONDS < encoders.LEAST_SECONDS:
        return None
    matrices = matrices_of(windows)
    brain = SiteReference.fit(matrices[rest], sites.find(windows.ch_names)).features(matrices)
    count = len(windows)
    return Pairs(
        brain.astype(np.float32),
        np.zeros((count, CONTENT_DIMENSION), np.float32),
        _times(windows),
        np.full(count, number, np.int64),
        np.zeros(count, np.float32),
    )


def _times(windows: Windows) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return when each window was, in seconds of its session: recordings one after the other, as they were made."""
    if not np.isnan(windows.clock).any():
        return windows.clock
    times, begin = np.zeros(len(windows)), 0.0
    for run in dict.fromkeys(windows.run.tolist()):
        mine = windows.run == run
        times[mine] = begin + windows.start[mine]
        begin = float(times[mine].max()) + SECONDS + PAUSE_SECONDS
    return times


def _joined(parts: Sequence[Pairs]) -> Pairs:
    columns = zip(*((p.brain, p.content, p.time, p.session, p.weight) for p in parts), strict=True)
    return Pairs(*(np.concatenate(column) for column in columns))
