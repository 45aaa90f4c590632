"""Stand-ins for Windows and macOS, as far as do-not-disturb goes, with the same questions as a real session."""

from __future__ import annotations

from collections.abc import Sequence

from companion.quiet.macos import ASK, OFF, ON, Macos
from companion.quiet.types import Quiet, QuietError
from companion.quiet.windows import ComProfile, Windows

_FREE, _PRIORITY = "Microsoft.QuietHoursProfile.Unrestricted", "Microsoft.QuietHoursProfile.PriorityOnly"


class WindowsLike:
    """The object of quiet hours: a property, and an error of COM's kind where the interface has gone."""

    name = "windows"
    errors = (OSError,)

    def __init__(self) -> None:
        self.UserSelectedProfile = _FREE
        self.refuses = False

    def opened(self) -> Quiet:
        return Windows(ComProfile(self))  # type: ignore[arg-type] # it stands in for COM too

    def is_on(self) -> bool:
        return self.UserSelectedProfile != _FREE

    def by_hand(self, *, on: bool) -> None:
        self.UserSelectedProfile = _PRIORITY if on else _FREE

    def quiet_hours(self) -> WindowsLike:
        if self.refuses:
            raise OSError("class not registered")
        return self


class MacosLike:
    """The program `shortcuts`, and the Focus its shortcuts change."""

    name = "macos"

    def __init__(self) -> None:
        self.focus = ""
        self.shortcuts = [ON, OFF, ASK]

    def opened(self) -> Quiet:
        return Macos(self._run)

    def is_on(self) -> bool:
        return bool(self.focus)

    def by_hand(self, *, on: bool) -> None:
        self.focus = "Work" if on else ""

    def _run(self, words: Sequence[str]) -> str:
        if words[0] == "list":
            return "\n".join(["Something else", *self.shortcuts, ""])
        assert words[0] == "run"
        if words[1] not in self.shortcuts:
            raise QuietError("no such shortcut")
        if words[1] != ASK:
            self.focus = "Do Not Disturb" if words[1] == ON else ""
            return ""
        return f"{self.focus}\n" if self.focus else ""
