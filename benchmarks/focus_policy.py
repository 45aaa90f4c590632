"""From signs to a decision: how often focus flickers, how soon it begins and ends, what blinks and jaws add to it.

The EEG is real: people of eegmat who rest with closed eyes and then count backwards, each scored by a model that was
trained on all the others, through the tracker and its quality gate (F7 F8 T5 T6, a window a second). The two minutes
of rest and the one of work that there are of each are played forth and back for as long as it takes. Behaviour is made
up (`_focus_scripts.py`). No set that we know holds real EEG, real behaviour and the truth about focus at once, so that
what EEG adds to behaviour is told under two made-up conditions: behaviour is the same at rest and at work, or it tells
about as much as EEG does (scripts drawn with other odds at rest and at work).

Smoothing begins anew with each condition here, and its first 32 s are left out of every AUC, so that EEG alone tells
more than in `companion evaluate focus`, where it runs on through the change.

- Switches are changes of the decision an hour, over two hours, the first ten minutes left out; the worst person's.
- To enter and to leave: seconds from the change of both EEG and behaviour.
- A calibration: 45 s of rest against what comes after a pause and half a minute, work (25 s) or more rest (some 30 s).
- False focus: percentage points that blinks and clenched jaws made on purpose (an OpenBCI recording, 14 of every 60 s)
  add to the time decided as focus, and to the mean probability, whichever is more; the worst of some scripts, and of
  constant behaviour that brings the person to the very edge of focus. Ungated is what they would add if unfit windows
  were scored like any other. Without a pause: after five minutes of calm, to the end of the hour.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
from _focus_replay import Clenching, Person, Told, clenching, heard, people
from _focus_scripts import Played, Script, browsing, coding, mailing, played, reading, unknown
from numpy.typing import NDArray

from companion.evaluation import statistics
from companion.evaluation.statistics import Interval
from companion.figures import Bar, report
from companion.focus import fusion, outcome, signs
from companion.focus.behaviour import Behaviour, Habits
from companion.focus.calibration import STAGES, Part
from companion.focus.following import Following
from companion.focus.fusion import Heard
from companion.focus.person import Person as Learned
from companion.focus.rules import Local, Rules
from companion.focus.types import FocusState

DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
HOUR, WARM_UP, STEADY = 3600, 600, 2 * 3600
MOST_SWITCHES, MOST_POINTS = 2.0, 2.0
NOON = Local(0, 12 * 60)
FIRST, MIDDLE, LAST = 600, 1200, 600  # seconds of rest, work and rest again
MINUTE, OF_A_MINUTE = 60, 14  # seconds in which somebody blinks and clenches
BEFORE = 300  # seconds of calm before a jaw is clenched for the rest of the hour
SITUATIONS = 40  # a person and condition, where behaviour is drawn
SEED = 0
CONSTANT = (-0.8, -0.4, 0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.4)  # log odds by behaviour; focus begins at 0.85
# What somebody does at work and at rest, where behaviour tells something and not all of it: how often each script.
AT_WORK: dict[Script, int] = {coding: 4, reading: 2, unknown: 3, browsing: 4, mailing: 1}
AT_REST: dict[Script, int] = {coding: 1, reading: 2, unknown: 2, browsing: 4, mailing: 3}

HabitsEachSecond = list[tuple[Habits, ...] | None]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds until focus was decided after it began, and until it was not after it ended; NaN for never."""

    enter: float
    leave: float
    deep: float  # share of the time at work


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=24)
    asked = options.parse_args()
    if not (DATA / "eegmat").is_dir():
        print(f"focus_policy: there are no recordings at {DATA}. Set COMPANION_TEST_DATA.", file=sys.stderr)
        return 2
    known = people(DATA / "eegmat", asked.people)
    figures: dict[str, object] = {"people": len(known), "scored by": "models of the other people"}
    steady = _steady(known)
    figures |= {f"switches an hour, {name}, mean and worst": both for name, both in steady.items()}
    figures |= _turns(known)
    figures |= _compared(known)
    figures |= _calibrated(known)
    made = clenching(DATA / "raw")
    gated, ungated, all_the_time = _false_focus(made)
    figures |= {"windows of blinks and clenched jaws, of one recording": len(made.disturbed.fit)}
    figures |= {"of these fit": int(made.disturbed.fit.sum()), "spoiled by the person alone": _by_hand(made)}
    figures |= {"points of false focus by script": gated, "the same, ungated": ungated}
    figures |= {"points of false focus by script, without a pause": all_the_time}
    bars = [
        Bar(
            "switches an hour at steady state, worst person", max(worst for _, worst in steady.values()), MOST_SWITCHES
        ),
        Bar("points of false focus from jaws and blinks", max(gated.values()), MOST_POINTS),
        Bar("points of false focus from a jaw that is clenched all the time", max(all_the_time.values()), MOST_POINTS),
    ]
    return report("focus_policy", figures, bars)


