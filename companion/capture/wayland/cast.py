"""Pixels out of what the portal shares, by a GStreamer child that takes one picture of one monitor and ends."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from companion.capture.types import Image, Rect
from companion.capture.wayland.portal import Portal

_SECONDS = 5.0
_CHANNELS = 4  # blue, green, red and one that says nothing: rows of three would be padded

_FAILED = (
    "Moments are kept without pictures, as GStreamer could not read the shared screen: {why}. Install the packages "
    "gstreamer1.0-tools, gstreamer1.0-pipewire and gstreamer1.0-plugins-base."
)
NOWHERE = (
    "Moments are kept without pictures of windows on monitors that are not shared, or whose place the portal does not "
    "tell."
)


class Cast:
    """Reads rectangles of monitors that the person shares.

    Parameters
    ----------
    portal
        Closed with this.
    outputs
        Where the monitors lie now: a stream is believed to be one of them when the portal says the same place.

    Attributes
    ----------
    limits
        Why the last rectangle could not be read; empty when it could.

    """

    def __init__(self, portal: Portal, outputs: Callable[[], Sequence[Rect]], environ: Mapping[str, str]) -> None:
        self._portal, self._outputs, self._environ = portal, outputs, dict(environ)
        self._unread = ""

    @property
    def limits(self) -> str:
        """Why the last rectangle could not be read; empty when it could."""
        return self._portal.limits or self._unread

    def close(self) -> None:
        """Share no more."""
        self._portal.close()

    def grab(self, rect: Rect) -> Image | None:
        """Return the pixels of a rectangle: ``uint8[rect.height, rect.width, 3]``, RGB; None where it was not read."""
        known = [one for one in self._portal.streams if one.place is not None and one.place in self._outputs()]
        stream = next((one for one in known if one.place is not None and _holds(one.place, rect)), None)
        if stream is None or stream.place is None:
            self._unread = NOWHERE
            return None
        remote = self._portal.remote()
        if remote is None:
            self._unread = _FAILED.format(why="the portal gave no connection")
            return None
        try:
            return self._cut(self._picture(remote, stream.node, stream.place), stream.place, rect)
        finally:
            os.close(remote)

    def _picture(self, remote: int, node: int, place: Rect) -> bytes:
        """Return one picture of a monitor, brought to one pixel a unit of the desktop; empty when there is none."""
        size = f"video/x-raw,format=BGRx,width={place.width},height={place.height}"
        source = ("pipewiresrc", f"fd={remote}", f"path={node}", "num-buffers=1")
        command = ("gst-launch-1.0", "-q", *source, "!", "videoconvert", "!", "videoscale", "!", size, "!", "fdsink")
        try:
            done = subprocess.run(  # noqa: S603 - our own numbers alone
                command,
                env=self._environ,
                pass_fds=[remote],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=True,
            )
        except subprocess.TimeoutExpired:
            self._unread = _FAILED.format(why="no picture came")
            return b""
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode("utf-8", "replace").strip().splitlines()
            self._unread = _FAILED.format(why=said[0] if said else f"it ended with {error.returncode}")
            return b""
        self._unread = ""
        return done.stdout

    def _cut(self, data: bytes, place: Rect, rect: Rect) -> Image | None:
        """Return what of a monitor's picture lies in ``rect``; the rest goes no further than here."""
        if len(data) != place.width * place.height * _CHANNELS:
            self._unread = self._unread or _FAILED.format(why="its picture was not of the monitor's size")
            return None
        whole = np.frombuffer(data, np.uint8).reshape(place.height, place.width, _CHANNELS)
        top, left = rect.top - place.top, rect.left - place.left
        return whole[top : top + rect.height, left : left + rect.width, 2::-1].copy()


def installed(environ: Mapping[str, str]) -> bool:
    """Whether there is a GStreamer to ask."""
    return shutil.which("gst-launch-1.0", path=environ.get("PATH")) is not None


def _holds(place: Rect, rect: Rect) -> bool:
    return (
        place.left <= rect.left and place.top <= rect.top and rect.right <= place.right and rect.bottom <= place.bottom
    )
