"""What a round of learning came to, as the person reads it."""

from __future__ import annotations

from index.mappings import Learned

USEFUL = 0.02  # of other moments that the right one comes before more of: one place in fifty; less helps nobody
GOOD_SHARE = 0.8  # of windows fit, above which contact is not what is missing


def verdict(learned: Learned) -> str:
    """Return what a round of learning came to, in a sentence or two."""
    if learned.score is None or learned.chance is None or learned.low is None or learned.high is None:
        return f"Nothing was adopted. {learned.reason}"
    rival = "chance, as EEG of other moments gives it," if learned.old_score is None else "the version in use"
    before = "" if learned.old_score is None else f"; the version in use {_percent(learned.old_score)}"
    figures = (
        f"On {learned.later} later moments the new version finds the right one first in {_percent(learned.score)} "
        f"(chance {_percent(learned.chance)}{before}); against {rival} the share of other moments that the right one "
        f"comes before differs by {learned.low:+.3f} to {learned.high:+.3f}."
    )
    if learned.adopted:
        return f"{figures} Adopted."
    told = _refused(first=learned.old_score is None, useless=learned.high < USEFUL)
    return f"{told}. {learned.reason} {figures}"


def _refused(*, first: bool, useless: bool) -> str:
    """Return what follows; ``useless`` is whether no gain that were of use can be true."""
    if first:
        return "The brain adds nothing yet" if useless else "It could not be told yet whether the brain adds anything"
    if useless:
        return "Not better than what is in use, which stays"
    return "It could not be told yet whether it is better than what is in use, which stays"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
