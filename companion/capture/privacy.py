"""Whether a window may be looked at. Asked before any pixel is read; what is not known is not looked at."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from companion.capture.types import Window

#: Reasons that are not a rule of the person's: there is nothing to show in the tray.
NO_WINDOW = "No window has the attention."
OWN_WINDOW = "Companion's own window is in front."


@dataclass(frozen=True, slots=True)
class Rules:
    """What is never looked at.

    Attributes
    ----------
    exclude_apps
        Class names of programs, compared whole and without case.
    exclude_titles
        Words in a title, compared without case and accents.
    own_pids
        Process ids of this program.

    """

    exclude_apps: tuple[str, ...] = ()
    exclude_titles: tuple[str, ...] = ()
    own_pids: frozenset[int] = frozenset()

    def decide(self, window: Window | None, above: Sequence[Window] = ()) -> str | None:
        """Return None when ``window`` may be looked at, else the reason in words.

        Parameters
        ----------
        window
            What has the attention; None when that is not known.
        above
            Windows whose pixels a picture of ``window`` could hold. Those known not to overlap it do not count.

        """
        if window is None:
            return NO_WINDOW
        refused = self._refused(window)
        if refused is not None:
            return refused
        for other in above:
            reason = self._refused(other) if _touches(window, other) else None
            if reason is not None:
                return reason if reason == OWN_WINDOW else f"Another window overlaps this one. {reason}"
        return None

    def excluded(self, window: Window) -> str | None:
        """Return the person's own rule against ``window`` in words, or None. Unknown windows pass."""
        if window.app.strip().casefold() in {app.strip().casefold() for app in self.exclude_apps if app.strip()}:
            return f"The program {window.app} is excluded."
        title = _folded(window.title)
        for words in self.exclude_titles:
            if words.strip() and _folded(words.strip()) in title:
                return f"Windows with “{words.strip()}” in their title are excluded."
        return None

    def _refused(self, window: Window) -> str | None:
        if window.pid in self.own_pids:
            return OWN_WINDOW
        if not window.app.strip():
            return "The window does not say which program it belongs to."
        return self.excluded(window)


def is_private(reason: str) -> bool:
    """Whether a reason not to look comes from a privacy rule, which the tray then shows."""
    return reason not in (NO_WINDOW, OWN_WINDOW)


def _folded(text: str) -> str:
    """Return text without case and accents: titles are not spelled the same everywhere."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _touches(window: Window, other: Window) -> bool:
    """Whether both can have pixels in common; where a rectangle is not known they can."""
    return window.rect is None or other.rect is None or window.rect.overlaps(other.rect)
