"""Two hours of work: no process of the program grows, none leaks descriptors, and the vault is whole afterwards.

The program records the scripted desktop of `bench capture`, one phase after the other, again and again, with a rest in
every round. After the first sixth of the time, which is for warming up, the sixth that follows is compared with the
last, in whole rounds: the median of the memory that each process wrote and shares with nobody, and the fewest
descriptors it had open, as a leak is what never closes; no process may end meanwhile. The medians of every round are
told too. Then the program is asked to end, every byte of the vault is verified, and ten sentences that were typed are
asked for.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from _capture_desk import asked, companion_recording, desk, doctor, errors_in, missing
from _capture_run import ACTIVE
from _capture_script import PHASES, TYPING, Script
from _capture_windows import NEEDED, open_windows
from _finding import InVault
from _marked_pages import Pages
from _marked_prose import Prose
from _weighing import MEGABYTE, Sample, Weighing, await_quiet
from desktop import Desktop, DesktopError
from kept_secrets import keep_in
from vaults import vault_at

from companion.figures import Bar, report
from index.store import Store

MINUTES = 120.0
ROUND_SECONDS = 300.0
REST_SHARE = 0.2
WINDOWS = 6  # the time is cut into about so many; the first is for warming up
ASKED_FOR = 10  # of what was typed
SAMPLE_SECONDS = 5.0
MOST_GROWTH = 3.0  # percent


@dataclass(frozen=True, slots=True)
class Growth:
    """How one process changed between the end of warming up and the end of the run; how many of its kind ended."""

    role: str
    megabytes: tuple[float, float]
    descriptors: tuple[int, int]
    ended: int

    @property
    def percent(self) -> float:
        """Growth of its memory."""
        before, after = self.megabytes
        return 100 * (after - before) / before


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=MINUTES)
    minutes = options.parse_args().minutes
    absent = missing(*NEEDED)
    if absent:
        how = "packaging/linux/install-system-packages.sh test"
        print(f"soak: {', '.join(absent)} needed: {how}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="companion-soak-") as name:
        folder = Path(name)
        keep_in(folder / "secrets.json")  # the person's keyring is not for a throw-away vault
        try:
            with desk() as desktop:
                grown, by_round, typed = _soak(desktop, folder, minutes * 60)
            told, errors = doctor(folder), errors_in(folder)
        except DesktopError as error:
            print(f"soak: {error}", file=sys.stderr)
            return 2
        verified = asked(folder, "vault", "verify")
        lost = [word for word in typed if not _found(folder, word)]
    figures = {
        "minutes": minutes,
        "processes": [_told(one) for one in grown],
        "megabytes_by_round": by_round,
        "asked_for": len(typed),
        "verify_said": verified.stdout.strip().splitlines()[-3:],
        "errors": errors[:5],
        "incidents": [incident["what"] for incident in told.get("incidents", [])][:5],
    }
    bars = [
        Bar("percent of memory grown, most of any process", _most(one.percent for one in grown), MOST_GROWTH),
        Bar("processes that ended or were started anew", sum(one.ended for one in grown), 0),
        Bar("descriptors more, most of any process", _most(o.descriptors[1] - o.descriptors[0] for o in grown), 0),
        Bar("exit code of `companion vault verify`", verified.returncode, 0),
        Bar("errors nobody caught", len(errors), 0),
        Bar("typed sentences that are not found", len(lost), 0),
    ]
    return report("soak", figures, bars)


def _soak(desktop: Desktop, folder: Path, seconds: float) -> tuple[list[Growth], dict[str, list[float]], list[str]]:
    """Let the program record for so long; returns how each process grew, its rounds, and words typed meanwhile."""
    prose = Prose()
    with companion_recording(desktop, folder) as recorder:
        with Pages(prose, _heard) as pages, Weighing(recorder.pid, every=SAMPLE_SECONDS) as weighing:
            script = Script(desktop, open_windows(desktop, pages, prose), pages, prose, _heard)
            begin = time.monotonic()
            while (left := begin + seconds - time.monotonic()) > 0:
                _round(script, min(ROUND_SECONDS, left))
                recorder.alive()
            grown = _growth(weighing, begin, time.monotonic())
            by_round = _by_round(weighing, begin, time.monotonic())
            await_quiet(weighing, waiting=partial(_waiting, folder))
        recorder.end()
    typed = [shown.words[0] for shown in script.shown if shown.act == TYPING]
    return grown, by_round, typed[:: max(1, len(typed) // ASKED_FOR)]


def _waiting(folder: Path) -> int:
    """Return how much the program put off."""
    with closing(Store(vault_at(folder / "vault"))) as store:
        return InVault(store).waiting()


def _heard(_: str) -> None:
    """Let a word be shown: when it can be found is asked at the end."""


def _round(script: Script, seconds: float) -> None:
    active = seconds * (1 - REST_SHARE)
    for name in ACTIVE:
        script.phase(name, PHASES[name][0] * active)
    script.rest()
    time.sleep(seconds * REST_SHARE)


def _growth(weighing: Weighing, begin: float, end: float) -> list[Growth]:
    """Compare the rounds that follow warming up with the last ones, for each process there after warming up.

    Whole rounds: what a process holds goes up and down by a quarter within one, as a page is read or nobody is there.
    One that is started anew begins small again: how many ended is counted beside.
    """
    rounds = max(1, round((end - begin) / ROUND_SECONDS / WINDOWS))
    length = min(rounds * ROUND_SECONDS, (end - begin) / 3)
    early = _weights(weighing, begin + length, begin + 2 * length)
    late = _weights(weighing, end - length, end)
    pids: dict[str, set[int]] = {}
    for sample in weighing.samples:
        if begin + length <= sample.time <= end:
            pids.setdefault(weighing.role(sample.pid), set()).add(sample.pid)
    found = []
    for role, before in sorted(early.items()):
        after = late.get(role, before)
        ended = len(pids[role]) - (role in late)
        found.append(Growth(role, (before[0], after[0]), (before[1], after[1]), ended))
    return found


def _weights(weighing: Weighing, begin: float, end: float) -> dict[str, tuple[float, int]]:
    """Return the median of each process's own megabytes, and its fewest open descriptors, between two times."""
    by_role: dict[str, list[Sample]] = {}
    for sample in weighing.samples:
        if begin <= sample.time <= end:
            by_role.setdefault(weighing.role(sample.pid), []).append(sample)
    return {
        role: (
            statistics.median(sample.dirty for sample in samples) / MEGABYTE,
            min(sample.descriptors for sample in samples),
        )
        for role, samples in by_role.items()
    }


