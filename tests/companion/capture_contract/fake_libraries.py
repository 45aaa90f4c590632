"""Stand-ins for the libraries of Windows and macOS, so that the code that calls them runs here at least once.

They answer as the pages of the documentation say that are named in the code; what only the systems themselves can
show (that they answer so) is not shown by this.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from companion.capture.windows import messages, power, session

WINDOW, HIDDEN, PROCESS = 0x10203, 0x10204, 4321
KEY, MOUSE = 1, 2  # handles of raw input
_WM_INPUT, _WM_TIMER = 0x00FF, 0x0113
_MAKE_CODE, _VIRTUAL_KEY = 0x1E, 0x41  # the key A, which nobody may learn


class Library:
    """One of Windows' libraries: functions by name, which take and return what ctypes would hand over."""

    def __init__(self, **functions: Callable[..., Any]) -> None:
        for name, function in functions.items():
            setattr(self, name, _plain(function))


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        return function(*arguments)

    return call


class Ctypes:
    """What of ctypes is there on Windows only, over ``system``."""

    WINFUNCTYPE = staticmethod(ctypes.CFUNCTYPE)

    def __init__(self, system: System) -> None:
        self._system = system

    def WinDLL(self, name: str, **_: Any) -> Library:  # noqa: N802 - its name
        return self._system.libraries[name]

    def get_last_error(self) -> int:
        return 5


