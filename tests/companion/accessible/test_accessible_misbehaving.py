"""Programs that do not answer, or answer with what is no answer: of what is not known no picture is taken."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace

import pytest
from accessible_desk import session_bus
from dbus_fast import Message, Variant
from desktop import wait_until
from told_program import ROOT, WINDOW, Answer, ToldProgram

from companion.capture.accessible import typed
from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.node import Node
from companion.capture.accessible.reader import AccessibleReader
from companion.capture.accessible.source import AccessibleTexts
from companion.capture.accessible.tree import Bounds
from companion.capture.accessible.typed import TypedText
from companion.capture.types import Rect

QUICK = Bounds(seconds=0.5)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[ToldProgram]:
    with session_bus({"PATH": "/usr/bin:/bin"}) as address:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"):
            monkeypatch.setenv(name, address)
        made = ToldProgram(address)
        yield made
        made.close()


@pytest.fixture
def reader(program: ToldProgram) -> Iterator[AccessibleReader]:
    environ = dict.fromkeys(("DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"), program.address)
    with AccessibilityBus(environ) as bus:
        yield AccessibleReader(bus, QUICK)


def test_a_program_that_behaves_is_read(reader: AccessibleReader) -> None:
    reading = reader.read(WINDOW)
    assert reading is not None
    assert (reading.text, reading.url, reading.complete) == ("words of the page", "https://example.org/", True)


def test_of_what_was_read_nothing_waits_to_be_collected(reader: AccessibleReader) -> None:
    reader.read(WINDOW)
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            assert reader.read(WINDOW) is not None
        left = sum(type(one) is Node for one in gc.get_objects())
    finally:
        gc.enable()
    assert left == 0


def test_an_address_that_holds_its_page_is_told_without_it(program: ToldProgram, reader: AccessibleReader) -> None:
    page = {"DocURL": "data:image/png;base64," + "A" * 3_000_000}
    program.said["/page", "GetAttributes"] = "a{ss}", [page]
    reading = reader.read(WINDOW)
    assert reading is not None
    assert reading.url == "data:image/png;base64"
    assert len(reading.fields.page) < 1_000


def test_while_nobody_says_which_programs_there_are_a_password_field_may_be_anywhere(
    program: ToldProgram, reader: AccessibleReader
) -> None:
    program.said[ROOT, "GetChildren"] = None
    reading = reader.read(WINDOW)
    assert reading is not None
    assert (reading.told, reading.complete) == (False, False)


def test_a_page_whose_address_is_not_told_in_time_is_not_kept(program: ToldProgram, reader: AccessibleReader) -> None:
    program.said["/page", "GetAttributes"] = None
    reading = reader.read(WINDOW)
    assert reading is not None
    assert (reading.text, reading.told, reading.complete) == ("", True, False)


@pytest.mark.parametrize(
    ("path", "member", "answer"),
    [
        ("/line", "GetRole", ("s", ["label"])),
        ("/line", "GetState", ("u", [1])),
        ("/line", "GetExtents", ("ii", [1, 2])),
        ("/line", "ChildCount", ("v", [Variant("s", "many")])),
        ("/page", "ChildCount", ("s", ["no variant"])),
        ("/page", "GetChildren", ("as", [["/line"]])),
        ("/page", "GetAttributes", ("s", ["DocURL"])),
        ("/window", "GetExtents", ("", [])),
        (ROOT, "GetChildren", ("a(su)", [[("x", 1)]])),
    ],
)
def test_an_answer_that_is_none_ends_nothing(
    program: ToldProgram, reader: AccessibleReader, path: str, member: str, answer: Answer
) -> None:
    program.said[path, member] = answer
    reading = reader.read(WINDOW)
    assert reading is None or reading.url in ("", "https://example.org/")
    program.said.clear()
    again = reader.read(WINDOW)
    assert again is not None
    assert again.text == "words of the page"


def test_what_is_known_to_be_on_no_bus_tells_nothing(program: ToldProgram) -> None:
    program.said[ROOT, "GetChildren"] = ("a(so)", [[]])
    texts = AccessibleTexts()
    assert texts.read(WINDOW) is None
    texts.close()


@pytest.mark.parametrize("scale", [1, 2])
def test_of_windows_of_one_size_and_title_the_one_that_lies_there_is_read(
    program: ToldProgram, reader: AccessibleReader, scale: int
) -> None:
    for path, left in (("/window", 0), ("/other", 500)):
        program.said[path, "GetExtents"] = ("(iiii)", [(left, 0, 400, 300)])
    for left, text in ((0, "words of the page"), (500 * scale, "words of the other")):
        lies = Rect(left, 0, 400 * scale, 300 * scale)
        reading = reader.read(replace(WINDOW, rect=lies, bounds=(lies,)))
        assert reading is not None
        assert reading.text == text
    # Qt counts from where the monitor begins: the other one is told to lie where the first one does.
    for path in ("/window", "/page", "/line"):
        program.said[path, "GetExtents"] = ("(iiii)", [(600 + 100, 0, 400, 300)])
    program.said["/other", "GetExtents"] = ("(iiii)", [(600 + 100 * scale, 0, 400, 300)])
    first = Rect(600 + 100 * scale, 0, 400 * scale, 300 * scale)
    reading = reader.read(replace(WINDOW, rect=first, bounds=(first,), origin=(600, 0)))
    assert reading is not None
    assert reading.text == "words of the page"


def test_an_object_that_is_inside_itself_ends_nothing(program: ToldProgram) -> None:
    program.said["/page", "ChildCount"] = ("v", [Variant("i", 2)])
    program.said["/page", "GetChildren"] = ("a(so)", [[(program.bus.unique_name, path) for path in ("/line", "/page")]])
    environ = dict.fromkeys(("DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"), program.address)
    with AccessibilityBus(environ) as bus:
        reading = AccessibleReader(bus, Bounds(seconds=20.0)).read(WINDOW)
    assert reading is not None
    assert "words of the page" in reading.text
    assert not reading.complete


def test_fields_that_a_page_writes_into_while_nobody_looks_are_not_remembered_without_end(
    program: ToldProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def write(path: str) -> None:
        said = Message.new_signal(path, "org.a11y.atspi.Event.Object", "TextChanged", "siiva{sv}")
        said.body = ["insert", 0, 1, Variant("s", "a"), {}]
        await program.bus.send(said)

    monkeypatch.setattr(typed, "FIELDS", 3)
    environ = dict.fromkeys(("DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"), program.address)
    with TypedText(environ) as listening:
        for number in range(9):
            program.thread.run(write(f"/field{number}"))
        last = Ref(program.bus.unique_name or "", "/field8")
        wait_until(lambda: last in listening._asked, "word of the last one")
        assert len(listening._asked) == 3
