"""What is typed into real windows of two toolkits, from the keys to the vault."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from accessible_desk import AccessibleDesk, accessible_desk
from desk import Desk
from desktop import Desktop, wait_until
from typed_sample import PRINTED

from companion import recording
from companion.capture.accessible import typed as typed_module
from companion.capture.accessible.typed import TypedText
from companion.capture.types import Window
from companion.jobs.tasks import ReaderTasks
from companion.jobs.worker import Worker
from companion.looks import Looks
from companion.moments import Moments
from companion.settings import Settings

pytestmark = pytest.mark.display

OPEN, HIDDEN = "open notes", "hidden notes"
KEPT = Settings(consent_text=True, consent_keys=True, exclude_apps=("secretive.py",), exclude_titles=(HIDDEN,))
SAMPLE = Path(__file__).with_name("typed_sample.py")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_module, "SECONDS", 10.0)  # the machines that run tests are slow and shared


@pytest.fixture
def accessible(monkeypatch: pytest.MonkeyPatch) -> Iterator[AccessibleDesk]:
    """A desktop whose buses are those of this process."""
    with accessible_desk() as desk:
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "AT_SPI_BUS_ADDRESS"):
            monkeypatch.delenv(name, raising=False)
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, desk.desktop.environ[name])
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "disabled:")
        yield desk


@contextmanager
def recorded(desk: Desk, settings: Settings) -> Iterator[None]:
    """Record what the settings allow, as the program does."""

    def note(part: str, what: str) -> None:
        desk.incidents.append(f"{part}: {what}")

    reader = Worker("reader", ReaderTasks, on_incident=note)
    keeper = recording.keeper(
        recording.ThisRun(None, None),
        settings,
        moments=Moments(writer=desk.writer, clock=time.time, on_change=lambda: None),
        reader=reader,
        looks=Looks(partial(recording.put_looks, desk.writer, note), clock=time.time),
        clock=time.time,
        note=note,
    )
    assert keeper is not None
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()
        reader.stop()


def type_in(desktop: Desktop, text: str) -> None:
    desktop.run("xdotool", "type", "--delay", "30", text)


def bring_up(desktop: Desktop, title: str) -> None:
    """Give a new window the attention, which a window manager may keep where somebody types."""
    desktop.activate(desktop.await_window(title))


def typed(desk: Desk) -> str:
    """Return all that is stored of what was typed."""
    return "\n".join(desk.store.typed(range(1, 1000)).values())


def await_typed(desk: Desk, text: str) -> None:
    wait_until(lambda: text in typed(desk), f"{text} to be stored")


def await_moment(desk: Desk, title: str) -> None:
    """Wait until a window is known: what is typed before is thrown away."""
    known = "SELECT 1 FROM moments WHERE title = ? AND open = 1"
    wait_until(lambda: desk.store.value(known, [title]), f"a moment of {title}")


def into_fields(desktop: Desktop, desk: Desk) -> None:
    """Type into a line, a password field, one that is shown meanwhile, and the line again."""
    await_moment(desk, OPEN)
    type_in(desktop, "zqplain one")
    await_typed(desk, "zqplain one")
    desktop.press("Tab")
    type_in(desktop, "zqsecret")
    desktop.press("Tab")
    type_in(desktop, "zqpass")
    desktop.press("Tab")
    desktop.press("space")
    desktop.press("shift+Tab")
    type_in(desktop, "zqunmasked")  # once a password field, always one
    desktop.press("shift+Tab")
    desktop.press("shift+Tab")
    type_in(desktop, "zqagain")
    await_typed(desk, "zqagain")


def into_another_window(desktop: Desktop, desk: Desk, shown: str) -> None:
    """Type into a window of the same program that is left out, and go back at once."""
    desktop.activate(desktop.await_window(HIDDEN))
    type_in(desktop, "zqhidden")
    desktop.activate(shown)
    type_in(desktop, "zqback")
    await_moment(desk, OPEN)
    type_in(desktop, "zqlater")
    await_typed(desk, "zqlater")


def into_an_excluded_program(accessible: AccessibleDesk, desk: Desk) -> None:
    secretive = accessible.desktop.home / "secretive.py"
    shutil.copy(SAMPLE, secretive)
    accessible.start(sys.executable, str(secretive), "diary", "other diary")
    bring_up(accessible.desktop, "diary")
    type_in(accessible.desktop, "zqexcluded")
    wait_until(lambda: not desk.open(), "the moment before to end")
    type_in(accessible.desktop, "zqtoo")


def into_another_toolkit(accessible: AccessibleDesk, desk: Desk) -> None:
    accessible.start("zenity", "--forms", "--title", "gtk form", "--add-entry", "a", "--add-password", "b")
    bring_up(accessible.desktop, "gtk form")
    await_moment(desk, "gtk form")
    type_in(accessible.desktop, "zqgtk")
    await_typed(desk, "zqgtk")
    accessible.desktop.press("Tab")
    type_in(accessible.desktop, "zqveiled")


def test_what_is_typed_is_kept_and_what_is_private_is_nowhere(accessible: AccessibleDesk, desk: Desk) -> None:
    desktop = accessible.desktop
    accessible.start(sys.executable, str(SAMPLE), OPEN, HIDDEN)
    shown = desktop.await_active(OPEN)
    with recorded(desk, KEPT):
        into_fields(desktop, desk)
        into_another_window(desktop, desk, shown)
        into_an_excluded_program(accessible, desk)
        into_another_toolkit(accessible, desk)
        desktop.activate(shown)
        await_moment(desk, OPEN)
        type_in(desktop, "zqlast")
        await_typed(desk, "zqlast")
    held = typed(desk)
    for word in ("zqsecret", "zqpass", "zqunmasked", "zqhidden", "zqexcluded", "zqtoo", "zqveiled", PRINTED):
        assert word not in held
    everything = repr(desk.rows())
    assert PRINTED in everything  # as what the window shows
    for word in ("zqsecret", "zqhidden", "zqexcluded", "zqtoo", "zqveiled", "diary", HIDDEN):
        assert word not in everything
    assert desk.incidents == []


def test_without_consent_to_it_nothing_that_is_typed_is_asked_for(
    accessible: AccessibleDesk, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("somebody listens")

    monkeypatch.setattr(TypedText, "__init__", asked)
    accessible.start("zenity", "--entry", "--title", "gtk line")
    accessible.desktop.await_active("gtk line")
    with recorded(desk, Settings(consent_text=True, consent_input=True)):
        await_moment(desk, "gtk line")
        type_in(accessible.desktop, "zqwords")
        wait_until(lambda: "zqwords" in repr(desk.rows()["moments"]), "the window's own text")
    assert desk.rows()["typed"] == []


def test_what_is_typed_is_handed_out_once_and_for_the_right_window_and_keys(accessible: AccessibleDesk) -> None:
    desktop = accessible.desktop
    with TypedText(desktop.environ) as listening:
        pid = accessible.start("zenity", "--entry", "--title", "gtk line")
        desktop.await_active("gtk line")
        window = Window("zenity", "gtk line", pid=pid)
        wait_until(lambda: accessible.reader.read(window), "its program on the bus")

        def press(key: str) -> list[float]:
            before = time.monotonic()
            desktop.press(key)
            wait_until(lambda: listening._asked, "word of it")
            return [before + 0.001]

        assert listening.take(window, press("a")) == "a"
        assert listening.take(window, [time.monotonic()]) == ""
        press("b")
        assert listening.take(window, []) == ""
        keys = press("c")
        listening.drop()
        assert listening.take(window, keys) == ""
        keys = press("d")
        assert listening.take(Window("zenity", "gtk line", pid=1), keys) == ""
        keys = press("e")
        assert listening.take(Window("zenity", "another", pid=pid), keys) == "e"  # the active one of its program
        assert listening.take(window, press("f")) == "f"


def test_what_went_into_another_window_or_came_by_itself_is_not_handed_out(accessible: AccessibleDesk) -> None:
    desktop = accessible.desktop
    with TypedText(desktop.environ) as listening:
        pid = accessible.start(sys.executable, str(SAMPLE), OPEN, HIDDEN)
        shown = desktop.await_active(OPEN)
        window, hidden = Window("typed_sample.py", OPEN, pid=pid), Window("typed_sample.py", HIDDEN, pid=pid)
        wait_until(lambda: accessible.reader.read(window), "its program on the bus")
        keys = [time.monotonic() + 0.1 * number for number in range(50)]  # at any time
        listening.drop()
        desktop.activate(desktop.await_window(HIDDEN))
        type_in(desktop, "private")
        desktop.activate(shown)
        wait_until(lambda: len(listening._asked) == 2, "the line and what is printed")
        assert listening.take(window, keys) == ""
        desktop.activate(desktop.await_window(HIDDEN))
        type_in(desktop, "now")
        wait_until(lambda: len(listening._asked) == 2, "the line and what is printed")
        keys = [time.monotonic() - 0.1 * number for number in range(50)]
        assert listening.take(hidden, keys) == "now"
