"""Neurofeedback: how late it is, the own alpha frequency, the reward rate, and whether a replay can be told."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import _feedback_alpha
import _feedback_live
import _feedback_sham
import numpy as np
from _feedback_offline import HEADBAND, Measured, after, generated, measure, with_blinks

from companion.brain.types import BoardError
from companion.evaluation.bids import EvaluationError
from companion.feedback import protocols
from companion.figures import Bar, report
from embeddings.types import EEGWindow

MILLI = 1e3
RATES = 0.3, 0.6, 0.8, 0.9
BLINDED = protocols.CALM, protocols.SENSORIMOTOR, protocols.THETA_BETA
EARLIER_RATE = 0.6  # of the sessions that whoever kept both would have
GUESSED = 0.6  # of logs; a half is luck
BLOCK = 180.0
NEAR = 0.25  # Hz
ALIKE = 0.05  # chance below which a replay counts as told apart


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=24, help="made-up people a part")
    options.add_argument("--data", type=Path, default=_default_data(), help="folder with eegmat, for closed eyes")
    options.add_argument("--only", choices=("lateness", "alpha", "rewards", "blinding"), nargs="+", help="these parts")
    asked = options.parse_args()
    figures: dict[str, object] = {}
    bars: list[Bar] = []
    parts: dict[str, Callable[[], tuple[dict[str, object], list[Bar]]]] = {
        "lateness": lateness,
        "alpha": lambda: alpha(asked.people, asked.data),
        "rewards": rewards,
        "blinding": lambda: blinding(asked.people, asked.data),
    }
    for part in (its for name, its in parts.items() if name in (asked.only or parts)):
        more, its = part()
        figures |= more
        bars += its
    return report("feedback", figures, bars)


def _default_data() -> Path:
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("COMPANION_TEST_DATA", beside)) / "eegmat"


def lateness() -> tuple[dict[str, object], list[Bar]]:
    """Train on the playback board."""
    heard = _feedback_live.run()
    ages, pulses = heard.ages * MILLI, heard.pulses * MILLI
    figures: dict[str, object] = {
        "load_per_core": round(os.getloadavg()[0] / (os.cpu_count() or 1), 1),
        "samples": len(ages),
        "steps": heard.steps,
        "sample_to_feedback_p50_ms": round(float(np.median(ages)), 1),
        "sample_to_feedback_longest_ms": round(float(ages.max()), 1),
        "pulses": len(pulses),
        "pulse_to_muted_p50_ms": round(float(np.median(pulses)), 1) if len(pulses) else float("nan"),
        "pulse_to_muted_longest_ms": round(float(pulses.max()), 1) if len(pulses) else float("nan"),
        "baseline_sample_to_feedback_p50_ms": round(float(np.median(heard.baseline_ages)) * MILLI, 1),
        "baseline_played_late_p50_ms": round(float(np.median(heard.baseline_played_late)) * MILLI, 1),
        "played_late_p50_ms": round(float(np.median(heard.played_late)) * MILLI, 1),
        "played_late_p99_ms": round(float(np.percentile(heard.played_late, 99)) * MILLI, 1),
        "cpu_share_of_the_main_process": round(heard.cpu_share, 3),
    }
    return figures, [Bar("sample to feedback p99, ms", round(float(np.percentile(ages, 99)), 1), 150.0)]


def alpha(people: int, data: Path) -> tuple[dict[str, object], list[Bar]]:
    """Look for alpha frequencies, made up and real."""
    found, nothing, silent = _feedback_alpha.errors(people)
    strong = np.concatenate([one for strength, one in found.items() if strength >= _feedback_alpha.LIMIT_DB])
    figures: dict[str, object] = {
        "alpha_limit_db": _feedback_alpha.LIMIT_DB,
        "alpha_error_p95_hz_by_db": {str(db): _p95(np.abs(one)) for db, one in found.items()},
        "alpha_none_found_by_db": {str(db): round(one, 3) for db, one in nothing.items()},
    }
    bars = [
        Bar("alpha frequency, made up, p95 error, Hz", _p95(np.abs(strong)), NEAR),
        Bar("share with none found where there is none", round(silent, 3), 0.95, "least"),
    ]
    if not data.is_dir():
        return figures | {"closed_eyes": "no data: see --data"}, bars
    for name, electrodes in (("headband", HEADBAND), ("back", ("O1", "O2", "P3", "P4", "Pz"))):
        turns, halves, all_people = _feedback_alpha.agreement(data, electrodes)
        figures |= {
            f"closed_eyes_{name}_people": all_people,
            f"closed_eyes_{name}_found_in_both": turns.size,
            f"closed_eyes_{name}_taking_turns_p50_hz": round(float(np.median(turns)), 3),
            f"closed_eyes_{name}_taking_turns_within_a_quarter": round(float(np.mean(turns <= NEAR)), 3),
            f"closed_eyes_{name}_first_and_second_half_p50_hz": round(float(np.median(halves)), 3),
            f"closed_eyes_{name}_first_and_second_half_within_a_quarter": round(float(np.mean(halves <= NEAR)), 3),
        }
        bars.append(
            Bar(
                f"closed eyes, {name}, halves that take turns, median Hz apart", round(float(np.median(turns)), 3), NEAR
            )
        )
    return figures, bars


def _p95(values: np.ndarray) -> float:
    return round(float(np.percentile(values, 95)), 3) if values.size else float("nan")


def rewards() -> tuple[dict[str, object], list[Bar]]:
    """Train each protocol on made-up people who blink, two blocks each; the second is less strong in alpha."""
    off: dict[str, dict[str, float]] = {}
    delays: dict[str, float] = {}
    for protocol in protocols.PROTOCOLS:
        if protocol is protocols.DIRECTION:  # moves as focus does
            continue
        measured = [measure(protocol, eeg) for eeg in map(_blinking, (11, 12))]
        delays[protocol.name] = round(measured[0].delay, 2)
        off[protocol.name] = {
            str(rate): round(100 * max(abs(one - rate) for found in measured for one in _rates(found, rate)), 1)
            for rate in RATES
        }
    figures: dict[str, object] = {"reward_rate_off_points": off, "measures_own_delay_seconds": delays}
    worst = max(one for its in off.values() for one in its.values())
    return figures, [Bar("reward rate off the set one, points, worst block of any rate", worst, 5.0)]


def _blinking(seed: int) -> EEGWindow:
    strong = generated(60 + BLOCK, seed=seed, snr_db=4.0)
    weak = generated(BLOCK + 4, seed=seed + 50, snr_db=0.0)
    joined = np.hstack([strong.data, weak.data])
    return with_blinks(EEGWindow(joined, strong.sfreq, strong.ch_names, 0.0), seed=seed)


def _rates(measured: Measured, rate: float) -> list[float]:
    """Return the share of unmuted time with a reward in each block."""
    margins = after(measured, baseline=60.0, rate=rate).margins
    count = round(BLOCK / measured.seconds)
    blocks = [margins[start : start + count] for start in (0, count)]
    return [float(np.mean(block[np.isfinite(block)] >= 0)) for block in blocks]


def blinding(people: int, data: Path) -> tuple[dict[str, object], list[Bar]]:
    """Show the same people their own signal and replays, and try to tell which is which."""
    figures: dict[str, object] = {"sham_people_a_protocol": people, "sham_rates": RATES}
    bars: list[Bar] = []
    sources: dict[str, list[_feedback_sham.Person]] = {"made-up people": [], "real people": []}
    for number, protocol in enumerate(BLINDED):
        sources["made-up people"] += [_feedback_sham.made_up(protocol, 1000 * number + seed) for seed in range(people)]
        if data.is_dir():
            sources["real people"] += _feedback_sham.wearers(protocol, data.parent)
    for source, its in sources.items():
        if its:
            more, others = _told_apart(_feedback_sham.pairs(its), source)
            figures, bars = figures | more, [*bars, *others]
        else:
            figures[f"sham_of_{source}"] = f"left out: no recordings beside {data}"
    told = _feedback_sham.margins_told_while_sealed()
    return figures, [*bars, Bar("margins of a sealed session in its export and pictures of it in its report", told, 0)]


def _told_apart(pairs: Sequence[_feedback_sham.Pair], source: str) -> tuple[dict[str, object], list[Bar]]:
    p, distances = _feedback_sham.apart(pairs)
    guesses = _feedback_sham.guessed(pairs)
    same = all(
        pair.true.keys() == pair.replayed.keys()
        and all(pair.true[key].dtype == pair.replayed[key].dtype for key in pair.true)
        for pair in pairs
    )
    found = np.mean([_feedback_sham.pieces_of(pair.replayed, pair.earlier, EARLIER_RATE) for pair in pairs])
    figures: dict[str, object] = {
        f"sham_of_{source}_distances": distances,
        f"sham_of_{source}_people": len({pair.name for pair in pairs}),
        f"sham_of_{source}_logs": 2 * len(pairs),
        f"sham_of_{source}_guessed_right": guesses,
        f"sham_of_{source}_told_as_well_by_luck": round(p, 3),
        f"sham_of_{source}_pieces_that_whoever_kept_both_would_find": round(float(found), 2),
    }
    repeated = max(_feedback_sham.repeats(pair.replayed) for pair in pairs)
    return figures, [
        Bar(f"chance of telling a replay of {source} as well by luck", round(p, 3), ALIKE, "least"),
        *(
            Bar(f"logs guessed right, {source}, {name}, upper end of 95 %, n={2 * len(pairs)}", its[2], GUESSED)
            for name, its in guesses.items()
        ),
        Bar(f"share of a replay of {source} that was shown twice", round(repeated, 3), 0.0),
        Bar(f"logs of {source} with other fields", int(not same), 0),
    ]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BoardError, EvaluationError) as error:
        print(f"feedback: {error}", file=sys.stderr)
        sys.exit(2)
