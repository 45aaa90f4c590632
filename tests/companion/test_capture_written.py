"""What is typed, on its way from a program to a frame: which looks hand it out, and which throw it away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

import pytest
from played_screen import EDITOR, Played, reading

from companion.capture import lately, triggers, written
from companion.capture.choose import choose
from companion.capture.privacy import Rules
from companion.capture.screen import Happened
from companion.capture.source import LOCKED, MOVING, ScreenSource
from companion.capture.types import CaptureError, Frame, Skipped, Trigger, Window
from companion.capture.written import Written

RULES = Rules(exclude_apps=("keepassxc",), exclude_sites=("bank.example",))
PAGE = replace(EDITOR, app="firefox", title="Page")


@dataclass
class Listening:
    """A `TypedSource` that hands out what the test typed."""

    typed: str = ""
    taken: list[tuple[Window, int]] = field(default_factory=list)
    closed: bool = False
    gone: str = ""

    def take(self, window: Window, keys: Sequence[float]) -> str:
        if self.gone:
            raise CaptureError(self.gone)
        self.taken.append((window, len(keys)))
        typed, self.typed = self.typed, ""
        return typed if keys else ""

    def drop(self) -> None:
        self.typed = ""

    def close(self) -> None:
        self.closed = True


class Desk:
    """A played screen that is typed on."""

    def __init__(self) -> None:
        self.played = Played(told=reading("words"))
        self.listening = Listening()
        self.source = ScreenSource(
            RULES,
            open_screen=lambda: self.played,
            open_texts=lambda: self.played,
            open_typed=lambda: self.listening,
        )
        self.stop = threading.Event()
        self.seen: Iterator[Frame | Skipped] = self.source.frames(self.stop)

    def look(self, typed: str = "", *more: Trigger) -> Frame | Skipped:
        self.listening.typed += typed
        self.played.happens(*[Trigger.TYPED] * len(typed), *more)
        return next(self.seen)

    def typed(self, typed: str = "", *more: Trigger) -> str:
        seen = self.look(typed, *more)
        assert isinstance(seen, Frame), seen
        return seen.typed


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(triggers, "QUIET", dict.fromkeys(triggers.QUIET, (0.0, 0.0)))
    made = Desk()
    yield made
    made.stop.set()
    for _ in made.seen:
        pass


def test_what_is_typed_between_two_looks_comes_with_the_second(desk: Desk) -> None:
    desk.listening.typed = "before anybody looked"
    assert desk.typed() == ""
    assert desk.typed("one") == "one"
    assert desk.typed("two", Trigger.SWITCHED) == "two"  # a popup of its own came
    assert desk.listening.taken == [(EDITOR, 3), (EDITOR, 3)]


@pytest.mark.parametrize(
    "window",
    [
        None,
        replace(EDITOR, app=""),
        replace(EDITOR, app="KeePassXC"),
        replace(EDITOR, title="Another"),
        replace(EDITOR, pid=8),
        replace(EDITOR, app="xterm"),
    ],
)
def test_what_was_typed_is_thrown_away_once_attention_is_elsewhere(
    desk: Desk, window: Window | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lately, "SETTLES", 0.0)
    desk.look()
    desk.played.window = window
    desk.look("secret", Trigger.SWITCHED)
    assert desk.listening.typed == ""
    desk.played.window = EDITOR
    assert desk.typed("more", Trigger.SWITCHED) == ""
    assert desk.typed("here") == "here"


@pytest.mark.parametrize("before", [True, False])
def test_what_is_typed_into_a_page_that_is_left_out_is_thrown_away(desk: Desk, before: bool) -> None:
    desk.played.window = PAGE
    addresses = ["https://bank.example/login", "https://example.org/"]
    desk.played.told = reading("a page", url=addresses[0 if before else 1])
    desk.look()
    desk.played.told = reading("a page", url=addresses[1 if before else 0])
    seen = desk.look("secret")
    assert not isinstance(seen, Frame) or seen.typed == ""
    assert desk.listening.typed == ""


@pytest.mark.parametrize("why", [Trigger.TITLED, Trigger.LOADED])
def test_a_page_that_may_have_been_another_meanwhile_gives_nothing(desk: Desk, why: Trigger) -> None:
    desk.look()
    assert desk.typed("secret", why) == ""
    assert desk.listening.typed == ""


def test_a_locked_screen_gives_nothing(desk: Desk) -> None:
    desk.look()
    desk.played.locked = True
    seen = desk.look("secret")
    assert isinstance(seen, Skipped)
    assert seen.reason == LOCKED
    desk.played.locked = False
    assert desk.typed("", Trigger.SWITCHED) == ""


def test_windows_that_move_put_it_off(desk: Desk) -> None:
    desk.look()
    desk.played.disturbs = True
    seen = desk.look("one")
    assert isinstance(seen, Skipped)
    assert seen.reason == MOVING
    desk.played.disturbs = False
    assert desk.typed(" two") == "one two"


def test_listening_ends_with_looking_and_begins_before_it(desk: Desk) -> None:
    assert not desk.listening.closed
    desk.look()
    desk.stop.set()
    for _ in desk.seen:
        pass
    assert desk.listening.closed


@pytest.fixture
def clock() -> Callable[[], float]:
    times = iter(range(0, 10_000, 40))
    return lambda: float(next(times))


def test_what_cannot_be_listened_to_is_said_and_tried_again(clock: Callable[[], float]) -> None:
    listening, refused = Listening(), [True]

    def opened() -> Listening:
        if refused:
            raise CaptureError("There is no bus. Start one.")
        return listening

    kept = Written(opened, clock)
    key = Happened(Trigger.TYPED, 0.0)
    with closing(kept):
        kept.open()
        assert kept.limits == "What you type is not kept: There is no bus. Start one."
        refused.clear()
        listening.typed = "words"
        assert kept.take(EDITOR) == ""  # too soon to try again
        assert kept.take(EDITOR) == ""
        assert kept.limits == ""
        kept.happened(key)
        assert kept.take(EDITOR) == "words"
        listening.gone = "The bus went away."
        kept.happened(key)
        assert kept.take(EDITOR) == ""
        assert kept.limits == "What you type is not kept: The bus went away."
        assert listening.closed


def test_keys_that_are_held_are_bounded_and_only_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "KEYS", 3)
    listening = Listening()
    kept = Written(lambda: listening)
    kept.open()
    for trigger in (Trigger.CLICKED, *[Trigger.TYPED] * 5, Trigger.SCROLLED):
        kept.happened(Happened(trigger, 0.0))
    kept.take(EDITOR)
    kept.take(EDITOR)
    assert listening.taken == [(EDITOR, 3), (EDITOR, 0)]


def test_without_consent_nobody_listens() -> None:
    kept = Written(None)
    kept.open()
    kept.happened(Happened(Trigger.TYPED, 0.0))
    assert kept.take(EDITOR) == ""
    assert kept.limits == ""


@pytest.mark.parametrize(
    ("environ", "platform", "possible"),
    [
        ({"DISPLAY": ":5", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}, "linux", True),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "linux", False),
        ({}, "win32", False),
        ({}, "darwin", False),
    ],
)
def test_where_typing_cannot_be_told_it_is_said(environ: dict[str, str], platform: str, possible: bool) -> None:
    source = choose("screen", RULES, typed=True, environ=environ, platform=platform)
    assert isinstance(source, ScreenSource)
    source._written.open()
    assert source.limits.startswith("What you type is not kept:")
    assert ("only under X11" in source.limits) is not possible
    plain = choose("screen", RULES, environ=environ, platform=platform)
    assert isinstance(plain, ScreenSource)
    plain._written.open()
    assert plain.limits == ""
