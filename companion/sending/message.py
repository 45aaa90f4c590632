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
from html import unescape

from companion.sending.types import Envelope

MOST_READ = 200_000  # characters of a mail that are looked at for words
NOT_READ = frozenset({"blockquote", "style", "script", "head"})
BREAKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3"})
ATTRIBUTION_LONG = 200  # characters at most of the line in front of what is quoted, which ends in a colon
RULE, FORWARDED_LONG = "--", range(7, 100)  # around the line over what is forwarded, and how long that is
SIGNATURE, QUOTED = "-- ", ">"
DOT_ALONE = re.compile(rb"[\r\n]\.(?=[\r\n])")
TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*)")
NO_TEXT = ("<!", "<?", "</")  # what stands between these and the next > is not shown


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


def ends_early(content: bytes) -> bool:
    """Whether a server could take a line within a mail for its end: a dot alone after half a line break.

    What ends a mail is a dot after a whole one (RFC 5321, 4.1.1.4); some servers are less strict, and read what follows
    as commands.
    """
    return any(
        found[0] == b"\r." or content[max(found.start() - 1, 0) : found.start()] != b"\r"
        for found in DOT_ALONE.finditer(content)
    )


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
    if plain:
        return _own("\n".join(map(_decoded, plain)))
    return _own("\n".join(_without_markup(_decoded(part)) for part in _texts(mail)))


def own_words_of(body: str, *, markup: bool) -> str:
    """Return likewise what the person wrote of a body that is no mail yet, HTML if ``markup``."""
    return _own(_without_markup(body) if markup else body)


def for_editing(content: bytes, envelope: Envelope) -> bytes:
    """Return the mail as a draft that mail programs open for editing, with hidden recipients written into it again."""
    headers = BytesHeaderParser().parsebytes(content)
    shown = {address.casefold() for _, address in getaddresses([*_all(headers, "To"), *_all(headers, "Cc")])}
    hidden = [one.address for one in envelope.recipients if one.address.casefold() not in shown]
    added = b"X-Unsent: 1\r\n"
    if hidden and "Bcc" not in headers:
        added += f"Bcc: {', '.join(hidden)}\r\n".encode("utf-8", "surrogateescape")
    return added + content


def _own(text: str) -> str:
    return "\n".join(_written(text.replace("\r\n", "\n")[:MOST_READ].split("\n"))).strip()


def _written(lines: list[str]) -> Iterator[str]:
    """Yield the lines that are the person's own, up to a signature or what is forwarded.

    Each line is looked at once and by its ends, so that no line, however long, takes long.
    """
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line == SIGNATURE or _forwards(line):
            return
        if line.startswith(QUOTED):
            continue
        if following.startswith(QUOTED) and len(line) <= ATTRIBUTION_LONG and line.rstrip(" \t").endswith(":"):
            continue
        yield line


def _forwards(line: str) -> bool:
    """Whether a line stands over what is forwarded: words between two rules."""
    bare = line.rstrip()
    between = len(bare) in FORWARDED_LONG and bare.startswith(RULE) and bare.endswith(RULE)
    return between and bool(bare.strip("- "))


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
    except (LookupError, ValueError):  # a charset that Python does not know, or that is none for texts
        return raw.decode("utf-8", "replace")


def _without_markup(page: str) -> str:
    return "".join(_words_of(page[: 4 * MOST_READ]))


def _words_of(page: str) -> Iterator[str]:
    """Yield the words of a page outside of quotations.

    By hand, as every place is gone over once: parsers that mend a broken page can take minutes over one that is made
    for it, and the whole program stands still meanwhile.
    """
    left_out = 0
    for tag, text in _pieces(page):
        name = tag.removeprefix("/")
        if name in NOT_READ:
            left_out = max(0, left_out + (1 if name == tag else -1))
        if name in BREAKS or (name in NOT_READ and name != tag):
            yield "\n"
        elif not left_out:
            yield _unescaped(text)


def _unescaped(text: str) -> str:
    try:
        return unescape(text)
    except ValueError:  # a number of a character that has thousands of digits
        return text


def _pieces(page: str) -> Iterator[tuple[str, str]]:
    """Yield each tag's name, a slash in front of it where it closes, or else a piece of text."""
    at = 0
    while at < len(page):
        tag = TAG.match(page, at)
        if page.startswith("<!--", at):
            at = _past(page, "-->", at)
        elif tag is not None or page.startswith(NO_TEXT, at):
            at = _past(page, ">", at)
            if tag is not None:
                yield tag[1].lower(), ""
        else:
            end = page.find("<", at + 1)
            end = len(page) if end < 0 else end
            yield "", page[at:end]
            at = end


def _past(page: str, mark: str, at: int) -> int:
    found = page.find(mark, at)
    return len(page) if found < 0 else found + len(mark)
