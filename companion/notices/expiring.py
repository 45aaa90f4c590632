"""Lets go of old notifications, whether or not focus is followed any more: the `notices expiring` thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from index import notices as rows
from index.types import VaultError
from index.writer import Writer

PART = "notices"
LOOK_SECONDS = 3600.0


class Expiring:
    """Has the vault let go of what was told long ago, at the start and every hour.

    Parameters
    ----------
    clock
        UTC seconds since 1970.

    """

    def __init__(
        self,
        writer: Writer,
        *,
        clock: Callable[[], float],
        on_incident: Callable[[str, str], None],
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._writer, self._clock, self._on_incident, self._look_seconds = writer, clock, on_incident, look_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notices expiring", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._writer.do(rows.expire, time=self._clock()).result()
            except VaultError as error:
                self._on_incident(PART, f"Old notifications are let go of later: {error}")
            self._stopping.wait(self._look_seconds)
