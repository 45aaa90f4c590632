"""macOS Accessibility's own functions, called as "AXUIElement.h" says. Nothing is decided here or runs elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from companion.capture.macos.quartz import MISSING
from companion.capture.types import CaptureError

MAY_NOT_ASK = (
    "macOS does not let Companion ask programs for their text. Allow it in System Settings, Privacy & Security, "
    "Accessibility, then start Companion again."
)

#: Seconds a program gets to answer one question before it counts as silent.
_PATIENCE = 0.2

_MOST_OBJECTS = 6_000  # of one attribute
_WHOLE = 4_000  # characters of a text that are asked for without looking which are in view

# "AXError.h". An attribute that is an empty list counts as an illegal argument: there is no first of it.
_SUCCESS, _ILLEGAL_ARGUMENT, _ATTRIBUTE_UNSUPPORTED, _NO_VALUE = 0, -25201, -25205, -25212
_EMPTY = frozenset({_ILLEGAL_ARGUMENT, _ATTRIBUTE_UNSUPPORTED, _NO_VALUE})


class Ax:
    """Satisfies `companion.capture.macos.texts.Accessibility`; its methods are explained there.

    Raises `CaptureError` without the permission Accessibility.
    """

    def __init__(self) -> None:
        try:
            import ApplicationServices
            import CoreFoundation
            import objc
        except ImportError as error:
            raise CaptureError(MISSING) from error
        if not ApplicationServices.AXIsProcessTrusted():
            raise CaptureError(MAY_NOT_ASK)
        self._services: Any = ApplicationServices
        self._core: Any = CoreFoundation
        self._pool: Any = objc.autorelease_pool
        # Said of the system-wide object it holds for every question this process asks.
        everything = ApplicationServices.AXUIElementCreateSystemWide()
        ApplicationServices.AXUIElementSetMessagingTimeout(everything, _PATIENCE)

    def focused_window(self, process: int) -> Any | None:  # noqa: D102
        with self._pool():
            return self._one(self._services.AXUIElementCreateApplication(process), "AXFocusedWindow")

    def ask(self, element: Any, names: Sequence[str]) -> Mapping[str, Any] | None:  # noqa: D102
        with self._pool():
            error, values = self._services.AXUIElementCopyMultipleAttributeValues(element, list(names), 0, None)
            if error != _SUCCESS:
                return None
            told = {name: self._plain(value) for name, value in zip(names, values, strict=True)}
            return {name: value for name, value in told.items() if value is not None}

    def objects(self, element: Any, name: str) -> Sequence[Any] | None:  # noqa: D102
        with self._pool():
            error, found = self._services.AXUIElementCopyAttributeValues(element, name, 0, _MOST_OBJECTS, None)
            if error in _EMPTY:
                return ()
            return list(found or ()) if error == _SUCCESS else None

    def visible_text(self, element: Any, most: int) -> str | None:  # noqa: D102
        with self._pool():
            view = self._pair(self._one(element, "AXVisibleCharacterRange"), self._services.kAXValueCFRangeType)
            if view is not None:
                return self._between(element, view, most)
            length = self._one(element, "AXNumberOfCharacters")
            if length is not None and int(length) > _WHOLE:
                return None  # of any length, and nobody says which part is in view
            text = self._one(element, "AXValue")
            return str(text)[:most] if isinstance(text, str) else None

    def close(self) -> None:
        """Ask for no more: nothing is held."""

    def _between(self, element: Any, view: tuple[Any, Any], most: int) -> str | None:
        start, length = view
        part = self._services.AXValueCreate(self._services.kAXValueCFRangeType, (start, min(length, most)))
        error, text = self._services.AXUIElementCopyParameterizedAttributeValue(element, "AXStringForRange", part, None)
        return str(text) if error == _SUCCESS and text is not None else None

    def _one(self, element: Any, name: str) -> Any | None:
        error, value = self._services.AXUIElementCopyAttributeValue(element, name, None)
        return value if error == _SUCCESS else None

    def _plain(self, value: Any) -> Any | None:
        """Return texts as they are, addresses as texts, places and sizes as pairs, and None for all else."""
        if isinstance(value, str):
            return str(value)
        if hasattr(value, "absoluteString"):
            return str(value.absoluteString())
        place, size = self._services.kAXValueCGPointType, self._services.kAXValueCGSizeType
        return self._pair(value, place) or self._pair(value, size)

    def _pair(self, value: Any, kind: int) -> tuple[Any, Any] | None:
        """Return the two numbers of a place, a size or a range; None for anything else, an error within a list too."""
        services = self._services
        if value is None or self._core.CFGetTypeID(value) != services.AXValueGetTypeID():
            return None
        told, pair = services.AXValueGetValue(value, kind, None)
        return (pair[0], pair[1]) if told else None
