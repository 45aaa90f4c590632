"""What recording costs, and how soon what was seen can be found, beside a recorder of the usual design.

Both watch the same scripted work on a desktop of their own (Xvfb at 1920x1080, openbox, a session bus), one after the
other: typing real prose in an editor, scrolling and opening long pages in Chromium, commands in a terminal, turning
from one of six windows to the next, a film, and nobody there. The recorders are programs of their own; nothing but
their processes and what they wrote is looked at.

- Processor seconds are the kernel's, of all the recorder's processes; work it puts off until later counts as active.
  ``desktop`` is what the programs that are looked at, the X server and the buses spent meanwhile.
- Idle is a minute or more in which nothing moves, once the work that was put off is done.
- An act shows words that stand nowhere else. It counts from the moment they could be seen (see `_capture_script.py`)
  until a full-text query finds all of them; what is never found took for ever. Editor and browser tell their text
  to whoever asks; the terminals have to be read off the pixels. Chromium is started with the option without which it
  tells nothing; ``--silent-browser`` leaves that out, and its pages have to be read, too.
- Bytes are what the vault grew by on disk, frames, text, vectors and all, once the program has ended. Frames that are
  too few for a reel by then become one within the hour; what that saves counts, and so does the processor time for it.
  What is left after some days, when the program has encoded all frames once more while nobody was there, is told beside
  it, and what that costs; neither counts for a bar.
- Which trigger ended how is the program's own account (`companion doctor --json`), and so is the time it says a look
  took until it could be found, from its trigger on. What it missed is told by the script: each of its acts must have a
  look of its own in the vault, stored or explained, within seconds.

The baseline is `_baseline_recorder.py`. All of it is meant for a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from _capture_desk import companion_recording, doctor, errors_in, missing, recording
from _capture_run import MEGABYTE, SETTLING, Run, Span, Watched, run
from _capture_script import IDLE
from _capture_windows import NEEDED
from _finding import InTable, InVault
from _grouped_later import Grouped, once_cold, once_reeled
from _looks import about, counted, looks, lost, noted_in, seconds_until_found, unanswered
from desktop import Desktop, DesktopError, wait_until
from kept_secrets import keep_in
from vaults import vault_at

from companion.figures import Bar, report
from index.store import Store

MINUTES = 5.0
EDITOR, BROWSER, TERMINAL = ("typing",), ("scrolling", "opening a page"), ("command", "late output", "turning to")
LEAST_RATIO, MOST_IDLE_PERCENT, MOST_MEGABYTES_A_DAY = 15.0, 0.5, 150.0
SLOWEST_TOLD, SLOWEST_READ = 1.0, 3.0  # seconds, p95
LOADING_SECONDS = 120.0
HOUR = 3600.0
FEW = 5

Groups = Mapping[str, Sequence[str]]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=MINUTES, help="of the script, a fifth of it idle")
    options.add_argument("--silent-browser", action="store_true", help="that tells nothing of its text")
    chosen = options.parse_args()
    absent = missing(*NEEDED)
    if absent:
        how = "packaging/linux/install-system-packages.sh test"
        print(f"capture: {', '.join(absent)} needed: {how}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="companion-capture-") as name:
        folder = Path(name)
        keep_in(folder / "secrets.json")  # the person's keyring is not for a throw-away vault
        try:
            ours = run(partial(_ours, folder=folder), chosen.minutes, silent_browser=chosen.silent_browser)
            told = doctor(folder)
            rest = _with_reels_of_the_rest(ours, folder / "vault")
            baseline = run(partial(_baseline, folder=folder), chosen.minutes, silent_browser=chosen.silent_browser)
            errors = errors_in(folder)
            with closing(Store(vault_at(folder / "vault"))) as store:
                noted = noted_in(store)
                unheard = unanswered(ours.calls, noted)
            cold = once_cold(folder / "vault")
        except DesktopError as error:
            print(f"capture: {error}", file=sys.stderr)
            return 2
    groups = _groups(silent_browser=chosen.silent_browser)
    figures = {
        "minutes": chosen.minutes,
        "silent_browser": chosen.silent_browser,
        "called_for_a_look": dict(Counter(call.trigger for call in ours.calls)),
        "ours": _figures(ours, groups) | _later(ours, cold) | {"frames_in_late_reels": rest.frames},
        "baseline": _figures(baseline, groups),
        "looks": counted(looks(told)),
        "looks_seconds_until_found": seconds_until_found(told),
        "not_noticed": dict(Counter(call.trigger for call in unheard)),
        "looks_about_these": [about(call, noted) for call in unheard],
        "errors": errors[:5],
        "incidents": [incident["what"] for incident in told.get("incidents", [])][:5],
    }
    return report("capture", figures, _bars(ours, baseline, told, groups, errors=len(errors), unheard=len(unheard)))


def _groups(*, silent_browser: bool) -> Groups:
    """Return the acts whose words their program tells, and those whose words are pixels."""
    if silent_browser:
        return {"told": EDITOR, "read": (*BROWSER, *TERMINAL)}
    return {"told": (*EDITOR, *BROWSER), "read": TERMINAL}


def _bars(ours: Run, baseline: Run, told: dict[str, Any], groups: Groups, *, errors: int, unheard: int) -> list[Bar]:
    idle, answered = ours.spans[IDLE], 1 - unheard / len(ours.calls)
    p95 = {name: _quantile(ours.latencies(acts), 0.95) for name, acts in groups.items()}
    return [
        Bar("times less processor time than the baseline", round(baseline.cpu / ours.cpu, 1), LEAST_RATIO, "least"),
        Bar("percent of one core when idle", round(100 * idle.cpu / idle.seconds, 2), MOST_IDLE_PERCENT),
        Bar("seconds until told text is found, p95", p95["told"], SLOWEST_TOLD),
        Bar("seconds until read text is found, p95", p95["read"], SLOWEST_READ),
        Bar("megabytes a day of 8 active hours", round(ours.megabytes_a_day, 1), MOST_MEGABYTES_A_DAY),
        Bar("share of acts whose look was stored or explained", round(answered, 4), 1.0, "least"),
        Bar("moments left without text or vectors", ours.left, 0),
        Bar("errors nobody caught", errors, 0),
        Bar("looks that could not be stored", lost(looks(told)), 0),
    ]


@contextmanager
def _ours(desktop: Desktop, folder: Path) -> Iterator[Watched]:
    with companion_recording(desktop, folder) as recorder:
        with closing(Store(vault_at(folder / "vault"))) as store:
            yield Watched(recorder, folder / "vault", InVault(store))
        recorder.end()


@contextmanager
def _baseline(desktop: Desktop, folder: Path) -> Iterator[Watched]:
    place = folder / "baseline"
    place.mkdir()
    command = [sys.executable, str(Path(__file__).with_name("_baseline_recorder.py")), str(place)]
    with recording(desktop, command, folder / "baseline.log") as recorder:
        wait_until(lambda: recorder.alive() and (place / "ready").exists(), "the baseline", seconds=LOADING_SECONDS)
        yield Watched(recorder, place, InTable(place / "screens.db"))
        recorder.end()


def _figures(run: Run, groups: Groups) -> dict[str, object]:
    idle = run.spans[IDLE]
    return {
        "cpu_seconds": round(run.cpu, 1),
        "cpu_seconds_a_minute_active": run.active.a_minute(),
        "cpu_seconds_a_minute_idle": idle.a_minute(),
        "cpu_seconds_by_phase": {name: round(span.cpu, 2) for name, span in run.spans.items()},
        "seconds_settling": round(run.spans[SETTLING].seconds, 1),
        "left_waiting": run.left,
        "load_of_machine_before": round(run.load, 2),
        "peak_megabytes": run.peaks,
        "megabytes_an_hour": round(run.grown / MEGABYTE * HOUR / run.active.seconds, 2),
        "kilobytes_at_the_end": _largest(run.parts),
        "never_found": run.never_found()[:FEW],
        "searchable": {name: _latencies(run.latencies(acts)) for name, acts in groups.items()},
        "searchable_by_act": {act: _latencies(run.latencies([act])) for acts in groups.values() for act in acts},
    }


def _with_reels_of_the_rest(run: Run, vault: Path) -> Grouped:
    """Count what the program does within an hour with frames too few for a reel yet: their bytes, and its work."""
    rest = once_reeled(vault)
    run.grown -= rest.saved
    run.spans[SETTLING] = run.spans[SETTLING].with_work_of(Span(cpu=rest.cpu, by_role={"late reels": rest.cpu}))
    return rest


def _later(run: Run, cold: Grouped) -> dict[str, float]:
    """Return what becomes of it after three days, and what that costs, while the person is away."""
    hours = run.active.seconds / HOUR
    return {
        "megabytes_an_hour_once_cold": round((run.grown - cold.saved) / MEGABYTE / hours, 2),
        "cpu_seconds_a_frame_until_cold": round(cold.cpu / max(1, cold.frames), 2),
        "frames": cold.frames,
    }


def _largest(parts: Mapping[str, int]) -> dict[str, float]:
    """Return the kilobytes of what takes most in the recorder's folder."""
    most = sorted(parts.items(), key=lambda part: -part[1])[:FEW]
    return {name: round(size / 1000, 1) for name, size in most}


def _latencies(seconds: Sequence[float]) -> dict[str, object]:
    never = sum(not np.isfinite(one) for one in seconds)
    p50, p95 = (_quantile(seconds, q) for q in (0.5, 0.95))
    told = {"p50": p50, "p95": p95}
    return {**{k: v if np.isfinite(v) else None for k, v in told.items()}, "acts": len(seconds), "never": never}


def _quantile(seconds: Sequence[float], q: float) -> float:
    """Return the least of the figures that so large a share is no greater than; nan without any."""
    return round(float(np.quantile(seconds, q, method="inverted_cdf")), 3) if seconds else float("nan")


if __name__ == "__main__":
    sys.exit(main())