class System:
    """A Windows with one visible window and one hidden behind it."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.hooks: dict[int, tuple[int, int]] = {}
        self.devices: list[tuple[int, int, int]] = []
        self.queue: list[tuple[int, int]] = []
        self.raw: list[ctypes.Array[ctypes.c_ubyte]] = []
        self.monitor_state = 1
        self.locked = False
        self.desktop = "Default"
        self.registered = False
        self._did: Any = None
        self.libraries = {
            "user32": Library(**self._window_functions(), **self._message_functions(), **self._session_functions()),
            "dwmapi": Library(DwmGetWindowAttribute=self._dwm),
            "kernel32": Library(GetTickCount=lambda: 123_456),
            "powrprof": Library(
                PowerSettingRegisterNotification=self._register_power,
                PowerSettingUnregisterNotification=lambda _: self._unregister_power(),
            ),
            "wtsapi32": Library(WTSQuerySessionInformationW=self._session, WTSFreeMemory=lambda _: None),
        }

    def _window_functions(self) -> dict[str, Callable[..., Any]]:
        return {
            "EnumDisplayMonitors": self._monitors,
            "FindWindowExW": self._find,
            "GetAncestor": lambda window, _: window,
            "GetClassNameW": lambda _, buffer, __: setattr(buffer, "value", "Notepad"),
            "GetForegroundWindow": lambda: WINDOW,
            "GetLastInputInfo": lambda info: setattr(info._obj, "dwTime", 123_000) is None,
            "GetLayeredWindowAttributes": self._layered,
            "GetWindowDisplayAffinity": lambda _, into: setattr(into._obj, "value", 0x11) is None,
            "GetWindowLongW": lambda _, index: 0x80000 if index == -20 else 0,
            "GetWindowRgnBox": lambda _, __: 0,
            "GetWindowTextW": lambda _, buffer, __: setattr(buffer, "value", "Zoë, notes"),
            "GetWindowThreadProcessId": lambda _, into: setattr(into._obj, "value", PROCESS),
            "IsIconic": lambda _: 0,
            "IsWindowVisible": lambda window: window == WINDOW,
            "SetThreadDpiAwarenessContext": lambda context: None if "dpi" in self.refused else context == -4 and 18,
            "SystemParametersInfoW": lambda what, _, into, __: setattr(into._obj, "value", what == 0x72),
        }

    def _find(self, parent: Any, after: Any, kind: Any, _name: Any) -> int | None:
        if parent is not None:
            return HIDDEN if kind == "Windows.UI.Core.CoreWindow" else None
        return {None: WINDOW, WINDOW: HIDDEN}.get(after)

    def _monitors(self, _context: Any, _clip: Any, callback: Any, _data: Any) -> int:
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(_RECT), ctypes.c_ssize_t)
        for place in (_RECT(0, 0, 1280, 800), _RECT(-1920, 0, 0, 1080)):
            assert kind(callback.value)(1, None, ctypes.byref(place), 0)
        return 1

    def _layered(self, _window: Any, _key: Any, alpha: Any, flags: Any) -> int:
        alpha._obj.value, flags._obj.value = 200, 2
        return 1

    def _dwm(self, window: int, what: int, into: Any, size: int) -> int:
        assert size == ctypes.sizeof(into._obj)
        if what == 14:
            into._obj.value = 2
        elif window == WINDOW:
            into._obj.left, into._obj.top, into._obj.right, into._obj.bottom = 10, 20, 610, 420
        else:
            return -2147024890  # E_HANDLE
        return 0

    def _message_functions(self) -> dict[str, Callable[..., Any]]:
        return {
            "CreateWindowExW": lambda *arguments: 77 if arguments[8] == -3 else None,
            "DestroyWindow": lambda _: 1,
            "DispatchMessageW": lambda _: None,
            "GetRawInputData": self._raw,
            "MsgWaitForMultipleObjectsEx": lambda *_: 0,
            "PeekMessageW": self._peek,
            "RegisterRawInputDevices": self._register_devices,
            "SetWinEventHook": self._hook,
            "UnhookWinEvent": lambda hook: self.hooks.pop(hook) is not None,
        }

    def _hook(self, first: int, last: int, _module: Any, callback: Any, *_: Any) -> int:
        if "hook" in self.refused:
            return 0
        kinds = (ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_long, ctypes.c_long)
        self._did = ctypes.CFUNCTYPE(None, *kinds, ctypes.c_ulong, ctypes.c_ulong)(callback.value)
        self.hooks[len(self.hooks) + 1] = (first, last)
        return len(self.hooks)

    def do(self, event: int, window: int | None, part: int = 0, child: int = 0) -> None:
        """Have a window do something, for whoever hooked it."""
        if any(first <= event <= last for first, last in self.hooks.values()):
            self._did(1, event, window, part, child, 9, 123_400)

    def _register_devices(self, devices: Any, count: int, size: int) -> int:
        assert size == ctypes.sizeof(messages.RawDevice)
        self.devices += [(one.usUsage, one.dwFlags, one.hwndTarget or 0) for one in devices[:count]]
        return 1

    def _peek(self, message: Any, *_: Any) -> int:
        if not self.queue:
            return 0
        told = message._obj
        told.message, told.lParam = self.queue.pop(0)
        told.time = 123_400
        return 1

    def press(self, handle: int) -> None:
        """Send what Windows sends when a key or a button is pressed, and another message."""
        self.queue += [(_WM_TIMER, 0), (_WM_INPUT, handle)]

    def _raw(self, handle: int, command: int, into: Any, size: Any, header: int) -> int:
        assert (command, header) == (0x10000003, ctypes.sizeof(messages.Header))
        told = into._obj
        self.raw.append((ctypes.c_ubyte * ctypes.sizeof(told)).from_buffer(told))
        assert size._obj.value == ctypes.sizeof(told)
        told.header.dwType = 1 if handle == KEY else 0
        body = bytearray(24)
        if handle == KEY:
            body[:8] = b"".join(part.to_bytes(2, "little") for part in (_MAKE_CODE, 0, 0, _VIRTUAL_KEY))
        else:
            body[4:6] = (0x0001).to_bytes(2, "little")
        self.raw[-1][24:48] = tuple(body)
        return 48

    def _session_functions(self) -> dict[str, Callable[..., Any]]:
        return {
            "OpenInputDesktop": lambda *_: 5 if self.desktop else None,
            "GetUserObjectInformationW": lambda _, __, buffer, *___: setattr(buffer, "value", self.desktop) is None,
            "CloseDesktop": lambda _: 1,
        }

    def _session(self, _server: Any, number: int, kind: int, into: Any, _size: Any) -> int:
        assert (number, kind) == (0xFFFFFFFF, 25)
        if "sessions" in self.refused:
            return 0
        self._info = session.SessionInfo(Level=1, SessionState=0, SessionFlags=0 if self.locked else 1)
        into._obj.value = ctypes.addressof(self._info)
        return 1

    def _register_power(self, which: Any, kind: int, subscription: Any, handle: Any) -> int:
        assert (bytes(which._obj), kind) == (bytes(power.CONSOLE_DISPLAY_STATE), 2)
        if "power" in self.refused:
            return 87
        handle._obj.value = 6
        self.registered = True
        self._changed = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p)(
            subscription._obj.Callback
        )
        self.switch(self.monitor_state)  # "PowerSettingRegisterNotification": the present state is told at once
        return 0

    def switch(self, state: int) -> None:
        """Switch the monitors off (0) or on (1)."""
        told = power.Setting(PowerSetting=power.CONSOLE_DISPLAY_STATE, DataLength=4, Data=state)
        self._changed(None, 0x8013, ctypes.addressof(told))

    def _unregister_power(self) -> int:
        self.registered = False
        return 0


class _RECT(ctypes.Structure):
    """RECT, as wide as this system's own LONG."""

    _fields_ = tuple((name, ctypes.c_long) for name in ("left", "top", "right", "bottom"))


def pair(kind: int, first: float, second: float) -> SimpleNamespace:
    """Return what macOS hands out for a place (1), a size (2) or a range (4)."""
    return SimpleNamespace(kind=kind, pair=(first, second))
