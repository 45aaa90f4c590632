"""What the program itself can answer of the checklist, for one session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from companion.feedback import comparable, crednf, protocols
from companion.feedback.crednf import Filled
from companion.feedback.rewarding import INHIBIT_RATE
from index.trainings import Training

if TYPE_CHECKING:
    from companion.feedback.figures import Interval
    from companion.feedback.reported import Report


def items(training: Training, report: Report) -> tuple[Filled, ...]:
    """Return all items, filled from the session and by what the person said."""
    said = {code: text for code, text in training.answers.items() if code != crednf.GUESS}
    return crednf.filled(_known(training, report), said)


def _known(training: Training, report: Report) -> dict[str, str]:
    facts = training.facts
    known = {
        "2a": _condition(training),
        "2b": "The person: a sealed draw. Nobody else took part." if training.blind else "No: the person knew it.",
        "2c-1": "No: the person judges for themselves." if not training.blind else "",
        "2c-2": "The figures are computed the same way whatever was drawn.",
        "2d": _guess(training),
        "2e": "No: this is no treatment.",
        "3b": facts["strategy"] or "No strategy was given.",
        "3d": _processing(facts),
        "3e": f"{report.muted:.0%} of the time in blocks was muted: {_whys(report)}.",
        "4a": _measure(training),
        "4b": _schedule(facts),
        "4c": f"{facts['modality']}; its height is the distance to the threshold, 0 to 1.",
        "4d": "Yes: a value every 50 ms, as it was shown, with what was muted.",
        "4e": f"{facts['device']}{_made_up(training)}; Companion on BrainFlow, SciPy and NumPy.",
        "5b": "Yes: the session's plots, and progress over weeks. The baseline before is in them, none after.",
        "5c": "Only over many blind sessions, by the person's own comparison." if training.blind else "No.",
        "7a": "No: it lies encrypted on the person's own disk. The program's code is open.",
    }
    change = _change(report)
    return known | ({"5a": change} if change else {})


def _made_up(training: Training) -> str:
    """Return that the headset was on no head, if so."""
    note = comparable.made_up(training)
    return f" ({note})" if note else ""


def _condition(training: Training) -> str:
    if not training.blind:
        return "No: the person's own signal was shown, and they knew it."
    return "Replayed feedback of an earlier session, by a sealed draw before each session."


def _guess(training: Training) -> str:
    """Return the guess; it is only taken while the session is sealed (`companion.feedback.kept.answer`)."""
    said = training.answers.get(crednf.GUESS, "")
    return f"The person's guess before they asked: {said}." if said else ""


def _processing(facts: Any) -> str:
    return (
        f"Causal filters, a running mean; {facts['delay']:.2f} s old on average, besides the way from the headset. "
        "Blinks, jaws, movement and badly lying electrodes are judged over the last second; meanwhile nothing is "
        f"rewarded and the value stands still. Left out: {', '.join(facts['left_out']) or 'no electrode'}."
    )


def _measure(training: Training) -> str:
    facts, protocol = training.facts, protocols.named(training.protocol)
    where = f"the mean over {', '.join(facts['electrodes'])}"
    if not facts["up"]:
        towards = comparable.towards(training)
        what = f"{protocol.title}{f', that of {towards}' if towards else ''}"
        return f"{what}: a learned score of the co-spectra of {', '.join(facts['electrodes'])}."
    against = f" less that of {bands(facts['under'])}" if facts["under"] else ""
    held = f" Held down by {bands(facts['inhibits'])}." if facts["inhibits"] else ""
    own = f" The person's own alpha frequency is {facts['alpha']:.1f} Hz." if facts["alpha"] else ""
    return f"Log power of {bands(facts['up'])}{against}, {where}.{held}{own}"


def _schedule(facts: Any) -> str:
    return (
        f"At the threshold and above it, every 50 ms. The threshold follows so that {facts['rate']:.0%} of unmuted "
        f"time is rewarded{_limits(facts)}."
    )


def _limits(facts: Any) -> str:
    if not facts["inhibits"]:
        return ""
    share = facts.get("inhibit_rate")
    if share is None:  # of a session whose inhibits followed
        return f", as far as the inhibits let it, of which each lets {INHIBIT_RATE:.0%} pass"
    return (
        f", as far as the inhibits let it: each must lie below what it was below for {share:.1%} of the baseline, a "
        "limit that stays"
    )


def bands(limits: Sequence[Sequence[float]]) -> str:
    """Return bands in words."""
    return ", ".join(f"{low:g} to {high:g} Hz" for low, high in limits)


def _whys(report: Report) -> str:
    return ", ".join(f"{word} {share:.0%}" for word, share in report.whys) or "nothing"


def _change(report: Report) -> str:
    told = [f"{_spreads(report.value)} against the baseline"] if report.value is not None else []
    told += [f"last block less the first {_spreads(report.change)}"] if report.change is not None else []
    return f"{'; '.join(told)}, in spreads of the baseline." if told else ""


def _spreads(found: Interval) -> str:
    return f"{found.value:+.2f} ({found.low:+.2f} to {found.high:+.2f})"
