"""What the settings say of outgoing mail, as the send guard understands it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from companion.sending.types import Account, Security, SendingError, SendSettings

if TYPE_CHECKING:
    from companion.settings import Settings

MINUTE = 60.0
PARTS = 5  # of an account as it is written
WANTED = (
    "Write an account as: its name, tls or starttls, server:port, local and a port of this machine, as in: "
    "work tls smtp.example.org:465 local 2525."
)


def send_settings(settings: Settings) -> SendSettings:
    """Return what was chosen; raises `SendingError`."""
    return SendSettings(
        on=settings.send_guard,
        accounts=tuple(account_of(written) for written in settings.send_accounts if written.strip()),
        hold_seconds=MINUTE * settings.send_hold_minutes,
        threshold=settings.send_threshold,
        keep_passwords=settings.send_keep_passwords,
    ).checked()


def account_of(written: str) -> Account:
    """Return the account that ``work tls smtp.example.org:465 local 2525`` means; raises `SendingError`."""
    try:
        name, security, server, local, local_port = _words(written)
        host, colon, port = server.rpartition(":")
        if local.casefold() != "local" or not colon:
            raise SendingError(WANTED)
        bare = host.removeprefix("[").removesuffix("]")  # an address of IPv6
        return Account(name, bare, int(port), Security(security.casefold()), int(local_port)).checked()
    except ValueError as error:  # no such encryption, a port that is no number, quotes that do not end
        raise SendingError(WANTED) from error


def as_written(account: Account) -> str:
    """Return an account as it is written in the settings."""
    host = f"[{account.host}]" if ":" in account.host else account.host
    return f"{shlex.quote(account.name)} {account.security} {host}:{account.port} local {account.local_port}"


def _words(written: str) -> list[str]:
    words = shlex.split(written)
    if len(words) != PARTS:
        raise SendingError(WANTED)
    return words
