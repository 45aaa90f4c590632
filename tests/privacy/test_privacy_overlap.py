"""What lies over the window that is looked at, or shines through it, keeps it out where it may not be seen itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dbus_fast import Variant
from desktop import wait_until
from privacy_case import Case
from privacy_place import EVERYTHING, NEW, RULE, Place
from privacy_window import Painted, drawn

from companion.capture.x11 import Display

pytestmark = [pytest.mark.display, pytest.mark.model]

OPAQUE = 0xFFFFFFFF


@pytest.fixture
def editor(place: Place, case: Case) -> Painted:
    """A window that may be seen, in the middle of the desktop."""
    window = place.painted(
        image=drawn([case.harmless], size=(500, 300)), app="Editor", title="notes", at=(300, 200), pid=1_000_001
    )
    window.activate()
    return window


@pytest.fixture
def composited(place: Place) -> None:
    """A compositor, so that windows can be transparent."""
    place.composited()


def nothing(place: Place, case: Case) -> None:
    with place.looking() as looking:
        looking.until(RULE)
    case.kept_out()
    assert not case.pictured()


def manager(case: Case) -> dict[str, object]:
    """Return a window of an excluded program that shows both canaries."""
    return {"image": drawn([case.word], size=(240, 110), patch=case.colour), "app": "KeePassXC", "title": case.word}


def above(place: Place, editor: Painted, window: Painted) -> Painted:
    """Stack a window above the active one for good."""
    place.desktop.keep_above(window.name)
    editor.activate()
    return window


@pytest.mark.parametrize(
    "at", [(350, 260), (180, 160), (700, 420)], ids=["inside", "across a corner", "the other corner"]
)
def test_a_window_of_an_excluded_program_that_overlaps(
    place: Place, case: Case, editor: Painted, at: tuple[int, int]
) -> None:
    above(place, editor, place.painted(**manager(case), at=at))
    nothing(place, case)


def test_a_window_of_an_excluded_program_that_covers_all(place: Place, case: Case, editor: Painted) -> None:
    above(place, editor, place.painted(image=case.colour, size=(700, 500), at=(200, 100), app="KeePassXC", title="db"))
    nothing(place, case)


def test_a_window_of_an_excluded_program_that_overlaps_by_one_pixel(place: Place, case: Case, editor: Painted) -> None:
    window = place.painted(
        image=case.colour, size=(200, 200), at=(860, 260), app="KeePassXC", title="db", unmanaged=True
    )
    edge = editor.rect().right - 1
    window.display.core.ConfigureWindowChecked(window.id, 1, [edge]).check()
    assert window.rect().left == edge
    nothing(place, case)


def test_a_window_beside_it_does_not_keep_it_out(place: Place, case: Case, editor: Painted) -> None:
    window = place.painted(
        image=case.colour, size=(200, 200), at=(860, 260), app="KeePassXC", title="db", unmanaged=True
    )
    window.display.core.ConfigureWindowChecked(window.id, 1, [editor.rect().right + 2]).check()
    with place.looking() as looking:
        looking.until(NEW)
    case.kept_out()
    assert case.pictured()


def test_a_dialog_of_an_excluded_program(place: Place, case: Case, editor: Painted) -> None:
    main = place.painted(image=(200, 200, 200), size=(150, 100), at=(20, 60), app="KeePassXC", title="db")
    dialog = place.painted(**manager(case), at=(380, 260), owner=main.id, kind="_NET_WM_WINDOW_TYPE_DIALOG")
    above(place, editor, dialog)
    nothing(place, case)


def test_a_dialog_of_an_excluded_program_that_says_it_belongs_to_the_window(
    place: Place, case: Case, editor: Painted
) -> None:
    dialog = place.painted(**manager(case), at=(380, 260), owner=editor.id, kind="_NET_WM_WINDOW_TYPE_DIALOG")
    wait_until(lambda: place.desktop.search("--class", "KeePassXC"), "the dialog")
    editor.activate()
    assert dialog.rect().overlaps(editor.rect())
    nothing(place, case)


@pytest.mark.parametrize("kind", ["POPUP_MENU", "DROPDOWN_MENU", "TOOLTIP", "NOTIFICATION", "COMBO", "DND"])
def test_a_pop_up_of_another_program(place: Place, case: Case, editor: Painted, kind: str) -> None:
    place.painted(**manager(case), at=(380, 260), unmanaged=True, kind=f"_NET_WM_WINDOW_TYPE_{kind}")
    nothing(place, case)


def test_a_pop_up_that_says_nothing_of_itself(place: Place, case: Case, editor: Painted) -> None:
    place.painted(image=drawn([case.word], size=(240, 110), patch=case.colour), at=(380, 260), unmanaged=True)
    nothing(place, case)


def test_a_tooltip_of_an_excluded_window_of_the_same_program(place: Place, case: Case, editor: Painted) -> None:
    other = place.painted(
        image=(200, 200, 200), size=(150, 100), at=(20, 60), app="Editor", title="x - Private Browsing", pid=1_000_001
    )
    place.painted(**manager(case) | {"pid": 1_000_001}, at=(380, 260), unmanaged=True, owner=other.id)
    editor.activate()
    nothing(place, case)


def test_a_menu_of_a_real_program_that_is_excluded(place: Place, case: Case, editor: Painted) -> None:
    program = place.program("qt")
    program.show("small", ("label", {"text": "x"}), size=(120, 60), at=(20, 700))
    editor.activate()
    program.tell("menu", text=case.word, at=[400, 300])
    wait_until(lambda: place.desktop.active() == editor.name, "the editor to stay active")
    with place.looking(replace(EVERYTHING, exclude_apps=("show_qt.py",))) as looking:
        looking.until(RULE)
    case.kept_out()
    assert case.stored() == []


def test_a_menu_of_the_window_itself_does_not_keep_it_out(place: Place, case: Case, editor: Painted) -> None:
    menu = place.painted(
        image=drawn(["Save as"], size=(200, 80)), at=(380, 260), unmanaged=True, owner=editor.id, pid=1_000_001
    )
    with place.looking() as looking:
        looking.until(NEW)
    assert menu.rect().overlaps(editor.rect())
    case.kept_out()
    assert case.pictured()


def test_a_notification_of_a_real_daemon(place: Place, case: Case, editor: Painted) -> None:
    name, path = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
    if not place.has("dunst"):
        pytest.skip("the package dunst is not installed")
    if not place.on_bus(name):
        place.start("dunst", "-conf", "/dev/null")
        wait_until(lambda: place.on_bus(name), "dunst")
    hints = {"bgcolor": Variant("s", "#ff00ff")}
    said = ["canary", 0, "", case.word, "your code", [], hints, 60_000]
    (number,) = place.caller.call(name, path, name, "Notify", "susssasa{sv}i", *said)
    over = wait_until(lambda: place.desktop.search("--class", "Dunst"), "the notification")[-1]
    with Display(place.desktop.display) as display:
        editor.move(display.rect(int(over)).left - 100, display.rect(int(over)).top + 10)
    nothing(place, case)
    place.caller.call(name, path, name, "CloseNotification", "u", number)


@pytest.mark.usefixtures("composited")
def test_a_transparent_window_over_an_excluded_one(place: Place, case: Case, editor: Painted) -> None:
    place.painted(**manager(case), at=(360, 260)).activate()
    editor.numbers("_NET_WM_WINDOW_OPACITY", OPAQUE // 3)
    editor.activate()
    nothing(place, case)


@pytest.mark.usefixtures("composited")
def test_an_excluded_window_that_is_itself_transparent(place: Place, case: Case, editor: Painted) -> None:
    window = place.painted(**manager(case), at=(360, 260))
    window.numbers("_NET_WM_WINDOW_OPACITY", OPAQUE // 10)
    above(place, editor, window)
    nothing(place, case)


def test_a_window_with_a_hole_over_an_excluded_one(place: Place, case: Case, editor: Painted) -> None:
    place.painted(**manager(case), at=(360, 260)).activate()
    editor.cut_hole(80, 60, 160, 90)
    editor.activate()
    nothing(place, case)


def test_a_card_in_a_window_that_lies_over_text_which_a_program_tells(place: Place, case: Case) -> None:
    notes = ("area", {"text": f"{case.harmless}\n" + "my long notes go on and on over here\n" * 12, "height": 260})
    window = place.program("qt").show("notes", notes, size=(500, 300), at=(60, 80))
    image = drawn([case.card], size=(300, 100), patch=case.colour)
    over = place.painted(image=image, app="Viewer", title="card", at=(100, 200))
    place.desktop.keep_above(over.name)
    place.desktop.activate(window)
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out(case.card)
    assert case.pictured()
    assert not case.shows(case.card)
    assert case.harmless in str(case.stored())


@pytest.mark.usefixtures("composited")
def test_under_a_compositor_what_lies_over_a_window_is_not_in_its_picture_nor_is_it_black(
    place: Place, case: Case
) -> None:
    window = place.painted(image=drawn([case.harmless], size=(500, 120)), app="Editor", title="notes", at=(300, 200))
    image = drawn([case.word], size=(300, 100), patch=case.colour)
    over = place.painted(image=image, app="Viewer", title="other", at=(300, 200))
    place.desktop.keep_above(over.name)
    window.activate()
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out()
    assert case.shows(case.harmless)


def test_a_pop_up_of_another_program_with_the_same_process_id(place: Place, case: Case, editor: Painted) -> None:
    about = manager(case) | {"pid": 1_000_001}  # each sandbox counts processes by itself
    place.painted(**about, at=(380, 260), unmanaged=True, kind="_NET_WM_WINDOW_TYPE_TOOLTIP")
    nothing(place, case)
