"""Starts the windows. Qt is imported inside `main`: spawned workers import this file again."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from ui import display
from ui.options import parse


def main(argv: Sequence[str] | None = None) -> int:
    """Run until the person quits; returns the exit status."""
    options = parse(argv)
    problem = display.missing(os.environ, sys.platform)
    if problem:
        print(problem, file=sys.stderr)
        return display.NO_WINDOWS
    from ui.run import run

    return run(options)


if __name__ == "__main__":
    sys.exit(main())
