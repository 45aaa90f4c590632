"""Focus of one person, window after window: learns how they rest, then says how likely focused work is.

A window that is not fit is never scored: a blink, a clenched jaw or a slipped electrode freezes what was said before.
"""

from __future__ import annotations

import io
from collections import deque
from dataclasses import dataclass
from typing import Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from embeddings import features, focus, quality, sites
from embeddings.focus import SMOOTHING_SECONDS, FocusModel, Line
from embeddings.quality import Quality
from embeddings.reference import Reference
from embeddings.site_features import SiteReference
from embeddings.sites import Sites
from embeddings.spaces import LEAST_WINDOWS
from embeddings.types import EEGWindow, EmbeddingsError, Signal


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known after a window.

    Attributes
    ----------
    probability
        Of focused work over the last fit windows of `SMOOTHING_SECONDS`, 0 to 1; None until the person's rest is known.
    score
        The same before calibration.
    known
        How much of the rest that is needed has been seen, 0 to 1.
    frozen
        Whether this window was not fit, so that nothing new is said.
    evidence
        Log odds of focus that the EEG adds to what was thought before: 0 where it says nothing (`Line.neutral`).

    """

    quality: Quality
    probability: float | None
    score: float | None
    known: float
    frozen: bool
    evidence: float | None = None


class FocusTracker:
    """Follows one person with one montage.

    Parameters
    ----------
    ch_names
        Electrodes, the same in every window.
    step
        Seconds from one window to the next.
    rest_windows
        Fit windows of rest that are waited for; a minute's worth by default.
    smoothing
        Seconds that scores are averaged over.

    """

    def __init__(
        self,
        model: FocusModel,
        ch_names: tuple[str, ...],
        *,
        step: float = 1.0,
        rest_windows: int = 0,
        smoothing: float = SMOOTHING_SECONDS,
    ) -> None:
        self._model, self._ch_names = model, ch_names
        self._kept = list(sites.kept(ch_names))
        self._needed = rest_windows or max(LEAST_WINDOWS, round(60.0 / step))
        self._rest: list[NDArray[np.float32]] = []
        self._reference: SiteReference | None = None
        self._scores: deque[float] = deque(maxlen=max(1, round(smoothing / step)))

    @property
    def ch_names(self) -> tuple[str, ...]:
        """The electrodes it follows."""
        return self._ch_names

    def dump(self) -> bytes | None:
        """Return the person's rest for `load`; None until it is known. The last scores are not in it."""
        if self._reference is None:
            return None
        stream, usual = io.BytesIO(), self._reference.reference
        parts = {
            "whitening": usual.whitening,
            "mean": usual.mean,
            "spread": usual.spread,
            "sites": _numbers(self._where),
        }
        np.savez(stream, allow_pickle=False, ch_names=np.array(self._ch_names, np.str_), **parts)
        return stream.getvalue()

    @classmethod
    def load(cls, model: FocusModel, blob: bytes, *, step: float = 1.0) -> Self:
        """Return a tracker that knows the rest of `dump` from the start; raises `EmbeddingsError` for other bytes."""
        try:
            with np.load(io.BytesIO(blob), allow_pickle=False) as saved:
                tracker = cls(model, tuple(saved["ch_names"].tolist()), step=step)
                usual = Reference(saved["whitening"], saved["mean"], saved["spread"])
                # Older ones do not say it: then every electrode counted for its own place.
                told = saved["sites"] if "sites" in saved.files else _numbers(sites.find(tracker._names))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise EmbeddingsError(f"What is known of your rest is damaged ({error}). Calibrate focus again.") from error
        tracker._reference = SiteReference(tracker._where, usual)
        if not np.array_equal(told, _numbers(tracker._where)) or not tracker._reference.whole:
            raise EmbeddingsError("What is known of your rest is of another version. Calibrate focus again.")
        return tracker

    @classmethod
    def of_rest(cls, model: FocusModel, ch_names: tuple[str, ...], rows: NDArray[np.float32]) -> Self:
        """Return a tracker that knows the rest of windows ``float32[windows, ...]`` of `features.row`."""
        tracker = cls(model, ch_names)
        tracker._reference = tracker._fitted(rows)
        return tracker

    @property
    def reference(self) -> SiteReference | None:
        """The person's rest; None until it is known."""
        return self._reference

    def forget_recent(self) -> None:
        """Let go of the last scores, as after a time in which nobody knows what was; the person's rest stays."""
        self._scores.clear()

    def take(self, raw: EEGWindow, filtered: Signal, past: Signal | None = None) -> Reading:
        """Take the next window (arguments as for `quality.assess`); ValueError when its electrodes are others."""
        if raw.ch_names != self._ch_names:
            raise ValueError(f"the electrodes are {raw.ch_names}, not {self._ch_names}")
        judged = quality.assess(raw, filtered, past)
        if judged.fit:
            self._use(features.row(filtered[self._kept], raw.sfreq))
        return self._reading(judged)

    def _use(self, row: NDArray[np.float32]) -> None:
        if self._reference is not None:
            found = self._reference.features(features.matrices(row[np.newaxis], len(self._kept)))
            self._scores.append(float(self._line.score(found)[0]))
            return
        self._rest.append(row)
        if len(self._rest) >= self._needed:
            self._reference = self._fitted(np.array(self._rest))
            self._rest.clear()

    def _fitted(self, rows: NDArray[np.float32]) -> SiteReference:
        return SiteReference.fit(features.matrices(rows, len(self._kept)), self._where, self._model.others)

    def _reading(self, judged: Quality) -> Reading:
        known = 1.0 if self._reference is not None else len(self._rest) / self._needed
        if not self._scores:
            return Reading(judged, None, None, known, not judged.fit)
        score = float(np.mean(self._scores))
        sure = float(self._line.probability(np.array([score]))[0])
        return Reading(judged, sure, score, known, not judged.fit, self._line.evidence(score))

    @property
    def _names(self) -> list[str]:
        return [self._ch_names[i] for i in self._kept]

    @property
    def _where(self) -> Sites:
        return focus.where(self._model, self._names)

    @property
    def _line(self) -> Line:
        return self._model.line(self._where.kind)


def _numbers(where: Sites) -> NDArray[np.int64]:
    """Return the electrodes of the sites in a row, -1 where there are none: ``int64[4]``."""
    return np.array([*(where.front or (-1, -1)), *(where.back or (-1, -1))], np.int64)
