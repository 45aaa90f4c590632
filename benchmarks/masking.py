"""Secrets found in text: how many of those made up, how many that are none, and how long a line takes.

The made-up ones are drawn with a fixed seed from the formats their issuers document (`_made_secrets.py`), each kind in
turn in a terminal, a file of settings, JSON, a chat, a form, a spoken sentence and a table. One counts as found when no
letter or digit of it is left. Two of each kind are also drawn as text, cleared as the screen is before it is stored,
and read once more off what is left of the picture.

What is found in the real texts of this machine counts as a false positive, every time: Python's own library, installed
packages and their texts, documentation and manuals of the system. Folders of tests are left out, as they hold sample
keys on purpose, and so are the two packages that secrets are found with: one holds samples of secrets, the other lists
of seed words.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from _drawn_secrets import drawn
from _made_secrets import Made, made

from companion.figures import Bar, report
from companion.masking import second_opinion
from companion.masking.spans import found, masked

SECRETS, WORDS = 5000, 100_000
DRAWN = 2  # of each kind
LEAST_KINDS, LEAST_WORDS, LEAST_RECALL, MOST_FALSE, MOST_MILLISECONDS = 40, 200_000, 0.995, 0.1, 1.0
MOST_SECONDS, LONG = 3.0, 100_000
SCREENFUL = 40  # lines
LONGEST = 60_000  # characters of one file, so that no single one fills the sample
TESTS = frozenset({"test", "tests", "testing", "idle_test", "__pycache__", "site-packages"})
OWN_TOOLS = ("detect_secrets", "mnemonic")
#: What patterns are slow on: a beginning again and again that never becomes a whole.
ADVERSARIAL = (
    "a",
    "1 ",
    "4111 ",
    "-",
    "_",
    "/",
    "//",
    "://",
    "@",
    "=",
    "\n",
    "|",
    "  ",
    "\t",
    "password=",
    "password: ",
    "token=",
    "pass\n",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nAAAA",
    "AKIA",
    "eyJ",
    "eyJa.",
    "sk-",
    "DE89 ",
    "abandon ",
    "otp 1234 ",
    "recovery codes\n",
    "https://a:",
    "curl -u ",
    "key\t",
    "| password ",
    "Authorization: ",
    "//registry/:_authToken=",
    "mysql -p",
    "htpasswd -b a ",
    "<input value='",
    "<input type=password ",
    "https://a/reset/",
    "echo 'a:",
    "openssl -k ",
    "password:\nab ",
)


@dataclass
class Recall:
    """What was found of what was made."""

    asked: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    places_missed: Counter[str] = field(default_factory=Counter)
    left_after_masking: int = 0

    def of(self, kind: str) -> float:
        """Return the share of a kind that was found."""
        return 1 - self.missed[kind] / self.asked[kind]


@dataclass
class Texts:
    """What was found in real texts, and how long each line took in milliseconds."""

    words: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    lines: list[float] = field(default_factory=list)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--secrets", type=int, default=SECRETS)
    options.add_argument("--words", type=int, default=WORDS, help="of each sort of text")
    options.add_argument("--seed", type=int, default=20)
    options.add_argument("--show", action="store_true", help="print each false positive, and what was missed")
    chosen = options.parse_args()
    recall = _recalled(chosen.secrets, chosen.seed, show=chosen.show)
    texts = _read(chosen.words, show=chosen.show)
    slowest, seconds = max(((text, _seconds(text)) for text in ADVERSARIAL), key=lambda one: one[1])
    return _told(recall, texts, slowest, seconds)


def _told(recall: Recall, texts: Texts, slowest: str, seconds: float) -> int:
    total, words, false = sum(recall.asked.values()), sum(texts.words.values()), sum(texts.false.values())
    worst = min(recall.asked, key=recall.of)
    pictured = drawn(5, DRAWN)
    p50, p99 = np.quantile(texts.lines, [0.5, 0.99])
    figures = {
        "kinds": len(recall.asked),
        "secrets": total,
        "missed": dict(recall.missed.most_common()),
        "missed_in": dict(recall.places_missed.most_common()),
        "worst_kind": worst,
        "worst_kind_recall": round(recall.of(worst), 4),
        "words": dict(texts.words),
        "false_positives": dict(texts.false.most_common()),
        "second_opinion_detectors": len(second_opinion.DETECTORS),
        "milliseconds_a_line_p50": round(float(p50), 4),
        "slowest_long_line": slowest,
        "pictures": pictured.pictures,
        "of_these_read_at_all": pictured.pictures - pictured.unread,
        "read_again": [*pictured.in_pictures, *pictured.in_texts],
    }
    bars = [
        Bar("kinds", len(recall.asked), LEAST_KINDS, "least"),
        Bar("recall", round(1 - sum(recall.missed.values()) / total, 4), LEAST_RECALL, "least"),
        Bar("found again in masked text", recall.left_after_masking, 0),
        Bar("words of real text", words, LEAST_WORDS, "least"),
        Bar("false positives in 1,000 words", round(1000 * false / words, 4), MOST_FALSE),
        Bar("milliseconds a line, p99", round(float(p99), 4), MOST_MILLISECONDS),
        Bar(f"seconds for {LONG} characters, worst", round(seconds, 2), MOST_SECONDS),
        Bar("read again off masked pictures", len(pictured.in_pictures), 0),
        Bar("left in text read off pictures", len(pictured.in_texts), 0),
    ]
    return report("masking", figures, bars)


def _recalled(count: int, seed: int, *, show: bool) -> Recall:
    recall = Recall()
    for one in made(random.Random(seed), count):  # noqa: S311 made-up secrets are repeated by their seed
        recall.asked[one.kind] += 1
        recall.left_after_masking += _found_again(one)
        if not whole(one):
            recall.missed[one.kind] += 1
            recall.places_missed[one.surroundings] += 1
            if show:
                print("missed", one.kind, one.surroundings, repr(one.text), file=sys.stderr)
    return recall


def whole(one: Made) -> bool:
    """Whether no letter or digit of a secret is outside of what was found."""
    covered = {place for span in found(one.text) for place in range(span.start, span.end)}
    return all(place in covered or not one.text[place].isalnum() for place in range(one.start, one.end))


def _found_again(one: Made) -> bool:
    text = masked(one.text)
    return masked(text) != text


def _read(words: int, *, show: bool) -> Texts:
    """Look through so many words of each sort of real text, a screenful at a time, then line by line for the time."""
    texts = Texts()
    for sort, text in _real(words):
        texts.words[sort] += len(text.split())
        for span in found(text):
            texts.false[span.kind] += 1
            if show:
                print("false", sort, span.kind, repr(text[max(0, span.start - 40) : span.end + 10]), file=sys.stderr)
        if len(texts.lines) < 20 * SCREENFUL * 10:
            texts.lines += [_milliseconds(line) for line in text.split("\n")]
    return texts


def _real(words: int) -> Iterator[tuple[str, str]]:
    """Yield the sort of each screenful and what it says."""
    for sort, files in _files().items():
        random.Random(7).shuffle(files)  # noqa: S311 an order, no secret
        seen = 0
        for path in files:
            lines = _content(path)[:LONGEST].split("\n")
            for place in range(0, len(lines), SCREENFUL):
                yield sort, "\n".join(lines[place : place + SCREENFUL])
            seen += sum(len(line.split()) for line in lines)
            if seen >= words:
                break


def _files() -> dict[str, list[Path]]:
    library, packages = Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))
    return {
        "Python's library": _kept(library, (".py",)),
        "packages": _kept(packages, (".py", ".md", ".rst", ".txt")),
        "system documentation": _kept(Path("/usr/share/doc"), (".txt", ".md", ".rst", ".html", ".gz")),
        "manuals": _kept(Path("/usr/share/man/man1"), (".gz",)) + _kept(Path("/usr/share/man/man8"), (".gz",)),
    }


def _kept(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    found_here = (path for path in sorted(folder.rglob("*")) if path.suffix in endings and path.is_file())
    return [path for path in found_here if not _left_out(path.relative_to(folder))]


def _left_out(path: Path) -> bool:
    tests = any(part in TESTS or part.startswith("test_") for part in path.parts)
    return tests or path.parts[0].startswith(OWN_TOOLS)


def _content(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")


def _milliseconds(line: str) -> float:
    start = time.process_time()
    found(line)
    return 1000 * (time.process_time() - start)


def _seconds(text: str) -> float:
    return _milliseconds((text * (LONG // len(text) + 1))[:LONG]) / 1000


if __name__ == "__main__":
    sys.exit(main())
