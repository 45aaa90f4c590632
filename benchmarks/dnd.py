"""Do-not-disturb in private sessions: on, off and restored right, and after kill -9 never left on for long.

Real dunst and xfce4-notifyd under Xvfb, real swaync and mako under a sway without a monitor, real gsettings and dconf
where GNOME Shell's and Cinnamon's own part is played, and a server that inhibits as Plasma does. State is read past the
adapters, and turned by hand with each desktop's own program.

- Cases: off, on, off; the person's own; turned off by hand; turned off and on again by hand; a daemon that is started
  anew meanwhile.
- Kills: a program turns it on and off, on for most of the time, and is killed at a random point, until so many kills
  found it on; for how long it is on after each is measured. Apart from these, as nothing of the program's is to go off
  then, or not before the next start: the person's own on; turned off and on by hand before the kill; the watchdog
  killed with the program, where only the next start can restore. Nothing may be left, nothing of the person's undone.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

import psutil
from _dnd_kills import JOURNAL, OTHERS, Kills, kill
from desktop import DesktopError, wait_until
from quiet_desks import FORGETFUL, NEEDED, QuietDesk, missing, quiet_desk

from companion.figures import Bar, report
from companion.quiet.keeping import Keeping

KILLS, ROUNDS = 1000, 20
#: Seconds that do-not-disturb may be on after a kill, and of processor time that the watchdog may take to be there.
LONGEST, WATCHDOG_SECONDS = 5.0, 0.1
#: How the kills are shared out: settings are read and written by a program of their own each time.
SHARES = {"dunst": 4, "xfce": 4, "swaync": 4, "mako": 4, "kde": 4, "gnome": 2, "cinnamon": 1}
_MOST_TOLD = 20


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=KILLS, help="that find it on, over all of them")
    options.add_argument("--rounds", type=int, default=ROUNDS, help="of each case with each of them")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--backend", choices=sorted(NEEDED), help="this one alone")
    chosen = options.parse_args()
    names = [chosen.backend] if chosen.backend else list(SHARES)
    absent = sorted({program for name in names for program in missing(name)})
    if absent:
        how = "packaging/linux/install-system-packages.sh test"
        print(f"dnd: {', '.join(absent)} needed: {how}", file=sys.stderr)
        return 2
    whole = sum(SHARES[name] for name in names)
    cases: dict[str, Counter[str]] = {}
    kills: dict[str, Kills] = {}
    wrong: list[str] = []
    for name in names:
        chance = random.Random(f"{chosen.seed} {name}")  # noqa: S311 a benchmark, no secret
        try:
            with quiet_desk(name) as desk:
                cases[name] = _cases(desk, chosen.rounds, wrong)
                kills[name] = kill(desk, -(-chosen.kills * SHARES[name] // whole), chance)
        except DesktopError as error:
            print(f"dnd: {name}: {error}", file=sys.stderr)
            return 2
    return _answer(cases, kills, wrong, _watchdog())


def _cases(desk: QuietDesk, rounds: int, wrong: list[str]) -> Counter[str]:
    """Go through every case that often; what was not right is told in ``wrong``."""
    counted: Counter[str] = Counter()
    for number in range(rounds):
        for name, case in _CASES.items():
            with tempfile.TemporaryDirectory(prefix="companion-dnd-") as folder, ExitStack() as stack:
                environ = {**os.environ, **desk.environ}
                keeping = Keeping(Path(folder), environ=environ, on_incident=lambda _, said: wrong.append(said))
                stack.callback(keeping.stop)
                right = case(desk, keeping, Path(folder) / JOURNAL)
            desk.by_hand(on=False)
            counted["cases"] += 1
            counted["right"] += right
            if not right:
                wrong.append(f"{desk.name}, {name}, round {number}")
    return counted


def _on_and_off(desk: QuietDesk, keeping: Keeping, journal: Path) -> bool:
    on = keeping.begin() and desk.is_on() and journal.exists()
    keeping.end()
    return on and not desk.is_on() and not journal.exists()


def _own(desk: QuietDesk, keeping: Keeping, journal: Path) -> bool:
    desk.by_hand(on=True)
    untouched = not keeping.begin() and desk.is_on() and not journal.exists()
    keeping.end()
    return untouched and desk.is_on()


def _off_by_hand(desk: QuietDesk, keeping: Keeping, journal: Path) -> bool:
    on = keeping.begin()
    desk.by_hand(on=False)
    wait_until(lambda: not keeping.holds, "the word of it")
    keeping.end()
    return on and not desk.is_on() and not journal.exists()


def _off_and_on_by_hand(desk: QuietDesk, keeping: Keeping, journal: Path) -> bool:
    on = keeping.begin()
    desk.by_hand(on=False)
    wait_until(lambda: not keeping.holds, "the word of it")
    desk.by_hand(on=True)
    keeping.end()
    return on and desk.is_on() and not journal.exists()


def _daemon_anew(desk: QuietDesk, keeping: Keeping, journal: Path) -> bool:
    on = keeping.begin()
    desk.restart()
    if desk.name in FORGETFUL:
        wait_until(lambda: not keeping.holds, "the word of it")
    still = desk.is_on() is (desk.name not in FORGETFUL)
    keeping.end()
    return on and still and not desk.is_on() and not journal.exists()


_CASES: dict[str, Callable[[QuietDesk, Keeping, Path], bool]] = {
    "on and off": _on_and_off,
    "the person's own": _own,
    "off by hand": _off_by_hand,
    "off and on by hand": _off_and_on_by_hand,
    "daemon anew": _daemon_anew,
}


def _watchdog() -> dict[str, float]:
    """Return what a watchdog that waits has cost: processor seconds, the median of some, and its own memory."""
    seconds, memory = [], []
    with quiet_desk("kde") as desk:
        for _ in range(9):
            with tempfile.TemporaryDirectory(prefix="companion-dnd-") as folder:
                environ = {**os.environ, **desk.environ}
                keeping = Keeping(
                    Path(folder), environ=environ, on_incident=lambda _, said: print(said, file=sys.stderr)
                )
                if not keeping.begin() or keeping.watchdog is None:
                    raise RuntimeError(keeping.limits)
                time.sleep(0.05)  # it is ready a little before it waits
                process = psutil.Process(keeping.watchdog)
                seconds.append(sum(process.cpu_times()[:2]))
                memory.append(process.memory_full_info().uss / 1e6)
                keeping.stop()
    return {"cpu_seconds": sorted(seconds)[len(seconds) // 2], "own_megabytes": round(max(memory), 1)}


def _answer(
    cases: dict[str, Counter[str]], kills: dict[str, Kills], wrong: list[str], watchdog: dict[str, float]
) -> int:
    everything = sum(cases.values(), Counter())
    found_on = sorted(second for one in kills.values() for second in one.found_on)
    found_off = [second for one in kills.values() for second in one.found_off]
    gone_wrong = [sentence for one in kills.values() for sentence in one.wrong]
    figures = {
        "cases": {name: dict(counted) for name, counted in cases.items()},
        "kills": {name: _figures(one) for name, one in kills.items()},
        "kills_of_all_kinds": sum(sum(one.counted[kind] for kind in ("program", *OTHERS)) for one in kills.values()),
        "kills_that_found_it_on": len(found_on),
        "seconds_until_off_where_it_was_on": {
            f"p{part}": round(found_on[len(found_on) * part // 100], 3) if found_on else None for part in (50, 99)
        },
        "with_the_watchdog_dead_too_until_the_next_start": _until_the_next_start(kills.values()),
        "watchdog": watchdog,
        "load_of_machine": round(os.getloadavg()[0], 2),
        "wrong": [*wrong, *gone_wrong][:_MOST_TOLD],
    }
    longest = max([*found_on, *found_off], default=0.0)
    bars = [
        Bar("cases that went wrong", everything["cases"] - everything["right"], 0),
        Bar("cases", everything["cases"], ROUNDS * len(_CASES) * len(SHARES), "least"),
        Bar("kills at a random point that found it on", len(found_on), KILLS, "least"),
        Bar("kills after which something was not as it should be", len(gone_wrong), 0),
        Bar("seconds that do-not-disturb was on after a kill of the program, longest", round(longest, 3), LONGEST),
        Bar("processor seconds until the watchdog waits", watchdog["cpu_seconds"], WATCHDOG_SECONDS),
    ]
    return report("dnd", figures, bars)


def _until_the_next_start(kills: Iterable[Kills]) -> dict[str, object]:
    """Return what became of it where the watchdog was killed as well: it is on until somebody starts the program."""
    seconds = [second for one in kills for second in one.next_start_seconds]
    return {"kills": len(seconds), "longest_seconds_from_that_start": round(max(seconds, default=0.0), 3)}


def _figures(kills: Kills) -> dict[str, object]:
    return {
        **dict(kills.counted),
        "found_on": len(kills.found_on),
        "longest_seconds_on": round(max([*kills.found_on, *kills.found_off], default=0.0), 3),
    }


if __name__ == "__main__":
    sys.exit(main())
