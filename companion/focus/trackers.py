"""In the encoder process: the newest seconds of EEG become what they say of focus, one tracker a set of electrodes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from companion.jobs.brain_features import LEAST_SFREQ
from embeddings.types import EEGWindow

if TYPE_CHECKING:  # SciPy comes with it, in the process alone
    from embeddings.focus_tracker import FocusTracker

SECONDS = 7.0  # of EEG that are sent: 4 s judged, 3 s before them that filters and judges look back on
STALE_SECONDS = 60.0  # without a fit window after which older scores say nothing of now


@dataclass(frozen=True, slots=True)
class Said:
    """What a window says.

    Attributes
    ----------
    log_odds
        Of focus at even odds, over the last fit windows; None until the person's rest is known.
    fit
        Whether this window could be used.
    known
        How much of the rest that is needed has been seen, 0 to 1.
    faults
        What is wrong with which electrode, as (name, fault).
    artefacts
        What the person did in this window.
    rest
        The person's rest as `FocusTracker.dump` tells it, once it is known; what to send with the next window.

    """

    log_odds: float | None
    fit: bool
    known: float
    faults: tuple[tuple[str, str], ...]
    artefacts: tuple[str, ...]
    rest: bytes | None


@dataclass(slots=True)
class _Followed:
    """A tracker, the rest it rests on, and when it had a fit window last (UTC seconds by the device)."""

    tracker: FocusTracker
    rest: bytes | None
    fit_at: float


class FocusTrackers:
    """Keeps what is needed from one window to the next. What is lost with the process is sent with each window."""

    def __init__(self) -> None:
        self._followed: dict[tuple[str, ...], _Followed] = {}

    def take(self, stretch: EEGWindow, rest: bytes | None, *, anew: bool) -> Said:
        """Take the newest ``SECONDS``.

        ``rest`` is the person's rest where it is known, see `Said.rest`. With ``anew`` nothing that was seen before
        counts: without ``rest`` it is learned from here on.
        Raises `EmbeddingsError`.
        """
        from embeddings import quality, signal, sites

        if stretch.sfreq < LEAST_SFREQ:
            fault = f"sampled at {stretch.sfreq:g} Hz, {LEAST_SFREQ:g} Hz are needed"
            return Said(None, fit=False, known=0.0, faults=(("headset", fault),), artefacts=(), rest=None)
        chosen = list(sites.kept(stretch.ch_names))
        names = tuple(stretch.ch_names[i] for i in chosen)
        data, length = stretch.data[chosen], round(signal.WINDOW_SECONDS * stretch.sfreq)
        filtered = signal.bandpass(data, stretch.sfreq)[:, -length:]
        window = replace(stretch, data=data[:, -length:], ch_names=names)
        followed = self._of(names, rest, window.time_end, anew=anew)
        if window.time_end - followed.fit_at > STALE_SECONDS:
            followed.tracker.forget_recent()
        past = data[:, :-length][:, -round(quality.PAST_SECONDS * stretch.sfreq) :]
        reading = followed.tracker.take(window, filtered, past)
        if not reading.frozen:
            followed.fit_at = window.time_end
            followed.rest = followed.rest or followed.tracker.dump()
        told = reading.quality
        faults = tuple((name, fault) for name, fault in zip(names, told.faults, strict=True) if fault)
        return Said(
            reading.evidence, not reading.frozen, reading.known, faults, artefacts=told.artefacts, rest=followed.rest
        )

    def _of(self, names: tuple[str, ...], rest: bytes | None, time: float, *, anew: bool) -> _Followed:
        """Return the tracker of these electrodes; another one where the rest it knows is not the one that is told."""
        from embeddings import focus
        from embeddings.focus_tracker import FocusTracker

        found = self._followed.get(names)
        if found is not None and not anew and rest in (None, found.rest):
            return found
        model = focus.shipped()
        tracker = FocusTracker(model, names) if rest is None else FocusTracker.load(model, rest)
        if tracker.ch_names != names:
            tracker, rest = FocusTracker(model, names), None
        self._followed[names] = made = _Followed(tracker, rest, time)
        return made
