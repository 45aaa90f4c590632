"""What the model sees of a notice, each thing under a name that a person can read."""

from __future__ import annotations

import math
import os
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from companion.notices.types import NORMAL, Notice, Response

KEY_BYTES = 32
MOST_WORDS = 24  # of one notice
LONGEST_SENDER = 48  # characters; a longer summary is a headline, not a name
MOST_SENDERS = 5_000  # that are remembered; the one heard of longest ago goes
PRIOR_ANSWERED, PRIOR_IGNORED = 0.5, 1.5  # what is counted in before anything is known of a sender
MOST_RESPONSE = 2.0
FEW_RESPONSES = 3.0  # so many responses count as one half of what they say

_WORD = re.compile(r"[^\W\d_]{3,24}")
_NUMBER = re.compile(r"\d+")
_PARTS_OF_DAY = (
    (5, "at night"),
    (9, "early"),
    (12, "in the morning"),
    (17, "in the afternoon"),
    (22, "in the evening"),
)


@dataclass(slots=True)
class Record:
    """What came of the earlier notices of one program or sender: counts and means, nothing that they said."""

    answered: float = 0.0
    ignored: float = 0.0
    responses: float = 0.0
    alertness: float = 0.0  # mean
    excitement: float = 0.0  # mean

    def note(self, *, acted: bool, response: Response | None, weight: float = 1.0) -> None:
        """Count one notice more."""
        if acted:
            self.answered += weight
        else:
            self.ignored += weight
        if response is not None:
            self.responses += 1.0
            self.alertness += (_bounded(response.alertness) - self.alertness) / self.responses
            self.excitement += (_bounded(response.excitement) - self.excitement) / self.responses

    @property
    def answering(self) -> float:
        """How much more often than usual these are acted on, in log odds; 0 where nothing is known."""
        usual = math.log(PRIOR_ANSWERED / PRIOR_IGNORED)
        return math.log((self.answered + PRIOR_ANSWERED) / (self.ignored + PRIOR_IGNORED)) - usual


@dataclass(slots=True)
class Records:
    """What came of earlier notices, by program and by sender, whose names are kept as numbers that stand for them.

    Attributes
    ----------
    key
        Random; without it nobody can tell whether a number stands for a name.

    """

    key: bytes = field(default_factory=lambda: os.urandom(KEY_BYTES))
    by_name: OrderedDict[int, Record] = field(default_factory=OrderedDict)

    def of(self, name: str) -> Record:
        """Return what is known of a program or sender."""
        return self.by_name.get(hashed(name, self.key)) or Record()

    def note(self, notice: Notice, *, acted: bool, response: Response | None, weight: float = 1.0) -> None:
        """Count one notice more."""
        for name in (program_name(notice), sender_name(notice)):
            number = hashed(name, self.key)
            record = self.by_name.setdefault(number, Record())
            self.by_name.move_to_end(number)
            record.note(acted=acted, response=response, weight=weight)
        while len(self.by_name) > MOST_SENDERS:
            self.by_name.popitem(last=False)


def program_name(notice: Notice) -> str:
    """Return what a notice's program is known by."""
    return f"program {folded(notice.app or notice.desktop_entry)}"


def sender_name(notice: Notice) -> str:
    """Return what the person or thing that a notice speaks of is known by: its program and its summary."""
    return f"sender {who(notice)} in {folded(notice.app or notice.desktop_entry)}"


def who(notice: Notice) -> str:
    """Return whom a notice is from, as its summary tells: chats put a name there; empty for a headline."""
    summary = _NUMBER.sub("#", folded(notice.summary))
    return summary if len(summary) <= LONGEST_SENDER else ""


def folded(text: str) -> str:
    """Return a text in lower case, its white space made even and its signs in one of the ways they can be written."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def hashed(name: str, key: bytes) -> int:
    """Return a number that stands for a name: names and words of notifications are not kept as what they are."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest())


def features(notice: Notice, records: Records, *, focused: bool) -> dict[str, float]:
    """Return what the model sees of a notice, by name."""
    program, sender = records.of(program_name(notice)), records.of(sender_name(notice))
    seen = {"usual": 1.0, program_name(notice): 1.0, sender_name(notice): 1.0, _part_of_day(notice.time): 1.0}
    seen["earlier ones of this program"] = program.answering
    seen["earlier ones of this sender"] = sender.answering
    for name, record in (("program", program), ("sender", sender)):
        share = record.responses / (record.responses + FEW_RESPONSES)
        seen[f"alertness after this {name}"] = record.alertness * share
        seen[f"excitement after this {name}"] = record.excitement * share
    if notice.category:
        seen[f"category {folded(notice.category)}"] = 1.0
    if notice.urgency != NORMAL:
        seen[f"urgency {notice.urgency}"] = 1.0
    if focused:
        seen["in focus"] = 1.0
    words = list(_words(notice))
    seen.update((f"word {word}", 1.0 / math.sqrt(len(words))) for word in words)
    return {name: value for name, value in seen.items() if value}


def _words(notice: Notice) -> Iterator[str]:
    found = _WORD.findall(f"{notice.summary} {notice.body[:1000]}".casefold())
    yield from list(dict.fromkeys(found))[:MOST_WORDS]


def _part_of_day(time: float) -> str:
    hour = datetime.fromtimestamp(time).astimezone().hour
    return next((name for until, name in _PARTS_OF_DAY if hour < until), "at night")


def _bounded(value: float) -> float:
    return min(MOST_RESPONSE, max(-MOST_RESPONSE, value)) if math.isfinite(value) else 0.0
