from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from bus_services import Caller, ScreenSaver, mocked, private_bus
from dbus_fast import Variant
from desktop import Desktop, end, wait_until
from looking import TEXT, calm, hear

from companion.capture import session_services
from companion.capture.session_lock import SessionLock
from companion.capture.session_services import LOGIN, SAVERS, Told
from companion.capture.types import CaptureError, Trigger
from companion.capture.x11_screen import X11Screen

NOWHERE = "disabled:"
GNOME = "org.gnome.ScreenSaver"
MOCK = "org.freedesktop.DBus.Mock"
LOGIN_PATH = "/org/freedesktop/login1"


class Listener:
    """A lock and how often it called back."""

    def __init__(self, session: str = NOWHERE, system: str = NOWHERE, **environ: str) -> None:
        self.changes = 0
        self._counting = threading.Lock()
        buses = {"DBUS_SESSION_BUS_ADDRESS": session, "DBUS_SYSTEM_BUS_ADDRESS": system}
        self.lock = SessionLock(buses | environ, self._changed)

    @property
    def locked(self) -> bool:
        return self.lock.locked

    def becomes(self, locked: bool) -> None:
        wait_until(lambda: self.locked is locked, f"locked to be {locked}")

    def close(self) -> None:
        self.lock.close()

    def _changed(self) -> None:
        with self._counting:
            self.changes += 1


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    with private_bus() as (address, _):
        yield address


@contextmanager
def saver(bus: str, name: str = GNOME, *, active: bool = False, answers: bool = True) -> Iterator[ScreenSaver]:
    made = ScreenSaver(bus, name, active=active, answers=answers)
    try:
        yield made
    finally:
        made.leave()


def test_without_any_bus_nothing_is_locked_and_that_is_said() -> None:
    with closing(Listener()) as heard:
        assert not heard.locked
        assert "No bus tells" in heard.lock.limits


def test_without_any_service_nothing_is_locked(bus: str) -> None:
    with closing(Listener(bus, bus)) as heard:
        assert not heard.locked
        assert heard.lock.limits == ""
        assert heard.changes == 0


def test_the_session_bus_is_found_in_its_usual_place(bus: str, tmp_path: Path) -> None:
    path = bus.removeprefix("unix:path=").partition(",")[0]
    (tmp_path / "bus").symlink_to(path)
    with saver(bus, active=True), closing(Listener("", XDG_RUNTIME_DIR=str(tmp_path))) as heard:
        assert heard.locked


@pytest.mark.parametrize("name", SAVERS)
def test_a_screen_saver_that_is_there_is_asked_and_followed(bus: str, name: str) -> None:
    with saver(bus, name, active=True) as service, closing(Listener(bus)) as heard:
        assert heard.locked
        service.set(False)
        heard.becomes(False)
        service.set(True)
        heard.becomes(True)
        assert service.asked == 1  # it is never asked again


def test_a_screen_saver_that_comes_later_is_asked_and_one_that_goes_is_forgotten(bus: str) -> None:
    with closing(Listener(bus)) as heard:
        assert not heard.locked
        with saver(bus, active=True) as service:
            heard.becomes(True)
            service.set(False)
            heard.becomes(False)
        assert not heard.locked
        assert heard.changes == 2


def test_a_screen_saver_that_ends_while_it_locks_leaves_the_session_locked(bus: str) -> None:
    with closing(Listener(bus)) as heard:

        def said_locked() -> None:
            wait_until(lambda: heard.lock._told._said.get(GNOME), "its answer: until then it counts as locked anyway")

        with saver(bus, active=True):
            said_locked()
        wait_until(lambda: "ended" in heard.lock.limits, "word that it is gone")
        assert heard.locked
        with saver(bus):  # it was started anew, and locks nothing
            heard.becomes(False)
        assert heard.lock.limits == ""
        with saver(bus, active=True):
            said_locked()
        with saver(bus, "org.mate.ScreenSaver") as other:
            wait_until(lambda: "ended" in heard.lock.limits, "word that it is gone")
            assert heard.locked
            other.set(False)  # whoever says of itself that the screen is open was seen to be
            heard.becomes(False)


def test_a_screen_saver_that_cannot_answer_counts_as_locked_and_is_asked_again(
    bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_services, "ASK_AGAIN", 0.05)
    with saver(bus) as service:
        service.refuses = "org.freedesktop.DBus.Error.Failed"
        with closing(Listener(bus)) as heard:
            wait_until(lambda: service.asked > 1, "another question")
            assert heard.locked
            assert f"{GNOME} does not say" in heard.lock.limits
            service.refuses = ""
            heard.becomes(False)
            assert heard.lock.limits == ""


def test_any_service_that_says_locked_is_believed(bus: str) -> None:
    mate = "org.mate.ScreenSaver"
    with saver(bus) as one, saver(bus, mate, active=True) as other, closing(Listener(bus)) as heard:
        assert heard.locked
        one.set(True)
        other.set(False)
        one.set(False)
        heard.becomes(False)


def test_a_service_that_does_not_answer_counts_as_locked_until_it_speaks(bus: str) -> None:
    with saver(bus, answers=False) as service, closing(Listener(bus)) as heard:
        assert heard.locked
        service.set(False)
        heard.becomes(False)


def test_a_service_that_knows_no_such_question_says_nothing(bus: str) -> None:
    caller = Caller(bus)
    try:
        taken = caller.call(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName", "su", GNOME, 0
        )
        assert taken == [1]
        with closing(Listener(bus)) as heard:
            assert not heard.locked
    finally:
        caller.close()


