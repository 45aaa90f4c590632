"""Memory at scale: a real encrypted vault of many moments with long texts, and how fast each way of asking answers.

``--moments N`` says how many; ``--vectors-only`` leaves texts out (see benchmarks/index_vectors.py).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from types import ModuleType

# This file must not pass for the package of the same name, which is therefore imported before anything else.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from companion.figures import report
from index.types import VaultError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=20_000)
    parser.add_argument("--vectors-only", action="store_true")
    given = parser.parse_args()
    if given.moments < 1:
        parser.error("--moments should be 1 or more")
    measured = _measured(vectors_only=given.vectors_only)
    figures = measured.run(given.moments)
    return report("index", figures, measured.bars(figures))


def _measured(*, vectors_only: bool) -> ModuleType:
    """Return what measures: with texts, or vectors alone."""
    import _vault_at_scale
    import index_vectors

    return index_vectors if vectors_only else _vault_at_scale


if __name__ == "__main__":
    try:
        sys.exit(main())
    except VaultError as error:
        print(f"index: {error}", file=sys.stderr)
        sys.exit(2)
