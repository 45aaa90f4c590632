"""Windows: the profile of quiet hours, by an interface that Microsoft does not document.

Its shape (class, interface, and that the selected profile is its first property) is what several published programs
that use it agree on. Contract-tested against a stand-in, untried on hardware.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from companion.quiet.daemon import read_prior
from companion.quiet.settling import settled
from companion.quiet.types import DamagedPriorError, Heard, QuietError, Semantics

_CLASS = "{f53321fa-34f8-4b7f-b9a3-361877cb94cf}"
_INTERFACE = "{6bff4732-81ec-4ffb-ae67-b6c1bc29631f}"
OFF = "Microsoft.QuietHoursProfile.Unrestricted"
ON = "Microsoft.QuietHoursProfile.PriorityOnly"
_ASKING = 5.0  # seconds
_MULTITHREADED = 0x0


class Profile(Protocol):
    """The profile of quiet hours the person has selected; both raise `QuietError`."""

    def get(self) -> str:
        """Return its name."""
        ...

    def select(self, name: str) -> None:
        """Select one."""
        ...


class Windows:
    """Windows' do-not-disturb: only what the person's own list of priorities lets through is shown."""

    name = "windows"
    semantics = Semantics(critical_passes=False, replays=False, keeps=True)

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def is_on(self) -> bool:
        """Whether it is on, whoever turned it on."""
        return self._profile.get() != OFF

    def gone(self) -> bool:
        """Whether what keeps it has left: never, it is the system's."""
        return False

    def prior(self) -> str:
        """Return what `restore` needs."""
        return json.dumps({"profile": self._profile.get()})

    def turn_on(self) -> None:
        """Turn it on and see that it is."""
        self._select(ON)

    def restore(self, prior: str) -> None:
        """Bring back what a prior told of."""
        name = read_prior(prior, "profile")
        if name != OFF:
            raise DamagedPriorError
        self._select(OFF)

    def follow(self, heard: Heard) -> float:  # noqa: ARG002 Windows tells nobody
        """Return after how long it is worth asking."""
        return _ASKING

    def close(self) -> None:
        """Let go; nothing is held."""

    def _select(self, name: str) -> None:
        self._profile.select(name)
        if not settled(lambda: self._profile.get() == name):
            raise QuietError("Windows did not change do-not-disturb. Turn it on yourself: Windows+N, then the bell.")


class ComProfile:
    """The profile by COM; any thread may ask."""

    def __init__(self, com: Com | None = None) -> None:
        self._com = com or Com()

    def get(self) -> str:
        """Return its name."""
        return str(self._asked(lambda hours: hours.UserSelectedProfile))

    def select(self, name: str) -> None:
        """Select one."""
        self._asked(lambda hours: setattr(hours, "UserSelectedProfile", name))

    def _asked(self, ask: Callable[[Any], Any]) -> Any:
        try:
            return ask(self._com.quiet_hours())
        except self._com.errors as error:
            raise QuietError(
                f"This Windows does not let do-not-disturb be changed by programs ({error}). Turn it on yourself: "
                "Windows+N, then the bell."
            ) from error


class Com:
    """What of COM is needed; raises `QuietError` where comtypes is missing.

    Attributes
    ----------
    errors
        What its calls raise.

    """

    def __init__(self) -> None:
        vars(sys).setdefault("coinit_flags", _MULTITHREADED)  # comtypes enters the thread that imports it
        try:
            import comtypes
            import comtypes.client
        except ImportError as error:
            raise QuietError("Windows' do-not-disturb needs comtypes: pip install comtypes.") from error
        self.errors: tuple[type[Exception], ...] = (comtypes.COMError, OSError)
        self._com = comtypes
        self._interface = _declared(comtypes)

    def quiet_hours(self) -> Any:
        """Return the object of quiet hours, for this thread."""
        with suppress(OSError):  # it is in an apartment of another kind already, which serves as well
            self._com.CoInitializeEx(_MULTITHREADED)
        return self._com.client.CreateObject(
            self._com.GUID(_CLASS), clsctx=self._com.CLSCTX_LOCAL_SERVER, interface=self._interface
        )


def _declared(com: Any) -> type:
    """Return the interface, as far as it is used."""
    text = ctypes.c_wchar_p
    name = "UserSelectedProfile"
    methods = [
        com.COMMETHOD(["propget"], com.HRESULT, name, (["out", "retval"], ctypes.POINTER(text), "name")),
        com.COMMETHOD(["propput"], com.HRESULT, name, (["in"], text, "name")),
    ]
    return type("QuietHoursSettings", (com.IUnknown,), {"_iid_": com.GUID(_INTERFACE), "_methods_": methods})
