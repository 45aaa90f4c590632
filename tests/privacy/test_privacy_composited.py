"""Where a compositor puts windows together, what it draws over them itself is in no picture of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import xcffib.composite
import xcffib.shape
import xcffib.xproto as x
from privacy_case import Case
from privacy_place import NEW, STORED, Place
from privacy_window import Painted, drawn

from companion.capture.x11 import Display

pytestmark = [pytest.mark.display, pytest.mark.model]

WIDTH, HEIGHT = 300, 90


class Shell:
    """A compositor that leaves windows to the server, and draws a banner that is a window of nobody."""

    def __init__(self, place: Place) -> None:
        self.display = Display(place.desktop.display)
        self._composite: Any = self.display.connection(xcffib.composite.key)
        self._composite.QueryVersion(0, 4).reply()
        owner, atom = self.display.connection.generate_id(), self.display.atom("_NET_WM_CM_S0")
        at = (owner, self.display.root, 0, 0, 1, 1, 0, x.WindowClass.InputOnly, 0, 0, [])
        self.display.core.CreateWindowChecked(0, *at).check()
        self.display.core.SetSelectionOwnerChecked(owner, atom, x.Time.CurrentTime).check()
        self.overlay = self._composite.GetOverlayWindow(self.display.root).reply().overlay_win

    def redirect(self) -> None:
        automatic = xcffib.composite.Redirect.Automatic
        self._composite.RedirectSubwindowsChecked(self.display.root, automatic).check()

    def banner(self, word: str, colour: tuple[int, int, int], *, left: int, top: int) -> None:
        shape: Any = self.display.connection(xcffib.shape.key)
        whole = [x.RECTANGLE.synthetic(left, top, WIDTH, HEIGHT)]
        for kind, part in ((xcffib.shape.SK.Bounding, whole), (xcffib.shape.SK.Input, [])):
            shape.RectanglesChecked(xcffib.shape.SO.Set, kind, 0, self.overlay, 0, 0, 0, part).check()
        cells = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        cells[:, :, :3] = drawn([word], size=(WIDTH, HEIGHT), patch=colour)[:, :, ::-1]
        tool = self.display.connection.generate_id()
        self.display.core.CreateGCChecked(tool, self.overlay, 0, []).check()
        put = (x.ImageFormat.ZPixmap, self.overlay, tool, WIDTH, HEIGHT, left, top, 0, 24, cells.nbytes)
        self.display.core.PutImageChecked(*put, cells.tobytes()).check()

    def close(self) -> None:
        self.display.close()


@pytest.fixture
def shell(place: Place) -> Iterator[Shell]:
    made = Shell(place)
    try:
        yield made
    finally:
        made.close()


def editor(place: Place, case: Case) -> Painted:
    image = drawn([case.harmless], size=(600, 300))
    return place.painted(image=image, app="Editor", title="notes", at=(100, 100)).activate()


def test_a_banner_of_the_shell_is_not_in_the_picture_of_the_window_under_it(
    place: Place, case: Case, shell: Shell
) -> None:
    shell.redirect()
    editor(place, case)
    shell.banner(case.word, case.colour, left=220, top=180)
    with place.looking() as looking:
        looking.until(NEW)
    case.kept_out()
    assert case.pictured()
    assert case.harmless in case.stored()[0][3]


def test_a_window_whose_pixels_are_not_held_apart_has_no_picture(place: Place, case: Case, shell: Shell) -> None:
    shell.banner(case.word, case.colour, left=220, top=180)
    place.program("qt").show("composed", ("label", {"text": case.harmless}), at=(100, 100))
    with place.looking() as looking:
        for _ in range(2):
            looking.until(*STORED)
            place.desktop.run("xdotool", "key", "Shift_L")
        looking.until(*STORED)
        limits = looking.keeper.seeing.limits
    case.kept_out()
    assert not case.pictured()
    assert "compositor" in limits
