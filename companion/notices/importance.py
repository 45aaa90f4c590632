"""How likely the person acts on a notice: logistic regression that learns from each answer, one at a time.

Every weight is a normal distribution. An answer moves the means of the weights that took part, each by its share of
the doubt, to where the log loss of this answer and the distance from what was known before balance (the step is
solved for, not taken along the slope, so that no weight of an answer makes it overshoot), and it narrows their
variances by the curvature there (a Laplace approximation with a diagonal covariance). What is predicted is averaged
over the doubt that is left (MacKay's approximation), so that little is claimed of what is hardly known; as it scales
every part alike, the parts sum exactly to the log odds.
"""

from __future__ import annotations

import io
import json
import math
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from zipfile import BadZipFile

import numpy as np

from companion.notices.features import Record, Records, features, hashed
from companion.notices.types import Notice, NoticesError, Response

FORMAT = 2
MOST_WEIGHTS = 20_000  # the one that took part longest ago goes
#: Answers that one correction counts as. Only what was judged wrongly is corrected, which says more of the mistakes
#: than of the person: of 0.5, 1 and 2, tried on simulated people that no figure is made of, the least helped most, and
#: 2 did not help at all.
CORRECTION_WEIGHT = 0.5
#: Of the doubt that the variances come to. Features that come together, as a program and its one sender, share what was
#: learned of them; variances alone count their doubt twice. Chosen on simulated people that no figure is made of.
DOUBT_SHARE = 0.25
STEPS, CLOSE = 30, 1e-10  # of Newton's method
NEWER = "What was learned of notifications is of a newer version: update Companion."
_USUAL = -1.4  # log odds that a notice is acted on before anything is known: one in five

#: Means and variances of weights before anything is known, by how the name of a feature begins.
_PRIORS: tuple[tuple[str, float, float], ...] = (
    ("usual", _USUAL, 1.0),
    ("earlier ones of this program", 0.3, 0.1),
    ("earlier ones of this sender", 0.5, 0.1),
    ("alertness", 0.0, 0.5),
    ("excitement", 0.0, 0.5),
    ("program", 0.0, 1.0),
    ("sender", 0.0, 0.5),
    ("category", 0.0, 0.5),
    ("urgency", 0.0, 0.5),
    ("word", 0.0, 2.0),
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
        self._weights: OrderedDict[int, tuple[float, float]] = OrderedDict()  # by hashed name: mean, variance

    def seen(self, notice: Notice, *, focused: bool) -> dict[str, float]:
        """Return the features of a notice as they are now; what is learned from it later is learned from these."""
        return features(notice, self.records, focused=focused)

    def estimate(self, seen: Mapping[str, float]) -> Estimate:
        """Return how likely a notice with these features is acted on."""
        weights = {name: self._weight(name) for name in seen}
        doubt = sum(weights[name][1] * value * value for name, value in seen.items())
        scale = 1.0 / math.sqrt(1.0 + DOUBT_SHARE * math.pi * doubt / 8.0)
        parts = tuple((name, scale * weights[name][0] * value) for name, value in seen.items())
        return Estimate(_logistic(math.fsum(part for _, part in parts)), parts)

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
        self._move(seen, 1.0 if acted else 0.0, weight)
        self.records.note(notice, acted=acted, response=response, weight=weight)
        self.answers += 1

    def correct(self, notice: Notice, seen: Mapping[str, float], *, important: bool) -> None:
        """Learn that the person calls a notice important, or not."""
        self.learn(notice, seen, acted=important, weight=CORRECTION_WEIGHT)
        self.corrections += 1

    def dump(self) -> bytes:
        """Return what was learned: a NumPy archive without any object in it."""
        weights = np.array([*self._weights.values()], np.float64).reshape(-1, 2)
        records = np.array([astuple(one) for one in self.records.by_name.values()], np.float64).reshape(-1, 5)
        about = {"format": FORMAT, "answers": self.answers, "corrections": self.corrections}
        file = io.BytesIO()
        np.savez_compressed(
            file,
            about=_bytes(json.dumps(about).encode()),
            key=_bytes(self.records.key),
            names=np.array([*self.records.by_name], np.uint64),
            keys=np.array([*self._weights], np.uint64),
            weights=weights,
            records=records,
        )
        return file.getvalue()

    @classmethod
    def load(cls, data: bytes) -> Importance:
        """Return what `dump` wrote; raises `NoticesError` where it is damaged or of a newer version."""
        made = cls()
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                about = json.loads(file["about"].tobytes())
                if about["format"] != FORMAT:
                    raise NoticesError(NEWER)
                key, names = file["key"].tobytes(), file["names"].tolist()
                keys, weights, records = file["keys"].tolist(), file["weights"].tolist(), file["records"].tolist()
            made.answers, made.corrections = int(about["answers"]), int(about["corrections"])
            made._weights.update(
                (int(key), (mean, variance)) for key, (mean, variance) in zip(keys, weights, strict=True)
            )
            made.records.key = key
            made.records.by_name.update((int(name), Record(*row)) for name, row in zip(names, records, strict=True))
        except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile, zlib.error) as error:
            raise NoticesError(
                "What was learned of notifications is damaged; it begins anew with the next notification."
            ) from error
        return made

    def _move(self, seen: Mapping[str, float], label: float, weight: float) -> None:
        weights = {name: self._weight(name) for name in seen}
        before = math.fsum(weights[name][0] * value for name, value in seen.items())
        doubt = math.fsum(weights[name][1] * value * value for name, value in seen.items())
        after = _balanced(before, doubt * weight, label)
        error, curvature = label - _logistic(after), _logistic(after) * (1.0 - _logistic(after))
        for name, value in seen.items():
            mean, variance = weights[name]
            narrowed = variance / (1.0 + variance * weight * curvature * value * value)
            self._put(name, mean + variance * weight * error * value, narrowed)

    def _weight(self, name: str) -> tuple[float, float]:
        return self._weights.get(self._key(name)) or _prior(name)

    def _key(self, name: str) -> int:
        return hashed(name, self.records.key)

    def _put(self, name: str, mean: float, variance: float) -> None:
        key = self._key(name)
        self._weights[key] = (mean, variance)
        self._weights.move_to_end(key)
        while len(self._weights) > MOST_WEIGHTS:
            self._weights.popitem(last=False)


def _balanced(before: float, doubt: float, label: float) -> float:
    """Return the log odds ``a`` with ``a = before + doubt * (label - logistic(a))``, by Newton within its bounds."""
    low, high = (before, before + doubt) if label else (before - doubt, before)
    at = before
    for _ in range(STEPS):
        share = _logistic(at)
        off = at - before - doubt * (label - share)
        low, high = (low, at) if off > 0 else (at, high)
        step = at - off / (1.0 + doubt * share * (1.0 - share))
        at, moved = (step, abs(step - at)) if low <= step <= high else ((low + high) / 2.0, high - low)
        if moved < CLOSE:
            break
    return at


def _prior(name: str) -> tuple[float, float]:
    return next((mean, variance) for begins, mean, variance in _PRIORS if name.startswith(begins))


def _logistic(x: float) -> float:
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    grown = math.exp(x)
    return grown / (1.0 + grown)


def _bytes(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(data, np.uint8)
