"""Real programs of two toolkits on a private accessibility bus."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
import qt_sample
from accessible_desk import AccessibleDesk, accessible_desk, similarity, start_sample
from desktop import wait_until

from companion.capture.accessible.bus import PROPERTIES, Ref
from companion.capture.accessible.debounce import Happening, What
from companion.capture.accessible.events import Events
from companion.capture.accessible.reader import AccessibleReader
from companion.capture.accessible.reading import Reading
from companion.capture.accessible.tree import Bounds
from companion.capture.types import Rect, Window

pytestmark = pytest.mark.display

SECRET = "correct horse battery"
PARTS = ("label", "edit", "button", "box", "items", "table", "rich", "plain", "scrolled")


@pytest.fixture(scope="module")
def desk() -> Iterator[AccessibleDesk]:
    with accessible_desk() as made:
        yield made


@pytest.fixture(scope="module")
def sample(desk: AccessibleDesk) -> tuple[int, dict[str, list[str]]]:
    return start_sample(desk)


@pytest.fixture(scope="module")
def reading(desk: AccessibleDesk, sample: tuple[int, dict[str, list[str]]]) -> Reading:
    return desk.read(sample[0], qt_sample.TITLE)


@pytest.mark.parametrize("part", PARTS)
def test_a_reading_of_qt_holds_what_the_program_says_it_shows(
    part: str, sample: tuple[int, dict[str, list[str]]], reading: Reading
) -> None:
    for line in sample[1][part]:
        assert line in reading.text


def test_a_reading_of_qt_is_in_reading_order_and_holds_nothing_else(
    sample: tuple[int, dict[str, list[str]]], reading: Reading
) -> None:
    shown = "\n".join(line for part in PARTS for line in sample[1][part])
    assert similarity(reading.text, shown) >= 0.98


def test_the_text_of_a_password_field_is_not_read_and_its_place_is_known(reading: Reading) -> None:
    assert qt_sample.SECRET not in reading.text
    assert len(reading.private) == 1
    edit = next(block for block in reading.blocks if block.text == "a line the person typed")
    assert edit.rect is not None
    assert edit.editable
    assert reading.private[0].height == edit.rect.height
    assert not reading.private[0].overlaps(edit.rect)


def test_a_password_field_is_asked_for_what_it_is_and_where_and_for_nothing_else(
    desk: AccessibleDesk, sample: tuple[int, dict[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Ref, str, object]] = []
    ask = desk.bus.ask
    fields: set[Ref] = set()

    async def noting(ref: Ref, interface: str, member: str, signature: str = "", *body: object) -> list[object] | None:
        asked.append((ref, member, body if interface == PROPERTIES else ()))
        answer = await ask(ref, interface, member, signature, *body)
        if member == "GetRole" and answer == [40]:
            fields.add(ref)
        return answer

    monkeypatch.setattr(desk.bus, "ask", noting)
    desk.read(sample[0], qt_sample.TITLE)
    assert len(fields) == 1
    assert {member for ref, member, _ in asked if ref in fields} == {"GetRole", "GetState", "GetExtents"}


def test_a_reading_that_is_cut_short_says_so(desk: AccessibleDesk, sample: tuple[int, dict[str, list[str]]]) -> None:
    window = Window(app="sample", title=qt_sample.TITLE, pid=sample[0])
    few = AccessibleReader(desk.bus, Bounds(nodes=12, seconds=10.0)).read(window)
    assert few is not None
    assert not few.complete
    assert len(few.blocks) <= 12


def test_an_object_that_does_not_say_what_it_is_is_not_read_and_makes_the_reading_incomplete(
    desk: AccessibleDesk, sample: tuple[int, dict[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = desk.bus.ask

    async def silent(ref: Ref, interface: str, member: str, signature: str = "", *body: object) -> list[object] | None:
        answer = await ask(ref, interface, member, signature, *body)
        return None if member == "GetRole" and answer in ([40], [29]) else answer

    monkeypatch.setattr(desk.bus, "ask", silent)
    seen = desk.reader.read(Window(app="sample", title=qt_sample.TITLE, pid=sample[0]))
    assert seen is not None
    assert not seen.complete
    assert seen.private == ()
    assert sample[1]["label"][0] not in seen.text


def test_only_what_lies_within_the_given_rectangle_is_read(
    desk: AccessibleDesk, sample: tuple[int, dict[str, list[str]]], reading: Reading
) -> None:
    label = next(block.rect for block in reading.blocks if block.text == sample[1]["label"][0])
    assert label is not None
    corner = Rect(label.left, label.top, label.width, label.height + 2)
    seen = desk.reader.read(Window(app="sample", title=qt_sample.TITLE, pid=sample[0], rect=corner))
    assert seen is not None
    assert seen.text == sample[1]["label"][0]


def test_a_program_that_is_not_on_the_bus_has_no_reading(desk: AccessibleDesk) -> None:
    assert desk.reader.read(Window(app="init", title="", pid=1)) is None
    assert desk.reader.read(Window(app="unknown", title=qt_sample.TITLE)) is None


def test_typing_is_told_once_it_pauses_and_what_was_typed_is_not(
    desk: AccessibleDesk, sample: tuple[int, dict[str, list[str]]], reading: Reading
) -> None:
    edit = next(block.rect for block in reading.blocks if block.editable and block.text.startswith("a line"))
    assert edit is not None
    heard: list[Happening] = []
    stop = threading.Event()
    desk.desktop.activate(desk.desktop.await_window(qt_sample.TITLE))
    with Events(desk.bus, time.monotonic) as events:
        listening = threading.Thread(target=lambda: heard.extend(events.happenings(stop, look_up=0.05)), daemon=True)
        listening.start()
        desk.desktop.run("xdotool", "mousemove", str(edit.left + 20), str(edit.top + 8), "click", "1")
        desk.desktop.run("xdotool", "type", "abc")
        wait_until(lambda: any(one.what is What.TYPED for one in heard), "typing to be told")
        stop.set()
        listening.join()
    typed = next(one for one in heard if one.what is What.TYPED)
    assert typed.pid == sample[0]
    assert typed.count >= 3
    assert {one.what for one in heard} >= {What.TYPED, What.FOCUSED}


def test_a_reading_of_gtk_holds_the_lines_in_view_alone(desk: AccessibleDesk) -> None:
    lines = [f"line {number} of a GTK text" for number in range(3000)]
    page = desk.desktop.home / "gtk.txt"
    page.write_text("\n".join(lines), encoding="utf-8")
    pid = desk.start("zenity", "--text-info", "--title", "GTK text", "--filename", str(page), "--height", "400")
    desk.desktop.await_active("GTK text")
    text = wait_until(lambda: (seen := desk.read(pid, "GTK text").text) and lines[0] in seen and seen, "the lines")
    read = [line for line in text.split("\n") if line in set(lines)]
    assert read == lines[: len(read)]
    assert 10 <= len(read) <= 60


def test_the_password_of_a_gtk_form_is_not_read(desk: AccessibleDesk) -> None:
    fields = ("--add-entry", "Name", "--add-password", "Password")
    pid = desk.start("zenity", "--forms", "--title", "GTK form", "--text", "Who are you?", *fields)
    desk.desktop.await_active("GTK form")
    desk.desktop.run("xdotool", "type", "Ada")
    desk.desktop.press("Tab")
    desk.desktop.run("xdotool", "type", SECRET)
    seen = wait_until(lambda: (found := desk.read(pid, "GTK form")) and "Ada" in found.text and found, "the name")
    assert SECRET not in seen.text
    assert "battery" not in seen.text
    assert len(seen.private) == 1
    assert "Who are you?" in seen.text


def test_a_program_that_hangs_is_not_waited_for_and_is_read_again_later(
    desk: AccessibleDesk, sample: tuple[int, dict[str, list[str]]]
) -> None:
    hasty = AccessibleReader(desk.bus, Bounds(seconds=0.2))
    window = Window(app="sample", title=qt_sample.TITLE, pid=sample[0])
    os.kill(sample[0], signal.SIGSTOP)
    try:
        silent = hasty.read(window)
    finally:
        os.kill(sample[0], signal.SIGCONT)
    assert silent is not None
    assert (silent.text, silent.complete) == ("", False)  # not as if it were not there: its password fields are
    assert sample[1]["label"][0] in desk.read(sample[0], qt_sample.TITLE).text
