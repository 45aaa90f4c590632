"""Learning from what the person does with notifications, and keeping what was learned in the vault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from companion.notices.importance import Estimate, Importance
from companion.notices.outcomes import Outcome, Outcomes
from companion.notices.types import Happened, Notice, NoticesError, Response
from companion.notices.watching import PART
from index import notices as rows
from index.store import Store
from index.types import VaultError
from index.writer import Writer

SAVE_SECONDS = 60.0
DIGEST_WEIGHT = 0.5  # of one that was passed over in a digest: it was looked at late, and among others


class Learner:
    """The model of one person and what it waits to learn. Safe to use from several threads.

    Parameters
    ----------
    response
        Returns what the EEG did in the seconds after a time (UTC seconds), None where nothing is known of it.

    """

    def __init__(
        self,
        writer: Writer,
        store: Store,
        *,
        response: Callable[[float], Response | None],
        on_incident: Callable[[str, str], None],
        clock: Callable[[], float],
    ) -> None:
        self._writer, self._store, self._response = writer, store, response
        self._on_incident, self._clock = on_incident, clock
        self._lock = threading.Lock()
        self._importance, self._outcomes = Importance(), Outcomes()
        self._saved_at, self._saved = clock(), 0

    @property
    def answers(self) -> int:
        """How many answers were learned from, corrections among them."""
        return self._importance.answers

    @property
    def corrections(self) -> int:
        """How many of them were corrections."""
        return self._importance.corrections

    def load(self) -> None:
        """Go on from what was learned before; where that cannot be read, begin anew and say so."""
        try:
            data = rows.model(self._store)
            learned = Importance() if data is None else Importance.load(data)
        except (NoticesError, VaultError) as error:
            self._on_incident(PART, str(error))
            return
        with self._lock:
            self._importance, self._saved = learned, learned.answers

    def estimate(self, notice: Notice, *, focused: bool) -> Estimate:
        """Return how likely the person acts on a notice."""
        with self._lock:
            return self._importance.estimate(self._importance.seen(notice, focused=focused))

    def shown(self, notice: Notice, *, focused: bool, weight: float = 1.0) -> None:
        """Wait for what the person does with a notice that is shown now."""
        with self._lock:
            seen = self._importance.seen(notice, focused=focused)
            self._outcomes.shown(notice, seen, self._clock(), weight=weight)

    def in_digest(self, notices: Iterable[Notice]) -> None:
        """Wait for what the person does with notices of a digest that they look at."""
        for notice in notices:
            self.shown(notice, focused=False, weight=DIGEST_WEIGHT)

    def happened(self, what: Happened) -> None:
        """Learn from what became of a notification."""
        with self._lock:
            self._learn(self._outcomes.happened(what))

    def opened(self, number: int) -> None:
        """Learn that the person opened a notice."""
        with self._lock:
            self._learn(self._outcomes.opened(number))

    def turned_to(self, app: str, time: float) -> None:
        """Learn that the person turned to a program."""
        with self._lock:
            self._learn(self._outcomes.turned_to(app, time))

    def correct(self, notice: Notice, *, focused: bool, important: bool) -> None:
        """Learn what the person says of a notice; what they did with it counts no more."""
        with self._lock:
            self._outcomes.drop([notice.number])
            seen = self._importance.seen(notice, focused=focused)
            self._importance.correct(notice, seen, important=important)

    def drop(self, numbers: Iterable[int]) -> None:
        """Learn nothing from some notices."""
        with self._lock:
            self._outcomes.drop(numbers)

    def go_on(self) -> None:
        """Learn from what nobody acted on in time, and keep what was learned now and then."""
        now = self._clock()
        with self._lock:
            self._learn(self._outcomes.due(now))
        if now - self._saved_at >= SAVE_SECONDS:
            self.save()

    def save(self) -> None:
        """Keep what was learned."""
        with self._lock:
            self._saved_at = self._clock()
            if self._importance.answers == self._saved:
                return
            data, answers = self._importance.dump(), self._importance.answers
        try:
            self._writer.do(rows.put_model, data, time=self._saved_at).result()
        except VaultError as error:
            self._on_incident(PART, f"What was learned of notifications was not kept: {error}")
        else:
            self._saved = answers

    def _learn(self, outcomes: Iterable[Outcome]) -> None:
        for one in outcomes:
            response = self._response(one.notice.time)
            self._importance.learn(one.notice, one.seen, acted=one.acted, response=response, weight=one.weight)
