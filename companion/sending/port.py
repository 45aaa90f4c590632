"""What a user interface may ask of the send guard."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from companion.sending.types import Draft, HeldMail


@dataclass(frozen=True, slots=True)
class Guarding:
    """How the send guard stands.

    Attributes
    ----------
    on
        Whether the person wants it.
    serves
        Whether mail programs are served now.
    problem
        Why not although it is wanted, and how to mend it; empty otherwise.
    held
        The mails that wait, oldest first.
    sentence
        All that in a sentence, without a word of any mail.

    """

    on: bool
    serves: bool
    problem: str
    held: tuple[HeldMail, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a mail should wait that a mail program is about to send, for how many seconds, and why."""

    hold: bool
    seconds: float
    why: tuple[str, ...]


class SendingPort(Protocol):
    """Satisfied by `companion.sending.mail_guard.MailGuard`. No call takes long; errors in futures: `SendingError`."""

    def state(self) -> Guarding:
        """Return how it stands now."""
        ...

    def judge(self, draft: Draft) -> Judged:
        """Return whether a mail should wait. Raises `SendingError` where nothing can be said."""
        ...

    def send_now(self, mail: str) -> Future[None]:
        """Send a mail that waits, failed, was taken back, or may or may not have been sent."""
        ...

    def later(self, mail: str, seconds: float) -> Future[None]:
        """Let a mail that waits go so many seconds from now, up to a week."""
        ...

    def take_back(self, mail: str, into: Path) -> Future[Path]:
        """Write a mail to a file (.eml) for editing, and let it wait no more."""
        ...

    def drop(self, mail: str) -> Future[None]:
        """Let a mail wait no more without sending it, for good."""
        ...
