"""How well contents are ranked, person by person, for every way there is to rank them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.splits import Split
from companion.evaluation.thought_data import Seen
from companion.evaluation.thought_models import Models, Score
from embeddings.mapping import retrieval
from embeddings.mapping.retrieval import Answers, Session

ORDER, RECALL, RANK = "order", "hit", "reciprocal"  # what is measured: a field of `Answers`
APART = 2.0  # windows around a question in which other contents are no candidates: their EEG overlaps the question's
TURNS = 12  # places in a recording's circle to which its contents are moved for what chance gives


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of one tested recording (part), and the scores of every way to answer them.

    Attributes
    ----------
    rows
        Of `Seen`, ``intp[q]``.
    scores
        ``float32[q, m]`` each.

    """

    person: str
    rows: NDArray[np.intp]
    session: Session
    scores: Mapping[str, NDArray[np.float32]]

    def answers(self, way: str) -> Answers:
        """Judge one way."""
        return retrieval.answers(self.session, self.scores[way])

    def with_targets(self, target: NDArray[np.intp]) -> Asked:
        """Return the same scores to questions whose right answers are others, ``intp[q]``."""
        return replace(self, session=replace(self.session, target=target))


def asked(seen: Seen, splits: Iterable[Split], models: Models) -> Iterator[Asked]:
    """Yield the questions of every tested recording in which there are two contents to tell apart."""
    for split in splits:
        for person in np.unique(seen.person[split.test]).tolist():
            rows = split.test[seen.person[split.test] == person]
            pairs = seen.pairs(rows)
            sessions = [one for one in retrieval.sessions(pairs, APART * seen.seconds) if _can_be_asked(one)]
            if sessions:
                ways = models.of(split, person)
                yield from (_scored(person, rows[one.rows], one, ways) for one in sessions)


def per_person(found: Iterable[Asked], way: str, measure: str) -> dict[str, float]:
    """Return the mean of a measure over each person's contents, each counting alike; people without are left out."""
    sums: dict[str, list[float]] = {}
    for one in found:
        answers = one.answers(way)
        total = sums.setdefault(one.person, [0.0, 0.0])
        total[0] += float(getattr(answers, measure) @ answers.share)
        total[1] += float(answers.share.sum())
    return {person: value / share for person, (value, share) in sums.items() if share > 0}


def by_chance(found: Iterable[Asked]) -> Iterator[Asked]:
    """Yield the questions with the contents of each recording moved on in a circle, evenly over the circle.

    What these give is chance for contents and EEG as they are: both come in stretches, and like contents together.
    """
    for one in found:
        for turn in range(1, TURNS + 1):
            target = np.roll(one.session.target, round(turn * len(one.rows) / (TURNS + 1)))
            yield one.with_targets(target)


def _can_be_asked(session: Session) -> bool:
    """Whether any question has two candidates."""
    return bool((session.allowed().sum(axis=1) > 1).any())


def _scored(person: str, rows: NDArray[np.intp], session: Session, ways: Mapping[str, Score]) -> Asked:
    scores = {name: score(rows, session.candidates) for name, score in ways.items()}
    return Asked(person, rows, session, scores)
