"""Who it is: how well people can be told by their vectors in another session, and by private ones.

An adversary who has vectors of everyone's one session names the windows of another one; the best of several is
counted. Another one names whole sessions by how their vectors hang together. Brain vectors identify people, so these
figures belong to whatever is exported. Beside them stands what privacy costs where that can be told: how well focus is
told from private vectors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import (
    adversary,
    adversary_sessions,
    controls,
    electrodes,
    encoders,
    private_focus,
    statistics,
)
from companion.evaluation.adversary import Named
from companion.evaluation.adversary_sessions import SessionsNamed
from companion.evaluation.bids import Recording, cohort
from companion.evaluation.encoders import LEAST_SECONDS, Encoder, Mask
from companion.evaluation.errors import EvaluationError
from companion.evaluation.interval import Interval
from companion.evaluation.options import Options
from companion.evaluation.reference import FOCUS_BANDS, band_powers
from companion.evaluation.report import Figure, Report
from companion.evaluation.splits import known
from companion.evaluation.statistics import DIFFERENCES, SHARES
from companion.evaluation.windows import Windows, cut
from embeddings.private import PrivateMap

SECONDS = 10.0
TIMES, QUICK_TIMES = 1_000, 100
FEWEST_WINDOWS = 6  # of a session
FEWEST = 3  # people; of two, half is guessed
IDENTITY_BANDS = ((1.0, 4.0), *FOCUS_BANDS)  # eyes, too, tell people apart
LOST = "focus AUC that privacy loses"
GOAL = 0.08  # of windows, and of sessions, named: what private vectors are to stay under
STATE, PRIVATE = "state vectors", "private vectors"
BESIDE = (
    "band powers",
    "band powers less first minute",
    "amplitude",
    "fingerprint",
    "clock only",
    "noise input",
    "noise input, private",
)
BY_SESSION = (STATE, PRIVATE, "noise input, private")  # attacked as whole sessions too
COMPARED = ((PRIVATE, STATE), (STATE, "band powers"), (PRIVATE, "band powers"))

Words = NDArray[np.str_]
Values = Mapping[str, float]


def evaluate(folder: Path, options: Options, others: Mapping[str, Encoder] | None = None) -> Report:
    """Score how well people are told, by our vectors and by those of ``others``. Raises `EvaluationError`."""
    if known(options.split or "session") != "session":
        raise EvaluationError("People are told in sessions that were not trained on: use --split session.")
    found = cohort(folder)
    wanted = [one for one in found.recordings if not options.people or one.person in options.people]
    apart = _has_sessions(wanted)
    windows = _windows(_several(wanted, apart), options, apart)
    splits = adversary.folds(windows)
    vectors = _vectors(windows, others or {}, options.seed)
    named = {name: adversary.best(made, windows.person, splits) for name, made in vectors.items()}
    whole = {name: adversary_sessions.best(vectors[name], windows) for name in BY_SESSION}
    cost = private_focus.cost(wanted, options)
    report = _report(named, whole, windows, options, cost)
    return replace(report, data=folder.name, notes=(*found.notes, *_notes(wanted, windows, apart, cost)))


def _has_sessions(recordings: Sequence[Recording]) -> bool:
    """Whether someone has two sessions; else recordings stand for them."""
    pairs = {(one.person, one.session) for one in recordings}
    return len(pairs) > len({person for person, _ in pairs})


def _several(recordings: Sequence[Recording], apart: bool) -> list[Recording]:
    """Return the recordings of people with two sessions (or recordings)."""
    theirs: dict[str, set[str]] = {}
    for one in recordings:
        theirs.setdefault(one.person, set()).add(one.session if apart else one.name)
    kept = [one for one in recordings if len(theirs[one.person]) > 1]
    _check_people({one.person for one in kept})
    return kept


def _windows(recordings: Sequence[Recording], options: Options, apart: bool) -> Windows:
    """Return the windows of people with two sessions that are long enough."""
    seconds, picks = options.seconds or SECONDS, electrodes.chosen(recordings, options.picks)
    windows = cut(recordings, lambda recording, _, __: recording.task, seconds=seconds, step=seconds, picks=picks)
    windows = windows if apart else replace(windows, session=windows.run)
    windows = windows.where(_long_enough(windows))
    several = [who for who in np.unique(windows.person) if len(np.unique(windows.session[windows.person == who])) > 1]
    _check_people(set(several))
    return windows.where(np.isin(windows.person, several))


def _long_enough(windows: Windows) -> Mask:
    """Return which windows are of sessions with enough of them, and with a first minute that tells what is usual."""
    sessions, first = encoders.sessions(windows), encoders.first_minutes(windows)
    names, counts = np.unique(sessions, return_counts=True)
    usual = np.array([np.count_nonzero(first & (sessions == name)) for name in names]) * windows.seconds
    return np.isin(sessions, names[(counts >= FEWEST_WINDOWS) & (usual >= LEAST_SECONDS)])


def _check_people(people: set[str]) -> None:
    if len(people) < FEWEST:
        raise EvaluationError(
            f"Fewer than {FEWEST} people have two sessions (or recordings) of two minutes or more, so nobody can be "
            "told from anybody. Add people."
        )


def _vectors(windows: Windows, others: Mapping[str, Encoder], seed: int) -> dict[str, NDArray[np.float32]]:
    """Return ``float32[n, dimension]`` of everything that is attacked; sessions share no reference."""
    plain: dict[str, Encoder] = {
        STATE: encoders.state,
        **others,
        "band powers": _heedless(_powers),
        "band powers less first minute": _less_first_minute,
        "amplitude": _heedless(controls.amplitude),
        "fingerprint": _heedless(controls.fingerprint),
        # the date of a session would name everyone, and says nothing of brains
        "clock only": _heedless(lambda theirs: theirs.start[:, np.newaxis]),
    }
    found = {name: _encoded(encoder, windows) for name, encoder in plain.items()}
    hollow = _encoded(encoders.state, controls.noise(windows, np.random.default_rng(seed)))
    found["noise input"] = hollow
    found[PRIVATE] = _private(found[STATE], windows)
    found["noise input, private"] = _private(hollow, windows)
    return found


def _encoded(encoder: Encoder, windows: Windows) -> NDArray[np.float32]:
    return encoders.everyone(encoders.each_session(encoder), windows, encoders.first_minutes(windows))


def _heedless(make: Callable[[Windows], NDArray[np.float64]]) -> Encoder:
    """Return an encoder that does not heed what is usual for the person."""
    return lambda windows, _: make(windows).astype(np.float32)


def _powers(windows: Windows) -> NDArray[np.float64]:
    return band_powers(windows, IDENTITY_BANDS)


def _less_first_minute(windows: Windows, first: Mask) -> NDArray[np.float32]:
    made = _powers(windows)
    return np.asarray(made - made[first].mean(axis=0), np.float32)


def _private(vectors: NDArray[np.float32], windows: Windows) -> NDArray[np.float32]:
    learned = PrivateMap.fit(vectors, windows.person, windows.session)
    return learned.apply(vectors, windows.person, windows.session)


def _report(
    named: Mapping[str, Named],
    whole: Mapping[str, SessionsNamed],
    windows: Windows,
    options: Options,
    cost: private_focus.Cost | None,
) -> Report:
    """Return the figures."""
    right = {name: one.accuracy(windows.person) for name, one in named.items()}
    figure = partial(_figure, options.seed)
    told = {name: figure(f"named by {name}", values, named[name].adversary) for name, values in right.items()}
    sessions = {name: figure(f"sessions named by {name}", one.right, one.adversary) for name, one in whole.items()}
    ours = [name for name in told if name not in BESIDE]
    less = [figure(f"{a} less {b}", statistics.less(right[a], right[b]), "", DIFFERENCES) for a, b in COMPARED]
    lost = [] if cost is None else [figure(LOST, cost.lost(), "unseen people, paired", DIFFERENCES)]
    kept = (
        []
        if cost is None
        else [
            figure("focus AUC of state vectors", cost.state, "linear, unseen people"),
            figure("focus AUC of private vectors", cost.private, "linear, unseen people"),
        ]
    )
    chance = 1.0 / len(right[STATE])
    return Report(
        task="identity",
        data="",
        split="session",
        model=options.model,
        people=len(right[STATE]),
        windows=len(windows),
        figures=(*(told[name] for name in ours), *(sessions[name] for name in sessions if name not in BESIDE), *kept),
        controls=(*(told[name] for name in BESIDE), *(sessions[name] for name in sessions if name in BESIDE)),
        differences=tuple(less + lost),
        p_value=_p(named[STATE], windows, options),
        chance=chance,
        verdict=_verdict(told[STATE].value, told[PRIVATE].value, sessions[PRIVATE].value),
    )


def _figure(
    seed: int, name: str, values: Mapping[str, float], note: str, bounded: tuple[float, float] = SHARES
) -> Figure:
    return Figure(name, statistics.bootstrap(list(values.values()), seed=seed, bounded=bounded), note, values)


def _p(named: Named, windows: Windows, options: Options) -> float:
    """Permute whose the tested sessions are."""
    tested = windows.where(named.tested)

    def accuracy(person: Words) -> float:
        return float(np.mean([np.mean(named.said[person == who] == who) for who in np.unique(person)]))

    names = encoders.sessions(tested)
    times = QUICK_TIMES if options.quick else TIMES
    return statistics.permutation_p(accuracy, tested.person, names, seed=options.seed, times=times)


def _notes(wanted: Sequence[Recording], windows: Windows, apart: bool, cost: private_focus.Cost | None) -> list[str]:
    """Say what the figures do not cover."""
    everyone, left = {one.person for one in wanted}, set(windows.person.tolist())
    guessed = adversary_sessions.chance(windows)
    notes = [
        f"The share of {windows.seconds:g} s windows of another session that the best of several adversaries names.",
        f"Whole sessions are named after the one most like them; guessing names {guessed:.1%}.",
    ]
    if everyone - left:
        notes.append(f"{len(everyone - left)} of {len(everyone)} people have no two sessions that are long enough.")
    if not apart:
        notes.append("Recordings stand for sessions; each is made private by itself, though one sitting would be.")
    if cost is None:
        notes.append(
            f"What privacy costs cannot be told: fewer than {private_focus.FEWEST} people here were both focused and "
            "at rest for long enough."
        )
    elif cost.note:
        notes.append(cost.note)
    notes.append(
        "The private directions were fitted, without labels, on the very people who are named here: those of another "
        "cohort may hide less or more."
    )
    return notes


def _verdict(state: Interval, private: Interval, sessions: Interval) -> str:
    """Say what the figures come to: hidden is only what is hidden at the upper ends and from both adversaries."""
    told = (
        f"Brain vectors name {state.value:.0%} of windows, private ones {private.value:.0%} and "
        f"{sessions.value:.0%} of whole sessions"
    )
    if private.high <= GOAL and sessions.high <= GOAL:
        return f"{told}: private vectors hide who it was from these adversaries (at most {GOAL:.0%} named)."
    if not (math.isfinite(private.high) and math.isfinite(sessions.high)):
        return f"{told}: how much that is of other people cannot be said. Add people."
    return (
        f"{told}, with 95 % confidence up to {private.high:.0%} and {sessions.high:.0%}: private vectors may still "
        "tell people apart, export them only to whom you trust."
    )
