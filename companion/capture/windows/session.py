"""Whether the session of Windows is the one that is worked in. Nothing here runs elsewhere."""

from __future__ import annotations

import ctypes
from ctypes import wintypes
from typing import Any

_libraries: Any = ctypes  # its WinDLL is there on Windows only

_DESKTOP_READOBJECTS = 0x0001
_UOI_NAME = 2
_LONGEST_NAME = 256

_CURRENT_SERVER, _CURRENT_SESSION, _SESSION_INFO_EX = 0, 0xFFFFFFFF, 25
_ACTIVE = 0  # "WTS_CONNECTSTATE_CLASS enumeration"
_LOCK = 0  # "WTSINFOEX_LEVEL1_W structure"; Windows 7, where it says the opposite, has no such Python

_DWORD = ctypes.POINTER(wintypes.DWORD)


class SessionInfo(ctypes.Structure):
    """The beginning of WTSINFOEXW, whose second part begins where 64-bit numbers may."""

    _fields_ = (
        ("Level", ctypes.c_uint32),
        ("_gap", ctypes.c_uint32),
        ("SessionId", ctypes.c_uint32),
        ("SessionState", ctypes.c_int),
        ("SessionFlags", ctypes.c_int32),
    )


class Session:
    """The session this program runs in."""

    def __init__(self) -> None:
        self._user32 = _libraries.WinDLL("user32")
        self._user32.OpenInputDesktop.restype = wintypes.HANDLE
        self._user32.OpenInputDesktop.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
        self._user32.GetUserObjectInformationW.argtypes = (
            wintypes.HANDLE,
            ctypes.c_int,
            ctypes.c_void_p,
            wintypes.DWORD,
            _DWORD,
        )
        self._user32.CloseDesktop.argtypes = (wintypes.HANDLE,)
        self._wtsapi = _libraries.WinDLL("wtsapi32")
        self._wtsapi.WTSQuerySessionInformationW.argtypes = (
            wintypes.HANDLE,
            wintypes.DWORD,
            ctypes.c_int,
            ctypes.POINTER(ctypes.c_void_p),
            _DWORD,
        )
        self._wtsapi.WTSFreeMemory.argtypes = (ctypes.c_void_p,)

    def input_desktop(self) -> str:
        """Return the name of the desktop that has the keyboard, empty when this program may not know it."""
        desktop = self._user32.OpenInputDesktop(0, False, _DESKTOP_READOBJECTS)
        if not desktop:
            return ""  # another's: the log-in screen, the lock, a question for consent
        try:
            name, needed = ctypes.create_unicode_buffer(_LONGEST_NAME), wintypes.DWORD()
            size = ctypes.sizeof(name)
            told = self._user32.GetUserObjectInformationW(desktop, _UOI_NAME, name, size, ctypes.byref(needed))
            return name.value if told else ""
        finally:
            self._user32.CloseDesktop(desktop)

    def locked(self) -> bool:
        """Whether the session says that it is locked or not shown; False where the service that knows does not run."""
        buffer, size = ctypes.c_void_p(), wintypes.DWORD()
        told = self._wtsapi.WTSQuerySessionInformationW(
            _CURRENT_SERVER, _CURRENT_SESSION, _SESSION_INFO_EX, ctypes.byref(buffer), ctypes.byref(size)
        )
        if not told or buffer.value is None:
            return False
        try:
            info = SessionInfo.from_address(buffer.value)
            return bool(info.SessionState != _ACTIVE or info.SessionFlags == _LOCK)
        finally:
            self._wtsapi.WTSFreeMemory(buffer)
