"""UI Automation's own functions, called as their documentation says. Nothing is decided here or runs elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from companion.capture.types import CaptureError, Rect
from companion.capture.windows.texts import Control

T = TypeVar("T")

#: Milliseconds a program gets to answer one question before it counts as silent.
_PATIENCE = 200

_CHILDREN = 2  # "TreeScope enumeration"

# "Automation Element Property Identifiers", "Control Pattern Identifiers"
_BOUNDING_RECTANGLE, _CONTROL_TYPE, _NAME = 30001, 30003, 30005
_IS_PASSWORD, _IS_OFFSCREEN, _VALUE = 30019, 30022, 30045
_TEXT_PATTERN = 10014

_MULTITHREADED = 0  # COINIT_MULTITHREADED: "Understanding Threading Issues" asks for it in clients


class Uia:
    """Satisfies `companion.capture.windows.texts.Automation`; its methods are explained there.

    Made, used and closed by one thread. Raises `CaptureError` where UI Automation cannot be had.
    """

    def __init__(self) -> None:
        vars(sys).setdefault("coinit_flags", _MULTITHREADED)  # comtypes enters the thread that imports it
        try:
            import comtypes
            import comtypes.client
        except ImportError as error:
            raise CaptureError("The text of windows needs comtypes: pip install comtypes.") from error
        self._error: type[Exception] = comtypes.COMError
        try:
            comtypes.CoInitializeEx(_MULTITHREADED)
            self._client = comtypes.client.GetModule("UIAutomationCore.dll")
            self._automation = comtypes.client.CreateObject(
                self._client.CUIAutomation8, interface=self._client.IUIAutomation2
            )
        except (comtypes.COMError, OSError) as error:
            raise CaptureError("UI Automation does not start. Update Windows, then restart Companion.") from error
        self._automation.ConnectionTimeout = self._automation.TransactionTimeout = _PATIENCE
        secret = self._automation.CreatePropertyCondition(_IS_PASSWORD, True)
        open_ = self._automation.CreatePropertyCondition(_IS_PASSWORD, False)
        in_view = self._automation.CreatePropertyCondition(_IS_OFFSCREEN, False)
        self._secret = (secret, self._request(_BOUNDING_RECTANGLE))
        self._open = (
            self._automation.CreateAndCondition(open_, in_view),
            self._request(_BOUNDING_RECTANGLE, _CONTROL_TYPE, _NAME),
        )

    def window(self, window: int) -> Any | None:  # noqa: D102
        return self._told(lambda: self._automation.ElementFromHandle(window))

    def inside(self, element: Any) -> Sequence[Control] | None:  # noqa: D102
        return self._told(
            lambda: [
                Control(one, one.CachedControlType, _rect(one.CachedBoundingRectangle), one.CachedName or "")
                for one in self._found(element, *self._open)
            ]
        )

    def passwords(self, element: Any) -> Sequence[Control] | None:  # noqa: D102
        return self._told(
            lambda: [Control(one, 0, _rect(one.CachedBoundingRectangle)) for one in self._found(element, *self._secret)]
        )

    def visible_text(self, element: Any, most: int) -> str | None:  # noqa: D102
        return self._told(lambda: self._visible_text(element, most))

    def value(self, element: Any) -> str | None:  # noqa: D102
        return self._told(lambda: str(element.GetCurrentPropertyValue(_VALUE) or ""))

    def name(self, element: Any) -> str | None:  # noqa: D102
        return self._told(lambda: str(element.CurrentName or ""))

    def close(self) -> None:
        """Ask for no more. COM is left when the thread ends: whatever object is still held must not outlive it."""
        del self._automation, self._secret, self._open

    def _told(self, asked: Callable[[], T]) -> T | None:
        try:
            return asked()
        except self._error:
            return None  # it has gone, or did not answer in time

    def _request(self, *properties: int) -> Any:
        """Return a list of what is fetched together with an object; nothing else of it is."""
        request = self._automation.CreateCacheRequest()
        for one in properties:
            request.AddProperty(one)
        return request

    def _found(self, element: Any, condition: Any, request: Any) -> Sequence[Any]:
        found = element.FindAllBuildCache(_CHILDREN, condition, request)
        return [found.GetElement(place) for place in range(found.Length)]

    def _visible_text(self, element: Any, most: int) -> str | None:
        pattern = element.GetCurrentPattern(_TEXT_PATTERN)
        if not pattern:
            return None
        ranges = pattern.QueryInterface(self._client.IUIAutomationTextPattern).GetVisibleRanges()
        if not ranges:
            return None
        pieces: list[str] = []
        left = most
        for place in range(ranges.Length):
            piece = str(ranges.GetElement(place).GetText(left) or "")
            left -= len(piece)
            # One for each line in view, or one for all; lines end as the program likes.
            pieces.append("\n".join(piece.splitlines()))
            if left <= 0:
                break
        return "\n".join(pieces)[:most]


def _rect(place: Any) -> Rect | None:
    """Return a rectangle of the desktop; an empty one stands for no place."""
    width, height = place.right - place.left, place.bottom - place.top
    return Rect(place.left, place.top, width, height) if width > 0 and height > 0 else None
