"""What came into fields and went from them, put together to what was typed. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from companion.capture.accessible.bus import Ref

#: Seconds between a key and what it inserts; and by how much we may hear of the key later than of that.
AFTER, EARLY = 1.0, 0.05

#: Characters of one insertion from which on it was pasted, completed or put there by the program.
LONGEST = 32


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters that came into a field's text at ``place`` (``text``), or ``gone`` that went from there.

    ``time`` is when it was heard of (`time.monotonic`).
    """

    field: Ref
    place: int
    text: str
    gone: int
    time: float


@dataclass(slots=True)
class _Run:
    """What was typed in one place: ``text`` stands from ``start`` on in its field."""

    field: Ref
    start: int
    text: str

    def takes(self, edit: Edit) -> bool:
        return edit.field == self.field and self.start <= edit.place <= self.start + len(self.text)

    def insert(self, edit: Edit) -> None:
        at = edit.place - self.start
        self.text = self.text[:at] + edit.text + self.text[at:]

    def delete(self, edit: Edit) -> None:
        """Take out what of it went; what went before it moves it."""
        first, last = edit.place - self.start, edit.place + edit.gone - self.start
        self.text = self.text[: max(first, 0)] + self.text[max(last, 0) :]
        self.start = min(self.start, edit.place) if first < 0 < last else self.start - (edit.gone if last <= 0 else 0)


def typed_of(edits: Sequence[Edit], keys: Sequence[float]) -> set[Edit]:
    """Return the insertions, oldest first in ``edits``, that keys made: each a few characters right after one of them.

    ``keys`` is when they were pressed (`time.monotonic`). A key makes one insertion at most: what a program writes
    itself right after a key is left over.
    """
    free, found = deque(sorted(keys)), set()
    for edit in edits:
        while free and free[0] + AFTER < edit.time:
            free.popleft()
        if 0 < len(edit.text) <= LONGEST and free and free[0] - EARLY <= edit.time:
            free.popleft()
            found.add(edit)
    return found


def joined(edits: Sequence[Edit], typed: Collection[Edit]) -> str:
    """Return what is left of the insertions that were ``typed``, in the order they came; a line each place.

    What was typed and deleted again is not in it. A place ends where the person goes on elsewhere, or where a program
    itself puts something in.
    """
    runs: list[_Run] = []
    open_run = False
    for edit in edits:
        last = runs[-1] if open_run and runs[-1].field == edit.field else None
        if not edit.text:
            if last is not None:
                last.delete(edit)
        elif edit not in typed:
            open_run = False
        elif last is not None and last.takes(edit):
            last.insert(edit)
        else:
            runs.append(_Run(edit.field, edit.place, edit.text))
            open_run = True
    return "\n".join(run.text for run in runs if run.text)
