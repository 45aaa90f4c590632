"""Commands of mail programs, read."""

from __future__ import annotations

import re

# <"quoted"@host> or <plain@host> or <>, then parameters; no control characters.
PATH = re.compile(r'\s*<((?:"(?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*"|[^<>\s"\x00-\x1f])*)>((?: +[^\s\x00-\x1f]+)*)\s*\Z')


def path_in(arg: str | None, keyword: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the address and the parameters of a command, as they came; None when it makes no sense."""
    if arg is None or not arg.upper().startswith(keyword):
        return None
    found = PATH.match(arg[len(keyword) :])
    return None if found is None else (found[1], tuple(found[2].split()))
