"""The other name a program goes by under Wayland: that of its process, so that an exclusion by it holds too."""

from __future__ import annotations

from dataclasses import replace

import psutil  # type: ignore[import-untyped]  # it ships no types

from companion.capture.programs import is_browser, names_of
from companion.capture.types import Window


def by_other_name(window: Window) -> tuple[Window, ...]:
    """Return ``window`` under the name of its process, as one that covers itself; empty where that says nothing new.

    A window may call itself what it likes (``foot --app-id notes``). Whoever is told that a browser is one needs not
    hear it twice: a browser that covers another window cannot be asked for its address.
    """
    name = process_name(window.pid)
    if not name or name.casefold() in names_of(window.app) or (is_browser(name) and is_browser(window.app)):
        return ()
    return (replace(window, app=name),)


def process_name(pid: int) -> str:
    """Return the name of a process, empty when it is not known or has ended."""
    try:
        return psutil.Process(pid).name() if pid > 0 else ""
    except psutil.Error:
        return ""
