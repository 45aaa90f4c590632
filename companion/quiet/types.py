"""What every desktop's do-not-disturb can be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

#: Told with what do-not-disturb has come to; None where only *that* something may have changed is known.
Heard = Callable[[bool | None], None]


class QuietError(Exception):
    """Why do-not-disturb cannot be turned on, read or restored; the message says how to mend it."""


class NoBusError(QuietError):
    """There is no session bus at that address, or it has gone: what was asked will never be answered there."""


class DamagedPriorError(QuietError):
    """How do-not-disturb was before can no longer be read: trying again will not help."""

    def __init__(self, what: str = "How do-not-disturb was before cannot be read any more.") -> None:
        super().__init__(f"{what} If it is on and you did not turn it on, turn it off yourself.")


@dataclass(frozen=True, slots=True)
class Semantics:
    """What is true of a desktop while do-not-disturb is on.

    Attributes
    ----------
    critical_passes
        Critical notifications are shown nevertheless.
    replays
        What was held pops up by itself when it goes off.
    keeps
        What was held can be seen later in the desktop's own history or panel.

    """

    critical_passes: bool
    replays: bool
    keeps: bool


class Quiet(Protocol):
    """One desktop's do-not-disturb. Every method but `close` raises `QuietError`; any thread may ask."""

    @property
    def name(self) -> str:
        """The word `companion.quiet.choose.named` knows it by."""
        ...

    @property
    def semantics(self) -> Semantics:
        """What holds of this desktop, as the person has set it up."""
        ...

    def is_on(self) -> bool:
        """Whether it is on, whoever turned it on; off where `gone`. That nobody answers is an error, never off."""
        ...

    def gone(self) -> bool:
        """Whether what kept its state when this was made has left, and its state with it."""
        ...

    def prior(self) -> str:
        """Return, as JSON, what `restore` needs, also in another process or session. To be asked while it is off."""
        ...

    def turn_on(self) -> None:
        """Turn it on; it is on, or an error raised, when this returns."""
        ...

    def restore(self, prior: str) -> None:
        """Bring back what `prior` told of; done again it changes nothing."""
        ...

    def follow(self, heard: Heard) -> float | None:
        """Have ``heard`` called, on another thread, when it changes.

        Where the desktop does not tell, returns after how many seconds it is worth asking again.
        """
        ...

    def close(self) -> None:
        """Let go of the desktop. What was turned on stays on where the desktop does not tie it to us."""
        ...
