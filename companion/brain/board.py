"""Which headset: reads what the person wrote, and opens it through the adapter that can."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from companion.brain.device import Board
from companion.brain.types import BoardError, BoardSpec

PLAYBACK_PARAMS = ("speed", "clock")
LSL_PARAMS = ("scope",)
GRACE = 1.2  # seconds a device gets to be released
# BrainFlow waits two times two seconds for a Muse to fall silent; cut short, the headband stays connected and hides.
GRACE_MUSE = 6.0


def parse(text: str, params: Mapping[str, str] | None = None) -> BoardSpec:
    """Read what ``--board`` or the settings hold.

    Parameters
    ----------
    text
        ``none``, ``playback:FILE``, ``lsl:NAME``, or a BrainFlow board by name (any case, with or without ``_BOARD``)
        or number.
    params
        Parameters by name; those of other kinds of headset are left out.

    Raises
    ------
    BoardError
        A board or parameter that is not known, with those that come near.

    """
    kind, colon, rest = text.strip().partition(":")
    given = dict(params or {})
    match kind.strip().lower():
        case "none" | "" if not colon:
            return BoardSpec("none")
        case "playback" if colon:
            return BoardSpec("playback", _needed(rest, "playback:FILE"), _playback_params(given))
        case "lsl" if colon:
            return BoardSpec("lsl", _needed(rest, "lsl:NAME"), _lsl_params(given))
        case _:
            # Imported only when a BrainFlow board is meant.
            from companion.brain import brainflow_board

            own = {name: value for name, value in given.items() if name not in PLAYBACK_PARAMS + LSL_PARAMS}
            brainflow_board.inputs(own)
            return BoardSpec("brainflow", brainflow_board.known_name(text), own)


def is_simulated(text: str) -> bool:
    """Whether what `parse` takes is BrainFlow's made-up signal, which is no EEG (a recording played back is)."""
    return text.strip().lower().replace("-", "_").replace(" ", "_") in {"synthetic", "synthetic_board", "_1"}


@contextmanager
def open(spec: BoardSpec, *, clock: Callable[[], float] = time.time) -> Iterator[Board]:  # noqa: A001 - read as board.open
    """Connect to a headset for as long as the ``with`` block lasts.

    Raises
    ------
    UnreachableError
        It is not there now but may come.
    BoardError
        It cannot work as it is set up.

    """
    device = choose(spec, clock=clock)
    try:
        yield device
    finally:
        device.close()


def choose(spec: BoardSpec, *, clock: Callable[[], float]) -> Board:
    """Return the connected adapter for ``spec``; its library is imported only here."""
    match spec.kind:
        case "brainflow":
            from companion.brain.brainflow_board import LiveBoard

            return LiveBoard(spec)
        case "playback":
            from companion.brain.playback import Playback

            return Playback(spec, clock=clock)
        case "lsl":
            from companion.brain.lsl import LslStream

            return LslStream(spec, clock=clock)
        case _:
            raise BoardError("No headset is chosen. Choose one in the settings or with --board.")


def grace(spec: BoardSpec) -> float:
    """Return the seconds a device needs at most to be released."""
    return GRACE_MUSE if spec.kind == "brainflow" and "MUSE" in spec.name else GRACE


def _needed(text: str, form: str) -> str:
    if not text.strip():
        raise BoardError(f"Something is missing after the colon: write {form}.")
    return text.strip()


def _playback_params(given: dict[str, str]) -> dict[str, str]:
    own = {name: given[name] for name in PLAYBACK_PARAMS if name in given}
    try:
        fits = 0 < float(own.get("speed", "1")) < float("inf")
    except ValueError:
        fits = False
    if not fits:
        raise BoardError(f"The playback's speed is {own['speed']!r}; it should be a number above 0, such as 1 or 10.")
    if own.get("clock", "now") not in {"now", "recorded"}:
        raise BoardError(f"The playback's clock is {own['clock']!r}; it should be now or recorded.")
    return own


def _lsl_params(given: dict[str, str]) -> dict[str, str]:
    own = {name: given[name] for name in LSL_PARAMS if name in given}
    if own.get("scope", "machine") not in {"machine", "lan"}:
        raise BoardError(f"The LSL stream's scope is {own['scope']!r}; it should be machine or lan.")
    return own
