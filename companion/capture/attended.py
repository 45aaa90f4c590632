"""Who hears of what the hands do and where the attention is, beside what is recorded."""

from __future__ import annotations

from typing import Protocol

from companion.capture.types import Trigger


class Attended(Protocol):
    """Follows the person at work. Called on the `capture` thread; must not wait."""

    def happened(self, trigger: Trigger, time: float) -> None:
        """Take in what happened at ``time`` (monotonic seconds)."""
        ...

    def window(self, app: str, url: str, time: float) -> None:
        """Take in that the attention is on a program and a page; ``app`` is empty for what nobody may know of."""
        ...


class Each:
    """Tells several."""

    def __init__(self, *heard_by: Attended) -> None:
        self._heard_by = heard_by

    def happened(self, trigger: Trigger, time: float) -> None:
        """Tell each."""
        for one in self._heard_by:
            one.happened(trigger, time)

    def window(self, app: str, url: str, time: float) -> None:
        """Tell each."""
        for one in self._heard_by:
            one.window(app, url, time)


class WindowsAlone:
    """Tells of the attention and nothing of the hands, which may not be listened to."""

    def __init__(self, heard_by: Attended) -> None:
        self._heard_by = heard_by

    def happened(self, trigger: Trigger, time: float) -> None:
        """Do nothing."""

    def window(self, app: str, url: str, time: float) -> None:
        """Tell it."""
        self._heard_by.window(app, url, time)


class Nobody:
    """Hears of nothing."""

    def happened(self, trigger: Trigger, time: float) -> None:
        """Do nothing."""

    def window(self, app: str, url: str, time: float) -> None:
        """Do nothing."""


NOBODY = Nobody()
