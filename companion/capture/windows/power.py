"""Whether Windows has switched the monitors off. Nothing here runs elsewhere."""

from __future__ import annotations

import ctypes
from ctypes import wintypes
from typing import Any

from companion.capture.types import CaptureError

_libraries: Any = ctypes  # its WinDLL and WINFUNCTYPE are there on Windows only

_DEVICE_NOTIFY_CALLBACK = 2
_PBT_POWERSETTINGCHANGE = 0x8013
_OFF = 0  # "Power Setting GUIDs": 1 is on, 2 dimmed


class Guid(ctypes.Structure):
    """GUID."""

    _fields_ = (
        ("Data1", ctypes.c_uint32),
        ("Data2", ctypes.c_uint16),
        ("Data3", ctypes.c_uint16),
        ("Data4", ctypes.c_ubyte * 8),
    )


class Setting(ctypes.Structure):
    """POWERBROADCAST_SETTING with the four bytes the state of the monitors has."""

    _fields_ = (("PowerSetting", Guid), ("DataLength", ctypes.c_uint32), ("Data", ctypes.c_uint32))


class Subscription(ctypes.Structure):
    """DEVICE_NOTIFY_SUBSCRIBE_PARAMETERS."""

    _fields_ = (("Callback", ctypes.c_void_p), ("Context", ctypes.c_void_p))


#: GUID_CONSOLE_DISPLAY_STATE, 6fe69556-704a-47a0-8f24-c28d936fda47.
CONSOLE_DISPLAY_STATE = Guid(
    0x6FE69556, 0x704A, 0x47A0, (ctypes.c_ubyte * 8)(0x8F, 0x24, 0xC2, 0x8D, 0x93, 0x6F, 0xDA, 0x47)
)


class Display:
    """Follows the monitors, which are told of when it is opened and whenever they change, on a thread of Windows'."""

    def __init__(self) -> None:
        self.lit = True
        self._powrprof = _libraries.WinDLL("powrprof")
        self._powrprof.PowerSettingUnregisterNotification.argtypes = (wintypes.HANDLE,)
        routine = _libraries.WINFUNCTYPE(wintypes.ULONG, ctypes.c_void_p, wintypes.ULONG, ctypes.c_void_p)
        self._routine = routine(self._changed)  # kept for as long as it may be called
        self._handle = wintypes.HANDLE()

    def open(self) -> None:
        """Begin; raises `CaptureError`."""
        subscription = Subscription(ctypes.cast(self._routine, ctypes.c_void_p), None)
        error = self._powrprof.PowerSettingRegisterNotification(
            ctypes.byref(CONSOLE_DISPLAY_STATE),
            _DEVICE_NOTIFY_CALLBACK,
            ctypes.byref(subscription),
            ctypes.byref(self._handle),
        )
        if error:
            raise CaptureError(f"Windows does not tell whether the monitors are on (error {error}). Log in again.")

    def close(self) -> None:
        """Follow them no more."""
        if self._handle:
            self._powrprof.PowerSettingUnregisterNotification(self._handle)
            self._handle = wintypes.HANDLE()

    def _changed(self, _context: int, kind: int, setting: int) -> int:
        if kind == _PBT_POWERSETTINGCHANGE and setting:
            self.lit = Setting.from_address(setting).Data != _OFF
        return 0
