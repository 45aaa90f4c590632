"""A screen that is locked, covered or off: nothing of it is looked at, and nothing that hands do is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from bus_services import ScreenSaver
from privacy_case import Case
from privacy_grab import during_the_grab
from privacy_place import LOCKED, MOVING, NEW, Place
from privacy_window import Painted, drawn

from companion.capture.session_services import SAVERS
from companion.capture.x11 import Display

pytestmark = [pytest.mark.display, pytest.mark.model]

GNOME = "org.gnome.ScreenSaver"


@pytest.fixture
def saver(place: Place) -> Iterator[Callable[..., ScreenSaver]]:
    """Has a service say whether the session is locked."""
    made: list[ScreenSaver] = []

    def begin(name: str = GNOME, **about: bool) -> ScreenSaver:
        made.append(ScreenSaver(place.bus_address, name, **about))
        return made[-1]

    yield begin
    for one in made:
        one.leave()


def window(place: Place, case: Case, **about: str) -> Painted:
    image = drawn([case.word], size=(320, 120), patch=case.colour)
    return place.painted(image=image, app="Greeter", title=case.word, **about).activate()


def locked(place: Place, case: Case) -> None:
    with place.looking() as looking:
        looking.until(LOCKED)
        place.desktop.run("xdotool", "key", "s", "e", "c", "r", "e", "t")
        window(place, case).rename(f"{case.word} again")
        looking.until(LOCKED)
    case.kept_out()
    assert case.stored() == []


@pytest.mark.parametrize("name", SAVERS)
def test_a_session_that_is_locked(place: Place, case: Case, saver: Callable[..., ScreenSaver], name: str) -> None:
    window(place, case)
    saver(name, active=True)
    locked(place, case)


def test_a_service_that_does_not_say_whether_it_is_locked(
    place: Place, case: Case, saver: Callable[..., ScreenSaver]
) -> None:
    window(place, case)
    saver(answers=False)
    locked(place, case)


def test_a_session_that_is_locked_while_it_is_looked_at(
    place: Place, case: Case, saver: Callable[..., ScreenSaver], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = saver()
    shown = place.painted(image=drawn([case.harmless], size=(320, 120)), app="Editor", title="notes").activate()

    def lock() -> None:
        service.set(True)
        shown.show_instead(drawn([case.word], size=(320, 120), patch=case.colour))

    during_the_grab(monkeypatch, lock)
    with place.looking() as looking:
        looking.until(LOCKED, after=MOVING)
    case.kept_out()
    assert case.stored() == []


def test_what_is_typed_while_locked_is_not_counted(place: Place, case: Case, saver: Callable[..., ScreenSaver]) -> None:
    service = saver(active=True)
    place.painted(image=drawn([case.harmless], size=(320, 120)), app="Editor", title=case.harmless).activate()
    with place.looking() as looking:
        looking.until(LOCKED)
        place.desktop.run("xdotool", "key", "s", "e", "c", "r", "e", "t")
        service.set(False)
        looking.until(NEW)
    case.kept_out()
    counted = "SELECT count(*) FROM hands JOIN moments ON id = moment_id WHERE title = ?"
    assert place.store.value(counted, [case.harmless]) == 0


def test_a_screen_saver_of_the_server(place: Place, case: Case) -> None:
    window(place, case)
    place.blank()
    try:
        with place.looking() as looking:
            looking.until(LOCKED)
    finally:
        place.blank(on=False)
    case.kept_out()
    assert case.stored() == []


def test_a_screen_that_is_off(place: Place, case: Case) -> None:
    with Display(place.desktop.display) as display:
        if not display.has("DPMS"):
            pytest.skip("this X server has no DPMS")
    window(place, case)
    place.desktop.run("xset", "+dpms")
    place.desktop.run("xset", "dpms", "force", "off")
    try:
        with place.looking() as looking:
            looking.until(LOCKED)
    finally:
        place.desktop.run("xset", "dpms", "force", "on")
    case.kept_out()
    assert case.stored() == []


@pytest.mark.parametrize("app", ["i3lock", "XScreenSaver", "xsecurelock", "light-locker"])
def test_a_locker_without_a_service(place: Place, case: Case, app: str) -> None:
    place.painted(image=(220, 220, 220), app="Editor", title="notes").activate()
    place.painted(image=case.colour, size=(1280, 800), at=(0, 0), app=app, title=case.word, unmanaged=True)
    with place.looking() as looking:
        looking.until("kept out by a rule")
    case.kept_out()
    assert case.stored() == []
