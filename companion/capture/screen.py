"""What a desktop has to offer to be looked at: windows, pixels, texts, and word of what happens. One adapter each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from companion.capture.types import Image, Rect, Trigger, Window

if TYPE_CHECKING:
    from companion.capture.accessible.reading import Reading


@dataclass(frozen=True, slots=True)
class Sight:
    """What a desktop showed at one instant.

    Attributes
    ----------
    id
        The desktop's own number of the active window; 0 when there is none.
    window
        The active window with its visible rectangle, or None when nothing visible has the attention.
    overlapping
        Other windows whose pixels a picture of that rectangle could hold; those that do not say whose they are have
        an empty ``app``.
    popups
        Where menus and the like of the active window itself lie over it.
    above
        Where other windows lie over it whose pixels a picture of its rectangle holds.
    retitled
        How often its title was set and says now what it said before; it may have said something else in between. 0 of a
        window whose title is set all the time, to let something in it tick.

    """

    id: int
    window: Window | None
    overlapping: tuple[Window, ...] = ()
    popups: tuple[Rect, ...] = ()
    above: tuple[Rect, ...] = ()
    retitled: int = 0


NOTHING = Sight(0, None)


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that makes a look worth while, ``count`` times, last at ``time`` (`time.monotonic`).

    Each key is one of `Trigger.TYPED`, each notch of a wheel one of `Trigger.SCROLLED`; which key is never told.
    """

    trigger: Trigger
    time: float
    count: int = 1


class Screen(Protocol):
    """One desktop, used by one thread, as a context manager. Every method raises `CaptureError` once it has gone."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def asleep(self) -> bool:
        """Whether the screen is locked, covered by a screen saver or off."""
        ...

    def idle(self) -> float | None:
        """Return seconds since the person last touched anything; None where the desktop does not tell."""
        ...

    def sight(self) -> Sight:
        """Return what is active now. A window that dies meanwhile is as if it had never been."""
        ...

    def grab(self, rect: Rect) -> Image | None:
        """Return the pixels of a rectangle of the desktop; None where this desktop gives none."""
        ...

    @property
    def tells_changes(self) -> bool:
        """Whether `wait` tells of every change of pixels: else nobody knows that nothing changed during a look."""
        ...

    def disturbed(self, rect: Rect) -> bool:
        """Whether another window may have come over ``rect`` since the last sight but one, were it for an instant."""
        ...

    def wait(self, seconds: float) -> Sequence[Happened]:
        """Wait until something happens, at most this long, and return what did."""
        ...


class TextSource(Protocol):
    """What programs tell of the text in their windows."""

    def read(self, window: Window) -> Reading | None:
        """Return what ``window`` shows, None where its program tells nothing; raises `CaptureError`."""
        ...

    def close(self) -> None:
        """Ask for no more."""
        ...


class TypedSource(Protocol):
    """What programs tell of what the person types."""

    def take(self, window: Window, keys: Sequence[float]) -> str:
        """Return what was typed into ``window`` by keys pressed at these times (`time.monotonic`) since the last call.

        All else that was typed is let go. Raises `CaptureError`.
        """
        ...

    def drop(self) -> None:
        """Let go of all that was typed."""
        ...

    def close(self) -> None:
        """Listen no more."""
        ...
