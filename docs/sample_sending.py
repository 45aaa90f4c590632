# ruff: noqa: INP001  a script beside its pictures, not a package
"""Three mails that wait, for the pictures of the user guide."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from sample_engine import MINUTE, NOW

from companion.sending.port import Guarding
from companion.sending.types import HeldMail, SendingError, State

SHARP, TENSE = "The words or the way they are written are sharp.", "The headset shows tension."
FASTER = "You typed faster, or corrected more, than you usually do."


def _mail(  # noqa: PLR0917  a row each
    name: str, to: str, subject: str, ago: float, goes: float | None, state: State, why: tuple[str, ...], said: str = ""
) -> HeldMail:
    when = None if goes is None else NOW + goes
    people = tuple(to.split())
    return HeldMail(name, "work", "ann@example.org", people, subject, 3400, NOW - ago, when, state, why, said)


MAILS = (
    _mail(
        "7c1a04",
        "tom@example.org ines@example.org paul@example.org",
        "Re: figure 4, error over steps",
        2 * MINUTE,
        470.0,
        State.HELD,
        (SHARP, TENSE),
    ),
    _mail("b3908e", "office@example.org", "Invoice 2026-118", 122 * MINUTE, None, State.UNSURE, (FASTER,)),
    _mail("e2d517", "lena@example.com", "Saturday", 9 * MINUTE, 2 * 60 * MINUTE, State.HELD, (FASTER, SHARP)),
)
SENTENCE = "Mails that you write in agitation are held. 3 mails wait. Of 1 it is not known whether it was sent."


class SampleSending:
    """Holds these, and does nothing with them."""

    def state(self) -> Guarding:
        """Return how it stands."""
        return Guarding(on=True, serves=True, problem="", held=MAILS, sentence=SENTENCE)

    def send_now(self, mail: str) -> Future[None]:
        """Refuse."""
        return _refused(mail)

    def later(self, mail: str, seconds: float) -> Future[None]:
        """Refuse."""
        del seconds
        return _refused(mail)

    def take_back(self, mail: str, into: Path) -> Future[Path]:
        """Refuse."""
        del into
        refused: Future[Path] = Future()
        refused.set_exception(SendingError(mail))
        return refused

    def drop(self, mail: str) -> Future[None]:
        """Refuse."""
        return _refused(mail)


def _refused(mail: str) -> Future[None]:
    refused: Future[None] = Future()
    refused.set_exception(SendingError(mail))
    return refused
