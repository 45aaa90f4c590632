"""Private keys: in blocks of many lines, and of purses of digital money."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from itertools import zip_longest

from companion.masking.checksums import base58check
from companion.masking.likely import mixed
from companion.masking.types import Rule, Seen, Span, token

_EDGE = re.compile(r"-{2,5} ?(?P<edge>BEGIN|END) (?P<what>[A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?) ?-{2,5}", re.ASCII)
#: What stands between the edges: base 64, its headers, line ends as such or written in a string; no cell of a table.
_BODY = re.compile(r"(?:[A-Za-z0-9+/=,:;.()\"'@<>_ |\\-]|\r?\n[ \t]{0,16}){0,20000}", re.ASCII)
#: Lines of base 64 without an end, which may be below the edge of the window.
_REST = re.compile(
    r"(?:[ \t\"'|,+\r]|\n|\\n|\\r){0,16}(?:(?:Proc-Type|DEK-Info|Comment|Version): ?[^\n\\]{1,80}(?:[ \t\r]|\n|"
    r"\\n){1,16}){0,3}"
    r"(?:(?:[ \t\"'|,+\r]|\n|\\n|\\r){0,16}(?:[A-Za-z0-9+/]{16,128}={0,2}|(?<=\n)[A-Za-z0-9+/]{1,15}={1,2}(?=\s|$)"
    r"|(?<=\n)=[A-Za-z0-9+/]{4}(?=\s|$))){1,200}",
    re.ASCII,
)
#: A line of base 64, which may be right above an end whose beginning is above the edge of the window.
_LINE = re.compile(r"[ \t|\"']{0,16}[A-Za-z0-9+/=]{0,128}[ \t|\"'+]{0,8}\r?", re.ASCII)
_MOST_ABOVE, _LEAST_LETTERS = 120, 10  # lines, and different characters of a key


def blocks(seen: Seen) -> Iterator[Span]:
    """Yield private keys between their first and last line, or as far as they are seen.

    The line that begins one is no secret by itself: programs and pages speak of it.
    """
    if "private key" not in seen.lowered:
        return
    edges = list(_EDGE.finditer(seen.text))
    for edge, after in zip_longest(edges, edges[1:]):
        if edge["edge"] == "END":
            continue
        kind = "PGP private key" if edge["what"].startswith("PGP") else "private key"
        body = seen.text[edge.end() : after.start()] if after is not None else ""
        if after is not None and after["edge"] == "END" and _BODY.fullmatch(body):
            if len(set(body)) < _LEAST_LETTERS:  # dots or the same letter, as documentation has it
                continue
            yield Span(edge.start(), after.end(), kind)
        elif (rest := _REST.match(seen.text, edge.end())) is not None:
            yield Span(edge.start(), rest.end(), kind)
    for edge in edges:
        start = _first_above(seen.text, edge.start()) if edge["edge"] == "END" else edge.start()
        if seen.text[start : edge.start()].strip():
            yield Span(start, edge.end(), "private key")


def _first_above(text: str, end: int) -> int:
    """Return where the lines of base 64 begin that are right above the line of a place."""
    edge, end = end, text.rfind("\n", 0, end) + 1
    if text[end:edge].strip(" \t|\"'"):  # something else stands before the end
        return edge
    for _ in range(_MOST_ABOVE):
        start = text.rfind("\n", 0, max(0, end - 1)) + 1
        if end == 0 or _LINE.fullmatch(text, start, end - 1) is None:
            break
        end = start
    return end


#: The private parts of a key as RFC 7517 writes it.
_WEB_KEY = re.compile(r"\"(?:d|p|q|dp|dq|qi|k)\"\s{0,4}:\s{0,4}\"(?P<secret>[\w-]{16,4000})\"", re.ASCII)


def _holds_a_key(text: str) -> bool:
    """Whether the first line in base 64 says that a private key follows."""
    plain = "".join(text[:80].split())[:64]
    return b"PRIVATE KEY" in base64.b64decode(plain[: len(plain) // 4 * 4])


BLOCKS: tuple[Rule, ...] = (
    Rule(
        "PuTTY private key",
        ("private-lines",),
        re.compile(r"Private-Lines: ?\d{1,3}(?P<secret>(?:\s{1,3}[A-Za-z0-9+/=]{4,80}){1,100})", re.ASCII),
    ),
    token("age key", r"AGE-SECRET-KEY-1[0-9A-Za-z]{58}", "age-secret-key-1"),
    # An unencrypted OpenSSH key always begins with these letters in base 64, with its first line cut off or not.
    Rule(
        "SSH private key",
        ("b3blbnnzac1rzxktdjeaaaa",),
        re.compile(r"b3BlbnNzaC1rZXktdjEAAAA(?:[A-Za-z0-9+/=]|[ \t|]{0,8}\r?\n[ \t|]{0,8}){40,20000}", re.ASCII),
    ),
    # The same put in base 64 once more, as a cluster keeps its keys.
    Rule(
        "private key",
        ("ls0tls1crudjtib",),
        re.compile(r"(?<![A-Za-z0-9+/])LS0tLS1CRUdJTiB[A-Za-z0-9+/\r\n]{40,20000}={0,2}", re.ASCII),
        _holds_a_key,
    ),
    Rule("key of a web key", ('"kty"',), _WEB_KEY),
    Rule(
        "encrypted vault",
        ("$ansible_vault",),
        re.compile(r"\$ANSIBLE_VAULT;[\w.;-]{1,60}(?P<secret>(?:\s{1,24}[0-9a-f]{2,160}){1,400})", re.ASCII),
    ),
    Rule(
        "WireGuard key",
        ("wg set",),
        re.compile(r"\bwg set [^\n|]{1,120}?(?:private|preshared)-key[ <(]{1,4}(?P<secret>[A-Za-z0-9+/]{43}=)"),
    ),
    Rule(
        "WireGuard key",
        ("privatekey", "presharedkey"),
        re.compile(r"(?:Private|Preshared)Key\s{0,4}[=:]\s{0,4}(?P<secret>[A-Za-z0-9+/]{43}=)", re.IGNORECASE),
    ),
)

_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_LABEL = r"(?:private|priv|secret|wallet|signing)[ _.-]?key|mnemonic|keypair|privkey|wallet\(|accounts?:? \["


def _is_purse(text: str) -> bool:
    """Whether a key holds by its check, or looks drawn: one letter read wrongly would else save it."""
    return base58check(text) or mixed(text)


PURSES: tuple[Rule, ...] = (
    token("purse's private key", rf"5{_BASE58}{{50}}|[KL]{_BASE58}{{51}}", check=_is_purse),
    token("purse's master key", rf"[xyzYZtuv]prv{_BASE58}{{100,110}}", "prv", check=_is_purse),
    token("Nostr key", r"nsec1[02-9ac-hj-np-z]{58}", "nsec1"),
    token("Stellar key", r"S[A-D][A-Z2-7]{54}"),
    Rule(
        "purse's private key",
        ("key", "mnemonic", "wallet", "account"),
        re.compile(rf"(?i:{_LABEL})[^\n]{{0,24}}?(?P<secret>\b(?:0x)?[0-9a-fA-F]{{64}}\b|\b{_BASE58}{{86,88}}\b)"),
    ),
)

PRIVATE_KEYS = BLOCKS + PURSES
