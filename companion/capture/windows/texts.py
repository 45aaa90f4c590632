"""The text of windows, as their programs tell it to UI Automation. Untried on hardware."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from companion.capture.accessible.reading import Reading
from companion.capture.outline import PATIENT, Limits, Told, reading_of
from companion.capture.types import Rect, Window
from companion.capture.windows.calls import Calls
from companion.capture.windows.control_types import DOCUMENT, ROLES, TITLE_BAR, WINDOW
from companion.capture.windows.sight import described


@dataclass(frozen=True, slots=True)
class Control:
    """What UI Automation says of one object. ``name`` is empty for password fields: it is not asked for."""

    element: Any
    kind: int
    rect: Rect | None
    name: str = ""


class Automation(Protocol):
    """UI Automation as it answers; what has gone or does not answer in time is None."""

    def window(self, window: int) -> Any | None:
        """Return the object of a window."""
        ...

    def inside(self, element: Any) -> Sequence[Control] | None:
        """Return the children of an object that are in view and no password fields."""
        ...

    def passwords(self, element: Any) -> Sequence[Control] | None:
        """Return the children of an object that are password fields: where they are, and nothing else."""
        ...

    def visible_text(self, element: Any, most: int) -> str | None:
        """Return what a text shows, at most ``most`` characters."""
        ...

    def value(self, element: Any) -> str | None:
        """Return what an editor without such a text holds, or where a document comes from."""
        ...

    def name(self, element: Any) -> str | None:
        """Return what an object is labelled with."""
        ...

    def close(self) -> None:
        """Ask for no more."""
        ...


class WindowsTexts:
    """Satisfies `companion.capture.screen.TextSource`, for the window in front."""

    def __init__(self, calls: Calls, automation: Automation) -> None:
        self._calls, self._automation = calls, automation
        self._teller = _Teller(automation)

    def read(self, window: Window) -> Reading | None:
        """Return what ``window`` shows, asked once more with patience where that was cut short."""
        if window.rect is None:
            return None
        found = self._calls.foreground()
        if not found or not self._is(found, window):
            return None
        reading = self._read(found, window, Limits())
        if reading is None or reading.complete:
            return reading
        return self._read(found, window, PATIENT) or reading

    def close(self) -> None:
        """Ask for no more."""
        self._automation.close()

    def _read(self, found: int, window: Window, limits: Limits) -> Reading | None:
        root = self._automation.window(found)
        if root is None or window.rect is None:
            return None
        reading = reading_of(self._teller, Control(root, WINDOW, window.rect), window.rect, limits)
        still = self._calls.foreground() == found and self._is(found, window)
        name = self._automation.name(root) or ""
        return replace(reading, complete=reading.complete and still, name=name)

    def _is(self, found: int, window: Window) -> bool:
        told = described(self._calls, found, window.rect)
        return (told.pid, told.title) == (window.pid, window.title)


class _Teller:
    def __init__(self, automation: Automation) -> None:
        self._automation = automation

    def children(self, element: Control) -> Iterator[Told | None]:
        # Password fields first, whatever comes of the rest.
        for one in self._asked(self._automation.passwords(element.element)):
            yield Told(one, 0, one.rect, secret=True) if one is not None else None
        for one in self._asked(self._automation.inside(element.element)):
            if one is None:
                yield None
            elif one.kind != TITLE_BAR:
                yield Told(one, ROLES.get(one.kind, 0), one.rect, one.name)

    @staticmethod
    def _asked(answer: Sequence[Control] | None) -> Sequence[Control | None]:
        return (None,) if answer is None else answer

    def text(self, element: Control, most: int) -> str | None:
        shown = self._automation.visible_text(element.element, most)
        if shown is not None:
            return shown
        value = self._automation.value(element.element)
        if value is None or (element.kind == DOCUMENT and _is_address(value)):
            return None
        return value[:most]

    def page(self, element: Control) -> tuple[str, str]:
        value = self._automation.value(element.element) or ""
        return (value if _is_address(value) else "", element.name)


def _is_address(value: str) -> bool:
    """Whether a document's value is where it comes from, as browsers tell it, rather than what it holds."""
    scheme, colon, rest = value.partition(":")
    return bool(colon and rest) and scheme.isalnum() and scheme.islower() and not any(map(str.isspace, value))
