"""Who shows notices and digests in windows of our own: nobody, until a user interface says that it does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from companion.notices.digest import Digest, digest
from companion.notices.types import Judged, Notice


class Front:
    """Hands on to whoever shows. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._show: Callable[[Judged], bool] | None = None
        self._offer: Callable[[Digest], None] | None = None
        self._take_down: Callable[[Callable[[Notice], bool]], None] | None = None
        self._kept: dict[int, Digest] = {}  # by number, in the order they came

    def shown_by(
        self,
        show: Callable[[Judged], bool] | None,
        offer: Callable[[Digest], None] | None,
        take_down: Callable[[Callable[[Notice], bool]], None] | None = None,
    ) -> None:
        """Hand on to these; the digests that nobody could be offered before are offered now, as one."""
        with self._lock:
            self._show, self._offer, self._take_down = show, offer, take_down
            kept: tuple[Digest, ...] = ()
            if offer is not None:
                kept = tuple(self._kept.values())
                self._kept.clear()
        if kept and offer is not None:
            offer(_as_one(kept))

    @property
    def shows(self) -> bool:
        """Whether anybody shows what passes."""
        with self._lock:
            return self._show is not None

    def show(self, judged: Judged) -> bool:
        """Show what passes; returns whether anybody does."""
        with self._lock:
            show = self._show
        return show is not None and show(judged)

    def take_down(self, of: Callable[[Notice], bool]) -> None:
        """Show those no more that passed and of which ``of`` returns True."""
        with self._lock:
            take_down = self._take_down
        if take_down is not None:
            take_down(of)

    def offer(self, some: Digest) -> bool:
        """Show a digest, at once or as soon as somebody can; returns whether it is at once."""
        with self._lock:
            offer = self._offer
            if offer is None:
                self._kept[some.number] = some
        if offer is not None:
            offer(some)
        return offer is not None

    def forget(self) -> None:
        """Let go of all that waits to be offered."""
        with self._lock:
            self._kept.clear()


def _as_one(kept: Sequence[Digest]) -> Digest:
    """Return several digests as the last of them: a window shows one at a time."""
    if len(kept) == 1:
        return kept[0]
    notices = {one.number: one for some in kept for one in some.notices}  # a later one may hold an earlier one's
    return digest(kept[-1].number, [*notices.values()])
