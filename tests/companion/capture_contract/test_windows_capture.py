"""What is Windows' own, beside the contract: bands, frames of apps, holes in windows, its clock and its messages."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pytest
from windows_world import Thing, WindowsWorld

from companion.capture.privacy import Rules
from companion.capture.screen import NOTHING
from companion.capture.types import Rect, Trigger
from companion.capture.windows import messages, power, session
from companion.capture.windows.calls import TICKS, Event, Mouse, Style, Touched, WindowEvent

TOAST = Rect(500, 400, 200, 100)


@pytest.fixture
def world() -> Iterator[WindowsWorld]:
    made = WindowsWorld()
    with made.screen:
        yield made


def overlapping(world: WindowsWorld) -> set[str]:
    return {window.app for window in world.screen.sight().overlapping}


def app(world: WindowsWorld) -> str | None:
    seen = world.screen.sight().window
    return seen.app if seen is not None else None


def triggers(world: WindowsWorld) -> list[Trigger]:
    return [what.trigger for what in world.screen.wait(0.0)]


def test_a_toast_counts_wherever_its_band_is_listed(world: WindowsWorld) -> None:
    world.open("Ledger", "accounts")
    world.calls.programs[9000] = "ShellExperienceHost.exe"
    toast = Thing(90, "", "New notification", TOAST, 9000, kind="Windows.UI.Core.CoreWindow", style=Style.TOPMOST)
    world.calls.things.append(toast)  # last, beneath the desktop itself
    assert overlapping(world) == {"ShellExperienceHost"}
    assert world.screen.sight().above == (TOAST,)
    toast.cloaked = True  # kept for the next one
    assert overlapping(world) == set()


def test_an_app_of_the_store_is_named_and_not_the_frame_around_it(world: WindowsWorld) -> None:
    frame = world.thing(world.open("ApplicationFrameHost", "Calculator"))
    frame.kind = "ApplicationFrameWindow"
    assert app(world) == ""
    assert Rules().decide(world.screen.sight().window) is not None
    frame.hosted, world.calls.programs[4321] = 4321, "CalculatorApp.exe"
    seen = world.screen.sight().window
    assert seen is not None
    assert (seen.app, seen.pid) == ("CalculatorApp", 4321)


def test_a_window_that_withholds_its_picture_is_not_looked_at(world: WindowsWorld) -> None:
    window = world.open("Messenger", "a friend")
    assert app(world) == "Messenger"
    world.thing(window).withheld = True
    assert app(world) == ""


@pytest.mark.parametrize(
    "looks",
    [
        {"style": Style.LAYERED, "opacity": 200},
        {"style": Style.LAYERED, "opacity": None},
        {"style": Style.NO_REDIRECTION_BITMAP},
        {"shaped": True},
    ],
)
def test_what_shines_through_is_told(world: WindowsWorld, looks: dict[str, Any]) -> None:
    world.open("Vault", "secrets", 150, 150)
    window = world.thing(world.open("Ledger", "accounts"))
    window.style = Style.LAYERED  # and opaque
    assert overlapping(world) == set()
    for name, value in looks.items():
        setattr(window, name, value)
    assert overlapping(world) == {"Vault", "explorer"}


def test_a_window_put_above_without_the_attention_is_told(world: WindowsWorld) -> None:
    above = world.open("Vault", "secrets", 150, 150)
    first = world.open("Ledger", "accounts")
    assert overlapping(world) == set()
    things = world.calls.things
    things.remove(world.thing(above))
    things.insert(things.index(world.thing(first)), Thing(above, "", "secrets", TOAST, 100 * above))
    assert overlapping(world) == {"Vault"}


def test_what_is_cloaked_is_not_there(world: WindowsWorld) -> None:
    above = world.open("Vault", "secrets", 150, 150)
    window = world.open("Ledger", "accounts")
    world.keep_on_top(above)
    assert overlapping(world) == {"Vault"}
    world.thing(above).cloaked = True
    assert overlapping(world) == set()
    world.thing(window).cloaked = True
    assert world.screen.sight() == NOTHING


def test_the_desktop_itself_is_no_window(world: WindowsWorld) -> None:
    world.calls.front = next(one.hwnd for one in world.calls.things if one.kind == "Progman")
    assert world.screen.sight() == NOTHING


def test_an_order_that_lacks_the_active_window_covers_it(world: WindowsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    window = world.open("Ledger", "accounts")
    monkeypatch.setattr(world.calls, "windows", lambda: [one.hwnd for one in world.calls.things if one.hwnd != window])
    assert overlapping(world) == {""}


def test_a_window_without_a_title_goes_by_its_owners(world: WindowsWorld) -> None:
    owner = world.open("Browser", "shop (InPrivate)", 0, 0)
    menu = world.open("Browser", "", 120, 120)
    world.thing(menu).owner = owner
    world.keep_on_top(menu)
    world.open("Ledger", "accounts")
    assert {window.title for window in world.screen.sight().overlapping} == {"shop (InPrivate)"}


@pytest.mark.parametrize(
    ("what", "disturbs"),
    [
        (("came and went",), True),
        (("came", 150, 150), True),
        (("came", 900, 600), False),
        (("moved",), True),
        (("hid",), False),
        (("pointer",), False),
        (("its own",), False),
    ],
)
def test_what_disturbs(world: WindowsWorld, what: tuple[Any, ...], disturbs: bool) -> None:
    other = world.open("Vault", "secrets", 900, 600)
    window = world.open("Ledger", "accounts")
    for _ in range(2):
        seen = world.screen.sight()
    assert seen.window is not None
    assert seen.window.rect is not None
    assert not world.screen.disturbed(seen.window.rect)
    did, *place = what
    if did == "came and went":
        world.close(world.open("Toast", "for an instant"))
        world.activate(window)
    elif did == "came":
        world.open("Toast", "beside", *place)
    elif did == "moved":
        world.move(other, 150, 150)
        world.move(other, 900, 600)
    elif did == "hid":
        world.minimise(other)
    elif did == "pointer":
        world.calls.tell(Event.LOCATION_CHANGE, 0, part=-9)
    else:
        world.move(window, 100, 100)
    world.screen.sight()
    assert world.screen.disturbed(seen.window.rect) is disturbs
    world.screen.sight()
    world.screen.sight()
    assert not world.screen.disturbed(seen.window.rect)


@pytest.mark.parametrize("how", ["desktop_with_keyboard", "locked", "saving", "on"])
def test_each_way_to_be_asleep(world: WindowsWorld, how: str) -> None:
    assert not world.screen.asleep()
    setattr(world.calls, how, {"desktop_with_keyboard": "Winlogon", "on": False}.get(how, True))
    assert world.screen.asleep()


def test_a_document_that_loaded_in_the_active_window_is_told(world: WindowsWorld) -> None:
    first, second = world.open("Browser", "one"), world.open("Browser", "two")
    world.calls.parts |= {701: first, 702: second}
    world.screen.sight()
    world.screen.wait(0.0)
    world.calls.tell(Event.DOCUMENT_LOADED, 701, part=-4, child=-1)
    assert triggers(world) == []
    world.calls.tell(Event.DOCUMENT_LOADED, 702, part=-4, child=-1)
    assert triggers(world) == [Trigger.LOADED]


def test_what_happens_inside_windows_is_no_switch(world: WindowsWorld) -> None:
    window = world.open("Browser", "one")
    world.calls.parts[701] = window
    world.screen.sight()
    world.screen.wait(0.0)
    for event in (Event.SHOW, Event.HIDE, Event.NAME_CHANGE, Event.LOCATION_CHANGE):
        world.calls.tell(event, 701)
        world.calls.tell(event, window, part=-4)
    assert triggers(world) == []


def test_only_presses_and_wheels_count(world: WindowsWorld) -> None:
    for flags in (0x0002, 0x0008, 0x0020):  # buttons released
        world.calls.touch(keyboard=False, flags=flags)
    world.calls.touch(keyboard=True, flags=3)  # a key with a prefix, released
    assert triggers(world) == []
    world.calls.touch(keyboard=True, flags=2)  # and pressed
    world.calls.touch(keyboard=False, flags=0x0100 | 0x0800)
    assert triggers(world) == [Trigger.TYPED, Trigger.CLICKED, Trigger.SCROLLED]
    assert Mouse.PRESSED & Mouse.WHEEL == 0


@pytest.mark.parametrize("ticks_now", [5_000.0, TICKS / 1000 - 0.2, TICKS / 1000 + 0.1])
def test_times_are_ours_also_when_the_clock_of_windows_begins_anew(world: WindowsWorld, ticks_now: float) -> None:
    world.clock.now = ticks_now
    world.calls.touched = ticks_now - 0.4
    world.calls.queue.append(Touched(True, 0, round((ticks_now - 0.4) * 1000) % TICKS))
    world.calls.queue.append(Touched(True, 0, round((ticks_now + 0.1) * 1000) % TICKS))
    first, second = world.screen.wait(0.0)
    assert first.time == pytest.approx(ticks_now - 0.4, abs=0.02)
    assert second.time == pytest.approx(ticks_now, abs=0.02)
    assert world.screen.idle() == pytest.approx(0.4, abs=0.02)


def test_nothing_told_says_which_key_it_was() -> None:
    assert set(Touched.__slots__) == {"keyboard", "flags", "ticks"}
    assert set(WindowEvent.__slots__) == {"event", "window", "object", "child", "ticks"}
    # What lies where RAWKEYBOARD has MakeCode, VKey, Message and ExtraInformation has no name to be read by.
    assert [name for name, *_ in messages.RawKeyboard._fields_ if not name.startswith("_")] == ["Flags"]


def test_what_windows_writes_is_read_where_it_is() -> None:
    """Sizes and places as the 64-bit headers have them (winuser.h, wtsapi32.h)."""
    sizes = {
        messages.Header: 24,
        messages.RawMouse: 24,
        messages.RawKeyboard: 16,
        messages.RawInput: 48,
        messages.RawDevice: 16,
        power.Guid: 16,
        power.Setting: 24,
        power.Subscription: 16,
    }
    assert {kind: ctypes.sizeof(kind) for kind in sizes} == sizes
    assert messages.RawMouse.usButtonFlags.offset == 4
    assert messages.RawKeyboard.Flags.offset == 2
    assert messages.RawInput.data.offset == 24
    assert power.Setting.Data.offset == 20
    assert session.SessionInfo.SessionState.offset == 12
    assert session.SessionInfo.SessionFlags.offset == 16
    assert bytes(power.CONSOLE_DISPLAY_STATE).hex() == "5695e66f4a70a0478f24c28d936fda47"
