"""Private keys: in blocks of many lines, and of purses of digital money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from companion.masking.checksums import base58check
from companion.masking.types import Rule, Seen, Span, token

_EDGE = re.compile(r"-{2,5} ?(?P<edge>BEGIN|END) (?P<what>[A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?) ?-{2,5}", re.ASCII)
#: What stands between the edges: base 64, its headers, line ends as such or written in a string; no cell of a table.
_BODY = re.compile(r"(?:[A-Za-z0-9+/=,:;.()\"'@<>_ |\\-]|\r?\n[ \t]{0,16}){0,20000}", re.ASCII)
#: Lines of base 64 without an end, which may be below the edge of the window.
_REST = re.compile(r"(?:(?:[ \t\"'|,+\r]|\n|\\n|\\r){0,16}[A-Za-z0-9+/=]{16,128}){1,200}", re.ASCII)


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
        if after is not None and after["edge"] == "END" and _BODY.fullmatch(seen.text, edge.end(), after.start()):
            yield Span(edge.start(), after.end(), kind)
        elif (rest := _REST.match(seen.text, edge.end())) is not None:
            yield Span(edge.start(), rest.end(), kind)


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
    Rule(
        "WireGuard key",
        ("privatekey", "presharedkey"),
        re.compile(r"(?:Private|Preshared)Key\s{0,4}[=:]\s{0,4}(?P<secret>[A-Za-z0-9+/]{43}=)", re.IGNORECASE),
    ),
)

_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_LABEL = r"(?:private|priv|secret|wallet|signing)[ _.-]?key|mnemonic|keypair|privkey"

PURSES: tuple[Rule, ...] = (
    token("purse's private key", rf"5{_BASE58}{{50}}|[KL]{_BASE58}{{51}}", check=base58check),
    token("purse's master key", rf"[xyzYZtuv]prv{_BASE58}{{107}}", "prv", check=base58check),
    token("Nostr key", r"nsec1[02-9ac-hj-np-z]{58}", "nsec1"),
    token("Stellar key", r"S[A-D][A-Z2-7]{54}"),
    Rule(
        "purse's private key",
        ("key", "privkey", "keypair"),
        re.compile(rf"(?i:{_LABEL})[^\n]{{0,24}}?(?P<secret>\b(?:0x)?[0-9a-fA-F]{{64}}\b|\b{_BASE58}{{86,88}}\b)"),
    ),
)

PRIVATE_KEYS = BLOCKS + PURSES
