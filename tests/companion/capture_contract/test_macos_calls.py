"""The functions of macOS are called by their names and with what they take. macOS itself is not here to answer."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from fake_libraries import pair

from companion.capture.macos import open_screen, open_texts
from companion.capture.macos.ax import Ax
from companion.capture.macos.calls import Picture, Touch
from companion.capture.macos.quartz import Mac
from companion.capture.types import CaptureError, Rect

_PLACE, _SIZE, _RANGE = 1, 2, 4
_NO_VALUE, _SILENT = -25212, -25204


class Element:
    """One object of a program, by its attributes."""

    def __init__(self, **attributes: Any) -> None:
        self.attributes = attributes

    def get(self, name: str) -> tuple[int, Any]:
        if "silent" in self.attributes:
            return _SILENT, None
        return (0, self.attributes[name]) if name in self.attributes else (_NO_VALUE, None)


WINDOW = Element(
    AXTitle="accounts",
    AXPosition=pair(_PLACE, 10.0, 20.0),
    AXSize=pair(_SIZE, 300.0, 200.0),
    AXURL=SimpleNamespace(absoluteString=lambda: "https://example.org/"),
    AXChildren=["one", "two"],
)


def _quartz(log: list[Any]) -> Any:
    made: Any = ModuleType("Quartz")
    bounds = {"X": 1.0, "Y": 2.0, "Width": 3.0, "Height": 4.0}
    vars(made).update(
        kCGWindowListOptionOnScreenOnly=1,
        kCGWindowListOptionIncludingWindow=8,
        kCGWindowImageBoundsIgnoreFraming=1,
        kCGWindowImageShouldBeOpaque=2,
        kCGWindowImageNominalResolution=16,
        kCGEventSourceStateHIDSystemState=1,
        kCGAnyInputEventType=0xFFFFFFFF,
        CGPreflightScreenCaptureAccess=lambda: True,
        CGRequestScreenCaptureAccess=lambda: log.append("asked"),
        CGWindowListCreate=lambda option, window: (7, 8) if (option, window) == (1, 0) else None,
        CGWindowListCopyWindowInfo=lambda _, __: [
            {"kCGWindowNumber": 7, "kCGWindowOwnerPID": 3, "kCGWindowLayer": 0, "kCGWindowBounds": bounds}
        ],
        CGGetActiveDisplayList=lambda most, _, __: (0, (1, 2), 2) if most else None,
        CGDisplayBounds=lambda display: SimpleNamespace(
            origin=SimpleNamespace(x=1280.0 * (display - 1), y=0.0), size=SimpleNamespace(width=1280.0, height=800.0)
        ),
        CGSessionCopyCurrentDictionary=lambda: {"kCGSSessionOnConsoleKey": True},
        CGMainDisplayID=lambda: 1,
        CGDisplayIsAsleep=lambda display: display == 2,
        CGEventSourceCounterForEventType=lambda state, kind: 100 * state + kind,
        CGEventSourceSecondsSinceLastEventType=lambda state, kind: 0.5 * state if kind == 10 else 2.5,
        CGRectMake=lambda *numbers: numbers,
        CGWindowListCreateImage=lambda *asked: (log.append(asked), "image" if asked[2] == 7 else None)[1],
        CGImageGetDataProvider=lambda image: image,
        CGDataProviderCopyData=lambda _: bytearray(b"12345678"),
        CGImageGetWidth=lambda _: 2,
        CGImageGetHeight=lambda _: 1,
        CGImageGetBytesPerRow=lambda _: 8,
    )
    return made


def _services(log: list[Any]) -> Any:
    made: Any = ModuleType("ApplicationServices")

    def several(element: Element, names: list[str], _options: int, _: None) -> tuple[int, Any]:
        if "silent" in element.attributes:
            return _SILENT, None
        found = [element.get(name) for name in names]
        return 0, [value if error == 0 else pair(5, error, 0) for error, value in found]

    def spoken(element: Element, name: str, part: Any, _: None) -> tuple[int, Any]:
        start, length = part.pair
        return 0, element.attributes["text"][start : start + length] if name == "AXStringForRange" else None

    def between(element: Element, name: str, start: int, most: int, _: None) -> tuple[int, Any]:
        error, value = element.get(name)
        return error, value[start : start + most] if error == 0 else None

    vars(made).update(
        kAXValueCGPointType=_PLACE,
        kAXValueCGSizeType=_SIZE,
        kAXValueCFRangeType=_RANGE,
        trusted=True,
        AXIsProcessTrusted=lambda: made.trusted,
        AXUIElementCreateSystemWide=lambda: "everything",
        AXUIElementSetMessagingTimeout=lambda element, seconds: log.append((element, seconds)),
        AXUIElementCreateApplication=lambda process: Element(AXFocusedWindow=WINDOW) if process == 400 else Element(),
        AXUIElementCopyAttributeValue=lambda element, name, _: element.get(name),
        AXUIElementCopyAttributeValues=between,
        AXUIElementCopyMultipleAttributeValues=several,
        AXUIElementCopyParameterizedAttributeValue=spoken,
        AXValueGetTypeID=lambda: 33,
        AXValueGetValue=lambda value, kind, _: (value.kind == kind, value.pair if value.kind == kind else None),
        AXValueCreate=lambda kind, numbers: pair(kind, *numbers),
        AXObserverCreate=lambda process, callback, _: (0, callback) if process == 400 else (-25201, None),
        AXObserverAddNotification=lambda observer, _, name, __: (log.append(name), observer(None, None, name, None))[0],
        AXObserverGetRunLoopSource=lambda observer: observer and "source",
    )
    return made


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was done, with stand-ins for the frameworks in place."""
    done: list[Any] = []
    core: Any = ModuleType("CoreFoundation")
    vars(core).update(
        kCFRunLoopDefaultMode="mode",
        kCFRunLoopRunFinished=1,
        sources=[],
        CFGetTypeID=lambda value: 33 if hasattr(value, "pair") else 1,
        CFRunLoopGetCurrent=lambda: "loop",
        CFRunLoopAddSource=lambda *place: core.sources.append(place),
        CFRunLoopRemoveSource=lambda *place: core.sources.remove(place),
        CFRunLoopRunInMode=lambda *asked: (done.append(asked), 4 if core.sources else 1)[1],
    )
    objc: Any = ModuleType("objc")
    vars(objc).update(autorelease_pool=nullcontext, callbackFor=lambda _: _callback)
    for module in (_quartz(done), _services(done), core, objc):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return done


