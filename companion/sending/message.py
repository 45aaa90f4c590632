"""What is read from a mail, and the little that is written into it."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import formatdate, getaddresses
from html.parser import HTMLParser

from companion.sending.types import Envelope

MOST_READ = 200_000  # characters of a mail that are looked at for words
NOT_READ = frozenset({"blockquote", "style", "script", "head"})
BREAKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3"})
ATTRIBUTION = re.compile(r"^[^\n>]{0,200}:[ \t]*\n(?=>)", re.MULTILINE)  # the line in front of what is quoted
FORWARDED = re.compile(r"^-{2,}[^\n]{3,60}-{2,}\s*$.*", re.MULTILINE | re.DOTALL)
SIGNATURE = re.compile(r"^-- $.*", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"^>.*$", re.MULTILINE)


def with_message_id(content: bytes, *, host: str, now: float) -> bytes:
    """Return the mail with an identity that stays, and a date, where the mail program gave none (RFC 6409, 8)."""
    headers = BytesHeaderParser().parsebytes(content)
    added = b""
    if "Date" not in headers:
        added += f"Date: {formatdate(now)}\r\n".encode()
    if "Message-ID" not in headers:
        added += f"Message-ID: <{secrets.token_hex(16)}@{host}>\r\n".encode()
    return added + content


def fingerprint(content: bytes, account: str, envelope: Envelope) -> str:
    """Return what tells that the very same mail is handed in a second time; empty without an identity of its own.

    A mail program that tries again sends the same bytes to the same recipients. Without ``Message-ID`` two equal mails
    may both be meant.
    """
    if "Message-ID" not in BytesHeaderParser().parsebytes(content):
        return ""
    digest = hashlib.sha256()
    for part in (account, envelope.sender, *sorted(one.address for one in envelope.recipients)):
        digest.update(part.encode("utf-8", "surrogateescape") + b"\0")
    digest.update(content)
    return digest.hexdigest()


def subject(content: bytes) -> str:
    """Return a mail's subject in words."""
    return _in_words(BytesHeaderParser().parsebytes(content).get("Subject", ""))


def is_reply(content: bytes) -> bool:
    """Whether a mail answers another one."""
    return "In-Reply-To" in BytesHeaderParser().parsebytes(content)


def own_words(content: bytes) -> str:
    """Return what the person wrote: no quotation, no signature, no markup, no attachment."""
    mail = message_from_bytes(content)
    plain = [part for part in _texts(mail) if part.get_content_subtype() == "plain"]
    text = "\n".join(_decoded(part) for part in plain) if plain else "\n".join(map(_without_markup, _texts(mail)))
    text = text.replace("\r\n", "\n")[:MOST_READ]
    for pattern in (FORWARDED, SIGNATURE, ATTRIBUTION, QUOTED):
        text = pattern.sub("", text)
    return text.strip()


def for_editing(content: bytes, envelope: Envelope) -> bytes:
    """Return the mail as a draft that mail programs open for editing, with hidden recipients written into it again."""
    headers = BytesHeaderParser().parsebytes(content)
    shown = {address.casefold() for _, address in getaddresses([*_all(headers, "To"), *_all(headers, "Cc")])}
    hidden = [one.address for one in envelope.recipients if one.address.casefold() not in shown]
    added = b"X-Unsent: 1\r\n"
    if hidden and "Bcc" not in headers:
        added += f"Bcc: {', '.join(hidden)}\r\n".encode("utf-8", "surrogateescape")
    return added + content


def _all(headers: Message, name: str) -> list[str]:
    return [str(value) for value in headers.get_all(name, [])]


def _in_words(raw: object) -> str:
    try:
        return " ".join(str(make_header(decode_header(str(raw)))).split())
    except (MessageError, LookupError, ValueError):  # wrongly encoded: shown as it stands
        return " ".join(str(raw).split())


def _texts(mail: Message) -> Iterator[Message]:
    for part in mail.walk():
        if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
            yield part


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        return raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a charset that Python does not know
        return raw.decode("utf-8", "replace")


def _without_markup(part: Message) -> str:
    reader = _Words()
    reader.feed(_decoded(part)[: 4 * MOST_READ])
    reader.close()
    return "".join(reader.found)


class _Words(HTMLParser):
    """Collects the words of a page outside of quotations."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._left_out = 0

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        self._left_out += tag in NOT_READ
        if tag in BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._left_out = max(0, self._left_out - (tag in NOT_READ))
        if tag in BREAKS | NOT_READ:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self.found.append(data)