def _by_round(weighing: Weighing, begin: float, end: float) -> dict[str, list[float]]:
    """Return the median megabytes of each process in each whole round."""
    found: dict[str, list[float]] = {}
    for number in range(int((end - begin) // ROUND_SECONDS)):
        start = begin + number * ROUND_SECONDS
        for role, (megabytes, _) in _weights(weighing, start, start + ROUND_SECONDS).items():
            found.setdefault(role, []).append(round(megabytes, 1))
    return found


def _told(one: Growth) -> dict[str, object]:
    return {
        "process": one.role,
        "megabytes": [round(one.megabytes[0], 1), round(one.megabytes[1], 1)],
        "percent": round(one.percent, 2),
        "ended": one.ended,
        "descriptors": list(one.descriptors),
    }


def _most(figures: Iterable[float]) -> float:
    """Return the greatest of the figures; nan without any, which keeps no bar."""
    return max((round(figure, 2) for figure in figures), default=float("nan"))


def _found(folder: Path, word: str) -> bool:
    """Whether the program finds what was typed, asked from its command line."""
    answer = asked(folder, "recall", "--json", word)
    hits = json.loads(answer.stdout)["hits"] if answer.returncode == 0 else []
    return any(word in hit["snippet"].lower() for hit in hits)


if __name__ == "__main__":
    sys.exit(main())