def follow(
    habits: Sequence[tuple[Habits, ...] | None] | None, eeg: Sequence[Heard | None], person: Learned | None = None
) -> list[FocusState]:
    """Return the state of each second; without habits, nothing is known of behaviour."""
    following = Following(Rules())
    following.person = person or Learned()
    following.behaviour = cast("Behaviour", Played(habits if habits is not None else [None] * len(eeg)))
    return [
        following.step(float(now), 1e9 + now, NOON, heard=said, idle=None).state
        for now, said in enumerate(eeg, start=1)
    ]


def _steady(known: Sequence[Person]) -> dict[str, tuple[float, float]]:
    """Return switches an hour, mean and worst, where nothing changes for two hours."""
    cases: dict[str, tuple[Script, bool]] = {
        "coding and EEG of work": (coding, True),
        "reading and EEG of work": (reading, True),
        "half-hearted work and EEG of work": (unknown, True),
        "half-hearted work and EEG of rest": (unknown, False),
        "browsing and EEG of rest": (browsing, False),
        "mail and EEG of rest": (mailing, False),
    }
    found = {}
    for name, (script, working) in cases.items():
        habits = played(script, WARM_UP + STEADY, SEED)
        rates = []
        for person in known:
            told = (person.work if working else person.rest).rolled(len(habits))
            states = follow(habits, heard(person.line, told))[WARM_UP:]
            rates.append(sum(a.deep != b.deep for a, b in pairwise(states)) * HOUR / len(states))
        found[name] = round(float(np.mean(rates)), 2), round(max(rates), 2)
    return found


def _turns(known: Sequence[Person]) -> dict[str, object]:
    habits = _habits_of_a_turn()
    silent: list[Heard | None] = [None] * len(habits)
    eeg = [heard(person.line, _told_of_a_turn(person)) for person in known]
    runs = {
        "both": [_turn(follow(habits, each)) for each in eeg],
        "behaviour alone": [_turn(follow(habits, silent))],
        "EEG alone": [_turn(follow(None, each)) for each in eeg],
    }
    return {f"turn to work and back, {name}": _summary(turns) for name, turns in runs.items()}


def _calibrated(known: Sequence[Person]) -> dict[str, object]:
    """Return in how many people a calibration finds that work is told from rest, and rest from rest that goes on."""
    stages = {stage.part: int(stage.seconds) for stage in STAGES}
    rest, pause, run_in = (stages[part] for part in (Part.MORE_REST, Part.PAUSE, Part.RUN_IN))
    counts = {"work": Counter[str](), "rest that goes on": Counter[str]()}
    for person in known:
        later = person.rest.since(rest + pause)
        before = _said(heard(person.line, person.rest)[:rest])
        for name, told in (("work", person.work), ("rest that goes on", later)):
            counts[name][_verdict(outcome.Outcome(before, _said(heard(person.line, told)[run_in:]), 1.0, 1.0))] += 1
    return {f"calibration tells rest from {name}": dict(each) for name, each in counts.items()}


def _verdict(came: outcome.Outcome) -> str:
    if came.apart is None:
        return "unknown"
    if came.adds:
        return "yes"
    return "turned round" if came.apart <= -outcome.CLEAR else "no"


def _said(some: Sequence[Heard]) -> float | None:
    return outcome.mean([said.log_odds for said in some if said.fit and said.log_odds is not None])


def _habits_of_a_turn() -> HabitsEachSecond:
    told, rng, found = Behaviour(), random.Random(SEED), HabitsEachSecond()  # noqa: S311 made-up behaviour
    for second in range(FIRST + MIDDLE + LAST):
        script = coding if FIRST <= second < FIRST + MIDDLE else mailing
        script(told, second, rng)
        found.append(told.habits(second + 1.0))
    return found


def _told_of_a_turn(person: Person) -> Told:
    return person.rest.rolled(FIRST).then(person.work.rolled(MIDDLE)).then(person.rest.rolled(LAST))


def _turn(states: Sequence[FocusState]) -> Turn:
    deep = np.array([state.deep for state in states])
    work, after = deep[FIRST : FIRST + MIDDLE], deep[FIRST + MIDDLE :]
    entered = float(work.argmax()) if work.any() else float("nan")
    left = float((~after).argmax()) if work[-1] and not after.all() else float("nan")
    return Turn(entered, left, float(work.mean()))


def _summary(turns: Sequence[Turn]) -> dict[str, Any]:
    enter, leave = (np.array([getattr(turn, name) for turn in turns]) for name in ("enter", "leave"))
    known = {"enter": enter[np.isfinite(enter)], "leave": leave[np.isfinite(leave)]}
    told: dict[str, Any] = {"never entered": int(np.isnan(enter).sum())}
    for name, values in known.items():
        if len(values):
            told |= {f"{name}, median s": float(np.median(values)), f"{name}, slowest s": float(values.max())}
    return told | {"share of work decided as focus": round(float(np.mean([turn.deep for turn in turns])), 3)}