def _callback(function: Any) -> Any:
    function.pyobjc_closure = None  # as PyObjC does, which a method would not let it
    return function


def test_windows_displays_and_session_are_told(log: list[Any]) -> None:
    mac = Mac()
    assert (mac.may_see(), mac.may_follow()) == (True, True)
    assert mac.window_ids() == (7, 8)
    (window,) = mac.windows()
    assert window["kCGWindowBounds"] == {"X": 1.0, "Y": 2.0, "Width": 3.0, "Height": 4.0}
    assert mac.displays() == [(0.0, 0.0, 1280.0, 800.0), (1280.0, 0.0, 1280.0, 800.0)]
    assert mac.session() == {"kCGSSessionOnConsoleKey": True}
    assert not mac.dark()
    assert (mac.count(Touch.KEY_DOWN), mac.since(Touch.KEY_DOWN), mac.idle()) == (110, 0.5, 2.5)
    assert mac.executable(2**30) == ""
    mac.ask_to_see()
    assert log == ["asked"]


def test_a_picture_is_asked_of_one_window_with_one_pixel_a_point(log: list[Any]) -> None:
    mac = Mac()
    assert mac.picture(7, Rect(1, 2, 2, 1)) == Picture(b"12345678", 2, 1, 8)
    assert mac.picture(9, Rect(1, 2, 2, 1)) is None
    assert log[0] == ((1, 2, 2, 1), 8, 7, 1 | 2 | 16)


def test_one_program_at_a_time_is_heard_on_this_threads_loop(log: list[Any]) -> None:
    mac = Mac()
    core = sys.modules["CoreFoundation"]
    assert mac.run(0.0) == []
    mac.follow(400)
    names = ["AXTitleChanged", "AXFocusedWindowChanged", "AXLoadComplete"]
    assert [one for one in log if isinstance(one, str)] == names
    assert mac.run(0.1) == names
    assert mac.run(0.1) == []
    mac.follow(400)
    assert vars(core)["sources"] == [("loop", "source", "mode")]
    mac.follow(401)  # which has ended
    assert vars(core)["sources"] == []
    mac.follow(0)


@pytest.mark.usefixtures("log")
def test_attributes_are_told_as_texts_and_numbers() -> None:
    ax = Ax()
    assert ax.focused_window(400) is WINDOW
    assert ax.focused_window(401) is None
    told = ax.ask(WINDOW, ["AXTitle", "AXPosition", "AXSize", "AXURL", "AXChildren", "AXRole"])
    assert told == {
        "AXTitle": "accounts",
        "AXPosition": (10.0, 20.0),
        "AXSize": (300.0, 200.0),
        "AXURL": "https://example.org/",
    }
    assert ax.objects(WINDOW, "AXChildren") == ["one", "two"]
    assert ax.objects(WINDOW, "AXVisibleRows") == ()
    assert ax.ask(Element(silent=True), ["AXRole"]) is None
    assert ax.objects(Element(silent=True), "AXChildren") is None
    ax.close()


@pytest.mark.usefixtures("log")
def test_of_a_text_what_is_in_view_is_asked_for() -> None:
    ax = Ax()
    scrolled = Element(AXVisibleCharacterRange=pair(_RANGE, 4, 6), AXValue="whole", text="all of the text")
    assert ax.visible_text(scrolled, 100) == "of the"
    assert ax.visible_text(scrolled, 2) == "of"
    assert ax.visible_text(Element(AXNumberOfCharacters=5, AXValue="short"), 3) == "sho"
    assert ax.visible_text(Element(AXNumberOfCharacters=10**7, AXValue="long"), 100) is None
    assert ax.visible_text(Element(AXValue=3), 100) is None


def test_a_silent_program_is_not_waited_for(log: list[Any]) -> None:
    Ax()
    assert log == [("everything", 0.2)]


@pytest.mark.usefixtures("log")
def test_without_leave_to_ask_programs_it_says_what_to_do() -> None:
    vars(sys.modules["ApplicationServices"])["trusted"] = False
    with pytest.raises(CaptureError, match="Privacy & Security, Accessibility"):
        open_texts()


@pytest.mark.usefixtures("log")
def test_the_screen_and_the_texts_can_be_opened() -> None:
    open_texts().close()
    with open_screen(listen=True) as screen:
        assert not screen.asleep()
        seen = screen.sight()
        assert seen.id == 7
        assert seen.window is not None
        assert seen.window.app == ""  # whether it may be read is not told
        assert screen.idle() == 2.5


@pytest.mark.parametrize("opened", [lambda: open_screen(listen=False), open_texts])
def test_without_pyobjc_it_says_what_to_install(opened: Any) -> None:
    with pytest.raises(CaptureError, match="pip install pyobjc-framework-Quartz"):
        opened()
