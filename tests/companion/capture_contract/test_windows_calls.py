"""The functions of Windows are called by their names and with what they take. Windows itself is not here to answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import mss
import pytest
from fake_libraries import HIDDEN, KEY, MOUSE, PROCESS, WINDOW, Ctypes, System

from companion.capture.types import CaptureError, Rect
from companion.capture.windows import messages, open_screen, open_texts, power, session, win32
from companion.capture.windows.calls import Event, Touched, WindowEvent
from companion.capture.windows.texts import Control, WindowsTexts
from companion.capture.windows.uia import Uia
from companion.capture.windows.win32 import Win32


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    made = System()
    for module in (win32, messages, power, session):
        monkeypatch.setattr(module, "_libraries", Ctypes(made))
    return made


@pytest.fixture
def calls(system: System) -> Iterator[Win32]:  # noqa: ARG001 - what it calls
    made = Win32()
    made.open(listen=True)
    yield made
    made.close()


def test_windows_are_listed_and_described(calls: Win32) -> None:
    assert calls.windows() == [WINDOW, HIDDEN]
    assert calls.foreground() == WINDOW
    assert (calls.visible(WINDOW), calls.visible(HIDDEN)) == (True, False)
    assert calls.cloaked(WINDOW)
    assert (calls.frame(WINDOW), calls.frame(HIDDEN)) == (Rect(10, 20, 600, 400), None)
    assert (calls.title(WINDOW), calls.kind(WINDOW)) == ("Zoë, notes", "Notepad")
    assert (calls.process(WINDOW), calls.hosted(WINDOW)) == (PROCESS, PROCESS)
    assert (calls.root(WINDOW), calls.owner(WINDOW)) == (WINDOW, WINDOW)
    assert (calls.style(WINDOW), calls.opacity(WINDOW)) == (0x80000, 200)
    assert (calls.shaped(WINDOW), calls.withheld(WINDOW)) == (False, True)
    assert calls.monitors() == [Rect(0, 0, 1280, 800), Rect(-1920, 0, 1920, 1080)]
    assert calls.program(os.getpid()).startswith("py")
    assert calls.program(2**30) == ""


def test_the_session_is_asked_how_it_is(system: System, calls: Win32) -> None:
    assert (calls.session_locked(), calls.input_desktop(), calls.saver(), calls.lit()) == (False, "Default", True, True)
    system.locked, system.desktop = True, ""
    assert (calls.session_locked(), calls.input_desktop()) == (True, "")
    system.refused.add("sessions")
    assert not calls.session_locked()
    system.switch(0)
    assert not calls.lit()
    assert (calls.ticks(), calls.last_input()) == (123_456, 123_000)


def test_what_windows_and_hands_do_is_told_and_no_key(system: System, calls: Win32) -> None:
    system.do(Event.SHOW, WINDOW)
    system.do(Event.LOCATION_CHANGE, None, part=-9)
    system.do(0x8005, WINDOW)  # the focus, which nobody asked for
    system.press(KEY)
    system.press(MOUSE)
    assert calls.pump(0.01) == [
        WindowEvent(Event.SHOW, WINDOW, 0, 0, 123_400),
        WindowEvent(Event.LOCATION_CHANGE, 0, -9, 0, 123_400),
        Touched(True, 0, 123_400),
        Touched(False, 1, 123_400),
    ]
    assert [bytes(raw) for raw in system.raw] == [bytes(48)] * 2  # overwritten
    assert calls.pump(0.0) == []


def test_what_is_opened_is_closed(system: System) -> None:
    made = Win32()
    made.open(listen=True)
    assert system.hooks
    assert system.registered
    assert system.devices == [(2, 0x100, 77), (6, 0x100, 77)]
    made.close()
    assert system.hooks == {}
    assert not system.registered
    assert system.devices[2:] == [(2, 1, 0), (6, 1, 0)]


def test_without_consent_no_keyboard_is_asked_for(system: System) -> None:
    made = Win32()
    made.open(listen=False)
    made.close()
    assert system.devices == []


@pytest.mark.parametrize(
    ("refused", "says"), [("dpi", "Windows 10 1703"), ("hook", r"error 5.*Log in again"), ("power", r"error 87")]
)
def test_what_windows_refuses_is_named(system: System, refused: str, says: str) -> None:
    system.refused.add(refused)
    with pytest.raises(CaptureError, match=says), open_screen(listen=True):
        pass
    assert system.hooks == {}
    assert not system.registered


def test_pixels_are_those_of_the_rectangle_alone(calls: Win32, monkeypatch: pytest.MonkeyPatch) -> None:
    grabbed: list[Any] = []
    made = SimpleNamespace(grab=lambda place: grabbed.append(place) or SimpleNamespace(raw=bytearray(24)), close=list)
    monkeypatch.setattr(mss, "MSS", lambda: made)
    assert calls.pixels(Rect(5, 6, 3, 2)) == bytes(24)
    assert grabbed == [(5, 6, 8, 8)]


class _Found(list[Any]):
    Length = property(list.__len__)
    GetElement = list.__getitem__


class _Range:
    def __init__(self, text: str) -> None:
        self._text = text

    def GetText(self, most: int) -> str:  # noqa: N802 - its name
        return self._text[:most]


class _Element:
    CachedControlType, CachedName, CurrentName = 50004, "Name", None
    CachedBoundingRectangle = SimpleNamespace(left=1, top=2, right=4, bottom=6)

    def __init__(self, client: ModuleType) -> None:
        self._client = client
        self.asked: list[Any] = []

    def FindAllBuildCache(self, *asked: Any) -> _Found:  # noqa: N802 - its name
        self.asked.append(asked)
        return _Found([self])

    def GetCurrentPropertyValue(self, which: int) -> str:  # noqa: N802 - its name
        assert which == 30045
        return "a value"

    def GetCurrentPattern(self, which: int) -> Any:  # noqa: N802 - its name
        assert which == 10014
        return self

    def QueryInterface(self, interface: Any) -> Any:  # noqa: N802 - its name
        assert interface is self._client.IUIAutomationTextPattern
        return self

    def GetVisibleRanges(self) -> _Found:  # noqa: N802 - its name
        return _Found([_Range(text) for text in ("first\r\n", "second\r", "third")])


class _Error(Exception):
    pass


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Stand-ins for comtypes and the module it makes of UIAutomationCore.dll."""
    client: Any = ModuleType("UIAutomationClient")
    client.CUIAutomation8, client.IUIAutomation2, client.IUIAutomationTextPattern = "class", "interface", "pattern"
    requests: list[list[int]] = []

    def request() -> Any:
        requests.append([])
        return SimpleNamespace(AddProperty=requests[-1].append, properties=requests[-1])

    client.element = _Element(client)
    client.automation = SimpleNamespace(
        CreatePropertyCondition=lambda which, value: (which, value),
        CreateAndCondition=lambda first, second: (first, second),
        CreateCacheRequest=request,
        ElementFromHandle=lambda window: client.element if window == WINDOW else _fail(),
    )
    com: Any = ModuleType("comtypes")
    com.COMError, com.CoInitializeEx = _Error, [].append
    com.client = ModuleType("comtypes.client")
    com.client.GetModule = lambda name: client if name == "UIAutomationCore.dll" else None
    com.client.CreateObject = lambda kind, interface: client.automation if (kind, interface) else None
    monkeypatch.setitem(sys.modules, "comtypes", com)
    monkeypatch.setitem(sys.modules, "comtypes.client", com.client)
    monkeypatch.setattr(sys, "coinit_flags", 0, raising=False)
    return client