def _compared(known: Sequence[Person]) -> dict[str, object]:
    """Return what EEG adds to behaviour: AUC of each person, and the difference with its interval over people."""
    same = [_aucs(person, {coding: 1}, {coding: 1}) for person in known]
    drawn = [_aucs(person, AT_WORK, AT_REST) for person in known]
    found: dict[str, object] = {}
    for name, aucs in (("behaviour the same", same), ("behaviour tells something", drawn)):
        fused, alone, eeg = (np.array(column) for column in zip(*aucs, strict=True))
        gain = statistics.paired(fused, alone, seed=SEED, bounded=statistics.DIFFERENCES)
        told = {"both": _mean(fused), "behaviour alone": _mean(alone), "EEG alone": _mean(eeg)}
        found[f"AUC, {name} (made up)"] = told | {
            "both less behaviour alone": _shown(gain),
            "beats it": gain.above(0.0),
        }
    return found


def _aucs(person: Person, at_work: dict[Script, int], at_rest: dict[Script, int]) -> tuple[float, float, float]:
    """Return the AUC of both, behaviour alone and EEG alone over situations drawn from work and rest."""
    rng = np.random.default_rng([SEED, int(person.name) if person.name.isdigit() else 0])
    rows, labels = [], []
    for working, odds in ((True, at_work), (False, at_rest)):
        told = heard(person.line, person.work if working else person.rest)
        later = [each.log_odds for each in told[32:] if each.log_odds is not None and each.fit]
        scripts = rng.choice(len(odds), SITUATIONS, p=np.array([*odds.values()]) / sum(odds.values()))
        for which in scripts.tolist():
            eeg, behaviour = float(rng.choice(later)), _behaviour(list(odds)[which], rng)
            rows.append((fusion.fused(eeg, behaviour), behaviour, eeg))
            labels.append(working)
    table = np.array(rows, np.float64)
    both, alone, by_eeg = (statistics.auc(np.array(labels), column) for column in table.T)
    return both, alone, by_eeg


_PLAYED: dict[Script, Numbers] = {}


def _behaviour(script: Script, rng: np.random.Generator) -> float:
    """Return the log odds by behaviour at some second of a script."""
    if script not in _PLAYED:
        known = [habits for habits in played(script, HOUR, SEED) if habits is not None]
        _PLAYED[script] = np.array([signs.log_odds(signs.PRIOR.mean, signs.row(habits)) for habits in known])
    return float(rng.choice(_PLAYED[script]))


def _by_hand(made: Clenching) -> int:
    return int(made.disturbed.disturbed.sum())


def _false_focus(made: Clenching) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Return the points that artefacts add, by behaviour: as the program hears them, without its gate, and endless."""
    quiet = made.calm.rolled(HOUR)
    gated, ungated = (_with_artefacts(quiet, told) for told in (made.disturbed, made.ungated))
    endless = quiet.rolled(BEFORE).then(made.disturbed.rolled(HOUR - BEFORE))
    found: tuple[dict[str, float], dict[str, float], dict[str, float]] = {}, {}, {}
    for name, habits, person in _behaviours():
        before = follow(habits, heard(made.line, quiet), person)
        for told, into in zip((gated, ungated, endless), found, strict=True):
            after = follow(habits, heard(made.line, told), person)
            into[name] = round(100 * max(_deep(after) - _deep(before), _sure(after) - _sure(before)), 2)
    return found


def _behaviours() -> Iterator[tuple[str, HabitsEachSecond, Learned]]:
    """Yield scripts, and behaviour of one probability all the time."""
    for script in (mailing, browsing, unknown, reading, coding):
        yield script.__name__, played(script, HOUR, SEED), Learned()
    habits = played(reading, HOUR, SEED)
    for constant in CONSTANT:
        yield f"constant {constant:g}", habits, Learned((constant, *(0.0 for _ in signs.SIGNS[1:])))


def _with_artefacts(quiet: Told, disturbed: Told) -> Told:
    at, both = np.arange(HOUR), quiet.then(disturbed.rolled(HOUR))
    at[(at % MINUTE >= MINUTE // 2) & (at % MINUTE < MINUTE // 2 + OF_A_MINUTE)] += HOUR
    return both.at(at)


def _deep(states: Sequence[FocusState]) -> float:
    return float(np.mean([state.deep for state in states]))


def _sure(states: Sequence[FocusState]) -> float:
    return float(np.mean([state.probability for state in states if state.probability is not None]))


def _mean(values: Numbers) -> list[float | None]:
    return _shown(statistics.bootstrap(values, seed=SEED, bounded=statistics.SHARES))


def _shown(interval: Interval) -> list[float | None]:
    ends = interval.value, interval.low, interval.high
    return [round(value, 3) if math.isfinite(value) else None for value in ends]


if __name__ == "__main__":
    sys.exit(main())
