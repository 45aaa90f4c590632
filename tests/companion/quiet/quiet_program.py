"""A program that keeps do-not-disturb and says what it does, to be killed: FOLDER, then ``hold`` or ``cycle``."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from companion.quiet.keeping import Keeping

_HOLD_SECONDS, _MOST_APART = 300.0, 0.05


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
    chance = random.Random(int(seed))  # noqa: S311 no secret
    due = time.monotonic() + _HOLD_SECONDS
    while time.monotonic() < due:
        begin(keeping)
        time.sleep(chance.uniform(0, _MOST_APART))
        keeping.end()
        time.sleep(chance.uniform(0, _MOST_APART))


def begin(keeping: Keeping) -> None:
    on = keeping.begin()
    say("on" if on else "not", str(keeping.watchdog), keeping.limits)


def say(*words: str) -> None:
    sys.stdout.write("\t".join(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
