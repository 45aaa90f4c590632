"""What the parts of the send guard hand to each other."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

MEBIBYTE = 1024 * 1024
DAY_SECONDS = 86_400.0
DECIDING_SECONDS = 600.0  # in which a mail does not go whose person is asked what is to become of it
PORTS = range(1, 65_536)
FREE_PORTS = range(1024, 65_536)  # below, only the system's own may listen

OnIncident = Callable[[str, str], None]  # which part, and a sentence that says what happened and what to do


class SendingError(Exception):
    """What the person can mend; the message says how."""


class Security(StrEnum):
    """How the connection to the real server is encrypted."""

    TLS = "tls"  # from the first byte, usually port 465
    STARTTLS = "starttls"  # before anything is told, usually port 587
    NONE = "none"  # only to a server on this machine


@dataclass(frozen=True, slots=True)
class Account:
    """A real server, and the port of this machine at which a mail program finds it.

    Attributes
    ----------
    name
        What the person calls it; also what its password is remembered under.
    host, port, security
        The real server.
    local_port
        The port on 127.0.0.1, 1024 to 65535, one for each account.

    """

    name: str
    host: str
    port: int
    security: Security
    local_port: int

    @property
    def server(self) -> str:
        """The real server in words: the same for two accounts only if mail goes to the same place the same way."""
        return f"{self.host.casefold()}:{self.port} ({self.security})"

    def checked(self) -> Account:
        """Return it; raises `SendingError` when it cannot be used."""
        if not self.name or not self.host:
            raise SendingError("An account for sending needs a name and the host of its server.")
        try:
            self.host.encode("idna")
        except UnicodeError as error:  # an empty part between two dots, or one that is too long
            raise SendingError(f"{self.name}: {self.host} is no name of a server.") from error
        if self.port not in PORTS or self.local_port not in FREE_PORTS:
            raise SendingError(f"{self.name}: ports are 1 to 65535, the local one 1024 to 65535.")
        if self.security is Security.NONE and not is_local(self.host):
            raise SendingError(
                f"{self.name}: {self.host} is not on this machine, so mail must go to it encrypted. Choose `tls` or "
                "`starttls`."
            )
        return self


@dataclass(frozen=True, slots=True)
class SendSettings:
    """What a person chooses. Off until they switch it on.

    Attributes
    ----------
    hold_seconds
        How long an agitated mail waits; up to a day.
    threshold
        From which probability of agitation on a mail is held, above 0 to 1.
    keep_passwords
        Consent to keep a password in the system's keyring for as long as a mail of its account waits. Without it,
        passwords of waiting mails are in memory only, and gone when the program ends.
    most_bytes
        The largest mail that is taken.

    """

    on: bool = False
    accounts: tuple[Account, ...] = ()
    hold_seconds: float = 600.0
    threshold: float = 0.6
    keep_passwords: bool = False
    most_bytes: int = 50 * MEBIBYTE

    def checked(self) -> SendSettings:
        """Return them with each account checked; raises `SendingError`."""
        if not (math.isfinite(self.hold_seconds) and 0 < self.hold_seconds <= DAY_SECONDS):
            raise SendingError("A mail can be held for more than 0 and up to 86400 seconds (a day).")
        if not 0 < self.threshold <= 1:
            raise SendingError("The threshold from which on mails are held is a probability: above 0, up to 1.")
        if self.most_bytes <= 0:
            raise SendingError("The largest mail that is taken must have more than 0 bytes.")
        for what, used in (
            ("name", [account.name for account in self.accounts]),
            ("local port", [account.local_port for account in self.accounts]),
        ):
            if len(set(used)) < len(used):
                raise SendingError(f"Two accounts for sending have the same {what}. Give each its own.")
        here = {account.local_port for account in self.accounts}
        for account in self.accounts:
            if is_local(account.host) and account.port in here:
                raise SendingError(
                    f"{account.name}: {account.host}:{account.port} is Companion itself, no mail server."
                )
        return replace(self, accounts=tuple(account.checked() for account in self.accounts))


class State(StrEnum):
    """Where a mail is; also the end of its file's name, so that a change of state is one rename."""

    COMING = "coming"  # taken in, and handed on while the mail program waits for the answer
    HELD = "held"  # the mail program was told that it is taken; it goes when its time has come
    SENDING = "sending"  # its last bytes go out: whoever finds it so later cannot know whether it was sent
    UNSURE = "unsure"  # it may have been sent or not; the person is asked
    FAILED = "failed"  # the server did not take it, and it is not tried any more
    TAKEN = "taken"  # being given back to the person; it is not sent by itself any more
    SENT = "sent"  # the server has it; only its fingerprint is left, for a while


#: What a person sees in the list. The others are on their way or done.
WAITING = frozenset({State.HELD, State.SENDING, State.UNSURE, State.FAILED, State.TAKEN})


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address a mail goes to, with the parameters the mail program gave (``NOTIFY=...``)."""

    address: str
    params: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, as the mail program told the server; the headers of a mail may say otherwise."""

    sender: str
    params: tuple[str, ...]
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class HeldMail:
    """One waiting mail, as a window shows it.

    Attributes
    ----------
    to, subject
        Everyone it goes to, hidden recipients among them; the subject in words.
    goes
        When it goes by itself, UTC seconds; None when it does not (see ``state``).
    why
        Why it was held, a sentence each.
    said
        What became of it since, a sentence; empty when nothing did.

    """

    id: str
    account: str
    sender: str
    to: tuple[str, ...]
    subject: str
    size: int
    accepted: float
    goes: float | None
    state: State
    why: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail that a mail program is about to send, as it is judged.

    Attributes
    ----------
    text
        Its subject and what its person wrote: no quotation, no signature, no markup.
    recipients
        How many.
    reply
        Whether it answers another mail.

    """

    text: str
    recipients: int
    reply: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a mail is held, and why: a sentence each."""

    hold: bool
    why: tuple[str, ...] = ()


def is_local(host: str) -> bool:
    """Whether a host's name or address can only be this machine."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
