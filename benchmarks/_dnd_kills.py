"""kill -9 at random points of a program that keeps do-not-disturb, and what becomes of it."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_TESTS = ROOT / "tests"
sys.path += map(str, (_TESTS, _TESTS / "companion", _TESTS / "companion" / "wayland", _TESTS / "companion" / "quiet"))

from desktop import DesktopError, wait_until  # noqa: E402 it lies beside the tests
from quiet_desks import QuietDesk  # noqa: E402 so does this
from running import Running, alive, watchdogs  # noqa: E402 and this

#: For a hundred kills that find it on, so many others: with the person's own on; turned off and on by hand meanwhile;
#: with the watchdog, so that the next start has to restore.
OTHERS = {"own": 10, "by hand": 10, "both": 10}
JOURNAL = "do-not-disturb.json"
#: Seconds after which a kill counts as one that nobody restored after.
_GIVEN_UP = 60.0
#: What part of the kills comes while the program begins, within how many seconds, and after how many lines and how many
#: seconds more the others.
_EARLY, _AT_THE_START, _LATER, _LINES = 0.15, 0.3, 0.3, 6
#: Kills for each that is to find it on, at the most.
_MOST_TRIES = 5


@dataclass
class Kills:
    """What the kills of one backend came to.

    Attributes
    ----------
    counted
        Kills by kind, and of the kind ``program`` those that found the journal written.
    found_on
        For how many seconds do-not-disturb was on after each kill of a program alone that found it on.
    found_off
        The same of those that found it off: the program may just have asked for it.
    next_start_seconds
        With the watchdog dead too: how long the next start took to restore, from when it was begun.
    wrong
        What was not as it should be, a sentence each.

    """

    counted: Counter[str] = field(default_factory=Counter)
    found_on: list[float] = field(default_factory=list)
    found_off: list[float] = field(default_factory=list)
    next_start_seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def kill(desk: QuietDesk, wanted: int, chance: random.Random) -> Kills:
    """Kill programs, one after the other, in a session, until so many kills of the program alone found it on."""
    kills = Kills()
    others = [kind for kind, percent in OTHERS.items() for _ in range(-(-wanted * percent // 100))]
    chance.shuffle(others)
    for number in range(_MOST_TRIES * wanted + len(others)):
        enough = len(kills.found_on) >= wanted
        if enough and not others:
            break
        kind = others.pop() if others and (enough or chance.random() < 1 / 4) else "program"
        with tempfile.TemporaryDirectory(prefix="companion-dnd-") as folder:
            try:
                _KILLS[kind](desk, Path(folder), chance, kills)
            except (DesktopError, AssertionError) as error:  # what a program did not say in time is an assertion
                kills.wrong.append(f"{desk.name} {number} {kind}: {error}")
            _all_gone(Path(folder))
        kills.counted[kind] += 1
        desk.by_hand(on=False)
    return kills


def _program(desk: QuietDesk, folder: Path, chance: random.Random, kills: Kills) -> None:
    program = _started(desk, folder, "mostly", chance)
    try:
        _await_a_random_point(program, chance)
        _measured(desk, folder, program, kills)
    finally:
        program.close()
    _all_gone(folder)
    if desk.is_on():
        kills.wrong.append(f"{desk.name}: on again after it was restored")


def _measured(desk: QuietDesk, folder: Path, program: Running, kills: Kills) -> None:
    """Kill a program, and nobody else, and measure for how long it is on then."""
    program.process.send_signal(signal.SIGSTOP)  # or it would go on between the look and the kill
    kills.counted["journal written"] += (folder / JOURNAL).exists()
    seconds = kills.found_on if desk.is_on() else kills.found_off
    begin = time.monotonic()
    program.kill()
    wait_until(lambda: not desk.is_on(), "do-not-disturb to go off", seconds=_GIVEN_UP)
    seconds.append(time.monotonic() - begin)
    wait_until(lambda: not (folder / JOURNAL).exists(), "the journal to go", seconds=_GIVEN_UP)


def _own(desk: QuietDesk, folder: Path, chance: random.Random, kills: Kills) -> None:
    desk.by_hand(on=True)
    program = _started(desk, folder, "cycle", chance)
    try:
        _await_a_random_point(program, chance)
        program.kill()
    finally:
        program.close()
    _all_gone(folder)
    if not desk.is_on():
        kills.wrong.append(f"{desk.name}: the person's own was undone")


def _by_hand(desk: QuietDesk, folder: Path, chance: random.Random, kills: Kills) -> None:
    program = _started(desk, folder, "hold", chance)
    try:
        program.await_line("on")
        desk.by_hand(on=False)
        wait_until(lambda: program.ask() == "free", "the program to hear of it", seconds=_GIVEN_UP)
        desk.by_hand(on=True)
        time.sleep(chance.uniform(0, _LATER))
        program.kill()
    finally:
        program.close()
    _all_gone(folder)
    if not desk.is_on():
        kills.wrong.append(f"{desk.name}: what was turned on by hand was undone")


def _both(desk: QuietDesk, folder: Path, chance: random.Random, kills: Kills) -> None:
    program = _started(desk, folder, "hold", chance)
    try:
        watchdog = int(program.await_line("on")[1])
        program.process.send_signal(signal.SIGSTOP)  # or it would start another
        os.kill(watchdog, signal.SIGKILL)
        program.kill()
    finally:
        program.close()
    begin = time.monotonic()
    later = _started(desk, folder, "hold", chance)
    try:
        later.await_line("on")  # it would say no if it took what was left for the person's own
        kills.next_start_seconds.append(time.monotonic() - begin)
        _measured(desk, folder, later, kills)
    finally:
        later.close()


_KILLS = {"program": _program, "own": _own, "by hand": _by_hand, "both": _both}


def _started(desk: QuietDesk, folder: Path, what: str, chance: random.Random) -> Running:
    return Running(folder, {**os.environ, **desk.environ}, what, chance.randrange(1_000_000))


def _await_a_random_point(program: Running, chance: random.Random) -> None:
    program.await_line("started")
    if chance.random() < _EARLY:
        time.sleep(chance.uniform(0, _AT_THE_START))
        return
    for _ in range(chance.randrange(1, _LINES)):
        program.line()
    time.sleep(chance.uniform(0, _LATER))


def _all_gone(folder: Path) -> None:
    for process in watchdogs(folder):
        wait_until(lambda one=process: not alive(one), "a watchdog to end", seconds=2 * _GIVEN_UP)
