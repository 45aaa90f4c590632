"""One person's session for thought recall: its first minute, which tells what is usual, and what was asked in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import controls, thought_events
from companion.evaluation.bids import Recording
from companion.evaluation.errors import EvaluationError, NoWindowError
from companion.evaluation.state_search import fit
from companion.evaluation.thought_events import GRID
from companion.evaluation.windows import Windows, cut
from embeddings import features, sites
from embeddings.site_features import SiteReference

FIRST_SECONDS = 60.0  # of fit signal, unlabelled: what is usual
LEAST_SECONDS = 30.0  # below, it is not known what is usual
_TINY = 1e-6
_LABEL = "usual"

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Usual:
    """What the first minute says: the co-spectra of its windows and of noise in their place, and how loud it was.

    ``float64[n, bands, channels, channels]`` twice, and ``float64[n, channels]``.
    """

    spectra: Numbers
    noise: Numbers
    loudness: Numbers


@dataclass(frozen=True, slots=True)
class Session:
    """What was asked in one session of one person.

    Attributes
    ----------
    person, session
        Whose it is.
    run, content, task
        ``str[n]`` of each window.
    start
        ``float64[n]``, seconds of the recording.
    spectra, noise
        Co-spectra of each window, and of noise in its place.
    loudness
        In spreads from the first minute, ``float64[n, channels]``.
    unfit
        How many windows were not fit to be encoded, and are not here.

    """

    person: str
    session: str
    run: NDArray[np.str_]
    content: NDArray[np.str_]
    task: tuple[str, ...]
    start: Numbers
    usual: Usual
    spectra: Numbers
    noise: Numbers
    loudness: Numbers
    sites: sites.Sites
    unfit: int

    def spread(self) -> Numbers:
        """Return the spread of each feature in the first minute, ``float64[90]``; 0 where electrodes are missing."""
        return SiteReference.fit(self.usual.spectra, self.sites).spread

    def features(self, others: Numbers | None, *, noise: bool = False) -> NDArray[np.float64]:
        """Return `site_features`, ``float64[n, 90]``; ``others`` is the spread usual among other people."""
        usual, asked = (self.usual.noise, self.noise) if noise else (self.usual.spectra, self.spectra)
        return SiteReference.fit(usual, self.sites, others).features(asked)


def read(
    recordings: Sequence[Recording], *, seconds: float, picks: Sequence[str] | None, rng: np.random.Generator
) -> Session:
    """Read one session of one person; raises `EvaluationError` when it has too little to go by."""
    wanted = {one.name: thought_events.shown(one, seconds) for one in recordings}
    told = [one for one in recordings if wanted[one.name].contents]
    windows = cut(told, lambda one, start, _: wanted[one.name].label(start), seconds=seconds, step=GRID, picks=picks)
    kept = fit(windows)
    if not kept.any():
        raise EvaluationError("No window of it has all electrodes on the skin and nobody blinking.")
    asked = windows.where(kept)
    usual = _first_minute(recordings, seconds, picks, rng)
    spread = np.maximum(usual.loudness.std(axis=0), _TINY)
    tasks = {one.name: one.task for one in recordings}
    names = [windows.ch_names[i] for i in sites.kept(windows.ch_names)]
    return Session(
        person=recordings[0].person,
        session=recordings[0].session,
        run=asked.run,
        content=asked.label,
        task=tuple(tasks[name] for name in asked.run.tolist()),
        start=asked.start,
        usual=usual,
        spectra=_spectra(asked),
        noise=_spectra(controls.noise(asked, rng)),
        loudness=(controls.amplitude(asked) - usual.loudness.mean(axis=0)) / spread,
        sites=sites.find(names),
        unfit=int(np.count_nonzero(~kept)),
    )


def _first_minute(
    recordings: Sequence[Recording], seconds: float, picks: Sequence[str] | None, rng: np.random.Generator
) -> Usual:
    """Return what a session's first minute of fit signal says, in half overlapping windows."""
    kept: list[Windows] = []
    have, step = 0.0, seconds / 2
    for recording in recordings:
        try:
            windows = cut([recording], lambda *_: _LABEL, seconds=seconds, step=step, picks=picks)
        except NoWindowError:
            continue  # too short for a window: the next recording of the session goes on
        found = np.flatnonzero(fit(windows))[: round((FIRST_SECONDS - have) / step)]
        kept.append(windows.where(found))
        have += len(found) * step
        if have >= FIRST_SECONDS:
            break
    if have < LEAST_SECONDS:
        raise EvaluationError(
            f"{have:g} s of fit signal tell too little of what is usual; {LEAST_SECONDS:g} s are needed."
        )
    return Usual(
        np.concatenate([_spectra(part) for part in kept]),
        np.concatenate([_spectra(controls.noise(part, rng)) for part in kept]),
        np.concatenate([controls.amplitude(part) for part in kept]),
    )


def _spectra(windows: Windows) -> Numbers:
    """Return `features.matrices` of the electrodes that are kept."""
    kept = list(sites.kept(windows.ch_names))
    rows = [features.row(one[kept].astype(np.float64), windows.sfreq) for one in windows.filtered]
    length = len(features.BANDS) * len(kept) * (len(kept) + 1) // 2
    return features.matrices(np.array(rows, np.float32).reshape(len(rows), length), len(kept))
