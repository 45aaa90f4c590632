"""The text of windows, as their programs tell it to assistive technology. Untried on hardware."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from companion.capture.accessible.reading import Reading
from companion.capture.accessible.roles import NAMED, Role
from companion.capture.macos.sight import rect_of
from companion.capture.outline import PATIENT, Limits, Told, reading_of
from companion.capture.types import Rect, Window

_SECURE = "AXSecureTextField"

#: The buttons of the window itself; they say nothing of what it shows.
_OF_THE_WINDOW = frozenset({"AXCloseButton", "AXMinimizeButton", "AXZoomButton", "AXFullScreenButton"})

#: What macOS calls things ("AXRoleConstants.h"), and what they are here.
ROLES: dict[str, Role] = {
    "AXButton": Role.PUSH_BUTTON,
    "AXCell": Role.TABLE_CELL,
    "AXCheckBox": Role.CHECK_BOX,
    "AXComboBox": Role.ENTRY,
    "AXHeading": Role.HEADING,
    "AXLink": Role.LINK,
    "AXList": Role.LIST,
    "AXMenu": Role.MENU,
    "AXMenuButton": Role.PUSH_BUTTON,
    "AXMenuItem": Role.MENU_ITEM,
    "AXOutline": Role.TREE_TABLE,
    "AXPopUpButton": Role.COMBO_BOX,
    "AXRadioButton": Role.RADIO_BUTTON,
    "AXScrollBar": Role.SCROLL_BAR,
    "AXStaticText": Role.LABEL,
    "AXTable": Role.TABLE,
    "AXTextArea": Role.TEXT,
    "AXTextField": Role.ENTRY,
    "AXWebArea": Role.DOCUMENT_WEB,
}

#: Asked of everything: what it is and where, and no more.
WHAT_AND_WHERE = ("AXRole", "AXSubrole", "AXPosition", "AXSize")

#: Asked of what is no password field and draws its name; the first that holds words is its name.
NAMES = ("AXValue", "AXTitle", "AXDescription")

#: What says which part of a long list is in view; of all else, everything inside is looked at.
INSIDE = {"AXTable": "AXVisibleRows", "AXOutline": "AXVisibleRows", "AXList": "AXVisibleChildren"}

#: Nothing is inside them.
_LEAVES = frozenset({"AXStaticText", "AXImage"})


class Accessibility(Protocol):
    """MacOS Accessibility as it answers; what has gone or does not answer in time is None."""

    def focused_window(self, process: int) -> Any | None:
        """Return the window that has the keyboard in a program."""
        ...

    def ask(self, element: Any, names: Sequence[str]) -> Mapping[str, Any] | None:
        """Return those of these attributes that an object has: texts, and pairs of numbers for places and sizes."""
        ...

    def objects(self, element: Any, name: str) -> Sequence[Any] | None:
        """Return the objects an attribute names, empty where it has no such attribute."""
        ...

    def visible_text(self, element: Any, most: int) -> str | None:
        """Return at most ``most`` characters of the text in view, None where an object has none."""
        ...

    def close(self) -> None:
        """Ask for no more."""
        ...


class MacTexts:
    """Satisfies `companion.capture.screen.TextSource`, for the window that has the keyboard."""

    def __init__(self, accessibility: Accessibility) -> None:
        self._accessibility = accessibility
        self._teller = _Teller(accessibility)

    def read(self, window: Window) -> Reading | None:
        """Return what ``window`` shows, asked once more with patience where that was cut short."""
        if window.rect is None or not window.pid:
            return None
        reading = self._read(window, window.rect, Limits())
        if reading is None or reading.complete:
            return reading
        return self._read(window, window.rect, PATIENT) or reading

    def close(self) -> None:
        """Ask for no more."""
        self._accessibility.close()

    def _read(self, window: Window, rect: Rect, limits: Limits) -> Reading | None:
        found = self._accessibility.focused_window(window.pid)
        name = self._name(found) if found is not None else None
        # Its name may say more than its title: there Chromium tells that a window is private.
        if name is None or not name.startswith(window.title):
            return None
        reading = reading_of(self._teller, _Object(found, "AXWindow"), rect, limits)
        same = self._name(found) == name
        return replace(reading, complete=reading.complete and same, name=name)

    def _name(self, found: Any) -> str | None:
        told = self._accessibility.ask(found, ("AXTitle",))
        return None if told is None else str(told.get("AXTitle", ""))


@dataclass(frozen=True, slots=True)
class _Object:
    """What macOS hands out for an object, and what it calls it."""

    handle: Any
    kind: str


class _Teller:
    def __init__(self, accessibility: Accessibility) -> None:
        self._accessibility = accessibility

    def children(self, element: _Object) -> Iterator[Told | None]:
        for one in self._inside(element):
            told = self._accessibility.ask(one, WHAT_AND_WHERE) if one is not None else None
            if told is None or "AXRole" not in told:
                yield None
            elif told.get("AXSubrole") == _SECURE:
                yield Told(None, 0, _rect(told), secret=True)
            elif told.get("AXSubrole") not in _OF_THE_WINDOW:
                kind = str(told["AXRole"])
                role = ROLES.get(kind, 0)
                yield Told(_Object(one, kind), role, _rect(told), self._name(one, role))

    def text(self, element: _Object, most: int) -> str | None:
        return self._accessibility.visible_text(element.handle, most)

    def page(self, element: _Object) -> tuple[str, str]:
        told = self._accessibility.ask(element.handle, ("AXURL", "AXTitle")) or {}
        return str(told.get("AXURL", "")), str(told.get("AXTitle", ""))

    def _inside(self, element: _Object) -> Sequence[Any]:
        """Return the objects inside one; one that is None where it does not say."""
        if element.kind in _LEAVES:
            return ()
        found = self._accessibility.objects(element.handle, INSIDE.get(element.kind, "AXChildren"))
        return (None,) if found is None else found

    def _name(self, handle: Any, role: int) -> str:
        if role not in NAMED:
            return ""
        told = self._accessibility.ask(handle, NAMES) or {}
        return next((text for name in NAMES if isinstance(text := told.get(name), str) and text.strip()), "")


def _rect(told: Mapping[str, Any]) -> Rect | None:
    place, size = told.get("AXPosition"), told.get("AXSize")
    if place is None or size is None or min(size) <= 0:
        return None
    return rect_of(*place, *size)
