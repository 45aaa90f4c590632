"""What is recorded from, the screen and the headset: started, paused and stopped together, on a thread of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Generic, Protocol, TypeVar

from companion.brain.types import BoardError, Contact, HeadsetState
from companion.keeper import Keeper
from companion.pausing import Pause
from companion.settings import SOURCES, Settings
from companion.status import NO_HEADSET

OF_SCREEN = tuple(name for name in SOURCES if name != "consent_eeg")
EXCLUSIONS = ("exclude_apps", "exclude_titles", "exclude_sites")


class Hearing(Protocol):
    """Follows a headset."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """Let go of the headset."""

    def state(self) -> HeadsetState:
        """Return how the headset is."""


H = TypeVar("H", bound=Hearing)


class Sources(Generic[H]):
    """Records what the settings allow, unless it is paused.

    Starting and stopping takes seconds (a headset is released): it is never done on the caller's thread, and in the
    order it was asked for.

    Parameters
    ----------
    settings
        What to record.
    clock
        UTC seconds since 1970.
    make_keeper, make_listening
        Return what follows the screen and the headset by the settings, None where they want none. The second raises
        `BoardError` for a headset that cannot be used.
    on_failure
        Called, from the thread of the sources, with what went wrong in a change nobody waits for.
    on_headset
        Called, from that thread, once it is settled what follows the headset from now on, if anything does.

    Attributes
    ----------
    failure
        What to tell the person of such a failure; empty without one.

    """

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Callable[[], float],
        make_keeper: Callable[[Settings], Keeper | None],
        make_listening: Callable[[Settings], H | None],
        on_failure: Callable[[BaseException], None],
        on_headset: Callable[[], None] = lambda: None,
    ) -> None:
        self.settings = settings
        self._make_keeper, self._make_listening, self._on_failure = make_keeper, make_listening, on_failure
        self._on_headset = on_headset
        self._control = ThreadPoolExecutor(max_workers=1, thread_name_prefix="control")
        self._clock = clock
        self._pause = Pause(clock=clock, on_over=self.resume)
        self.keeper: Keeper | None = None
        self.listening: H | None = None
        self._no_headset = NO_HEADSET
        self._recording = False  # everything that was chosen has been started
        self.failure = ""

    @property
    def paused_until(self) -> float | None:
        """When the pause ends (UTC seconds, ``inf`` for not by itself); None when there is none now."""
        return self._pause.until

    def start(self) -> None:
        """Begin with what the settings allow."""
        self._soon(self._record)

    def stop(self) -> None:
        """Begin to end everything; `close` waits for it."""
        self._pause.end()
        self._soon(self._rest)

    def close(self) -> None:
        """Wait until what was asked for is done."""
        self._control.shutdown(wait=True)

    def pause(self, seconds: float | None) -> None:
        """Stop recording for ``seconds``, or until `resume` when None."""
        self._pause.begin(seconds)
        self._leave()
        self._soon(self._rest)

    def resume(self) -> None:
        """Record again."""
        self._pause.end()
        self._soon(self._record)

    def apply(self, settings: Settings) -> None:
        """Take over new settings at once; a headset that they leave as it is goes on without a gap."""
        before, self.settings = self.settings, settings
        keep = not narrowed(before, settings)
        self._leave(keep=keep)
        look_away = self._rest if _headset(before) != _headset(settings) else self._look_away
        self._soon(partial(look_away, keep=keep))
        self._soon(self._record)

    def begin_anew(self, cut: Callable[[H, float], None]) -> Future[float]:
        """Close what is open and go on; what was seen and not stored yet is not stored any more.

        ``cut`` does the same for what follows the headset, which goes on; it is given the time that the future has,
        UTC seconds: what comes from then on is new. The future raises what ``cut`` raises.
        """
        return self._control.submit(self._begin_anew, cut)

    def headset(self) -> HeadsetState:
        """Return how the headset is, or why there is none."""
        listening = self.listening  # another thread may let go of it meanwhile
        return listening.state() if listening is not None else self._no_headset

    def finished(self) -> bool:
        """Whether everything that was chosen has come to its end (a replay, a playback), so that nothing will come."""
        keeper, listening = self.keeper, self.listening
        if not self._recording or (keeper is None and listening is None):
            return False
        seen = keeper is None or keeper.seeing.ended
        return seen and (listening is None or listening.state().contact in {Contact.ENDED, Contact.FAILED})

    def _soon(self, change: Callable[[], None]) -> None:
        """Run a change of what is recorded, after those asked for before."""
        self._control.submit(change).add_done_callback(self._surface)

    def _surface(self, future: Future[None]) -> None:
        error = future.exception()
        if error is not None:
            self.failure = f"Recording could not be started or stopped ({error}). Quit Companion and start it again."
            self._on_failure(error)

    def _record(self) -> None:
        if self._pause.until is not None:
            return
        if self.keeper is None:
            settings = self.settings
            self.keeper = self._make_keeper(settings)
            if self.keeper is not None and self._stands(settings):
                self.keeper.start()
                if not self._stands(settings):  # since it was asked
                    self.keeper.leave(keep=False)
        if self.listening is None and self.paused_until is None:
            self._no_headset = NO_HEADSET
            try:
                self.listening = self._make_listening(self.settings)
            except BoardError as error:
                self._no_headset = HeadsetState(Contact.FAILED, str(error))
            if self.listening is not None:
                self.listening.start()
        self._recording = True
        self._on_headset()

    def _stands(self, settings: Settings) -> bool:
        """Whether nobody has paused, or chosen anything else than these: who did waits for this thread."""
        return self.paused_until is None and self.settings is settings

    def _begin_anew(self, cut: Callable[[H, float], None]) -> float:
        try:
            if self.keeper is None or not self.keeper.seeing.ended:  # a folder is not shown once more for this
                self._look_away(keep=False)
            now = self._clock()
            if self.listening is not None:
                cut(self.listening, now)
            return now
        finally:
            self._record()

    def _look_away(self, *, keep: bool = True) -> None:
        self._recording = False
        if self.keeper is not None:
            self.keeper.stop(keep=keep)
            self.keeper = None

    def _leave(self, *, keep: bool = True) -> None:
        """Look no more from this instant on; the rest of ending takes its time, and may have to wait for a headset."""
        keeper = self.keeper
        if keeper is not None:
            keeper.leave(keep=keep)

    def _rest(self, *, keep: bool = True) -> None:
        self._look_away(keep=keep)
        if self.listening is not None:
            self.listening.stop()
            self.listening = None


def narrowed(before: Settings, after: Settings) -> bool:
    """Whether something of the screen could be recorded by the settings before that may not by those after."""
    withdrawn = any(getattr(before, name) and not getattr(after, name) for name in OF_SCREEN)
    left_out = any(set(getattr(after, name)) - set(getattr(before, name)) for name in EXCLUSIONS)
    return withdrawn or left_out


def _headset(settings: Settings) -> tuple[object, ...]:
    """Return what of the settings decides about the headset."""
    return settings.consent_eeg, settings.board, settings.board_params