def test_another_program_cannot_say_that_the_session_is_unlocked(bus: str) -> None:
    mate = "org.mate.ScreenSaver"
    with saver(bus, active=True) as service, saver(bus, mate) as other, closing(Listener(bus)) as heard:
        before = heard.changes
        other.name = GNOME  # speaks as the screen saver does, without having its name
        ear = heard.lock._buses[0].unique_name
        for active in (False, True):
            other.set(active)
            other.set(active, to=ear)
        service.set(False)
        heard.becomes(False)
        assert heard.changes == before + 1


def test_a_bus_that_goes_away_is_named() -> None:
    with private_bus() as (address, daemon), closing(Listener(address)) as heard:
        assert not heard.locked
        end(daemon)
        wait_until(lambda: heard.changes, "word of the end")
        with pytest.raises(CaptureError, match="gone away"):
            heard.locked  # noqa: B018


def test_a_stand_in_of_gnomes_screen_saver_is_understood(bus: str) -> None:
    with mocked("gnome_screensaver", GNOME, SAVERS[GNOME], {"DBUS_SESSION_BUS_ADDRESS": bus}):
        caller = Caller(bus)
        with closing(Listener(bus)) as heard:
            for locked in (True, False):
                caller.call(GNOME, SAVERS[GNOME], GNOME, "SetActive", "b", locked)
                heard.becomes(locked)
        caller.close()


@pytest.fixture
def logind(bus: str) -> Iterator[Caller]:
    """A stand-in of logind with a graphical session of this person."""
    with mocked("logind", LOGIN, LOGIN_PATH, {"DBUS_SYSTEM_BUS_ADDRESS": bus}):
        caller = Caller(bus)
        user = f"ret = '{LOGIN_PATH}/user/%i' % args[0]"  # the stand-in's own cannot join a text and a number
        caller.call(LOGIN, LOGIN_PATH, MOCK, "AddMethod", "sssss", f"{LOGIN}.Manager", "GetUser", "u", "o", user)
        for number in ("c1", "c2"):
            caller.call(LOGIN, LOGIN_PATH, MOCK, "AddSession", "ssusb", number, "seat0", os.getuid(), "somebody", True)
        shows(caller, "c1")
        yield caller
        caller.close()


def session(number: str) -> str:
    return f"{LOGIN_PATH}/session/{number}"


def shows(caller: Caller, number: str) -> None:
    """Let a session be the one that shows the person's desktop."""
    shown = {"Display": Variant("(so)", [number, session(number)])}
    path = f"{LOGIN_PATH}/user/{os.getuid()}"
    caller.call(LOGIN, path, MOCK, "UpdateProperties", "sa{sv}", f"{LOGIN}.User", shown)


def hint(caller: Caller, number: str, locked: bool) -> None:
    caller.call(LOGIN, session(number), f"{LOGIN}.Session", "SetLockedHint", "b", locked)


def test_the_hint_of_logind_is_followed(bus: str, logind: Caller) -> None:
    hint(logind, "c1", True)
    with closing(Listener(system=bus)) as heard:
        assert heard.locked
        hint(logind, "c1", False)
        heard.becomes(False)
        hint(logind, "c2", True)  # another session's
        hint(logind, "c1", True)
        heard.becomes(True)
        hint(logind, "c1", False)
        heard.becomes(False)


def test_the_session_that_the_environment_names_is_followed_where_it_is_graphical(bus: str, logind: Caller) -> None:
    hint(logind, "c2", True)
    with closing(Listener(system=bus, XDG_SESSION_ID="c2")) as heard:
        assert not heard.locked  # a session without a screen: the one that shows the desktop counts
    kind = {"Type": Variant("s", "x11")}
    logind.call(LOGIN, session("c2"), MOCK, "UpdateProperties", "sa{sv}", f"{LOGIN}.Session", kind)
    with closing(Listener(system=bus, XDG_SESSION_ID="c2")) as heard:
        assert heard.locked


def test_what_was_asked_counts_as_locked_and_what_a_service_says_itself_is_newer() -> None:
    changes: list[None] = []
    told = Told(lambda: changes.append(None))
    told.asked("one")
    assert told.locked
    told.said("one", True)
    told.answered("one", False)  # asked before it locked
    assert told.locked
    told.said("one", False)
    told.asked("two")
    told.answered("two", False)
    assert not told.locked
    told.answered("three", True)  # it left before its answer came
    assert not told.locked
    assert len(changes) == 4


@pytest.mark.display
def test_nothing_is_heard_or_seen_of_a_session_that_is_locked(bus: str, desktop: Desktop) -> None:
    desktop.open_xterm(TEXT)
    buses = {"DBUS_SESSION_BUS_ADDRESS": bus, "DBUS_SYSTEM_BUS_ADDRESS": NOWHERE}
    with saver(bus) as service, X11Screen(desktop.display, listen=True, environ=buses) as screen:
        assert screen.limits == ""
        assert not screen.asleep()
        calm(screen)
        service.set(True)
        hear(screen, Trigger.SWITCHED)
        assert screen.asleep()
        desktop.run("xdotool", "key", "p", "a", "s", "s")
        assert Trigger.TYPED not in {what.trigger for _ in range(3) for what in screen.wait(0.2)}
        service.set(False)
        hear(screen, Trigger.SWITCHED)
        assert not screen.asleep()
        desktop.press("a")
        hear(screen, Trigger.TYPED)
