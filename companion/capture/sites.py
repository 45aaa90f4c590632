"""Sites as hosts: what a person writes, what an address names, what lies on which."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

_LONGEST = 253  # characters of a host's name (RFC 1035)
#: Characters of an address that are kept. What is behind these is no place any more, and there can be megabytes of it.
LONGEST_ADDRESS = 4_096

_LABEL = re.compile(r"[\w-]{1,63}")
_DOTS = re.compile("[\u3002\uff0e\uff61]")  # what else stands for a dot in a host's name (UTS 46)
_PUNYCODE = "xn--"
#: Addresses around an address: the page shown is that of the inner one.
_AROUND = re.compile(r"(?:view-source|blob|filesystem|jar|feed):", re.IGNORECASE)
_READER = "about:reader?"
_NOWHERE = {"", "about:blank", "about:srcdoc"}  # a page there can be anybody's
_WITHOUT_HOST = re.compile(r"(?:about|data|file|javascript|mailto|chrome|edge|brave|opera|vivaldi):", re.IGNORECASE)
#: Saved passwords as browsers show them, and extensions, some of which keep passwords. All but the viewer of documents.
_SECRET = re.compile(
    r"about:(?:logins|passwords|certificate)\b|(?:[a-z]+-)*extension://(?!mhjfbmdgcfjbbpaeojofohoefgiehjai\b)"
    r"|(?:chrome|edge|brave|opera|vivaldi|whale|yandex|browser|arc|dia|comet)://(?:password-manager|passwords|wallet|(?:settings|preferences)/[^?#]*"
    r"(?:password|passkey|payment|wallet|autofill|card))",
    re.IGNORECASE,
)
_WITH_HOST = {"http", "https", "ftp", "ws", "wss"}


class SiteError(ValueError):
    """What was written names no site; the message says how to write one."""


@lru_cache(maxsize=1024)
def as_site(written: str) -> str:
    """Return the host meant by a host or an address: in lower case, without ``www.``; raises `SiteError`."""
    text = written.strip().removeprefix("*.")
    host = _canonical(_split_host(text if "//" in text else f"//{text}") or "")
    if not _is_host(host):
        raise SiteError(
            f"“{written.strip()}” is no site. Write its name, such as example.org, "
            "which stands for www.example.org and docs.example.org too."
        )
    shorter = host.removeprefix("www.")
    return shorter if "." in shorter else host


def shortened(url: str) -> str:
    """Return an address as far as it says where a page is; that of a ``data:`` page holds the page itself."""
    text = url.strip()
    if text[:5].casefold() == "data:":
        return text.partition(",")[0][:LONGEST_ADDRESS]
    short = text[:LONGEST_ADDRESS]
    return short if short == text or host_of(short) == host_of(text) else text  # a name and a password come before it


def holds_secrets(url: str) -> bool:
    """Whether an address is that of a browser's saved passwords, or of an extension's own page."""
    text = url.strip()
    while around := _AROUND.match(text):
        text = text[around.end() :]
    return _SECRET.match(text) is not None


def host_of(url: str) -> str | None:
    """Return the host a page is on, empty for a page on none (``file:``), None where the address does not tell."""
    text = url.strip()
    while around := _AROUND.match(text):
        text = text[around.end() :]
    if text.casefold().startswith(_READER):
        text = parse_qs(text[len(_READER) :]).get("url", [""])[0]
    if text.casefold() in _NOWHERE:
        return None
    if "://" not in text:
        if _WITHOUT_HOST.match(text):
            return ""
        text = f"//{text}"
    host = _canonical(_split_host(text) or "")
    return host or (None if text.split("://")[0].casefold() in _WITH_HOST or text.startswith("//") else "")


def lies_on(host: str, site: str) -> bool:
    """Whether a host is that of a site (as from `as_site`), or one below it."""
    return host == site or host.endswith(f".{site}")


def is_named_in(site: str, title: str) -> bool:
    """Whether a title names a site or a host below it. Without a dot it is an everyday word, and not looked for."""
    return "." in site and _named(site).search(_plain(title)) is not None


@lru_cache(maxsize=1024)
def _named(site: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(site)}(?![\w-]|\.\w)")


def _split_host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # brackets without an address in them
        return None


def _canonical(host: str) -> str:
    """Return a host in one spelling: Unicode, lower case. What Punycode spells and what it stands for are the same."""
    labels = _DOTS.sub(".", _plain(unquote(host))).strip(".").split(".")
    return _plain(".".join(map(_decoded, labels)))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _decoded(label: str) -> str:
    if not label.startswith(_PUNYCODE):
        return label
    try:
        return label.removeprefix(_PUNYCODE).encode("ascii").decode("punycode")
    except UnicodeError:
        return label  # no host any server has: it is compared as it is


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return len(host) <= _LONGEST and all(map(_LABEL.fullmatch, host.split(".")))
    return True
