"""Learning from what the person does with notifications, and keeping what was learned in the vault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from companion.notices.importance import Estimate, Importance
from companion.notices.kept import is_excluded
from companion.notices.outcomes import Outcome, Outcomes
from companion.notices.rules import Choices, programs
from companion.notices.types import Happened, Notice, NoticesError, Response
from companion.notices.watching import PART
from index import notices as rows
from index.store import Store
from index.types import VaultError
from index.writer import Writer

SAVE_SECONDS = 60.0
UNLEARNED = (
    "What Companion learned of your notifications rested on what was forgotten: it is as it was on the day before that."
)
UNTAUGHT = "Nothing is learned of {}: it is excluded, or asks for passwords."
DIGEST_WEIGHT = 0.5  # of one that was passed over in a digest: it was looked at late, and among others


class Learner:
    """The model of one person and what it waits to learn. Safe to use from several threads.

    Parameters
    ----------
    response
        Returns what the EEG did in the seconds after a time (UTC seconds), None where nothing is known of it.
    choices
        Returns what the person chose: nothing is learned of excluded programs.

    """

    def __init__(
        self,
        writer: Writer,
        store: Store,
        *,
        response: Callable[[float], Response | None],
        choices: Callable[[], Choices] = Choices,
        on_incident: Callable[[str, str], None],
        clock: Callable[[], float],
    ) -> None:
        self._writer, self._store, self._response, self._choices = writer, store, response, choices
        self._on_incident, self._clock = on_incident, clock
        self._lock = threading.Lock()
        self._importance, self._outcomes = Importance(), Outcomes()
        self._saved_at, self._saved = clock(), 0
        self._lessons: dict[str, float] = {}  # since it was kept last: by program, the time of the first
        self._newest = 0.0  # of the notices that were learned from

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
        learned, newest = Importance(), 0.0
        try:
            if (found := rows.model(self._store)) is not None:
                learned, newest = Importance.load(found.data), found.time
        except (NoticesError, VaultError) as error:
            self._on_incident(PART, str(error))
        with self._lock:
            self._importance, self._saved, self._newest = learned, learned.answers, newest
            self._lessons = {}

    def forgotten(self, start: float, end: float) -> None:
        """Go back to what was learned before a time (UTC seconds), if anything was learned from it.

        What rests on it cannot be taken out of the rest. Waits for the vault.
        """
        with self._lock:
            rests = self._newest >= start and bool(self._importance.answers)
            self._outcomes.drop_between(start, end)
            if rests:
                self._importance, self._saved, self._lessons, self._newest = Importance(), 0, {}, 0.0
        try:
            self._writer.do(rows.unlearn, start).result()
        except VaultError as error:
            self._on_incident(PART, f"What was learned of notifications begins anew: {error}")
            return
        if rests:
            self.load()
            self._on_incident(PART, UNLEARNED)

    def estimate(self, notice: Notice, *, focused: bool) -> Estimate:
        """Return how likely the person acts on a notice."""
        with self._lock:
            return self._importance.estimate(self._importance.seen(notice, focused=focused))

    def shown(self, notice: Notice, *, focused: bool, weight: float = 1.0) -> None:
        """Wait for what the person does with a notice that is shown now."""
        if self._is_excluded(notice):
            return
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
        """Learn what the person says of a notice; what they did with it counts no more.

        Raises `NoticesError` where nothing is learned of its program.
        """
        if self._is_excluded(notice):
            raise NoticesError(UNTAUGHT.format(notice.app or notice.desktop_entry or "this program"))
        with self._lock:
            self._outcomes.drop([notice.number])
            seen = self._importance.seen(notice, focused=focused)
            self._importance.correct(notice, seen, important=important)
            self._note(notice)

    def drop(self, numbers: Iterable[int]) -> None:
        """Learn nothing from some notices."""
        with self._lock:
            self._outcomes.drop(numbers)

    def go_on(self) -> None:
        """Learn from what nobody acted on in time."""
        with self._lock:
            self._learn(self._outcomes.due(self._clock()))

    def save_sometimes(self) -> None:
        """Keep what was learned where that is a while ago. Waits for the vault."""
        if not 0.0 <= self._clock() - self._saved_at < SAVE_SECONDS:
            self.save()

    def save(self) -> None:
        """Keep what was learned. Waits for the vault."""
        with self._lock:
            self._saved_at = self._clock()
            if self._importance.answers == self._saved:
                return
            learned, data, answers = self._importance, self._importance.dump(), self._importance.answers
            newest, lessons = self._newest, dict(self._lessons)
        try:
            self._writer.do(rows.put_model, data, time=newest, lessons=lessons).result()
        except VaultError as error:
            self._on_incident(PART, f"What was learned of notifications was not kept: {error}")
            return
        with self._lock:
            if self._importance is learned:
                self._saved = answers
                self._lessons = {name: at for name, at in self._lessons.items() if lessons.get(name) != at}

    def _is_excluded(self, notice: Notice) -> bool:
        return is_excluded(notice, self._choices().exclude_apps)

    def _learn(self, outcomes: Iterable[Outcome]) -> None:
        for one in outcomes:
            response = self._response(one.notice.time)
            self._importance.learn(one.notice, one.seen, acted=one.acted, response=response, weight=one.weight)
            self._note(one.notice)

    def _note(self, notice: Notice) -> None:
        """Remember when and of which program something was learned, so that it can be forgotten."""
        self._newest = max(self._newest, notice.time)
        for name in programs(notice):
            self._lessons[name] = min(notice.time, self._lessons.get(name, notice.time))