def _fail() -> Any:
    raise _Error


def test_of_password_fields_only_the_place_is_fetched(client: Any) -> None:
    uia = Uia()
    assert (client.automation.ConnectionTimeout, client.automation.TransactionTimeout) == (200, 200)
    assert uia.passwords(client.element) == [Control(client.element, 0, Rect(1, 2, 3, 4))]
    assert uia.inside(client.element) == [Control(client.element, 50004, Rect(1, 2, 3, 4), "Name")]
    (scope, secret, place), (_, open_, more) = client.element.asked
    assert (scope, secret, place.properties) == (2, (30019, True), [30001])
    assert (open_, more.properties) == (((30019, False), (30022, False)), [30001, 30003, 30005])


def test_texts_and_values_are_asked_for(client: Any) -> None:
    uia = Uia()
    assert uia.window(WINDOW) is client.element
    assert uia.window(HIDDEN) is None  # it has gone
    assert uia.value(client.element) == "a value"
    assert uia.name(client.element) == ""
    assert uia.visible_text(client.element, 1000) == "first\nsecond\nthird"
    assert uia.visible_text(client.element, 9) == "first\nse"
    uia.close()


@pytest.mark.usefixtures("system", "client")
def test_the_screen_and_the_texts_can_be_opened() -> None:
    texts = open_texts()
    assert isinstance(texts, WindowsTexts)
    with open_screen(listen=True) as screen:
        assert screen.asleep()  # the screen saver runs
        assert screen.sight().window is None  # cloaked
    texts.close()


def test_without_comtypes_it_says_what_to_install() -> None:
    with pytest.raises(CaptureError, match="pip install comtypes"):
        Uia()


@pytest.mark.parametrize(
    ("package", "modules"),
    [("windows", ("win32", "screen", "texts", "uia")), ("macos", ("quartz", "screen", "texts", "ax"))],
)
def test_nothing_that_is_there_on_linux_only_is_imported(package: str, modules: tuple[str, ...]) -> None:
    only_linux = "sys.modules.update(dict.fromkeys(('xcffib', 'dbus_fast', 'jeepney')))"
    names = ", ".join(["companion.capture.source", *(f"companion.capture.{package}.{name}" for name in modules)])
    code = f"import sys; {only_linux}; import {names}"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
