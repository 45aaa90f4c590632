"""A program that keeps do-not-disturb and says what it does, to be killed.

FOLDER, then ``hold``, ``cycle`` or, with do-not-disturb on for most of the time, ``mostly``.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from companion.quiet.keeping import Keeping

_HOLD_SECONDS = 300.0
#: Seconds that do-not-disturb is on, and off, at the most.
_APART = {"cycle": (0.05, 0.05), "mostly": (0.3, 0.01)}


def main() -> None:
    folder, what, seed = sys.argv[1:]
    keeping = Keeping(Path(folder), on_incident=lambda _, sentence: say("incident", sentence))
    say("started")
    keeping.start()
    if what == "hold":
        begin(keeping)
        due = time.monotonic() + _HOLD_SECONDS
        while time.monotonic() < due and sys.stdin.readline():
            say("holds" if keeping.holds else "free")
        keeping.stop()
        say("stopped")
        return
    most_on, most_off = _APART[what]
    chance = random.Random(int(seed))  # noqa: S311 no secret
    due = time.monotonic() + _HOLD_SECONDS
    while time.monotonic() < due:
        begin(keeping)
        time.sleep(chance.uniform(0, most_on))
        keeping.end()
        time.sleep(chance.uniform(0, most_off))


def begin(keeping: Keeping) -> None:
    on = keeping.begin()
    say("on" if on else "not", str(keeping.watchdog), keeping.limits)


def say(*words: str) -> None:
    sys.stdout.write("\t".join(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
