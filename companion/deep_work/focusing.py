"""Following focus as the settings have it: begun, ended and begun anew while the program runs."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from companion.deep_work.choices import ChoiceError
from companion.settings import Settings
from index.types import VaultError

if TYPE_CHECKING:
    from companion.capture.types import Trigger
    from companion.deep_work.consequences import DeepWork
    from companion.deep_work.port import Offer

PART = "focus"


class Focusing:
    """Has a `DeepWork` while the person wants their focus followed. Satisfies `companion.capture.attended.Attended`.

    Parameters
    ----------
    make
        Makes it for some settings.
    tell_left
        Tells by a window what was held while another run, or a locked one, followed other settings.
    on_incident
        Takes a part and a sentence; told whatever goes wrong here, also where nobody waits for a future.

    """

    def __init__(
        self,
        make: Callable[[Settings], DeepWork],
        *,
        tell_left: Callable[[Offer], object] = lambda _offer: None,
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._make, self._tell, self._on_incident = make, tell_left, on_incident
        self._deep: DeepWork | None = None
        self._settings: Settings | None = None
        self._offer: Offer | None = None
        self._front = ""  # the program that was turned to last
        self._turn = ThreadPoolExecutor(max_workers=1, thread_name_prefix="focusing")  # the desktop may take seconds

    @property
    def deep_work(self) -> DeepWork | None:
        """What follows focus now; None while nothing does."""
        return self._deep

    def apply(self, settings: Settings) -> Future[None]:
        """Begin, go on by other rules, or end; done soon."""
        return self._submit(self._apply, settings)

    def offered_by(self, offer: Offer | None) -> None:
        """Say who shows what was held while focus is not followed any more; None for nobody: then it waits."""
        self._offer = offer
        if offer is not None:
            self._submit(self._tell_left)

    def stop(self) -> None:
        """End; do-not-disturb is as it was before. Never raises: what is beside this has to end too."""
        self._submit(self._end)
        self._turn.shutdown()

    def let_go(self, start: float, end: float) -> None:
        """Let go of what is in memory of a time (UTC seconds) before the vault forgets it, so that none is written."""
        deep = self._deep
        if deep is not None:
            deep.watch.let_go(start, end)

    def forgotten(self, start: float, end: float) -> None:
        """Let go of what is in memory of a time (UTC seconds), once the vault forgot it. Raises `VaultError`."""
        deep = self._deep
        if deep is not None:
            deep.forgotten(start, end)

    def happened(self, trigger: Trigger, time: float) -> None:
        """Take in what the hands did at ``time`` (monotonic)."""
        deep = self._deep
        if deep is not None:
            deep.watch.happened(trigger, time)

    def window(self, app: str, url: str, time: float) -> None:
        """Take in what the attention is on, from ``time`` (monotonic) on."""
        deep = self._deep
        if deep is not None:
            deep.watch.window(app, url, time)
            if app and app != self._front:  # who looks away and back again, or comes back, has turned to nothing new
                self._front = app
                deep.turned_to(app)

    def _apply(self, settings: Settings) -> None:
        self._settings = settings
        if not settings.follow_focus:
            self._end(for_good=True)
            self._tell_left()
        elif self._deep is not None:
            self._deep.apply(settings)
        else:
            self._begin(settings)

    def _tell_left(self) -> None:
        settings, offer = self._settings, self._offer
        if settings is not None and not settings.follow_focus and offer is not None:
            self._tell(offer)

    def _begin(self, settings: Settings) -> None:
        deep = self._make(settings)
        try:
            deep.start()
        except BaseException:
            deep.stop()
            raise
        self._front = ""  # whoever follows from now on has been told of none
        self._deep = deep

    def _end(self, *, for_good: bool = False) -> None:
        deep, self._deep = self._deep, None
        if deep is not None:
            deep.stop(for_good=for_good)

    def _submit(self, work: Callable[..., None], *given: Settings) -> Future[None]:
        future = self._turn.submit(work, *given)
        future.add_done_callback(self._complain)
        return future

    def _complain(self, future: Future[None]) -> None:
        error = future.exception()
        if error is None:
            return
        mendable = isinstance(error, (VaultError, ChoiceError))
        what = str(error) if mendable else "".join(traceback.format_exception(error))
        followed = "Focus is followed as before" if self._deep is not None else "Focus is not followed"
        self._on_incident(PART, f"{followed}: {what}")
