"""A simulated person who acts on some notifications and not on others. Nothing here was observed of anybody.

Fourteen programs of eight sorts (chat, mail, calendar, builds, shops, news, games, system) send notifications; a chat
has six people in it, a mailbox eight senders, and so on. To this person each program matters by a number drawn from
N(-1.5, 3), each sender by one from N(0, 2.5), and each of 12 subjects by one from N(0, 1); a subject brings three
of its eight words, among as many words that mean nothing. Part of the day and urgency matter by N(0, 0.4), and in focus
(two in five notifications come then) they act less: -0.7. The sum is the log odds that they act; whether they do is
drawn by it, so that nobody could foretell all of it: ``ceiling`` is how well one would do who knew the sum. What the
EEG shows after a notification is recorded of three in five: its change of alertness is the tangent of a quarter of the
sum, its change of excitement half of that, each with noise of N(0, 0.7). What they call important when they correct
Companion is what has a sum above 0.

How far these numbers spread is a choice, not a measurement, and figures hang on it: with spreads of 2.5, 2.2 and 1.5
for programs, senders and subjects, in place of 3, 2.5 and 1, the AUC after 200 answers was 0.83, and 0.92 the ceiling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from companion.notices.types import LOW, NORMAL, Notice, Response

SORTS = {
    "chat": ("Signal", "Telegram", "Slack"),
    "mail": ("Thunderbird", "Evolution"),
    "calendar": ("GNOME Calendar",),
    "builds": ("Jenkins", "GitHub"),
    "shops": ("Shop", "Parcel"),
    "news": ("News",),
    "games": ("Chess", "Steam"),
    "system": ("Software",),
}
CATEGORIES = {"chat": "im.received", "mail": "email.arrived", "system": "device"}
SENDERS = {"chat": 6, "mail": 8}
SUBJECTS, WORDS_A_SUBJECT, WORDS_USED = 12, 8, 3
PLAIN_WORDS = 60
NOISE, RECORDED, FOCUSED, UNURGENT = 0.7, 0.6, 0.4, 0.15
START = 1_790_000_000.0
APART = 900.0  # seconds between two, in the mean


@dataclass(frozen=True, slots=True)
class Met:
    """A notification and what this person does: whether they act, and whether they call it important."""

    notice: Notice
    log_odds: float
    acted: bool
    focused: bool
    response: Response | None

    @property
    def important(self) -> bool:
        """What they say when they correct Companion."""
        return self.log_odds > 0


class Person:
    """One simulated person, drawn by a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        draw = self.rng.normal
        self.programs = [(sort, name) for sort, names in SORTS.items() for name in names]
        self.rng.shuffle(self.programs)
        self.of_program = {name: draw(-1.5, 3.0) for _, name in self.programs}
        self.senders = {name: [f"{name} {i}" for i in range(SENDERS.get(sort, 1))] for sort, name in self.programs}
        self.of_sender = {who: draw(0.0, 2.5) for names in self.senders.values() for who in names}
        self.of_subject = draw(0.0, 1.0, SUBJECTS)
        self.of_day = draw(0.0, 0.4, 24 // 6)
        self.of_low = draw(-0.4, 0.4)
        self.words = [
            [_word(SUBJECTS + i * WORDS_A_SUBJECT + j) for j in range(WORDS_A_SUBJECT)] for i in range(SUBJECTS)
        ]
        self.plain = [_word(5000 + i) for i in range(PLAIN_WORDS)]
        self.number, self.time = 0, START

    def meet(self) -> Met:
        """Return the next notification and what comes of it."""
        rng = self.rng
        self.number += 1
        self.time += float(rng.exponential(APART))
        sort, program = self.programs[_ranked(rng, len(self.programs))]
        sender = self.senders[program][_ranked(rng, len(self.senders[program]))]
        subject, low, focused = int(rng.integers(SUBJECTS)), bool(rng.random() < UNURGENT), bool(rng.random() < FOCUSED)
        words = [*rng.choice(self.words[subject], WORDS_USED, replace=False), *rng.choice(self.plain, WORDS_USED)]
        odds = self.of_program[program] + self.of_sender[sender] + self.of_subject[subject]
        odds += self.of_day[int(self.time // 21_600) % 4] + self.of_low * low - 0.7 * focused
        notice = Notice(
            self.number,
            self.time,
            program,
            sender,
            " ".join(rng.permutation(words)),
            LOW if low else NORMAL,
            CATEGORIES.get(sort, ""),
            desktop_entry=program.lower(),
        )
        return Met(notice, float(odds), bool(rng.random() < 1 / (1 + math.exp(-odds))), focused, self._response(odds))

    def _response(self, odds: float) -> Response | None:
        if self.rng.random() > RECORDED:
            return None
        alertness = math.tanh(odds / 4.0)
        noise = self.rng.normal(0.0, NOISE, 2)
        return Response(float(alertness + noise[0]), float(alertness / 2.0 + noise[1]))


def _ranked(rng: np.random.Generator, count: int) -> int:
    """Draw a place by Zipf's law: the second comes half as often as the first, the third a third as often."""
    often = 1.0 / np.arange(1, count + 1)
    return int(rng.choice(count, p=often / often.sum()))


def _word(number: int) -> str:
    """Return a made-up word for a number, another for each."""
    consonants, vowels = "bdfgklmnprstvz", "aeiou"
    letters = []
    for _ in range(3):
        number, first = divmod(number, len(consonants))
        number, second = divmod(number, len(vowels))
        letters += [consonants[first], vowels[second]]
    return "".join(letters)
