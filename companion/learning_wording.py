"""What a round of learning came to, as the person reads it."""

from __future__ import annotations

from companion.wording import clock_time
from index.mappings import Learned, Version
from index.types import SignalQuality

GOOD_SHARE = 0.8  # of windows fit, above which contact is not what is missing


def verdict(learned: Learned) -> str:
    """Return what a round of learning came to, in a sentence or two."""
    if learned.score is None or learned.chance is None or learned.low is None or learned.high is None:
        return f"Nothing was adopted. {learned.reason}"
    rival = "chance" if learned.old_score is None else "the version in use"
    before = "" if learned.old_score is None else f"; the version in use {_percent(learned.old_score)}"
    figures = (
        f"On {learned.later} later moments the new version finds the right one first in {_percent(learned.score)} "
        f"(chance {_percent(learned.chance)}{before}); against {rival} its mean reciprocal rank differs by "
        f"{learned.low:+.3f} to {learned.high:+.3f}."
    )
    if learned.adopted:
        return f"{figures} Adopted."
    told = "The brain adds nothing yet" if learned.old_score is None else "Not better than what is in use, which stays"
    return f"{told}. {figures}"


def adds_nothing(last: Version, week: SignalQuality, *, left_out: bool) -> str:
    """Say that the brain told nothing at the last look, what is done about it, and what would help.

    ``week`` is how good the EEG was lately.
    """
    done = "it is left out of this answer" if left_out else "there is nothing else to go by, so it is used all the same"
    poor = week.windows and week.fit < GOOD_SHARE * week.windows
    fit = _percent(week.fit / week.windows) if week.windows else ""
    contact = f" better contact ({fit} of the last week's EEG was fit; most often: {week.fault});" if poor else ""
    return (
        f"At the last look at your own later time ({clock_time(last.made_at)}, {last.learned.later} moments) your EEG "
        f"told nothing of what was on screen: {done}. What would help:{contact} "
        "more days with the headset on, then `companion train`."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
