"""Who shows notices and digests in windows of our own: nobody, until a user interface says that it does."""

from __future__ import annotations

import threading
from collections.abc import Callable

from companion.notices.digest import Digest
from companion.notices.types import Judged


class Front:
    """Hands on to whoever shows. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._show: Callable[[Judged], bool] | None = None
        self._offer: Callable[[Digest], None] | None = None
        self._kept: Digest | None = None

    def shown_by(self, show: Callable[[Judged], bool] | None, offer: Callable[[Digest], None] | None) -> None:
        """Hand on to these; a digest that nobody could be offered before is offered now."""
        with self._lock:
            self._show, self._offer = show, offer
            kept, self._kept = (None, self._kept) if offer is None else (self._kept, None)
        if kept is not None and offer is not None:
            offer(kept)

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

    def offer(self, digest: Digest) -> None:
        """Show a digest, at once or as soon as somebody can."""
        with self._lock:
            offer = self._offer
            if offer is None:
                self._kept = digest
        if offer is not None:
            offer(digest)

    def forget(self) -> None:
        """Let go of what waits to be offered."""
        with self._lock:
            self._kept = None
