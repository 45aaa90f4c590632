"""Neurofeedback: how late it is, the own alpha frequency, the reward rate, and whether a replay can be told."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import _feedback_alpha
import _feedback_live
import _feedback_sham
import numpy as np
from _feedback_offline import HEADBAND, generated, session, with_blinks

from companion.brain.types import BoardError
from companion.evaluation.bids import EvaluationError
from companion.feedback import protocols
from companion.figures import Bar, report
from embeddings.feedback_plan import STEP_SECONDS

MILLI = 1e3
RATE = 0.6
BLOCK = 180.0
NEAR = 0.25  # Hz
ALIKE = 0.05  # chance below which a replay counts as told apart


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=24, help="made-up people a part")
    options.add_argument("--data", type=Path, default=_default_data(), help="folder with eegmat, for closed eyes")
    asked = options.parse_args()
    figures: dict[str, object] = {}
    bars: list[Bar] = []
    for part in (lateness, lambda: alpha(asked.people, asked.data), rewards, lambda: blinding(asked.people)):
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
    off: dict[str, float] = {}
    delays: dict[str, float] = {}
    for protocol in protocols.PROTOCOLS:
        if protocol is protocols.DIRECTION:  # moves as focus does
            continue
        worst = 0.0
        for seed in (11, 12):
            strong = generated(60 + BLOCK, seed=seed, snr_db=4.0)
            weak = generated(BLOCK + 4, seed=seed + 50, snr_db=0.0)
            joined = np.hstack([strong.data, weak.data])
            eeg = with_blinks(type(strong)(joined, strong.sfreq, strong.ch_names, 0.0), seed=seed)
            found = session(protocol, eeg, rate=RATE)
            delays[protocol.name] = round(found.delay, 2)
            count = round(BLOCK * eeg.sfreq / round(STEP_SECONDS * eeg.sfreq))
            blocks = [found.margins[start : start + count] for start in (0, count)]
            rates = [float(np.mean(block[np.isfinite(block)] >= 0)) for block in blocks]
            worst = max([worst, *(abs(rate - RATE) for rate in rates)])
        off[protocol.name] = round(100 * worst, 1)
    figures: dict[str, object] = {"reward_rate_off_points": off, "measures_own_delay_seconds": delays}
    return figures, [Bar("reward rate off the set one, points, worst block", max(off.values()), 5.0)]


def blinding(people: int) -> tuple[dict[str, object], list[Bar]]:
    """Show the same people their own signal and replays, and try to tell which is which."""
    pairs = _feedback_sham.logs([_feedback_sham.steps_of(seed) for seed in range(people)])
    p, distances = _feedback_sham.apart(pairs)
    same = all(
        one.keys() == other.keys() and all(one[key].dtype == other[key].dtype for key in one) for one, other in pairs
    )
    guessed = _feedback_sham.guessed(pairs)
    luck = 1.96 * (0.25 / (2 * people)) ** 0.5  # by which a share of logs guessed blindly may be above a half
    figures: dict[str, object] = {
        "sham_people": people,
        "sham_distances": distances,
        "sham_guessed_right_share": round(guessed, 3),
    }
    bars = [
        Bar("chance of telling a replay as well by luck", round(p, 3), ALIKE, "least"),
        Bar("logs guessed right, less what luck explains", round(guessed - luck, 3), 0.5),
        Bar("visible logs with other fields", int(not same), 0),
    ]
    return figures, bars


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BoardError, EvaluationError) as error:
        print(f"feedback: {error}", file=sys.stderr)
        sys.exit(2)
