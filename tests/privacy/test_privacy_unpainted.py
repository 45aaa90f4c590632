"""Windows that are not painted yet show what lay there before: under X11 a program may have the server paint nothing."""

from __future__ import annotations

import time

import pytest
import xcffib.xproto as x
from privacy_case import Case
from privacy_place import RULE, STORED, Place
from privacy_window import Painted, drawn

from companion.capture.lately import SETTLES

pytestmark = [pytest.mark.display, pytest.mark.model]

LATE = 0.6 * SETTLES


def manager(place: Place, case: Case) -> Painted:
    image = drawn([case.word], size=(400, 200), patch=case.colour)
    return place.painted(image=image, app="KeePassXC", title="db", at=(200, 200))


def game(place: Place, case: Case, *, mapped: bool) -> Painted:
    """A window that its server paints nothing of, as those of most games and players."""
    image = drawn([case.harmless], size=(420, 220))
    window = place.painted(image=image, app="Game", title="game", at=(190, 190), mapped=mapped)
    window.display.core.ChangeWindowAttributesChecked(window.id, x.CW.BackPixmap, [x.BackPixmap._None]).check()
    return window


def paints_late(place: Place, case: Case, window: Painted, *, before: Painted) -> None:
    """Record while a window comes in the place of another, which is left out, and paints itself later."""
    with place.looking() as looking:
        looking.until(RULE)
        if window.shown():
            before.hide()
        else:
            window.show()
            window.activate()
        time.sleep(LATE)
        window.show_instead(drawn([case.harmless], size=(420, 220)))
        looking.until(*STORED)
    case.kept_out()
    assert case.shows(case.harmless)


def test_a_window_that_opens_over_one_that_is_left_out(place: Place, case: Case) -> None:
    before = manager(place, case)
    before.activate()
    paints_late(place, case, game(place, case, mapped=False), before=before)


def test_a_window_that_opens_over_one_that_is_left_out_under_a_compositor(place: Place, case: Case) -> None:
    place.composited()
    before = manager(place, case)
    before.activate()
    paints_late(place, case, game(place, case, mapped=False), before=before)


def test_a_window_that_was_beneath_one_that_is_left_out(place: Place, case: Case) -> None:
    window, before = game(place, case, mapped=True), manager(place, case)
    before.activate()
    paints_late(place, case, window, before=before)
