"""Mails that wait, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from companion.sending.types import HeldMail, State
from ui import wording

NOW_GOES, FOR_YOU = "now", "waits for you"
STATES = {
    State.SENDING: "being sent",
    State.UNSURE: "perhaps sent",
    State.FAILED: "not taken",
    State.TAKEN: "not sent",
}
EXPLAINED = {
    State.UNSURE: (
        "This mail may have been sent already, or not: nobody but its server knows. It is never sent again by itself. "
        "Ask the recipient or look into your folder of sent mail, then send it again or drop it."
    ),
    State.FAILED: "Its server did not take it, and it is not tried any more. Nothing was sent.",
    State.TAKEN: "It was being given back to you and does not go by itself.",
}
NOBODY = "nobody"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
KILO = 1000


def goes(mail: HeldMail, now: float, zone: tzinfo | None = None) -> str:
    """Return when a mail goes, or why it does not go by itself, in a word or two."""
    if mail.goes is None:
        return STATES.get(mail.state, str(mail.state))
    left = mail.goes - now
    if left <= 0:  # what kept it from going then is said beside it
        return FOR_YOU if mail.said else NOW_GOES
    if left < HOUR:
        return f"in {int(left // MINUTE)}:{int(left % MINUTE):02d}"
    if left < DAY:
        return f"at {wording.clock(mail.goes, zone)}"
    return f"{wording.weekday(mail.goes, zone)} {wording.clock(mail.goes, zone)}"


def people(mail: HeldMail, most: int = 2) -> str:
    """Return to whom a mail goes: the first few, and how many more."""
    first = ", ".join(mail.to[:most]) or NOBODY
    return f"{first} and {len(mail.to) - most} more" if len(mail.to) > most else first


def subject(mail: HeldMail) -> str:
    """Return what a mail is called, also when it has no subject."""
    return mail.subject or "No subject"


def about(mail: HeldMail, now: float, zone: tzinfo | None = None) -> str:
    """Return where a mail comes from, in one line."""
    size = f"{max(1, round(mail.size / KILO)):,} kB"
    return f"From {mail.sender or NOBODY} · account {mail.account} · {size} · {wording.when(mail.accepted, now, zone)}"


def why(mail: HeldMail) -> str:
    """Return why a mail was held."""
    return " ".join(mail.why) or "It was not held: its way to the server broke off."


def notice(mail: HeldMail, now: float) -> tuple[str, str]:
    """Return how to tell of a mail that newly waits: nothing of what is in it."""
    if mail.state is State.UNSURE:
        return f"A mail to {people(mail)} may have been sent, or not", "It waits for your answer."
    if mail.state is State.FAILED:
        return f"A mail to {people(mail)} was not taken by its server", "It is kept for you to send again or take back."
    left = max(0.0, (mail.goes or now) - now)
    return f"Your mail to {people(mail)} waits {wording.long(left)}", why(mail)


def several(mails: Sequence[HeldMail]) -> tuple[str, str]:
    """Return how to tell of several at once."""
    return f"{len(mails)} mails wait", "Open the list to see them."


def tomorrow_morning(now: float, zone: tzinfo | None = None, *, hour: int = 8) -> float:
    """Return the UTC seconds of the next day's morning at which somebody would have slept on it."""
    today = datetime.fromtimestamp(now, zone)
    day = datetime.fromtimestamp(now + DAY, zone)
    if today.hour < hour - 3:  # the night is not over: the same day's morning
        day = today
    return day.replace(hour=hour, minute=0, second=0, microsecond=0).timestamp()
