"""Which windows under X11 can have pixels in another's rectangle, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass

import xcffib.xproto as x

from companion.capture.types import Rect, Window
from companion.capture.x11 import GONE, Display
from companion.capture.x11_describe import described
from companion.capture.x11_opacity import shines_through

_DEEPEST_MENU = 8


@dataclass(frozen=True, slots=True)
class _TopLevel:
    """A child of the root window: a window manager's frame, or a window no manager looks after."""

    id: int
    rect: Rect  # with its border
    override_redirect: bool


#: Windows, where menus lie, and where other windows lie above.
Around = tuple[tuple[Window, ...], tuple[Rect, ...], tuple[Rect, ...]]


def overlapping(display: Display, active: int, rect: Rect, *, pid: int) -> Around:
    """Return the windows whose pixels a picture of ``rect`` could hold beside those of the window ``active``.

    They lie above it, or beneath where it lets them shine through. Menus of the active window itself are not among
    them, but told of by where they are; windows that no manager looks after and that are not such menus are unknown:
    their ``app`` is empty. Where those above are is told beside them. Raises one of `companion.capture.x11.GONE` when
    ``active`` died.
    """
    tree = list(display.core.QueryTree(display.root).reply().children)
    own = _top_level(display, active)
    if own not in tree:
        return (_unknown(rect),), (), ()  # put elsewhere under our eyes: treat as covered
    place = tree.index(own)
    above = others = tree[place + 1 :]
    if shines_through(display, active, own, rect):
        others = tree[:place] + others
    shown = [top for top in _shown(display, others) if top.rect.overlaps(rect)]
    if not shown:
        return (), (), ()
    clients = _clients(display)
    windows = [_whose(display, top, clients.get(top.id), active=active, pid=pid) for top in shown]
    found = list(zip(shown, windows, strict=True))
    popups = tuple(top.rect for top, window in found if window is None)
    over = tuple(top.rect for top, window in found if window is not None and top.id in above)
    return tuple(window for window in windows if window is not None), popups, over


def _shown(display: Display, windows: list[int]) -> list[_TopLevel]:
    """Return those that can show pixels. All are asked before the first answer is awaited: there can be hundreds."""
    core = display.core
    asked = [(window, core.GetWindowAttributes(window), core.GetGeometry(window)) for window in windows]
    shown = []
    for window, attributes, geometry in asked:
        try:
            state = attributes.reply()
        except GONE:
            geometry.discard_reply()
            continue  # closed meanwhile: it shows nothing
        try:
            size = geometry.reply()
        except GONE:
            continue
        if state.map_state == x.MapState.Viewable and state._class != x.WindowClass.InputOnly:  # noqa: SLF001 - X's name
            border = 2 * size.border_width
            rect = Rect(size.x, size.y, size.width + border, size.height + border)
            shown.append(_TopLevel(window, rect, bool(state.override_redirect)))
    return shown


def _whose(display: Display, top: _TopLevel, client: int | None, *, active: int, pid: int) -> Window | None:
    """Return the window a top level shows, unknown when nobody says; None for a menu of the active window."""
    try:
        if client is not None:
            return described(display, client, top.rect)
        if top.override_redirect and _belongs(display, top.id, active, pid):
            return None
        return _unknown(top.rect, pid=next(iter(display.numbers(top.id, "_NET_WM_PID")), 0))
    except GONE:
        return _unknown(top.rect)


def _unknown(rect: Rect, *, pid: int = 0) -> Window:
    """Return a window that may be anybody's; one with our ``pid`` is Companion's own menu, as it says itself."""
    return Window(app="", title="", rect=rect, pid=pid)


def _belongs(display: Display, window: int, active: int, pid: int) -> bool:
    """Whether a menu or tooltip is the active window's: transient for it, or of its X client or process.

    One that says it is transient for another window is that one's, be it of the same program.
    """
    owners = _owners(display, window)
    if owners:
        return active in owners
    mask = display.connection.setup.resource_id_mask
    if window & ~mask == active & ~mask:
        return True
    return pid != 0 and display.numbers(window, "_NET_WM_PID") == (pid,) and _is_called_alike(display, window, active)


def _is_called_alike(display: Display, window: int, other: int) -> bool:
    """Whether two windows do not say that they are of different programs: sandboxes give the same process ids again."""
    names = display.text(window, "WM_CLASS").split("\0")[1:2]
    return names in ([], display.text(other, "WM_CLASS").split("\0")[1:2])


def _owners(display: Display, window: int) -> list[int]:
    """Return the windows this one is transient for, nearest first. The root stands for none."""
    owners: list[int] = []
    while len(owners) < _DEEPEST_MENU:
        window = next(iter(display.numbers(window, "WM_TRANSIENT_FOR")), 0)
        if window in (0, display.root, *owners):
            break
        owners.append(window)
    return owners


def _clients(display: Display) -> dict[int, int]:
    """Return the managed window inside each top level; of several (tabs) the one stacked highest."""
    clients = display.numbers(display.root, "_NET_CLIENT_LIST_STACKING")
    tops = {}
    for client in clients or display.numbers(display.root, "_NET_CLIENT_LIST"):
        try:
            tops[_top_level(display, client)] = client
        except GONE:
            continue  # closed meanwhile
    return tops


def _top_level(display: Display, window: int) -> int:
    """Return the ancestor that is a child of the root."""
    while (parent := display.core.QueryTree(window).reply().parent) != display.root:
        window = parent
    return window
