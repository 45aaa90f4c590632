"""What programs tell of themselves under Wayland: which is active, its text, and where that is; on a real sway."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from desktop import wait_until
from form import WORDS
from looks import heard, limits, look, picture, reason, rest
from sway_desk import GREEN, SwayDesk, sway_desk

from companion.capture.accessible.reading import Reading
from companion.capture.privacy import NO_WINDOW, Rules
from companion.capture.screen import Screen
from companion.capture.source import NOTHING_TOLD
from companion.capture.types import CaptureError, Rect, Trigger, Window
from companion.capture.wayland.opening import open_wayland
from companion.capture.wayland.texts import WaylandTexts

pytestmark = pytest.mark.display

_FORM = Path(__file__).with_name("form.py")


@pytest.fixture(scope="module")
def shared_told(shared_sway: SwayDesk) -> Iterator[Screen]:
    """What looks at a session whose compositor tells nothing: sway's socket is not named to it."""
    with open_wayland({name: value for name, value in shared_sway.environ.items() if name != "SWAYSOCK"}) as told:
        yield told


@pytest.fixture
def told(sway: SwayDesk, shared_told: Screen) -> Screen:  # noqa: ARG001 - cleared when the test is over
    return shared_told


@pytest.fixture
def texts(sway: SwayDesk) -> Iterator[WaylandTexts]:
    source = WaylandTexts(sway.environ)
    yield source
    source.close()


def open_form(sway: SwayDesk, title: str) -> None:
    sway.for_this_test(sys.executable, str(_FORM), title)
    sway.await_focused(title)


def active(screen: Screen, title: str) -> Window:
    """Wait until a program says that its window with this title is active, and return what is known of it."""

    def window() -> Window | None:
        screen.wait(0.1)
        seen = screen.sight().window
        return seen if seen is not None and seen.title == title else None

    return wait_until(window, f"{title} to say that it is active")


def whole(texts: WaylandTexts, screen: Screen) -> tuple[Reading, Window]:
    """Return a whole reading of the active window, and the window."""

    def read() -> tuple[Reading, Window] | None:
        window = screen.sight().window
        reading = texts.read(window) if window is not None else None
        return (reading, window) if reading is not None and window is not None and reading.complete else None

    return wait_until(read, "a whole reading")


def test_the_program_that_says_it_is_active_is_and_nothing_is_known_of_its_place(sway: SwayDesk, told: Screen) -> None:
    open_form(sway, "first form")
    first = active(told, "first form")
    open_form(sway, "second form")
    second = active(told, "second form")
    assert (first.rect, second.rect) == (None, None)
    assert first.pid != second.pid
    assert told.grab(Rect(0, 0, 10, 10)) is None
    assert told.disturbed(Rect(0, 0, 10, 10))
    assert "SWAYSOCK does not lead to it" in limits(told)
    sway.say('[title="first form"] focus')
    heard(told, lambda what: what.trigger is Trigger.SWITCHED)
    assert active(told, "first form").pid == first.pid


def test_a_program_that_tells_nothing_of_itself_is_no_window(sway: SwayDesk, told: Screen) -> None:
    open_form(sway, "a form")
    active(told, "a form")
    sway.open_foot("terminal", GREEN)
    wait_until(lambda: told.wait(0.05) is not None and told.sight().window is None, "the form to leave")
    assert reason(told) == NO_WINDOW


def test_a_program_is_excluded_by_the_name_of_its_process(sway: SwayDesk, told: Screen) -> None:
    open_form(sway, "a form")
    window = active(told, "a form")
    process = Path(f"/proc/{window.pid}/comm").read_text(encoding="utf-8").strip()
    assert reason(told) == NOTHING_TOLD
    assert "excluded" in reason(told, Rules(exclude_apps=(process,)))


def test_places_of_text_and_of_password_fields_are_where_they_are_on_the_screen(
    sway: SwayDesk, screen: Screen, texts: WaylandTexts
) -> None:
    sway.open_foot("left", GREEN)
    open_form(sway, "right form")
    rest(screen)
    reading, window = whole(texts, screen)
    assert window.rect is not None
    assert window.rect.left > 500
    (words,) = [block.rect for block in reading.blocks if block.text == WORDS]
    assert words is not None
    assert window.rect.left <= words.left
    assert words.right <= window.rect.right
    (field,) = reading.private
    assert "correct horse" not in reading.text
    image = picture(screen)
    assert image is not None
    left, top = field.left - window.rect.left, field.top - window.rect.top
    inside = image[top : top + field.height, left : left + field.width]
    dark = np.argwhere(image.min(axis=2) < 128)
    assert inside.shape[:2] == (field.height, field.width)
    assert (inside.min(axis=2) < 128).any()  # the dots of the password
    assert len(dark) > 0


def test_a_password_field_whose_place_cannot_be_told_leaves_no_complete_reading(
    sway: SwayDesk, screen: Screen, texts: WaylandTexts
) -> None:
    open_form(sway, "a form")
    sway.say("floating enable, resize set 600 300, move absolute position 700 200")  # a part of it is off the screen
    rest(screen)
    window = wait_until(lambda: screen.sight().window, "the form")
    assert window.rect is not None
    assert window.rect.width < 600
    reading = wait_until(lambda: texts.read(window), "a reading")
    assert WORDS in reading.text
    assert not reading.complete
    assert [block.rect for block in reading.blocks] == [None] * len(reading.blocks)


def test_a_socket_of_another_session_is_not_believed(sway: SwayDesk, shared_told: Screen) -> None:
    del shared_told  # the accessibility bus stays up meanwhile
    with (
        sway_desk(bus=False) as another,
        open_wayland({**sway.environ, "SWAYSOCK": another.environ["SWAYSOCK"]}) as foreign,
    ):
        assert "SWAYSOCK does not lead to it" in limits(foreign)
        assert foreign.grab(Rect(0, 0, 10, 10)) is None


def test_without_programs_to_ask_a_silent_compositor_is_refused_with_a_reason(sway: SwayDesk) -> None:
    nobody = {**sway.environ, "SWAYSOCK": "", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    with pytest.raises(CaptureError, match="session bus"):
        open_wayland(nobody)


def test_the_text_of_a_told_window_is_kept_without_a_picture(sway: SwayDesk, told: Screen, texts: WaylandTexts) -> None:
    open_form(sway, "a form")
    window = active(told, "a form")
    reading = wait_until(lambda: texts.read(window), "a reading")
    assert WORDS in reading.text
    seen = look(told, texts=texts)
    assert getattr(seen, "image", "missing") is None
    assert WORDS in seen.reading.text  # type: ignore[union-attr]
