"""What Windows sends to a thread that asks: what windows do, and that keyboard and mouse are touched.

Nothing is decided here, and nothing here runs elsewhere. Of a key, the bit that says whether it was pressed or
released is looked at; which key it was lies in the same bytes, which nobody reads and which are overwritten.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from ctypes import wintypes
from typing import Any, NoReturn

from companion.capture.types import CaptureError
from companion.capture.windows.calls import Event, Touched, WindowEvent

_libraries: Any = ctypes  # its WinDLL and WINFUNCTYPE are there on Windows only

#: First and last of each range that is listened to; what lies within some of them is not looked at.
_RANGES = (
    (Event.FOREGROUND, Event.FOREGROUND),
    (Event.MINIMIZE_START, Event.MINIMIZE_END),
    (Event.DOCUMENT_LOADED, Event.DOCUMENT_LOADED),
    (Event.SHOW, Event.HIDE),
    (Event.LOCATION_CHANGE, Event.NAME_CHANGE),
    (Event.CLOAKED, Event.UNCLOAKED),
)

_OUT_OF_CONTEXT = 0
_HWND_MESSAGE = -3
_WM_INPUT = 0x00FF
_PM_REMOVE = 0x0001
_QS_ALLINPUT, _MWMO_INPUTAVAILABLE = 0x04FF, 0x0004
_RID_INPUT = 0x10000003
_RIDEV_REMOVE, _RIDEV_INPUTSINK = 0x0001, 0x0100
_GENERIC_DESKTOP, _MOUSE, _KEYBOARD = 1, 2, 6  # "Top-level collections": usage page and usages
_TYPE_MOUSE, _TYPE_KEYBOARD = 0, 1
_FAILED = 0xFFFFFFFF
_MOST_MESSAGES = 10_000  # as many as a queue holds

_UNHEARD = "Windows does not tell what windows do, or what hands do (error {}). Log in again, then start Companion."


class Header(ctypes.Structure):
    """RAWINPUTHEADER."""

    _fields_ = (
        ("dwType", ctypes.c_uint32),
        ("dwSize", ctypes.c_uint32),
        ("hDevice", ctypes.c_void_p),
        ("wParam", ctypes.c_size_t),
    )


class RawMouse(ctypes.Structure):
    """RAWMOUSE: of it, which buttons changed."""

    _fields_ = (
        ("usFlags", ctypes.c_uint16),
        ("_gap", ctypes.c_uint16),
        ("usButtonFlags", ctypes.c_uint16),
        ("_unread", ctypes.c_ubyte * 18),
    )


class RawKeyboard(ctypes.Structure):
    """RAWKEYBOARD: of it, whether the key was pressed or released."""

    _fields_ = (
        ("_unread", ctypes.c_uint16),
        ("Flags", ctypes.c_uint16),
        ("_unread_too", ctypes.c_ubyte * 12),
    )


class Device(ctypes.Union):
    """What follows the header; RAWHID is for devices that are not asked for."""

    _fields_ = (("mouse", RawMouse), ("keyboard", RawKeyboard))


class RawInput(ctypes.Structure):
    """RAWINPUT."""

    _fields_ = (("header", Header), ("data", Device))


class RawDevice(ctypes.Structure):
    """RAWINPUTDEVICE."""

    _fields_ = (
        ("usUsagePage", ctypes.c_uint16),
        ("usUsage", ctypes.c_uint16),
        ("dwFlags", ctypes.c_uint32),
        ("hwndTarget", ctypes.c_void_p),
    )


_USER32: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "CreateWindowExW": (
        wintypes.HWND,
        (
            wintypes.DWORD,
            wintypes.LPCWSTR,
            wintypes.LPCWSTR,
            wintypes.DWORD,
            *(ctypes.c_int,) * 4,
            wintypes.HWND,
            wintypes.HMENU,
            wintypes.HINSTANCE,
            wintypes.LPVOID,
        ),
    ),
    "DestroyWindow": (wintypes.BOOL, (wintypes.HWND,)),
    "DispatchMessageW": (ctypes.c_void_p, (ctypes.POINTER(wintypes.MSG),)),
    "GetRawInputData": (
        wintypes.UINT,
        (wintypes.HANDLE, wintypes.UINT, ctypes.c_void_p, ctypes.POINTER(wintypes.UINT), wintypes.UINT),
    ),
    "MsgWaitForMultipleObjectsEx": (
        wintypes.DWORD,
        (wintypes.DWORD, ctypes.c_void_p, wintypes.DWORD, wintypes.DWORD, wintypes.DWORD),
    ),
    "PeekMessageW": (
        wintypes.BOOL,
        (ctypes.POINTER(wintypes.MSG), wintypes.HWND, wintypes.UINT, wintypes.UINT, wintypes.UINT),
    ),
    "RegisterRawInputDevices": (wintypes.BOOL, (ctypes.POINTER(RawDevice), wintypes.UINT, wintypes.UINT)),
    "SetWinEventHook": (
        wintypes.HANDLE,
        (wintypes.DWORD, wintypes.DWORD, wintypes.HMODULE, ctypes.c_void_p, *(wintypes.DWORD,) * 3),
    ),
    "UnhookWinEvent": (wintypes.BOOL, (wintypes.HANDLE,)),
}


class Messages:
    """The messages of one thread, which opens, pumps and closes."""

    def __init__(self) -> None:
        self._user32 = _libraries.WinDLL("user32", use_last_error=True)
        for name, (gives, takes) in _USER32.items():
            function = getattr(self._user32, name)
            function.restype, function.argtypes = gives, takes
        kind = _libraries.WINFUNCTYPE(
            None,
            wintypes.HANDLE,
            wintypes.DWORD,
            wintypes.HWND,
            wintypes.LONG,
            wintypes.LONG,
            wintypes.DWORD,
            wintypes.DWORD,
        )
        self._callback = kind(self._did)  # kept for as long as it may be called
        self._hooks: list[int] = []
        self._window = 0
        self._told: list[WindowEvent | Touched] = []

    def open(self, *, listen: bool) -> None:
        """Listen from now on, to keyboard and mouse only with ``listen``; raises `CaptureError`."""
        if listen:
            self._listen()
        address = ctypes.cast(self._callback, ctypes.c_void_p)
        for first, last in _RANGES:
            hook = self._user32.SetWinEventHook(first, last, None, address, 0, 0, _OUT_OF_CONTEXT)
            if not hook:
                self._fail()
            self._hooks.append(hook)

    def _listen(self) -> None:
        """Have keyboard and mouse told to a window nobody sees, whatever program they go to."""
        self._window = self._user32.CreateWindowExW(0, "STATIC", "", 0, 0, 0, 0, 0, _HWND_MESSAGE, None, None, None)
        if not self._window or not self._register(_RIDEV_INPUTSINK, self._window):
            self._fail()

    def close(self) -> None:
        """Listen no more."""
        for hook in self._hooks:
            self._user32.UnhookWinEvent(hook)
        self._hooks.clear()
        if self._window:
            self._register(_RIDEV_REMOVE, None)
            self._user32.DestroyWindow(self._window)
            self._window = 0

    def pump(self, seconds: float) -> Sequence[WindowEvent | Touched]:
        """Wait for a message, at most this long, and return what all that have arrived tell."""
        if seconds > 0:
            milliseconds = math.ceil(seconds * 1000)
            self._user32.MsgWaitForMultipleObjectsEx(0, None, milliseconds, _QS_ALLINPUT, _MWMO_INPUTAVAILABLE)
        message = wintypes.MSG()
        for _ in range(_MOST_MESSAGES):
            if not self._user32.PeekMessageW(ctypes.byref(message), None, 0, 0, _PM_REMOVE):
                break
            if message.message == _WM_INPUT:
                self._touched(message.lParam, message.time)
            self._user32.DispatchMessageW(ctypes.byref(message))
        told, self._told = self._told, []
        return told

    def _did(self, _hook: int, event: int, window: int, part: int, child: int, _thread: int, time: int) -> None:
        self._told.append(WindowEvent(event, window or 0, part, child, time))

    def _touched(self, handle: int, time: int) -> None:
        told, size = RawInput(), wintypes.UINT(ctypes.sizeof(RawInput))
        read = self._user32.GetRawInputData(
            handle, _RID_INPUT, ctypes.byref(told), ctypes.byref(size), ctypes.sizeof(Header)
        )
        if read != _FAILED:
            if told.header.dwType == _TYPE_KEYBOARD:
                self._told.append(Touched(True, told.data.keyboard.Flags, time))
            elif told.header.dwType == _TYPE_MOUSE and told.data.mouse.usButtonFlags:
                self._told.append(Touched(False, told.data.mouse.usButtonFlags, time))
        ctypes.memset(ctypes.byref(told), 0, ctypes.sizeof(told))

    def _register(self, flags: int, target: int | None) -> bool:
        usages = (_MOUSE, _KEYBOARD)
        devices = (RawDevice * len(usages))(*(RawDevice(_GENERIC_DESKTOP, usage, flags, target) for usage in usages))
        return bool(self._user32.RegisterRawInputDevices(devices, len(usages), ctypes.sizeof(RawDevice)))

    def _fail(self) -> NoReturn:
        error = _libraries.get_last_error()
        self.close()
        raise CaptureError(_UNHEARD.format(error))
