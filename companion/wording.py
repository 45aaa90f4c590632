"""Times and counts in words, as the person reads them."""

from __future__ import annotations

from datetime import datetime

from index.types import SignalQuality

SIMULATED = "simulated headset"  # in place of what was wrong with an electrode


def clock_time(time: float) -> str:
    """Return a time of day with its day, in the person's own time zone: ``Tue 2 Mar 10:40``."""
    return datetime.fromtimestamp(time).astimezone().strftime("%a %-d %b %H:%M")


def counted(count: int, what: str) -> str:
    """Return a count of things in words, such as ``1 moment`` or ``3 moments``."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def duration(seconds: float) -> str:
    """Return a stretch of time: ``40 s``, ``3 min``, ``2 h``."""
    if seconds < 90:  # noqa: PLR2004 a minute and a half
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004 an hour and a half


def signal_quality(quality: SignalQuality) -> str:
    """Return how good a moment's EEG was, in a sentence."""
    if quality.fault == SIMULATED:
        return "The EEG is a simulated headset's: it lay on no head, and no state is read from it."
    wrong = f" Most often: {quality.fault}." if quality.fault else ""
    return f"{quality.fit} of {quality.windows} windows of EEG were fit to be used.{wrong}"
