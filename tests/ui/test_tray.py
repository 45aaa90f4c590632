"""The tray icon: its signs, its words, its menu."""

from __future__ import annotations

import itertools

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from recording_engine import status

from companion.status import Activity
from ui.menu import CompanionMenu
from ui.state_icon import SIZES, sign
from ui.tray import Tray
from ui.view_state import broken, view


def test_every_state_has_a_sign_of_its_own_shape(qt: QApplication) -> None:  # noqa: ARG001  it paints
    def shape(activity: Activity | None) -> bytes:
        image = sign(activity, 32).toImage().convertToFormat(QImage.Format.Format_Alpha8)  # which must outlive its bits
        return bytes(image.constBits())

    shapes = [shape(activity) for activity in (None, *Activity)]
    for one, other in itertools.combinations(shapes, 2):
        different = sum(abs(a - b) > 128 for a, b in zip(one, other, strict=True))
        assert different > 40  # pixels of 1024, whatever the colour


def test_signs_are_sharp_on_dense_screens(qt: QApplication) -> None:  # noqa: ARG001  as above
    dense = sign(Activity.RECORDING, 22, 2.0)
    assert (dense.width(), dense.devicePixelRatio()) == (44, 2.0)


def test_the_tray_says_the_state_and_paints_only_what_changed(qt: QApplication) -> None:  # noqa: ARG001  as above
    tray = Tray(CompanionMenu())
    tray.show_state(view(status(Activity.FILTERING)))
    painted = tray.icon.icon().cacheKey()
    assert tray.icon.toolTip() == "Now filtering."
    assert {size.width() for size in tray.icon.icon().availableSizes()} == set(SIZES)
    tray.show_state(view(status(Activity.FILTERING, moments=99)))
    assert tray.icon.icon().cacheKey() == painted
    tray.show_state(broken("No disk."))
    assert tray.icon.icon().cacheKey() != painted
    assert tray.icon.toolTip() == "No disk."


def test_nothing_can_be_paused_before_there_is_an_engine(qt: QApplication) -> None:  # noqa: ARG001  a menu needs it
    assert not any(pause.isEnabled() for pause in CompanionMenu().pauses)


def test_the_shortcut_is_shown_where_there_is_one(qt: QApplication) -> None:  # noqa: ARG001  a menu needs it
    menu = CompanionMenu()
    menu.show_hotkey("ctrl+alt+space", "")
    assert menu.recall.text() == "Open recall\tCtrl+Alt+Space"
    assert not menu.hotkey_problem.isVisible()


def test_the_menu_stays_on_the_screen_when_what_it_says_grows(qt: QApplication) -> None:
    menu = CompanionMenu()
    room = menu.screen().availableGeometry()
    menu.show_state(view(status()))
    menu.setWindowFlags(Qt.WindowType.Tool)  # a real pop-up takes the keyboard, which nobody can here
    menu.resize(menu.sizeHint())
    menu.move(room.right() - menu.width(), room.top())
    menu.show()
    qt.processEvents()
    before = menu.width()
    menu.show_state(broken("Another window overlaps this one, and what is in it may not be looked at by anybody."))
    qt.processEvents()
    assert menu.width() > before
    assert menu.geometry().right() <= room.right()
    menu.close()
