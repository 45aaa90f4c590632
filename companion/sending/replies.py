"""What an SMTP server answers (RFC 5321, 4.2)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

ANSWERS, YES, NOT_NOW, NO = range(200, 600), range(200, 300), range(400, 500), range(400, 600)
GIVE_PASSWORD, GIVE_MAIL, HANGS_UP = 334, 354, 421
WRONG_LOGIN = frozenset({530, 534, 535})


@dataclass(frozen=True, slots=True)
class Reply:
    """A code and its words, lines of them apart by a line feed."""

    code: int
    text: str

    @property
    def accepted(self) -> bool:
        """Whether it says yes."""
        return self.code in YES

    @property
    def refused(self) -> bool:
        """Whether it says no, for now or for good."""
        return self.code in NO

    @property
    def temporary(self) -> bool:
        """Whether it says: not now."""
        return self.code in NOT_NOW

    def lines(self) -> str:
        """Return it as it goes over the wire, without the last line's end."""
        said = self.text.splitlines() or [""]
        return "\r\n".join([*(f"{self.code}-{line}" for line in said[:-1]), f"{self.code} {said[-1]}"])


def send_off(transport: asyncio.BaseTransport, why: str) -> None:
    """Say why, and close a connection."""
    if isinstance(transport, asyncio.Transport):
        transport.write(f"{why}\r\n".encode())
    transport.close()
