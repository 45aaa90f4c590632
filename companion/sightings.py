"""What capture is doing, told by the threads that look and store. Safe to use from both."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from companion.capture.glance import MOVING
from companion.capture.types import Skipped
from companion.status import NOTHING_MISSED, Seeing

FINISHING = "What was seen last is still being read: nothing new is looked at until that is done."
NAMED = 20  # files that cannot be read, each with an incident of its own


class Sightings:
    """Counts what is seen, and says once what goes wrong and once that it mended itself."""

    def __init__(self, on_incident: Callable[[str, str], None]) -> None:
        self._on_incident = on_incident
        self._lock = threading.Lock()
        self._now, self._missed = Seeing(), NOTHING_MISSED  # screens missed since storing them went wrong
        self._broken, self._lost, self._refused = "", "", ""  # why nothing comes, is seen, is stored

    @property
    def now(self) -> Seeing:
        """The newest snapshot."""
        return self._now

    def begin(self) -> None:
        """Note that looking begins."""
        self._set(ended=False, private="")

    def end(self, *, stopped: bool) -> None:
        """Note that looking is over: stopped, or nothing more will come; and say what nobody said yet."""
        self.tell_missed()
        damaged = self._now.damaged
        if damaged > NAMED:
            self._on_incident("capture", f"{damaged - NAMED} more files could not be read.")
        self._set(ended=not stopped, private="")

    def finish(self) -> None:
        """Note that looking is over while what was seen is still being read."""
        with self._lock:
            self._now = replace(self._now, limits=FINISHING)

    def tell_missed(self) -> None:
        """Say which screens were missed, where nobody said it yet."""
        with self._lock:
            missed, self._missed = self._missed, NOTHING_MISSED
        for sentence in missed.sentences():
            self._on_incident("capture", sentence)

    def frame(self, limits: str, *, beside: bool = False) -> None:
        """Note that a frame was taken, and what cannot be seen meanwhile.

        One ``beside`` the person's attention does not make what they attend to less private.
        """
        with self._lock:
            private = self._now.private if beside else ""
            self._now = replace(self._now, private=private, limits=limits, frames=self._now.frames + 1)

    def pass_over(self, skipped: Skipped, limits: str, *, damaged: bool) -> None:
        """Count what is not looked at, and note what cannot be seen meanwhile: that may be why.

        A damaged file is named (a locked screen is nothing to mend).
        """
        with self._lock:
            before, private = self._now, skipped.reason if skipped.private else ""
            if skipped.reason == MOVING:  # the next look tells
                private = before.private
            self._now = replace(
                before,
                private=private,
                limits=limits,
                filtered=before.filtered + bool(private and private != before.private),
                kept_out=before.kept_out + skipped.private,
                unseen=before.unseen + (not skipped.private),
                damaged=before.damaged + damaged,
                unreadable=(*before.unreadable, skipped.reason)[:NAMED] if damaged else before.unreadable,
            )
            count = self._now.damaged
        if damaged and count <= NAMED:
            self._on_incident("capture", skipped.reason)

    def count(self, *, new: bool = False, continued: bool = False, known: bool = False) -> None:
        """Count what a frame came to."""
        with self._lock:
            now = self._now
            self._now = replace(now, new=now.new + new, continued=now.continued + continued, known=now.known + known)

    def miss(self, time: float) -> None:
        """Count a screen that is lost, seen at ``time`` (UTC seconds)."""
        with self._lock:
            self._missed = self._missed.one_more(time)
            self._now = replace(self._now, dropped=self._now.dropped + 1)

    def works(self, *, stored: bool = False) -> None:
        """Note that something was written down; where screens were missed, only a stored one shows that it is well."""
        with self._lock:
            if not self._refused or (self._missed.count and not stored):
                return
            missed, self._missed = self._missed, NOTHING_MISSED
            self._refused = ""
            self._show()
        self._on_incident("capture", " ".join(["Capture works again.", *missed.sentences()]))

    def meet(self, sentence: str) -> None:
        """Note why the disk refuses what is seen."""
        with self._lock:
            known, self._refused = self._refused, sentence
            self._show()
        if sentence != known:
            self._on_incident("capture", sentence)

    def lose(self, sentence: str) -> None:
        """Note why nothing can be seen; empty once it can again."""
        with self._lock:
            known, self._lost = self._lost, sentence
            self._show()
        if sentence != known:
            self._on_incident("capture", sentence or "Capture works again.")

    def break_off(self, sentence: str) -> None:
        """Note that an error in the program ended it: whatever else is well by then, this does not mend itself."""
        with self._lock:
            known, self._broken = self._broken, sentence
            self._show()
        if sentence != known:
            self._on_incident("capture", sentence)

    def unread(self, sentence: str) -> None:
        """Note why pictures cannot be read; empty once they can again."""
        with self._lock:
            known, self._now = self._now.unread, replace(self._now, unread=sentence)
        if sentence != known:
            self._on_incident("capture", sentence or "Pictures can be read again.")

    def _show(self) -> None:
        """Put together what is wrong; called with the lock."""
        told = filter(None, (self._broken, self._lost, self._refused))
        self._now = replace(self._now, problem=" ".join(told))

    def _set(self, *, ended: bool, private: str) -> None:
        with self._lock:
            self._now = replace(self._now, ended=ended, private=private)
