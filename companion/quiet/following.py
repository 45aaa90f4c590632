"""Hears that somebody else turned do-not-disturb off."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from companion.quiet.types import NoBusError, Quiet, QuietError

#: Seconds until what did not answer is asked again, and for how many times that is no matter: a daemon starts anew.
_AGAIN, _PATIENCE = 2.0, 1


class Following:
    """A thread that waits for changes; from the first time that it was off, `off` is called once and it ends.

    Parameters
    ----------
    quiet
        On, when this is made.
    off, lost
        Called on that thread; ``lost`` when the desktop cannot be asked for a while, which goes on, or never again.

    """

    def __init__(self, quiet: Quiet, *, off: Callable[[], None], lost: Callable[[QuietError], None]) -> None:
        self._quiet, self._off, self._lost = quiet, off, lost
        self._heard: queue.SimpleQueue[bool | None] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._asking = quiet.follow(self._heard.put)
        self._heard.put(None)  # it may have gone off before anybody followed
        self._thread = threading.Thread(target=self._run, name="do-not-disturb", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear no more; what is being heard just now is waited for, unless this is that thread."""
        self._ended.set()
        self._heard.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        failed = 0
        while not self._ended.is_set():
            try:
                if self._is_off():
                    self._off()
                    return
                failed = 0
            except NoBusError as error:  # there will be nothing to hear on this connection any more
                self._lost(error)
                return
            except QuietError as error:
                failed += 1
                if failed == _PATIENCE + 1:
                    self._lost(error)
                self._ended.wait(_AGAIN)
                self._heard.put(None)

    def _is_off(self) -> bool:
        try:
            heard = self._heard.get(timeout=self._asking)
        except queue.Empty:
            heard = None
        if self._ended.is_set():
            return False
        return not (self._quiet.is_on() if heard is None else heard)
