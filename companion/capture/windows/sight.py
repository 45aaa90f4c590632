"""What Windows shows at one instant. Everything here follows from what `Calls` answers."""

from __future__ import annotations

from dataclasses import replace

from companion.capture.geometry import around, clipped, showing_most
from companion.capture.screen import NOTHING, Sight
from companion.capture.types import Rect, Window
from companion.capture.windows.calls import OPAQUE, Calls, Style

#: The system's frame around an app of the Store, whose own window and process are inside it.
_FRAME_OF_AN_APP = "ApplicationFrameWindow"

#: The desktop itself: it has the attention when nothing else has.
_DESKTOP = ("Progman", "WorkerW")

_SUFFIX = ".exe"


def sight(calls: Calls) -> Sight:
    """Return what is active now."""
    active = calls.foreground()
    if not active or not _shown(calls, active) or calls.kind(active) in _DESKTOP:
        return NOTHING
    monitors = calls.monitors()
    frame = calls.frame(active)
    rect = clipped(frame, around(monitors)) if frame is not None else None
    if rect is None:
        return NOTHING
    others, above = overlapping(calls, active, rect)
    window = replace(described(calls, active, rect), monitor=showing_most(rect, monitors))
    if not calls.process(active):
        return NOTHING  # it was closed while it was asked
    # A picture would hold what lies beneath a window that withholds itself, so that it counts as unknown.
    return Sight(active, replace(window, app="") if calls.withheld(active) else window, others, above=above)


def described(calls: Calls, window: int, rect: Rect | None) -> Window:
    """Return program, title and process of a window; one without a title goes by that of the window it belongs to."""
    pid = calls.hosted(window) if calls.kind(window) == _FRAME_OF_AN_APP else calls.process(window)
    file = calls.program(pid) if pid else ""
    app = file[: -len(_SUFFIX)] if file.casefold().endswith(_SUFFIX) else file
    title = calls.title(window) or calls.title(calls.owner(window))
    return Window(app=app, title=title, pid=pid, rect=rect)


def overlapping(calls: Calls, active: int, rect: Rect) -> tuple[tuple[Window, ...], tuple[Rect, ...]]:
    """Return the windows whose pixels a picture of ``rect`` could hold beside those of the window ``active``.

    They lie above it, or beneath where it lets them shine through. The shell's own (toasts, the Start menu) are kept
    in bands above all others, which the order need not show: those that stay on top count wherever they are listed.
    Where those above lie is told beside them.
    """
    order = calls.windows()
    if active not in order:
        return (Window(app="", title="", rect=rect),), ()  # put elsewhere under our eyes: treat as covered
    place = order.index(active)
    beneath = _shines_through(calls, active)
    found, above = list[Window](), list[Rect]()
    for at, window in enumerate(order):
        if window == active or not _shown(calls, window):
            continue
        over = at < place or bool(calls.style(window) & Style.TOPMOST)
        if over or beneath:
            frame = calls.frame(window)
            if frame is not None and frame.overlaps(rect):
                found.append(described(calls, window, frame))
                above += [frame] if over else []
    return tuple(found), tuple(above)


def _shown(calls: Calls, window: int) -> bool:
    return calls.visible(window) and not calls.cloaked(window)


def _shines_through(calls: Calls, window: int) -> bool:
    """Whether what lies beneath may be seen: through a window's opacity, its holes, or pixels only it knows of."""
    style = calls.style(window)
    if style & Style.NO_REDIRECTION_BITMAP or calls.shaped(window):
        return True
    return bool(style & Style.LAYERED) and calls.opacity(window) != OPAQUE
