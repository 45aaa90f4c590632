"""Programs as trees of objects, asked as UI Automation and macOS Accessibility are; every question is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from companion.capture.types import Rect
from companion.capture.windows.texts import Control


@dataclass(eq=False)
class Thing:
    """One object. ``kind`` is a control type of Windows or a role of macOS."""

    kind: Any
    name: str = ""
    rect: Rect | None = None
    inside: list[Thing] = field(default_factory=list)
    value: str | None = None
    shown: str | None = None  # of a long text, what is in view
    password: bool = False
    silent: bool = False
    subrole: str = ""


@dataclass
class FakeAutomation:
    """Satisfies `Automation`. "IUIAutomationElement::FindAllBuildCache": in the order of the tree."""

    windows: dict[int, Thing]
    asked: list[tuple[str, Thing]] = field(default_factory=list)
    closed: bool = False

    def _ask(self, what: str, thing: Thing) -> bool:
        self.asked.append((what, thing))
        return not thing.silent

    def window(self, window: int) -> Thing | None:
        return self.windows.get(window)

    def inside(self, element: Thing) -> Sequence[Control] | None:
        if not self._ask("inside", element):
            return None
        found = [one for one in element.inside if not one.password]
        for one in found:
            self.asked.append(("name", one))
        return [Control(one, one.kind, one.rect, one.name) for one in found]

    def passwords(self, element: Thing) -> Sequence[Control] | None:
        if not self._ask("passwords", element):
            return None
        return [Control(one, 0, one.rect) for one in element.inside if one.password]

    def visible_text(self, element: Thing, most: int) -> str | None:
        self._ask("text", element)
        return element.shown[:most] if element.shown is not None else None

    def value(self, element: Thing) -> str | None:
        self._ask("value", element)
        return element.value

    def name(self, element: Thing) -> str | None:
        return element.name if self._ask("name", element) else None

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeAccessibility:
    """Satisfies `Accessibility`. "AXUIElementCopyMultipleAttributeValues": what an object lacks is left out."""

    focused: dict[int, Thing]
    asked: list[tuple[str, Thing]] = field(default_factory=list)
    closed: bool = False

    def focused_window(self, process: int) -> Thing | None:
        return self.focused.get(process)

    def ask(self, element: Thing, names: Sequence[str]) -> Mapping[str, Any] | None:
        self.asked += [(name, element) for name in names]
        if element.silent:
            return None
        rect = element.rect
        told = {
            "AXRole": element.kind,
            "AXSubrole": element.subrole or None,
            "AXPosition": (float(rect.left), float(rect.top)) if rect is not None else None,
            "AXSize": (float(rect.width), float(rect.height)) if rect is not None else None,
            "AXTitle": element.name or None,
            "AXValue": element.value,
            "AXURL": element.value if element.kind == "AXWebArea" else None,
        }
        return {name: told[name] for name in names if told.get(name) is not None}

    def objects(self, element: Thing, name: str) -> Sequence[Thing] | None:
        self.asked.append((name, element))
        return None if element.silent else element.inside

    def visible_text(self, element: Thing, most: int) -> str | None:
        self.asked.append(("text", element))
        text = element.shown if element.shown is not None else element.value
        return text[:most] if text is not None else None

    def close(self) -> None:
        self.closed = True
