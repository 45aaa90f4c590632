"""What to tell the person about something that was raised."""

from __future__ import annotations

import logging
import traceback

_OUR_PACKAGES = frozenset({"companion", "embeddings", "index"})
_log = logging.getLogger(__name__)


def sentence(error: BaseException) -> str:
    """Return what to show: the error's own words if the person can mend it, else that it is our fault.

    Each of our packages raises its own ``...Error`` for what the person can mend; anything else is a bug, and is logged
    with its traceback.
    """
    kind = type(error)
    if kind.__module__.partition(".")[0] in _OUR_PACKAGES and kind.__name__.endswith("Error"):
        return str(error)
    _log.error("unexpected failure", exc_info=error)
    # The last line: a worker's error carries the whole traceback of the other process.
    what = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    return f"Companion made a mistake ({what}). The program's output has the details."
