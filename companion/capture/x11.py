"""One connection to an X server: atoms, properties, geometry, and waiting for events.

All places are pixels of the framebuffer: whatever a desktop calls scaling is done by the programs, which draw larger,
or by the monitor's mode (RANDR), behind what is read here. What the server tells needs no scaling back; what programs
tell of places themselves, over the accessibility bus, does (`companion.capture.accessible.placing`).
"""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import xcffib
import xcffib.dpms
import xcffib.randr
import xcffib.screensaver
import xcffib.shape
import xcffib.xproto as x

from companion.capture.compound_text import decode_compound_text
from companion.capture.geometry import clipped as clipped  # noqa: PLC0414 - `accessible.tree` and `wayland` take it from here
from companion.capture.types import CaptureError, Rect

#: A window or drawable that died between two requests answers with one of these: normal, not an error.
GONE = (x.WindowError, x.DrawableError)

_LONGEST_PROPERTY = 4096  # 32-bit words read of one property; titles and window lists are far shorter


class Display:
    """A connection, to be used by one thread at a time.

    Parameters
    ----------
    name
        As in ``DISPLAY``, which is used when None.

    Raises
    ------
    CaptureError
        If there is no such server or it refuses.

    """

    def __init__(self, name: str | None = None) -> None:
        connect: Any = xcffib.connect
        try:
            self.connection: Any = connect(display=name)
        except xcffib.XcffibException as error:
            raise CaptureError(
                f"The X server {name or 'that DISPLAY names'} cannot be reached. Start Companion inside a desktop "
                "session, or set DISPLAY to one you may use."
            ) from error
        self.core: Any = self.connection.core
        self.root: int = self.connection.setup.roots[self.connection.pref_screen].root
        self._atoms: dict[str, int] = {}
        self._extensions: dict[str, bool] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; the object cannot be used afterwards."""
        self.connection.disconnect()

    def atom(self, name: str) -> int:
        """Return the server's number for ``name``."""
        if name not in self._atoms:
            self._atoms[name] = self.core.InternAtom(False, len(name), name).reply().atom
        return self._atoms[name]

    def atom_name(self, atom: int) -> str:
        """Return the name of an atom."""
        return bytes(self.core.GetAtomName(atom).reply().name.buf()).decode("latin-1")

    def raw(self, window: int, name: str) -> tuple[str, bytes]:
        """Return type and bytes of a property, both empty when the window has none."""
        reply = self.core.GetProperty(False, window, self.atom(name), x.Atom.Any, 0, _LONGEST_PROPERTY).reply()
        kind = self.atom_name(reply.type) if reply.type else ""
        return kind, bytes(reply.value.buf())

    def numbers(self, window: int, name: str) -> tuple[int, ...]:
        """Return a property of 32-bit numbers (windows, cardinals), empty when the window has none."""
        _, value = self.raw(window, name)
        return struct.unpack(f"={len(value) // 4}I", value[: len(value) // 4 * 4])

    def text(self, window: int, name: str) -> str:
        """Return a text property, empty when the window has none."""
        kind, value = self.raw(window, name)
        if kind == "COMPOUND_TEXT":
            return decode_compound_text(value).rstrip("\0")
        return value.decode("utf-8" if kind == "UTF8_STRING" else "latin-1", "replace").rstrip("\0")

    def screen(self) -> Rect:
        """Return the whole desktop, asked anew because monitors come and go."""
        size = self.core.GetGeometry(self.root).reply()
        return Rect(0, 0, size.width, size.height)

    def rect(self, window: int) -> Rect:
        """Return where a window's inside lies on the desktop, not clipped. Raises one of `GONE`."""
        size = self.core.GetGeometry(window).reply()
        place = self.core.TranslateCoordinates(window, self.root, 0, 0).reply()
        return Rect(place.dst_x, place.dst_y, size.width, size.height)

    def has(self, extension: str) -> bool:
        """Whether the server offers an extension; using one that is missing would end the connection."""
        if extension not in self._extensions:
            told = self.core.QueryExtension(len(extension), extension).reply()
            self._extensions[extension] = bool(told.present)
        return self._extensions[extension]

    def select_events(self, window: int, mask: int) -> None:
        """Ask for a window's events. Raises one of `GONE`."""
        self.core.ChangeWindowAttributesChecked(window, x.CW.EventMask, [mask]).check()

    def pending(self) -> list[Any]:
        """Return the events that have arrived, without waiting."""
        return list(self.arrived())

    def arrived(self) -> Iterator[Any]:
        """Yield the events that have arrived, one by one, without waiting."""
        self.connection.flush()
        while (event := self.connection.poll_for_event()) is not None:
            yield event

    def wait(self, seconds: float, *others: socket.socket) -> bool:
        """Wait until events arrive, one of ``others`` can be read or the time is over; returns whether one can.

        What `arrived` has not been asked for yet is not waited for: ask before.
        """
        ready, _, _ = select.select([self.connection.get_file_descriptor(), *others], [], [], max(0.0, seconds))
        return any(other in ready for other in others)


@contextmanager
def server_errors_explained() -> Iterator[None]:
    """Turn the end of the X server into a `CaptureError`."""
    try:
        yield
    except xcffib.ConnectionException as error:
        raise CaptureError(
            "The X server has gone away. Log in again; if the desktop is still there, restart Companion."
        ) from error
