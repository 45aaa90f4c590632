"""How one mail lies on disk: a sealed file of its head and its bytes, and a sealed note of what came of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from companion.sending.types import Envelope, Recipient

LENGTH_BYTES = 4  # of the head, in front of it


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a mail from the start, and never changes.

    Attributes
    ----------
    user
        Who logs in with the real server to send it.
    fingerprint
        The same for a mail that is handed in a second time, unlike for any other; empty when that cannot be told.
    accepted, due
        When it was taken in and when it is to go unless a `Progress` says otherwise, UTC seconds.
    server
        Host, port and encryption of the server that the account had then (`Account.server`): to no other the mail and
        its password go unasked.

    """

    account: str
    user: str
    envelope: Envelope
    subject: str
    fingerprint: str
    accepted: float
    due: float
    size: int
    why: tuple[str, ...] = ()
    server: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """What came of a mail so far.

    Attributes
    ----------
    due
        When it goes, UTC seconds.
    tries
        How often it was tried in vain since the person last decided on it.
    said
        What became of it, a sentence.
    since
        When ``due`` was decided on, UTC seconds: a mail never waits longer than from then to ``due``, also where the
        clock is set back. None in notes of before.
    failing
        When the first of these tries failed, UTC seconds; None while none has.
    asked, agreed
        The server that the person was asked about because the account has another one now, and the one they agreed to.

    """

    due: float
    tries: int = 0
    said: str = ""
    since: float | None = None
    failing: float | None = None
    asked: str = ""
    agreed: str = ""


def packed(head: Head, content: bytes) -> bytes:
    """Return one mail as it is sealed."""
    told = json.dumps(asdict(head)).encode()
    return len(told).to_bytes(LENGTH_BYTES, "big") + told + content


def unpacked(raw: bytes) -> tuple[Head, bytes]:
    """Return what `packed` was given."""
    end = LENGTH_BYTES + int.from_bytes(raw[:LENGTH_BYTES], "big")
    told: dict[str, Any] = json.loads(raw[LENGTH_BYTES:end])
    envelope = told.pop("envelope")
    recipients = tuple(Recipient(one["address"], tuple(one["params"])) for one in envelope["recipients"])
    told["envelope"] = Envelope(envelope["sender"], tuple(envelope["params"]), recipients)
    told["why"] = tuple(told["why"])
    return Head(**told), raw[end:]


def packed_progress(progress: Progress) -> bytes:
    """Return a note as it is sealed."""
    return json.dumps(asdict(progress)).encode()


def unpacked_progress(raw: bytes) -> Progress:
    """Return what `packed_progress` was given."""
    return Progress(**json.loads(raw))
