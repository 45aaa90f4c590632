"""What becomes of a mail that waits after a try to send it: it is tried again, it waits for the person, or it failed.

What was decided is in memory before the disk is asked: a full disk must not have a mail tried again at once, for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from companion.sending.mail_file import Progress
from companion.sending.queue import Entry, Queue
from companion.sending.replies import Reply
from companion.sending.types import DAY_SECONDS, OnIncident, SendingError, State

FIRST_WAIT, LONGEST_WAIT = 30.0, 1800.0  # seconds until it is tried again; doubled each time
DOUBLINGS = 6  # from the first to the longest
GIVE_UP_SECONDS = 2 * DAY_SECONDS  # since a mail failed first, while only temporary trouble came up
GIVE_UP_TRIES = 20  # and so often: a machine that was off did not try
NOT_YET = "A mail that waits was not taken by its server yet; it is tried again."
FOR_GOOD = "A mail that waits was refused by its server for good. It is kept for you to take back."
UNFIT = "A mail that waits cannot be sent as it is. It is kept for you to take back."
IN_VAIN = (
    "A mail that waits was not taken by its server for two days, and is not tried any more. It is kept for you to send "
    "again or to take back."
)


class Outcomes:
    """Writes down what came of tries. Used by several threads.

    Parameters
    ----------
    clock
        UTC seconds.

    """

    def __init__(self, queue: Queue, *, clock: Callable[[], float], on_incident: OnIncident) -> None:
        self._queue, self._clock, self._on_incident = queue, clock, on_incident
        self._told: set[tuple[str, str]] = set()  # mails, and what was said of them in this run

    def not_taken(self, entry: Entry, reply: Reply) -> None:
        """Take a no of the server: a temporary one is waited out, though not for ever."""
        if not reply.temporary:
            self._fail(entry, f"The server refused it: {reply.text}", FOR_GOOD)
        elif self._was_tried_enough(entry.progress):
            self._fail(entry, f"It was tried for two days. The server said last: {reply.text}", IN_VAIN)
        else:
            if entry.progress.tries == 0:
                self._on_incident("mail", NOT_YET)
            self._later(entry, reply.text)

    def unfit(self, entry: Entry, why: str) -> None:
        """Give up a mail that no server may be given; it is kept for the person."""
        self._fail(entry, why, UNFIT)

    def could_not(self, entry: Entry, why: str) -> None:
        """Try later what could not even be tried, by what the person can mend; told once."""
        self._tell_once(entry, f"A mail that waits could not be sent: {why}")
        self._later(entry, why)

    def waits(self, entry: Entry, why: str, **more: Any) -> bool:
        """Let it wait for the person; False when they decided anew meanwhile. ``more`` is written down with it."""
        stands = self._noted(entry, why, **more)
        self._settled(entry, State.SENDING, State.HELD)
        self._tell_once(entry, f"A mail that waits cannot be sent yet. {why}")
        return stands

    def broken_off(self, entry: Entry) -> None:
        """Let a try that we broke off ourselves count for nothing."""
        self._settled(entry, State.SENDING, State.HELD)

    def mind_the_clock(self) -> None:
        """Where the clock was set back, let no mail wait longer than was decided."""
        now = self._clock()
        with self._queue.undecided():
            for entry in self._queue.entries(State.HELD):
                progress = entry.progress
                if progress.since is not None and now < progress.since:
                    failing = None if progress.failing is None else min(progress.failing, now)
                    due = now + (progress.due - progress.since)
                    self._write(entry, replace(progress, due=due, since=now, failing=failing))

    def _was_tried_enough(self, progress: Progress) -> bool:
        if progress.failing is None:
            return False
        return self._clock() - progress.failing >= GIVE_UP_SECONDS and progress.tries >= GIVE_UP_TRIES

    def _later(self, entry: Entry, said: str) -> None:
        """Put the mail off, longer each time; what the person decided meanwhile stands."""
        now, before = self._clock(), entry.progress
        wait = min(FIRST_WAIT * 2 ** min(before.tries, DOUBLINGS), LONGEST_WAIT)
        failing = now if before.failing is None else before.failing
        self._noted(entry, said, due=now + wait, since=now, tries=before.tries + 1, failing=failing)
        self._settled(entry, State.SENDING, State.HELD)

    def _fail(self, entry: Entry, said: str, told: str) -> None:
        now = self._clock()
        self._noted(entry, said, due=now + LONGEST_WAIT, since=now)  # should the disk not take that it failed
        for before in (State.SENDING, State.HELD):
            self._settled(entry, before, State.FAILED)
        self._on_incident("mail", told)

    def _noted(self, entry: Entry, said: str, **more: Any) -> bool:
        """Write down what came of a try; False when the person let the mail go, or decided anew, meanwhile."""
        with self._queue.undecided():  # else what they decide just now would be written over
            held = {one.id: one.progress for one in self._queue.entries(State.HELD, State.SENDING)}
            if entry.id not in held:
                return False
            now = held[entry.id]
            stands = (now.due, now.since) == (entry.progress.due, entry.progress.since)
            self._write(entry, replace(now, said=said, **(more if stands else {})))
            return stands

    def _write(self, entry: Entry, progress: Progress) -> None:
        self._queue.remember(entry.id, progress)
        try:
            self._queue.note(entry.id, progress)
        except SendingError as error:
            self._unwritten(entry, error)

    def _settled(self, entry: Entry, before: State, after: State) -> None:
        try:
            self._queue.settle(entry.id, before, after)
        except SendingError as error:
            self._unwritten(entry, error)

    def _unwritten(self, entry: Entry, error: SendingError) -> None:
        self._tell_once(entry, f"It could not be written down what became of a mail: {error}")

    def _tell_once(self, entry: Entry, sentence: str) -> None:
        if (entry.id, sentence) not in self._told:
            self._told.add((entry.id, sentence))
            self._on_incident("mail", sentence)
