"""One key combination that works everywhere on an X11 desktop. No other key is ever seen."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import combinations
from typing import Any

import xcffib
import xcffib.xproto as x

from companion.capture.types import CaptureError
from companion.capture.x11 import Display, server_errors_explained

_NUM_LOCK = 0xFF7F  # keysyms, from X11/keysymdef.h
_F1 = 0xFFBE
_SPACE = 0x20

_MODIFIERS = {
    "ctrl": x.ModMask.Control,
    "shift": x.ModMask.Shift,
    "alt": x.ModMask._1,  # noqa: SLF001 - xcffib's name for X's Mod1
    "super": x.ModMask._4,  # noqa: SLF001 - Mod4
}


def parse_combination(combination: str) -> tuple[int, int]:
    """Return X's modifier mask and keysym of a combination such as ``ctrl+alt+space``. Raises `CaptureError`."""
    *modifiers, key = (part.strip().lower() for part in combination.split("+"))
    unknown = [name for name in modifiers if name not in _MODIFIERS]
    if unknown or not modifiers or (keysym := _keysym(key)) is None:
        raise CaptureError(
            f"`{combination}` is not a key combination. Join ctrl, alt, shift or super with a letter, a digit, "
            "space or f1 to f12, such as ctrl+alt+space."
        )
    mask = 0
    for name in modifiers:
        mask |= _MODIFIERS[name]
    return mask, keysym


def _keysym(key: str) -> int | None:
    if key == "space":
        return _SPACE
    if len(key) == 1 and key.isascii() and key.isalnum():
        return ord(key)
    number = key[1:]
    if key.startswith("f") and number.isascii() and number.isdecimal() and number == str(int(number)):
        return _F1 + int(number) - 1 if 1 <= int(number) <= 12 else None  # noqa: PLR2004 - F12 is the last
    return None


class Hotkey:
    """Calls ``on_press``, on its own thread, once each time the combination is pressed.

    Parameters
    ----------
    combination
        Such as ``ctrl+alt+space``.
    on_press
        Should only pass the word on; while it runs no further press is heard.
    display
        As in ``DISPLAY``, which is used when None.

    Raises
    ------
    CaptureError
        If the combination is not one.

    """

    def __init__(self, combination: str, on_press: Callable[[], None], *, display: str | None = None) -> None:
        self._combination = combination
        self._modifiers, self._wanted = parse_combination(combination)
        self._on_press = on_press
        self._display_name = display
        self._thread: threading.Thread | None = None
        self._wake: socket.socket | None = None
        self._released_at = -1
        self._held: set[tuple[int, int]] = set()  # keycodes and modifiers

    def start(self) -> None:
        """Take the combination; raises `CaptureError` when another program holds it or no keyboard has the key."""
        display, self._held = Display(self._display_name), set()
        try:
            with server_errors_explained():
                self._grab(display)
        except BaseException:
            display.close()
            raise
        self._wake, woken = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, args=(display, woken), name="hotkey", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Give the combination back. Safe to call twice, not from ``on_press``."""
        if self._thread is None or self._wake is None:
            return
        self._wake.close()  # the other end becomes readable, which ends the thread's wait
        self._thread.join()
        self._thread = None

    def _listen(self, display: Display, woken: socket.socket) -> None:
        try:
            while True:
                for event in display.pending():
                    self._hear(display, event)
                sockets = [display.connection.get_file_descriptor(), woken]
                if woken in select.select(sockets, [], [])[0]:
                    return
        except xcffib.ConnectionException:
            return  # the X server is gone: no key can be pressed there again, and the capture tells the person
        finally:
            woken.close()
            display.close()

    def _hear(self, display: Display, event: Any) -> None:
        if isinstance(event, x.MappingNotifyEvent):
            with suppress(CaptureError):  # no key gives it now, or another has it: what is held stays, till the next
                self._grab(display)
        elif isinstance(event, x.KeyReleaseEvent):
            self._released_at = event.time
        elif isinstance(event, x.KeyPressEvent) and event.time != self._released_at:
            # A key held down repeats as releases and presses of the same instant; those are one press.
            self._on_press()

    def _grab(self, display: Display) -> None:
        """Take the combination's keys as they are now; what was held and still is one of them is not let go of."""
        locks = self._locks(display)
        wanted = {(keycode, self._modifiers | lock) for keycode in self._keycodes(display) for lock in locks}
        mode = x.GrabMode.Async
        for keycode, modifiers in sorted(wanted - self._held):
            try:
                display.core.GrabKeyChecked(False, display.root, modifiers, keycode, mode, mode).check()
            except x.AccessError as error:
                raise CaptureError(
                    f"Another program already uses {self._combination}. Choose another combination in the "
                    "settings, or free it there."
                ) from error
            self._held.add((keycode, modifiers))
        for keycode, modifiers in sorted(self._held - wanted):
            display.core.UngrabKeyChecked(keycode, display.root, modifiers).check()
        self._held = wanted

    def _keycodes(self, display: Display) -> list[int]:
        """Return the keys that give the wanted symbol unshifted, or, where none does, in any way at all."""
        first, table, columns = _keyboard(display)
        starts = range(0, len(table), columns)
        found = [first + start // columns for start in starts if table[start] == self._wanted]
        found = found or [
            first + start // columns for start in starts if self._wanted in table[start : start + columns]
        ]
        if not found:
            raise CaptureError(f"No key here gives the last part of {self._combination}. Choose another combination.")
        return found

    def _locks(self, display: Display) -> list[int]:
        """Return every combination of the locks, which must not keep the hotkey from working."""
        first, table, columns = _keyboard(display)
        reply = display.core.GetModifierMapping().reply()
        keys, width = list(reply.keycodes), reply.keycodes_per_modifier
        num = 0
        for place, keycode in enumerate(keys):
            row = (keycode - first) * columns
            if keycode and _NUM_LOCK in table[row : row + columns]:
                num |= 1 << (place // width)
        locks = [x.ModMask.Lock, *([num] if num else [])]
        return [sum(some) for count in range(len(locks) + 1) for some in combinations(locks, count)]


def _keyboard(display: Display) -> tuple[int, list[int], int]:
    """Return the first keycode, the symbols of all keys row by row, and how many each key has."""
    first, last = display.connection.setup.min_keycode, display.connection.setup.max_keycode
    reply = display.core.GetKeyboardMapping(first, last - first + 1).reply()
    return first, list(reply.keysyms), reply.keysyms_per_keycode
