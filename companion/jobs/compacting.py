"""Groups frames: the `compacting` thread, and a process.

What a program drew becomes reels within minutes, on the thread; what is days old, however it was kept, is encoded by
the process while nothing else is to be done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from functools import partial

from companion.giving_back import giving_back
from companion.jobs.worker import TaskFailed, Worker, WorkerCrashed
from companion.jobs.yielding import power_is_low
from index import database
from index.pictures import cold_frames, compaction, reeling
from index.pictures.cold_frames import Group
from index.pictures.compaction import COLD_AFTER
from index.pictures.planned import Framed
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer

LOOK_SECONDS = 60.0
RETRY_SECONDS = 3600.0  # after what the person must mend (a full disk)
PART = "compacting"


class CompactorTasks:
    """What the process does."""

    def encode(self, vault: Vault, names: Sequence[str]) -> Group:
        """Return frames as a group; raises `FrameError`."""
        return compaction.encoded(vault, names)


class Compacting:
    """Groups frames a few at a time, as long as the battery lasts; cold ones as long as no job waits, too.

    Parameters
    ----------
    make_worker
        Makes the process that encodes; it ends when there is nothing more to group.
    clock
        UTC seconds since 1970.
    saving
        Whether the machine must save its battery.
    cold_after
        Seconds after which a frame is cold.

    """

    def __init__(
        self,
        *,
        store: Store,
        writer: Writer,
        make_worker: Callable[[], Worker],
        clock: Callable[[], float],
        on_incident: Callable[[str, str], None],
        saving: Callable[[], bool] = power_is_low,
        cold_after: float = COLD_AFTER,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._store, self._writer, self._make_worker, self._clock = store, writer, make_worker, clock
        self._on_incident, self._saving, self._cold_after = on_incident, saving, cold_after
        self._look_seconds, self._give_back = look_seconds, giving_back()
        self._refused: set[int] = set()  # moments whose frames could not be grouped since the start
        self._single: dict[int, float] = {}  # and those that are for no reel, and since when that is known
        self._not_before = 0.0
        self._stopping, self._gate = threading.Event(), threading.Lock()
        self._worker: Worker | None = None
        self._thread = threading.Thread(target=self._run, name=PART, daemon=True)

    @property
    def pid(self) -> int | None:
        """The process, while frames are grouped."""
        worker = self._worker
        return worker.pid if worker is not None else None

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; frames that were not grouped yet stay as they are."""
        with self._gate:  # no worker may be made behind this
            self._stopping.set()
            worker = self._worker
        if worker is not None:
            worker.stop()
        if self._thread.is_alive():
            self._thread.join()

    def work(self) -> int:
        """Group what is to be grouped, until the person or a job needs the machine; returns how many frames were.

        Raises `VaultError`.
        """
        done = self._reel()
        self._mend()  # whatever waits: what could not be read may show secrets
        while self._is_free():
            self._mend()  # reels that nothing is left of go
            planned = compaction.plan(
                self._store, before=self._clock() - self._cold_after, without=sorted(self._refused)
            )
            self._refused |= set(planned.unfit)  # `companion vault verify` tells of them
            made = sum(self._group(framed) for framed in planned.groups if self._is_free())
            done += made
            if not made:  # the next look goes on: whatever is in the way is not tried without end
                break
        return done

    def _mend(self) -> None:
        """Make groups anew that lost a frame, unless that was refused within the hour."""
        if self._stopping.is_set() or self._clock() < self._not_before:
            return
        for sentence in compaction.mend(self._writer, self._store):
            self._on_incident(PART, sentence)

    def _reel(self) -> int:
        """Make reels of what was drawn lately; returns how many frames went in."""
        done = 0
        while self._may():
            now = self._clock()
            since = now - self._cold_after
            self._single = {moment: known for moment, known in self._single.items() if known >= since}  # else too old
            without = sorted(self._refused | self._single.keys())
            planned = reeling.plan(self._store, now=now, since=since, without=without)
            self._single |= dict.fromkeys(planned.unfit, now)
            encode = partial(reeling.encoded, each=self._go_on)
            made = sum(self._put(framed, encode) for framed in planned.groups if self._may())
            done += made
            if not made:
                break
        return done

    def _may(self) -> bool:
        """Whether work that takes a moment may be done."""
        return not self._stopping.is_set() and self._clock() >= self._not_before and not self._saving()

    def _go_on(self) -> None:
        """Raise CancelledError once it is to end: a reel of large pictures takes seconds."""
        if self._stopping.is_set():
            raise CancelledError

    def _is_free(self) -> bool:
        """Whether nothing waits for the machine that could be done now."""
        return self._may() and not self._store.waits(self._clock())

    def _group(self, framed: Sequence[Framed]) -> int:
        """Group a few frames in the process; returns how many were."""
        return self._put(framed, lambda vault, names: self._process().submit("encode", vault, names).result())

    def _put(self, framed: Sequence[Framed], encode: Callable[[Vault, Sequence[str]], Group]) -> int:
        """Encode a few frames and store them as a group; returns how many were."""
        try:
            group = encode(self._store.vault, [one.frame for one in framed])
        except (TaskFailed, WorkerCrashed, VaultError) as error:
            if not compaction.as_planned(self._store, framed):  # forgotten meanwhile, or another picture came
                return 0
            self._refused |= {one.moment for one in framed}
            reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
            self._on_incident(PART, f"{len(framed)} frames could not be compacted and stay as they are ({reason}).")
            return 0
        return len(framed) if compaction.put(self._writer, framed, group) else 0

    def _process(self) -> Worker:
        with self._gate:
            if self._stopping.is_set():
                raise CancelledError
            if self._worker is None:
                self._worker = self._make_worker()
            return self._worker

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._look_seconds):
                self._try()
        except CancelledError:
            return
        except Exception:
            # A bug: it must be seen.
            self._on_incident(PART, "Compacting stopped because of an error in the program. Start it again.")
            raise

    def _try(self) -> None:
        try:
            self.work()
        except (VaultError, database.OperationalError) as error:
            self._not_before = self._clock() + RETRY_SECONDS
            self._on_incident(PART, f"Frames could not be compacted; it is tried again in an hour. {error}")
        finally:
            cold_frames.let_go(self._store.vault)  # what was looked at a minute ago
            self._give_back()  # of a reel some 60 MB are left in holes
            with self._gate:
                worker, self._worker = self._worker, None
            if worker is not None:
                worker.stop()
