# ruff: noqa: PLR2004 shares, lengths and first digits are what this file is about
"""Made-up passwords, phrases, keys of many lines and codes. Some passwords are plain words, as people's are."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Mapping

from _secret_parts import (
    ALNUM,
    BASE64,
    DIGITS,
    HEX,
    LOWER,
    UPPER,
    URL64,
    chars,
)
from mnemonic import Mnemonic

_LANGUAGES = ["english"] * 6 + ["french", "spanish", "italian", "portuguese", "czech"]


def seed_phrase(rng: random.Random) -> str:
    words = Mnemonic(rng.choice(_LANGUAGES)).to_mnemonic(rng.randbytes(rng.choice([16, 16, 20, 24, 28, 32]))).split()
    shown = rng.choice(["plain", "plain", "capital", "numbered", "comma", "lines"])
    if shown == "numbered":
        return "  ".join(f"{place}. {word}" for place, word in enumerate(words, 1))
    if shown == "lines":
        return "\n".join(" ".join(words[place : place + 4]) for place in range(0, len(words), 4))
    words = [word.capitalize() for word in words] if shown == "capital" else words
    return (", " if shown == "comma" else " ").join(words)


def pem(rng: random.Random) -> str:
    kind = rng.choice(["RSA ", "EC ", "", "ENCRYPTED ", "OPENSSH ", "DSA "])
    body = base64.b64encode(rng.randbytes(rng.randint(120, 1700))).decode()
    lines = [body[place : place + 64] for place in range(0, len(body), 64)]
    head = (
        ["Proc-Type: 4,ENCRYPTED", f"DEK-Info: AES-128-CBC,{chars(rng, HEX, 32).upper()}", ""] if kind == "RSA " else []
    )
    return "\n".join([f"-----BEGIN {kind}PRIVATE KEY-----", *head, *lines, f"-----END {kind}PRIVATE KEY-----"])


def pgp(rng: random.Random) -> str:
    body = base64.b64encode(rng.randbytes(rng.randint(300, 1500))).decode()
    lines = [body[place : place + 64] for place in range(0, len(body), 64)]
    head = rng.choice([["Version: GnuPG v2", ""], [""], ["Comment: https://keys.example.org", ""]])
    block = "PGP PRIVATE KEY BLOCK"
    return "\n".join([f"-----BEGIN {block}-----", *head, *lines, f"={chars(rng, BASE64, 4)}", f"-----END {block}-----"])


def jwt(rng: random.Random) -> str:
    def part(value: Mapping[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()

    head = part({"alg": rng.choice(["HS256", "RS256", "ES256"]), "typ": "JWT"})
    body = part({"sub": str(rng.randint(1, 10**9)), "iat": rng.randint(1_600_000_000, 1_900_000_000)})
    return f"{head}.{body}.{chars(rng, URL64, rng.choice([43, 86, 342]))}"


_WORDS = (
    "dragon",
    "monkey",
    "summer",
    "winter",
    "shadow",
    "master",
    "football",
    "baseball",
    "sunshine",
    "princess",
    "flower",
    "purple",
    "orange",
    "coffee",
    "banana",
    "tiger",
    "berlin",
    "london",
    "madrid",
    "guitar",
    "silver",
    "hunter",
    "cookie",
    "pepper",
    "ginger",
    "freedom",
)


def password(rng: random.Random) -> str:
    word = rng.choice(_WORDS)
    return rng.choice(
        [
            lambda: word + str(rng.randint(1, 9999)),
            lambda: word.capitalize() + str(rng.randint(1950, 2030)) + rng.choice("!?$#*."),
            lambda: word.replace("o", "0").replace("e", "3").replace("a", "@") + rng.choice(["!", "1", "99"]),
            lambda: chars(rng, ALNUM + "!#$%&*+-=?@^_", rng.randint(10, 24)) + rng.choice(DIGITS),
            lambda: chars(rng, ALNUM, rng.randint(8, 20)) + rng.choice(DIGITS),
            lambda: "-".join(rng.sample(_WORDS, 4)),
            lambda: "-".join(chars(rng, ALNUM, 6) for _ in range(3)) + rng.choice(DIGITS),
            lambda: rng.choice(_WORDS) + rng.choice("_.!-") + rng.choice(_WORDS).capitalize() + str(rng.randint(0, 99)),
        ]
    )()


def any_password(rng: random.Random) -> str:
    """One in twenty is a plain word and nothing else."""
    return rng.choice(_WORDS) if rng.random() < 0.05 else password(rng)


def once(rng: random.Random) -> str:
    digits = chars(rng, DIGITS, rng.choice([4, 6, 6, 6, 8]))
    if digits[:2] in {"19", "20"} and len(digits) == 4:
        digits = "7" + digits[1:]
    return digits if len(digits) != 6 or rng.random() < 0.7 else f"{digits[:3]}{rng.choice(' -')}{digits[3:]}"


def recovery(rng: random.Random) -> str:
    one = rng.choice(
        [
            lambda: f"{chars(rng, HEX, 5)}-{chars(rng, HEX, 5)}",
            lambda: f"{chars(rng, DIGITS, 4)} {chars(rng, DIGITS, 4)}",
            lambda: chars(rng, LOWER + DIGITS, 7) + rng.choice(DIGITS),
            lambda: chars(rng, DIGITS, 8),
            lambda: "-".join(chars(rng, UPPER + DIGITS, 4) for _ in range(3)),
        ]
    )
    codes = [one() for _ in range(rng.choice([6, 8, 10]))]
    width = rng.choice([1, 2])
    return "\n".join("   ".join(codes[place : place + width]) for place in range(0, len(codes), width))


def sendgrid(rng: random.Random) -> str:
    return f"SG.{chars(rng, URL64, 22)}.{chars(rng, URL64[:-2], 42)}{rng.choice(ALNUM)}"
