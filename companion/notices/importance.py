"""How likely the person acts on a notice: logistic regression that learns from each answer, one at a time.

The weights are one normal distribution (`weights`). An answer moves the means, each by its share of the doubt, to where
the log loss of this answer and the distance from what was known before balance (the step is solved for, not taken along
the slope, so that no weight of an answer makes it overshoot), and it narrows the covariance by the curvature there (a
Laplace approximation). What is predicted is averaged over the doubt that is left (MacKay's approximation), so that
little is claimed of what is hardly known; as it scales every part alike, the parts sum exactly to the log odds.
"""

from __future__ import annotations

import io
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any
from zipfile import BadZipFile

import numpy as np

from companion.notices.features import Record, Records, features, hashed
from companion.notices.types import Notice, NoticesError, Response
from companion.notices.weights import Term, Weights, logistic

FORMAT = 3
UNJOINED = 2  # the format before, of weights without covariance: read, no longer written
#: Answers that one correction counts as. Only what was judged wrongly is corrected, which says more of the mistakes
#: than of the person: of 0.25, 0.5, 1 and 2, tried on simulated people that no bar is measured on, this helped most.
CORRECTION_WEIGHT = 0.5
#: Of the doubt that estimates are averaged over: with the whole of it too little is claimed. Chosen, as the priors, on
#: simulated people that no bar is measured on; 0.15 and 0.25 change their calibration error by less than 0.001.
DOUBT_SHARE = 0.2
WORD = "word "
NEWER = "What was learned of notifications is of a newer version: update Companion."
_USUAL = -1.4  # log odds that a notice is acted on before anything is known: one in five

#: Means and variances of weights before anything is known, by how the name of a feature begins.
_PRIORS: tuple[tuple[str, float, float], ...] = (
    ("usual", _USUAL, 1.0),
    ("earlier ones of this program", 0.0, 0.1),
    ("earlier ones of this sender", 0.2, 0.1),
    ("alertness", 0.0, 1.0),
    ("excitement", 0.0, 0.1),
    ("program", 0.0, 3.0),
    ("sender", 0.0, 1.0),
    ("category", 0.0, 0.5),
    ("urgency", 0.0, 0.5),
    (WORD, 0.0, 1.5),
    ("", 0.0, 0.25),
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """How likely a notice is acted on (0 to 1), and what speaks for and against, summing to its log odds."""

    probability: float
    parts: tuple[tuple[str, float], ...]

    @property
    def log_odds(self) -> float:
        """The sum of the parts."""
        return math.fsum(value for _, value in self.parts)


class Importance:
    """What was learned of one person. Not safe to use from several threads at once.

    Attributes
    ----------
    answers
        How many answers it learned from, corrections among them.

    """

    def __init__(self) -> None:
        self.answers = 0
        self.corrections = 0
        self.records = Records()
        self._weights = Weights()

    def seen(self, notice: Notice, *, focused: bool) -> dict[str, float]:
        """Return the features of a notice as they are now; what is learned from it later is learned from these."""
        return features(notice, self.records, focused=focused)

    def estimate(self, seen: Mapping[str, float]) -> Estimate:
        """Return how likely a notice with these features is acted on."""
        terms = self._terms(seen)
        scale = 1.0 / math.sqrt(1.0 + DOUBT_SHARE * math.pi * self._weights.doubt(terms) / 8.0)
        means = zip(seen.items(), self._weights.means(terms), strict=True)
        parts = tuple((name, scale * mean * value) for (name, value), mean in means)
        return Estimate(logistic(math.fsum(part for _, part in parts)), parts)

    def learn(
        self,
        notice: Notice,
        seen: Mapping[str, float],
        *,
        acted: bool,
        response: Response | None = None,
        weight: float = 1.0,
    ) -> None:
        """Learn what came of a notice.

        Parameters
        ----------
        seen
            What `seen` returned when it came.
        acted
            Whether the person acted on it in time.
        response
            What the EEG did in the seconds after it, where it was recorded.
        weight
            How many answers it counts as, above 0.

        """
        self._weights.learn(self._terms(seen), 1.0 if acted else 0.0, weight)
        self.records.note(notice, acted=acted, response=response, weight=weight)
        self.answers += 1

    def correct(self, notice: Notice, seen: Mapping[str, float], *, important: bool) -> None:
        """Learn that the person calls a notice important, or not."""
        self.learn(notice, seen, acted=important, weight=CORRECTION_WEIGHT)
        self.corrections += 1

    def dump(self) -> bytes:
        """Return what was learned: a NumPy archive without any object in it."""
        records = np.array([astuple(one) for one in self.records.by_name.values()], np.float64).reshape(-1, 5)
        about = {"format": FORMAT, "answers": self.answers, "corrections": self.corrections}
        arrays: dict[str, Any] = self._weights.arrays() | {
            "about": _bytes(json.dumps(about).encode()),
            "key": _bytes(self.records.key),
            "names": np.array([*self.records.by_name], np.uint64),
            "records": records,
        }
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        return file.getvalue()

    @classmethod
    def load(cls, data: bytes) -> Importance:
        """Return what `dump` wrote; raises `NoticesError` where it is damaged or of a newer version."""
        made = cls()
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                about = json.loads(file["about"].tobytes())
                if about["format"] not in (UNJOINED, FORMAT):
                    raise NoticesError(NEWER)
                made.records.key, names = file["key"].tobytes(), file["names"].tolist()
                made._weights.restore_apart(file["keys"].tolist(), file["weights"].tolist())
                if about["format"] != UNJOINED:
                    seated = file["lasting"].tolist(), file["words"].tolist(), file["means"], file["spread"]
                    made._weights.restore_seated(*seated)
                records = file["records"].tolist()
            made.answers, made.corrections = int(about["answers"]), int(about["corrections"])
            made.records.by_name.update((name, Record(*row)) for name, row in zip(names, records, strict=True))
        except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile, zlib.error) as error:
            raise NoticesError(
                "What was learned of notifications is damaged; it begins anew with the next notification."
            ) from error
        return made

    def _terms(self, seen: Mapping[str, float]) -> list[Term]:
        key = self.records.key
        return [
            Term(hashed(name, key), value, *_prior(name), word=name.startswith(WORD)) for name, value in seen.items()
        ]


def _prior(name: str) -> tuple[float, float]:
    return next((mean, variance) for begins, mean, variance in _PRIORS if name.startswith(begins))


def _bytes(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(data, np.uint8)
