"""What Windows' and macOS's programs tell of their text becomes a reading, and password fields are left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from told_trees import FakeAccessibility, FakeAutomation, Thing
from windows_world import WindowsWorld

from companion.capture.accessible.roles import Role
from companion.capture.macos.texts import MacTexts
from companion.capture.outline import Limits, Told, reading_of
from companion.capture.screen import TextSource
from companion.capture.types import Rect, Window
from companion.capture.windows.texts import WindowsTexts

#: The same things under both names.
KINDS = {
    "windows": {
        "button": 50000,
        "link": 50005,
        "image": 50006,
        "group": 50026,
        "label": 50020,
        "field": 50004,
        "page": 50030,
        "list": 50008,
        "bar": 50014,
        "title bar": 50037,
        "window": 50032,
    },
    "macos": {
        "button": "AXButton",
        "link": "AXLink",
        "image": "AXImage",
        "group": "AXGroup",
        "label": "AXStaticText",
        "field": "AXTextArea",
        "page": "AXWebArea",
        "list": "AXList",
        "bar": "AXScrollBar",
        "title bar": "AXButton",
        "window": "AXWindow",
    },
}


@dataclass
class Program:
    """A window and who tells of it."""

    name: str
    texts: TextSource
    teller: FakeAutomation | FakeAccessibility
    root: Thing
    window: Window
    activate_another: Callable[[], None]

    def thing(self, kind: str, name: str = "", at: tuple[int, int, int, int] | None = None, **more: Any) -> Thing:
        rect = Rect(*at) if at is not None else None
        if kind == "label" and self.name == "macos":
            more.setdefault("value", name)
        if kind == "title bar" and self.name == "macos":
            more.setdefault("subrole", "AXCloseButton")
        if more.get("password") and self.name == "macos":
            more["subrole"] = "AXSecureTextField"
        return Thing(KINDS[self.name][kind], name, rect, **more)

    def asked_of(self, thing: Thing) -> set[str]:
        return {what for what, of in self.teller.asked if of is thing}


def _on_windows() -> Iterator[Program]:
    world = WindowsWorld()
    with world.screen:
        number = world.open("Ledger", "accounts")
        window = world.screen.sight().window
        assert window is not None
        root = Thing(50032, "accounts - Ledger (Incognito)", window.rect)
        teller = FakeAutomation({number: root})
        texts = WindowsTexts(world.calls, teller)
        yield Program("windows", texts, teller, root, window, lambda: world.open("Reader", "a page") and None)


def _on_macos() -> Iterator[Program]:
    window = Window("Ledger", "accounts", pid=400, rect=Rect(100, 100, 600, 400))
    root = Thing("AXWindow", "accounts - Ledger (Incognito)", window.rect)
    teller = FakeAccessibility({400: root})
    other = Thing("AXWindow", "a page", Rect(0, 0, 10, 10))
    yield Program("macos", MacTexts(teller), teller, root, window, lambda: teller.focused.update({400: other}) or None)


@pytest.fixture(params=["windows", "macos"])
def program(request: pytest.FixtureRequest) -> Iterator[Program]:
    yield from _on_windows() if request.param == "windows" else _on_macos()


def test_texts_come_in_reading_order_with_their_places(program: Program) -> None:
    thing = program.thing
    program.root.inside = [
        thing("title bar", "Close", (100, 100, 20, 20)),
        thing("label", "right", (400, 200, 80, 20)),
        thing("label", "left", (120, 200, 80, 20)),
        thing("button", "OK", (120, 300, 80, 20), inside=[thing("image", "tick", (125, 302, 10, 10))]),
    ]
    reading = program.texts.read(program.window)
    assert reading is not None
    assert reading.text == "left right\nOK"
    assert [block.role for block in reading.blocks] == [Role.LABEL, Role.LABEL, Role.PUSH_BUTTON]
    assert reading.blocks[0].rect == Rect(120, 200, 80, 20)
    assert reading.complete
    assert reading.name == "accounts - Ledger (Incognito)"


def test_a_password_field_is_asked_for_nothing_but_its_place(program: Program) -> None:
    secret = program.thing("field", "hunter2", (120, 200, 200, 20), password=True, value="hunter2", shown="hunter2")
    program.root.inside = [program.thing("group", at=(100, 150, 600, 300), inside=[secret])]
    reading = program.texts.read(program.window)
    assert reading is not None
    assert "hunter2" not in repr(reading)
    assert reading.private == (Rect(120, 200, 200, 20),)
    assert reading.complete
    assert program.asked_of(secret) <= {"AXRole", "AXSubrole", "AXPosition", "AXSize"}


def test_a_password_field_without_a_place_leaves_the_reading_incomplete(program: Program) -> None:
    program.root.inside = [program.thing("field", password=True)]
    reading = program.texts.read(program.window)
    assert reading is not None
    assert (reading.private, reading.complete) == ((), False)


def test_of_a_long_text_only_what_is_in_view_is_read(program: Program) -> None:
    editor = program.thing("field", "Body", (120, 200, 300, 200), value="all " * 5000, shown="in view")
    program.root.inside = [editor, program.thing("field", "Short", (120, 420, 300, 20), value="short")]
    reading = program.texts.read(program.window)
    assert reading is not None
    assert reading.text == "in view\nshort"
    assert [block.editable for block in reading.blocks] == [True, True]


def test_a_page_tells_its_address_and_title(program: Program) -> None:
    thing = program.thing
    link = thing("link", "the docs", (180, 200, 60, 20), inside=[thing("label", "docs", (180, 200, 60, 20))])
    page = thing(
        "page",
        "Example",
        (100, 140, 600, 360),
        value="https://example.org/a?b=c",
        inside=[thing("label", "see the ", (110, 200, 70, 20)), link, thing("label", "below", (110, 900, 70, 20))],
    )
    program.root.inside = [page]
    reading = program.texts.read(program.window)
    assert reading is not None
    assert (reading.url, reading.document_title) == ("https://example.org/a?b=c", "Example")
    assert reading.text == "see the docs"
    assert all(block.document for block in reading.blocks)


def test_what_is_scrolled_away_or_cannot_be_text_is_not_looked_into(program: Program) -> None:
    away = program.thing("group", at=(100, 5000, 600, 100), inside=[program.thing("label", "away", (100, 5000, 9, 9))])
    bar = program.thing("bar", at=(690, 100, 10, 400), inside=[program.thing("button", "Up", (690, 100, 10, 10))])
    program.root.inside = [away, bar]
    reading = program.texts.read(program.window)
    assert reading is not None
    assert (reading.text, reading.complete) == ("", True)
    assert not program.asked_of(away.inside[0]) | program.asked_of(bar.inside[0])


def test_what_does_not_answer_leaves_the_reading_incomplete(program: Program) -> None:
    program.root.inside = [
        program.thing("label", "before", (120, 200, 80, 20)),
        program.thing("group", at=(120, 240, 80, 20), silent=True, inside=[program.thing("label", "never")]),
    ]
    reading = program.texts.read(program.window)
    assert reading is not None
    assert (reading.text, reading.complete) == ("before", False)


def test_a_window_that_is_not_in_front_tells_nothing(program: Program) -> None:
    assert program.texts.read(replace(program.window, title="another")) is None
    assert program.texts.read(replace(program.window, pid=999)) is None
    program.activate_another()
    assert program.texts.read(program.window) is None


def test_a_window_that_is_left_while_it_is_read_is_incomplete(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.root.inside = [program.thing("label", "words", (120, 200, 80, 20))]
    name = "inside" if program.name == "windows" else "objects"
    asked = getattr(program.teller, name)

    def leave(*arguments: Any) -> Any:
        program.activate_another()
        program.root.name = "another"
        return asked(*arguments)

    monkeypatch.setattr(program.teller, name, leave)
    reading = program.texts.read(program.window)
    assert reading is not None
    assert not reading.complete


def test_closing_asks_for_no_more(program: Program) -> None:
    program.texts.close()
    assert program.teller.closed


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("https://example.org/", "https://example.org/"),
        ("about:blank", "about:blank"),
        ("file:///C:/a%20b.html", "file:///C:/a%20b.html"),
        ("Dear Sir: I write", ""),
        ("note:", ""),
        ("words", ""),
        ("", ""),
    ],
)
def test_what_a_document_holds_is_not_taken_for_its_address(value: str, url: str) -> None:
    world = WindowsWorld()
    with world.screen:
        number = world.open("Ledger", "accounts")
        window = world.screen.sight().window
        assert window is not None
        document = Thing(50030, "Letter", Rect(100, 140, 600, 300), value=value)
        reading = WindowsTexts(world.calls, FakeAutomation({number: Thing(50032, inside=[document])})).read(window)
    assert reading is not None
    assert (reading.url, reading.text) == (url, "" if url else value)


def test_an_address_that_stands_in_a_field_is_its_text() -> None:
    world = WindowsWorld()
    with world.screen:
        number = world.open("Browser", "a page")
        window = world.screen.sight().window
        assert window is not None
        field = Thing(50004, "Address", Rect(100, 140, 600, 30), value="https://example.org/")
        reading = WindowsTexts(world.calls, FakeAutomation({number: Thing(50032, inside=[field])})).read(window)
    assert reading is not None
    assert (reading.url, reading.text) == ("", "https://example.org/")


@dataclass
class Chain:
    """Satisfies `Teller`: objects inside each other without end, a tenth of a second each."""

    width: int = 1
    now: float = 0.0
    asked: int = 0

    def clock(self) -> float:
        return self.now

    def children(self, element: Any) -> Iterator[Told | None]:
        for place in range(self.width):
            self.asked += 1
            self.now += 0.1
            yield Told((element, place), Role.LABEL, Rect(0, 0, 10, 10), f"{self.asked} words")

    def text(self, element: Any, most: int) -> str | None:
        raise AssertionError((element, most))

    def page(self, element: Any) -> tuple[str, str]:
        raise AssertionError(element)


@pytest.mark.parametrize(
    ("chain", "limits", "asked"),
    [
        (Chain(), Limits(objects=50, seconds=1e9), 50),
        (Chain(width=1000), Limits(objects=50, seconds=1e9), 50),
        (Chain(width=1000), Limits(objects=10**9, seconds=2.05), 21),
        (Chain(), Limits(objects=10**9, seconds=1e9), 200),
    ],
)
def test_a_reading_is_bounded_in_objects_seconds_and_depth(chain: Chain, limits: Limits, asked: int) -> None:
    reading = reading_of(chain, "window", Rect(0, 0, 100, 100), limits, chain.clock)
    assert chain.asked == asked
    assert not reading.complete


def test_a_reading_is_bounded_in_characters(program: Program) -> None:
    program.root.inside = [
        program.thing("field", str(line), (120, 100 + line, 300, 1), shown="x" * 150_000) for line in range(1, 4)
    ]
    reading = program.texts.read(program.window)
    assert reading is not None
    assert [len(block.text) for block in reading.blocks] == [150_000, 50_000]
    assert not reading.complete


@dataclass
class Frames:
    """Satisfies `Teller`: a page with pages in frames, of which one does not tell its address."""

    addresses: tuple[str, ...] = ("https://allowed.example/", "https://bank.example/", "")

    def children(self, element: Any) -> Iterator[Told | None]:
        within = range(1, len(self.addresses)) if element == 0 else [0] if element == "window" else []
        for place in within:
            yield Told(place, Role.DOCUMENT_WEB, Rect(0, 0, 90 - place, 90))

    def text(self, element: Any, most: int) -> str | None:
        return f"page {element}"[:most]

    def page(self, element: Any) -> tuple[str, str]:
        return self.addresses[element], f"page {element}"


def test_addresses_of_pages_in_frames_are_told_and_those_without_one_too() -> None:
    reading = reading_of(Frames(), "window", Rect(0, 0, 100, 100), Limits())
    assert (reading.url, reading.within) == ("https://allowed.example/", ("https://bank.example/", ""))
