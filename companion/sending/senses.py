"""What is known of the person at the moment they send a mail: their headset, how they type, the hour."""

from __future__ import annotations

import statistics
import threading
import time as system_time
from collections.abc import Callable

from companion.capture.types import Trigger
from companion.sending.agitation import Signals
from companion.sending.typing_pace import TypingPace
from companion.settings import Settings
from companion.tension import TensionWatch
from index.store import Store

LEAST_KEYS = 30  # in a moment, for its rhythm to count
MOMENTS, LEAST_MOMENTS = 300, 20  # looked back on; from how many on they tell what is usual
MINUTE = 60.0


class Senses:
    """Satisfies `companion.capture.attended.Attended`. Any thread may ask.

    Parameters
    ----------
    store
        Where the rhythm of days before lies, if it was recorded.
    make_tension
        Makes what follows the EEG.
    clock, monotonic
        UTC seconds, and seconds that only ever grow, those of `happened`.

    """

    def __init__(
        self,
        *,
        store: Store,
        make_tension: Callable[[], TensionWatch],
        clock: Callable[[], float],
        monotonic: Callable[[], float] = system_time.monotonic,
    ) -> None:
        self._store, self._make_tension = store, make_tension
        self._clock, self._monotonic = clock, monotonic
        self._pace, self._lock = TypingPace(), threading.Lock()
        self._tension: TensionWatch | None = None
        self._hands = False
        self._usual_rate: float | None = None

    def apply(self, settings: Settings) -> None:
        """Follow what the person agreed to, as long as the guard is wanted. Raises `VaultError`."""
        self._hands = settings.send_guard and settings.consent_input and settings.looks_at_windows
        if self._hands:
            self._usual_rate = usual_rate(self._store)
        else:
            with self._lock:
                self._pace.forget()
        if not settings.send_guard:
            self.stop()
        elif self._tension is None:
            self._tension = self._make_tension()
            self._tension.start()

    def stop(self) -> None:
        """Follow nothing any more."""
        tension, self._tension = self._tension, None
        if tension is not None:
            tension.stop()

    def forget(self) -> None:
        """Let go of what is in memory."""
        with self._lock:
            self._pace.forget()
        tension = self._tension
        if tension is not None:
            tension.forget()

    def happened(self, trigger: Trigger, time: float) -> None:
        """Take in what the hands did at ``time`` (monotonic)."""
        if self._hands:
            with self._lock:
                self._pace.happened(trigger, time)

    def window(self, app: str, url: str, time: float) -> None:
        """Do nothing: where the attention is says nothing of agitation."""

    def signals(self) -> Signals:
        """Return what is known now."""
        tension, typing = self._tension, None
        if self._hands:
            with self._lock:
                typing = self._pace.typing(self._monotonic(), self._usual_rate)
        told = system_time.localtime(self._clock())
        return Signals(
            tense=None if tension is None else tension.tense(),
            typing=typing,
            hour=told.tm_hour + told.tm_min / MINUTE,
        )


def usual_rate(store: Store) -> float | None:
    """Return how many keys a second the person types usually, by what was recorded; None where too little tells.

    Raises `VaultError`.
    """
    intervals = store.typing_intervals(MOMENTS, keys=LEAST_KEYS)
    return 1.0 / statistics.median(intervals) if len(intervals) >= LEAST_MOMENTS else None
