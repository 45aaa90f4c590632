"""Windows' own functions, called as their documentation says. Nothing is decided here, and nothing runs elsewhere."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import wintypes
from typing import Any

import psutil  # type: ignore[import-untyped]  # it ships no types

from companion.capture.types import CaptureError, Rect
from companion.capture.windows.calls import OPAQUE, Touched, WindowEvent
from companion.capture.windows.messages import Messages
from companion.capture.windows.power import Display
from companion.capture.windows.session import Session

_libraries: Any = ctypes  # its WinDLL and WINFUNCTYPE are there on Windows only

_MOST_WINDOWS = 4096  # a desktop has hundreds; the order can change under our eyes and lead in circles
_LONGEST_TITLE = 512
_LONGEST_CLASS = 257  # "WNDCLASSEXW structure": 256 and the end

_GWL_EXSTYLE = -20
_GA_ROOT, _GA_ROOTOWNER = 2, 3
_DWMWA_EXTENDED_FRAME_BOUNDS, _DWMWA_CLOAKED = 9, 14
_LWA_COLORKEY, _LWA_ALPHA = 0x1, 0x2
_WDA_NONE = 0
_SPI_GETSCREENSAVERRUNNING = 0x0072
_PER_MONITOR_AWARE_V2 = -4

_RECT = ctypes.POINTER(wintypes.RECT)
_DWORD = ctypes.POINTER(wintypes.DWORD)

#: What each function gives back and takes, as their pages in the Windows documentation have it.
_USER32: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "EnumDisplayMonitors": (wintypes.BOOL, (wintypes.HDC, _RECT, ctypes.c_void_p, wintypes.LPARAM)),
    "FindWindowExW": (wintypes.HWND, (wintypes.HWND, wintypes.HWND, wintypes.LPCWSTR, wintypes.LPCWSTR)),
    "GetAncestor": (wintypes.HWND, (wintypes.HWND, wintypes.UINT)),
    "GetClassNameW": (ctypes.c_int, (wintypes.HWND, wintypes.LPWSTR, ctypes.c_int)),
    "GetForegroundWindow": (wintypes.HWND, ()),
    "GetLastInputInfo": (wintypes.BOOL, (ctypes.c_void_p,)),
    "GetLayeredWindowAttributes": (
        wintypes.BOOL,
        (wintypes.HWND, _DWORD, ctypes.POINTER(ctypes.c_ubyte), _DWORD),
    ),
    "GetWindowDisplayAffinity": (wintypes.BOOL, (wintypes.HWND, _DWORD)),
    "GetWindowLongW": (wintypes.LONG, (wintypes.HWND, ctypes.c_int)),
    "GetWindowRgnBox": (ctypes.c_int, (wintypes.HWND, _RECT)),
    "GetWindowTextW": (ctypes.c_int, (wintypes.HWND, wintypes.LPWSTR, ctypes.c_int)),
    "GetWindowThreadProcessId": (wintypes.DWORD, (wintypes.HWND, _DWORD)),
    "IsIconic": (wintypes.BOOL, (wintypes.HWND,)),
    "IsWindowVisible": (wintypes.BOOL, (wintypes.HWND,)),
    "SetThreadDpiAwarenessContext": (ctypes.c_void_p, (ctypes.c_void_p,)),
    "SystemParametersInfoW": (wintypes.BOOL, (wintypes.UINT, wintypes.UINT, ctypes.c_void_p, wintypes.UINT)),
}


class _LastInput(ctypes.Structure):
    """LASTINPUTINFO."""

    _fields_ = (("cbSize", ctypes.c_uint32), ("dwTime", ctypes.c_uint32))


class Win32:
    """Satisfies `companion.capture.windows.calls.Calls`; its methods are explained there."""

    def __init__(self) -> None:
        self._user32 = _libraries.WinDLL("user32", use_last_error=True)
        self._dwmapi = _libraries.WinDLL("dwmapi")
        self._kernel32 = _libraries.WinDLL("kernel32")
        for name, (gives, takes) in _USER32.items():
            function = getattr(self._user32, name)
            function.restype, function.argtypes = gives, takes
        self._dwmapi.DwmGetWindowAttribute.restype = wintypes.LONG
        self._dwmapi.DwmGetWindowAttribute.argtypes = (wintypes.HWND, wintypes.DWORD, ctypes.c_void_p, wintypes.DWORD)
        self._kernel32.GetTickCount.restype, self._kernel32.GetTickCount.argtypes = wintypes.DWORD, ()
        self._messages, self._display, self._session = Messages(), Display(), Session()
        self._mss: Any = None
        self._monitors: Sequence[Rect] = ()

    def open(self, *, listen: bool) -> None:  # noqa: D102
        if not self._user32.SetThreadDpiAwarenessContext(_PER_MONITOR_AWARE_V2):
            raise CaptureError("This Windows does not tell where windows are in pixels. Windows 10 1703 or newer does.")
        self._messages.open(listen=listen)
        try:
            self._display.open()
        except CaptureError:
            self._messages.close()
            raise

    def close(self) -> None:
        """Hear no more."""
        self._messages.close()
        self._display.close()
        self._close_mss()

    def pump(self, seconds: float) -> Sequence[WindowEvent | Touched]:  # noqa: D102
        return self._messages.pump(seconds)

    def windows(self) -> Sequence[int]:
        """Return every top-level window, the highest first.

        "EnumWindows function": it leaves out what is not of a desktop app, such as toasts. "FindWindowExW function"
        goes through all children of the desktop in the Z order.
        """
        found: list[int] = []
        window = None
        while len(found) < _MOST_WINDOWS and (window := self._user32.FindWindowExW(None, window, None, None)):
            found.append(window)
        return found

    def foreground(self) -> int:  # noqa: D102
        return self._user32.GetForegroundWindow() or 0

    def visible(self, window: int) -> bool:  # noqa: D102
        return bool(self._user32.IsWindowVisible(window)) and not self._user32.IsIconic(window)

    def cloaked(self, window: int) -> bool:  # noqa: D102
        cloak = wintypes.DWORD()
        return self._dwm(window, _DWMWA_CLOAKED, cloak) and bool(cloak.value)

    def frame(self, window: int) -> Rect | None:  # noqa: D102
        place = wintypes.RECT()
        return _rect(place) if self._dwm(window, _DWMWA_EXTENDED_FRAME_BOUNDS, place) else None

    def title(self, window: int) -> str:
        """Return what its title bar says ("GetWindowTextW function": another program's is not asked for it)."""
        text = ctypes.create_unicode_buffer(_LONGEST_TITLE)
        self._user32.GetWindowTextW(window, text, _LONGEST_TITLE)
        return text.value

    def kind(self, window: int) -> str:  # noqa: D102
        text = ctypes.create_unicode_buffer(_LONGEST_CLASS)
        self._user32.GetClassNameW(window, text, _LONGEST_CLASS)
        return text.value

    def process(self, window: int) -> int:  # noqa: D102
        process = wintypes.DWORD()
        self._user32.GetWindowThreadProcessId(window, ctypes.byref(process))
        return process.value

    def hosted(self, window: int) -> int:  # noqa: D102
        inside = self._user32.FindWindowExW(window, None, "Windows.UI.Core.CoreWindow", None)
        return self.process(inside) if inside else 0

    def root(self, window: int) -> int:  # noqa: D102
        return self._user32.GetAncestor(window, _GA_ROOT) or 0

    def owner(self, window: int) -> int:  # noqa: D102
        return self._user32.GetAncestor(window, _GA_ROOTOWNER) or 0

    def style(self, window: int) -> int:  # noqa: D102
        return int(self._user32.GetWindowLongW(window, _GWL_EXSTYLE)) & 0xFFFFFFFF

    def opacity(self, window: int) -> int | None:  # noqa: D102
        key, alpha, flags = wintypes.DWORD(), ctypes.c_ubyte(), wintypes.DWORD()
        told = self._user32.GetLayeredWindowAttributes(
            window, ctypes.byref(key), ctypes.byref(alpha), ctypes.byref(flags)
        )
        if not told or flags.value & _LWA_COLORKEY:
            return None
        return alpha.value if flags.value & _LWA_ALPHA else OPAQUE

    def shaped(self, window: int) -> bool:
        """Whether it is cut to a shape ("GetWindowRgnBox function": 0 where it is not)."""
        return bool(self._user32.GetWindowRgnBox(window, ctypes.byref(wintypes.RECT())))

    def withheld(self, window: int) -> bool:  # noqa: D102
        affinity = wintypes.DWORD(_WDA_NONE)
        self._user32.GetWindowDisplayAffinity(window, ctypes.byref(affinity))
        return affinity.value != _WDA_NONE

    def program(self, process: int) -> str:  # noqa: D102
        try:
            return str(psutil.Process(process).name())
        except psutil.Error:
            return ""

    def monitors(self) -> Sequence[Rect]:  # noqa: D102
        found: list[Rect] = []

        def take(_monitor: int, _context: int, place: Any, _data: int) -> bool:
            found.append(_rect(place.contents))
            return True

        kind = _libraries.WINFUNCTYPE(wintypes.BOOL, wintypes.HMONITOR, wintypes.HDC, _RECT, wintypes.LPARAM)
        self._user32.EnumDisplayMonitors(None, None, ctypes.cast(callback := kind(take), ctypes.c_void_p), 0)
        del callback  # Windows is done with it
        return found

    def input_desktop(self) -> str:  # noqa: D102
        return self._session.input_desktop()

    def session_locked(self) -> bool:  # noqa: D102
        return self._session.locked()

    def saver(self) -> bool:  # noqa: D102
        runs = wintypes.BOOL()
        self._user32.SystemParametersInfoW(_SPI_GETSCREENSAVERRUNNING, 0, ctypes.byref(runs), 0)
        return bool(runs.value)

    def lit(self) -> bool:  # noqa: D102
        return self._display.lit

    def ticks(self) -> int:  # noqa: D102
        return int(self._kernel32.GetTickCount())

    def last_input(self) -> int:  # noqa: D102
        info = _LastInput(ctypes.sizeof(_LastInput), 0)
        if not self._user32.GetLastInputInfo(ctypes.byref(info)):
            raise CaptureError("Windows does not tell when anything was last touched. Log in again.")
        return int(info.dwTime)

    def pixels(self, rect: Rect) -> bytes:
        """Return a rectangle's pixels, blue, green, red and one more byte each, row by row; raises `CaptureError`."""
        import mss
        from mss.exception import ScreenShotError

        try:
            monitors = self.monitors()
            if self._mss is None or self._monitors != monitors:
                self._close_mss()
                self._mss, self._monitors = mss.MSS(), monitors
            return bytes(self._mss.grab((rect.left, rect.top, rect.right, rect.bottom)).raw)
        except ScreenShotError as error:
            raise CaptureError(
                f"The screen could not be read ({error}). If the desktop is still there, restart Companion."
            ) from error

    def _dwm(self, window: int, what: int, into: Any) -> bool:
        """Whether the window manager answered (S_OK) with what it was asked."""
        answer = self._dwmapi.DwmGetWindowAttribute(window, what, ctypes.byref(into), ctypes.sizeof(into))
        return int(answer) == 0

    def _close_mss(self) -> None:
        if self._mss is not None:
            self._mss.close()
            self._mss = None


def _rect(place: Any) -> Rect:
    return Rect(place.left, place.top, place.right - place.left, place.bottom - place.top)
