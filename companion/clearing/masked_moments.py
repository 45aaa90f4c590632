"""What is seen is read, its secrets taken out, and only then stored: on its own thread, so that looking goes on."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from companion.capture.hands import added
from companion.capture.types import Frame
from companion.looks import FORGOTTEN, NEW, REFUSED, RENEWED, SAME, TOGETHER, UNPICTURED, Looks
from index.types import VaultError

#: Screens that may wait to be read; a full one of 1920 x 1080 takes 6 MB and, without accessible text, some seconds.
WAITING = 8


class Storing(Protocol):
    """Stores what was read; see `companion.keeper.Keeping`. Raises `VaultError`."""

    def open(self, frame: Frame, source: str) -> bool: ...  # noqa: D102 as above

    def change(self, frame: Frame) -> bool: ...  # noqa: D102 as above

    def extend(self, monitor: int, time: float) -> bool: ...  # noqa: D102 as above

    def close(self, monitor: int, time_end: float) -> bool: ...  # noqa: D102 as above

    def let_go(self) -> None: ...  # noqa: D102 as above


#: Reads a frame, and returns it without secrets.
Clear = Callable[[Frame], Frame]


@dataclass(slots=True)
class _Task:
    """One thing to do on a monitor: with a frame, or at a time.

    ``let_go``: its picture is not kept, as too many waited.
    """

    what: str
    monitor: int
    frame: Frame | None = None
    source: str = ""
    time: float = 0.0
    let_go: bool = False


_OPEN, _CHANGE, _EXTEND, _CLOSE = "open", "change", "extend", "close"


class MaskedMoments:
    """Does for live frames what `companion.keeper.Keeping` asks, in the order it is asked, but later.

    What waits is bounded: of looks at one moment the newest is kept, and where too many moments wait the oldest lose
    their pictures, which is what reading takes long for. Nothing that waits is lost when recording ends: see `finish`.
    Looks are noted without the lock, as that may wait for the disk, and whoever asks what waits does not.

    Parameters
    ----------
    storing
        Where it goes.
    clear
        Reads a frame and takes secrets out.
    noted
        Takes down what came of each look.
    on_stored, on_refused
        Told when the disk took a new moment, and of a moment's frame (None: its end) that it refused, with why.
    on_broken
        Told of a bug: nothing is stored any more.

    """

    def __init__(
        self,
        storing: Storing,
        *,
        clear: Clear,
        noted: Looks,
        on_stored: Callable[[], None],
        on_refused: Callable[[Frame | None, VaultError], None],
        on_broken: Callable[[], None],
    ) -> None:
        self._storing, self._clear, self._looks = storing, clear, noted
        self._on_stored, self._on_refused, self._on_broken = on_stored, on_refused, on_broken
        self._tasks: deque[_Task] = deque()
        self._more = threading.Condition()
        self._busy, self._ending, self._broken = False, False, False
        self._keeping = True
        self._task: _Task | None = None  # in hand
        self._missing: set[int] = set()  # monitors whose open moment the disk refused
        self._thread = threading.Thread(target=self._run, name="masking", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many screens wait to be read."""
        with self._more:
            return sum(task.frame is not None for task in self._tasks) + self._busy

    def open(self, frame: Frame, source: str) -> bool:
        """Store the moment that begins with ``frame``, soon; returns True: what is live is new."""
        self._put(_Task(_OPEN, frame.window.monitor, frame, source))
        return True

    def change(self, frame: Frame) -> bool:
        """Store that the open moment looks a little different now, soon; returns False: nothing is known of it yet."""
        task, gone = _Task(_CHANGE, frame.window.monitor, frame), list[Frame]()
        with self._more:
            last = self._tasks[-1] if self._tasks else None
            if last is not None and (last.what, last.monitor) == (_CHANGE, task.monitor) and last.frame is not None:
                gone, last.frame = [last.frame], _together(last.frame, frame)
                gone += self._make_room()
        if not gone:
            self._put(task)
        self._note_together(gone)
        return False

    def covered(self, monitor: int, time: float) -> bool:
        """Return False: no earlier run stored what is live."""
        del monitor, time
        return False

    def extend(self, monitor: int, time: float) -> bool:
        """Note that the open moment goes on, soon; returns False, as nothing was written yet."""
        self._put(_Task(_EXTEND, monitor, time=time))
        return False

    def close(self, monitor: int, time_end: float) -> bool:
        """Store the end of the open moment, soon; returns False, as nothing was written yet."""
        self._put(_Task(_CLOSE, monitor, time=time_end))
        return False

    def let_go(self) -> None:
        """Do as `keep_nothing` says: what waits is what is held."""
        self.keep_nothing()

    def keep_nothing(self) -> None:
        """Store nothing any more of what was seen, from now on."""
        self._keeping = False

    def finish(self, *, keep: bool = True) -> None:
        """Store all that waits, and end; without ``keep`` nothing that was seen is stored any more.

        What the open moments ended at is stored in any case.
        """
        with self._more:
            self._ending, self._keeping = True, keep and self._keeping
            self._more.notify_all()
        self._thread.join()
        self._looks.flush()

    def _put(self, task: _Task) -> None:
        with self._more:
            broken, gone = self._broken, list[Frame]()
            if not broken and not self._follows(task):
                self._tasks.append(task)
                gone = self._make_room()
                self._more.notify_all()
        self._note_together(gone)
        if broken:
            self._lose([task])

    def _follows(self, task: _Task) -> bool:
        """Whether a task only says that what goes on goes on, as the one before it does, which says it now."""
        last = self._tasks[-1] if self._tasks else None
        if last is None or (last.what, task.what) != (_EXTEND, _EXTEND) or last.monitor != task.monitor:
            return False
        last.time = task.time
        return True

    def _note_together(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            self._looks.note(frame, TOGETHER)

    def _make_room(self) -> list[Frame]:
        """Let one screen of too many go: one whose moment has a later one, returned, or the picture of the oldest."""
        pictured = [task for task in self._tasks if task.frame is not None and task.frame.image is not None]
        if len(pictured) <= WAITING:
            return []
        for task in pictured:
            later = self._later(task)
            if later is not None and later.frame is not None and task.frame is not None:
                later.frame = _together(task.frame, later.frame)
                self._tasks = deque(one for one in self._tasks if one is not task)
                return [task.frame]
        oldest = pictured[0]
        if oldest.frame is not None:
            oldest.frame, oldest.let_go = replace(oldest.frame, image=None), True
        return []

    def _later(self, task: _Task) -> _Task | None:
        """Return the next look at the moment that a task is a look at, where both do no more than change it."""
        if task.what != _CHANGE:
            return None
        same = [one for one in self._tasks if one.monitor == task.monitor and one.what != _EXTEND]
        after = next(i for i, one in enumerate(same) if one is task) + 1
        return same[after] if after < len(same) and same[after].what == _CHANGE else None

    def _run(self) -> None:
        try:
            self._keep_storing()
        except Exception:
            with self._more:
                self._broken = True
                lost = [*([self._task] if self._task is not None else []), *self._tasks]
                self._tasks.clear()
            self._on_broken()
            self._lose(lost)
            raise

    def _lose(self, tasks: Iterable[_Task]) -> None:
        """Say of looks that nobody takes any more that they are not stored."""
        for task in tasks:
            if task.frame is not None:
                self._looks.note(task.frame, REFUSED)

    def _keep_storing(self) -> None:
        while (task := self._next()) is not None:
            try:
                self._do(task)
            except VaultError as error:
                self._refuse(task, error)
            finally:
                with self._more:
                    self._busy = False
            self._task = None

    def _next(self) -> _Task | None:
        with self._more:
            self._more.wait_for(lambda: self._tasks or self._ending)
            if not self._tasks:
                return None
            task = self._task = self._tasks.popleft()
            self._busy = task.frame is not None
            return task

    def _do(self, task: _Task) -> None:
        if not self._keeping:
            self._storing.let_go()  # the newest look at an open moment is stored when that ends
        if task.frame is not None:
            (self._begin if task.what == _OPEN else self._renew)(task, task.frame)
        elif task.monitor in self._missing:
            return
        elif task.what == _EXTEND:
            self._storing.extend(task.monitor, task.time)
        else:
            self._storing.close(task.monitor, task.time)

    def _begin(self, task: _Task, frame: Frame) -> None:
        cleared = self._cleared(frame)
        if cleared is None:
            self._missing.add(task.monitor)
            return
        self._missing.discard(task.monitor)
        self._storing.open(cleared, task.source)
        self._looks.note(frame, UNPICTURED if task.let_go else NEW)
        self._on_stored()

    def _renew(self, task: _Task, frame: Frame) -> None:
        if self._keeping and task.monitor in self._missing:
            self._looks.note(frame, REFUSED)
            return
        cleared = self._cleared(frame)
        if cleared is not None:
            self._looks.note(frame, RENEWED if self._storing.change(cleared) else SAME)

    def _cleared(self, frame: Frame) -> Frame | None:
        """Return a frame without secrets; None, and noted so, where nothing is kept, perhaps only since it was read."""
        cleared = self._clear(frame) if self._keeping else None
        if cleared is None or not self._keeping:
            self._looks.note(frame, FORGOTTEN)
            return None
        return cleared

    def _refuse(self, task: _Task, error: VaultError) -> None:
        """Tell of what the disk refused; a moment whose beginning it refused has no middle and no end."""
        if task.what == _OPEN and task.frame is not None:
            self._missing.add(task.monitor)
        if task.frame is not None:
            self._looks.note(task.frame, REFUSED)
        self._on_refused(task.frame if task.what == _OPEN else None, error)


def _together(before: Frame, after: Frame) -> Frame:
    """Return the later of two looks at one moment, with all that was done and typed since before the first."""
    return replace(after, typed=before.typed + after.typed, hands=added(before.hands, after.hands))
