"""Exit codes of all commands."""

from __future__ import annotations

DONE, NO, WRONG, INTERRUPTED = 0, 1, 2, 130
