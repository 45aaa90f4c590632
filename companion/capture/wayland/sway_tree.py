"""What sway's tree says is on the screen. Pure: JSON as of sway-ipc(7) in, windows out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from companion.capture.types import Rect, Window
from companion.capture.x11 import clipped

_HIDDEN = "__i3"  # the output that holds the scratchpad


@dataclass(frozen=True, slots=True)
class Shown:
    """A window that can be seen.

    Attributes
    ----------
    window
        Its ``rect`` is the inside without borders and title bar, cut to where its workspace is shown; None when
        nothing of it is left.
    reach
        Where it can have pixels at all, with borders and title bar and on whatever output.
    x11
        Its number in the X server for programs that need one, else 0.
    floating
        Whether it lies over those that share the screen.

    """

    id: int
    window: Window
    reach: Rect
    focused: bool
    x11: int
    floating: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """All that can be seen, where the outputs lie, and whether any of them is on."""

    shown: tuple[Shown, ...]
    outputs: tuple[Rect, ...]
    lit: bool

    @property
    def focused(self) -> Shown | None:
        """The window that has the attention: None while a launcher, a lock or the empty desktop has it."""
        return next((one for one in self.shown if one.focused), None)


def desk(tree: dict[str, Any]) -> Desk:
    """Return what a tree shows."""
    outputs = [output for output in tree["nodes"] if output["name"] != _HIDDEN]
    shown = [one for number, output in enumerate(outputs) for one in _on_output(output, number)]
    return Desk(tuple(shown), tuple(_rect(output["rect"]) for output in outputs), any(map(_lit, outputs)))


def _lit(output: dict[str, Any]) -> bool:
    """Whether an output shows anything: sway called the property ``dpms`` before it called it ``power``."""
    return bool(output.get("active")) and bool(output.get("power", output.get("dpms")))


def _on_output(output: dict[str, Any], number: int) -> Iterator[Shown]:
    whole = _rect(output["rect"])
    for workspace in output["nodes"]:
        free = clipped(_rect(workspace["rect"]), whole)  # panels have the rest
        for node, floating in _views(workspace):
            if node["visible"]:
                rect = whole if node["fullscreen_mode"] else free and clipped(_inside(node), free)
                yield replace(_shown(node, rect, number), floating=floating)


def _views(node: dict[str, Any], *, floating: bool = False) -> Iterator[tuple[dict[str, Any], bool]]:
    """Return the windows below a node, and whether they float: what has a process shows something of its own."""
    if "pid" in node:
        yield node, floating
    for child in node["nodes"]:
        yield from _views(child, floating=floating)
    for child in node["floating_nodes"]:
        yield from _views(child, floating=True)


def _inside(node: dict[str, Any]) -> Rect:
    """Return a window without its borders and title bar."""
    outside, inside = _rect(node["rect"]), _rect(node["window_rect"])
    return Rect(outside.left + inside.left, outside.top + inside.top, inside.width, inside.height)


def _outside(node: dict[str, Any]) -> Rect:
    """Return a window with its borders and title bar."""
    rect, title = _rect(node["rect"]), node["deco_rect"]["height"]
    return Rect(rect.left, rect.top - title, rect.width, rect.height + title)


def _shown(node: dict[str, Any], rect: Rect | None, number: int) -> Shown:
    window = Window(
        app=_app(node),
        title=node["name"] or "",
        pid=max(0, node["pid"] or 0),
        rect=rect,
        monitor=number,
        instance=(node.get("window_properties") or {}).get("instance") or "",  # by which rules know programs, too
    )
    return Shown(node["id"], window, _outside(node), node["focused"], node.get("window") or 0)


def _app(node: dict[str, Any]) -> str:
    properties = node.get("window_properties") or {}
    return node.get("app_id") or properties.get("class") or ""


def _rect(of: dict[str, int]) -> Rect:
    return Rect(of["x"], of["y"], of["width"], of["height"])
