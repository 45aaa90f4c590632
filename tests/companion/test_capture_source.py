from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from played_screen import EDITOR, RECT, Played, Watched, image, reading

from companion.capture import lately
from companion.capture.glance import MOVING, NOTHING_TOLD, SETTLING
from companion.capture.privacy import NO_WINDOW, Rules
from companion.capture.screen import Happened
from companion.capture.source import LOCKED, NOBODY_THERE
from companion.capture.triggers import AWAY, QUIET, TRIES
from companion.capture.types import Rect, Skipped, Trigger

EXCLUDED = Rules(exclude_apps=("keepassxc",), exclude_titles=("private browsing",), exclude_sites=("bank.example",))
FIREFOX = replace(EDITOR, app="firefox", title="Page")


def test_looking_begins_with_a_look_and_goes_on_when_something_happens() -> None:
    played = Played(told=reading("first line"))
    watched = Watched(played)
    first = watched.frame()
    assert (first.triggers, first.window, first.reading) == ((Trigger.STARTED,), EDITOR, played.told)
    assert first.image is not None
    assert np.array_equal(first.image, image())
    typed = watched.frame(Trigger.TYPED, Trigger.TYPED)
    assert typed.triggers == (Trigger.TYPED,)
    assert typed.image is first.image  # nothing changed
    assert typed.hands.keys == 2
    assert typed.triggered is not None
    assert typed.time - typed.triggered < 30.0


class Attending:
    """Hears of what the attention is on."""

    def __init__(self) -> None:
        self.apps: list[str] = []

    def happened(self, trigger: Trigger, time: float) -> None:
        del trigger, time

    def window(self, app: str, url: str, time: float) -> None:
        del url, time
        self.apps.append(app)


def test_whoever_follows_the_attention_hears_when_looking_ends() -> None:
    attending = Attending()
    watched = Watched(Played(told=reading("first line")), attended=attending)
    watched.frame()
    watched.end()
    assert attending.apps == [EDITOR.app, ""]


def test_where_nobody_tells_what_changes_it_is_read_again_after_its_pixels() -> None:
    played = Played(told=reading("4000 1234 5678 901"), tells=False)

    def types_on() -> None:
        played.told = reading("4000 1234 5678 9010")

    played.during = types_on
    seen = Watched(played).frame()
    assert (seen.image, seen.reading) == (None, played.told)  # the newer text alone
    assert played.readings == 2


def test_a_look_that_is_under_way_when_looking_ends_reads_no_pixel_and_is_told_of_by_nobody() -> None:
    played = Played(told=reading("first line"))
    watched = Watched(played)
    played.on_read = watched.stop.set
    assert watched.next_or_none() is None
    assert (played.grabs, played.readings) == ([], 1)


@pytest.mark.parametrize(
    "window",
    [
        None,
        replace(EDITOR, app=""),
        replace(EDITOR, app="KeePassXC"),
        replace(EDITOR, title="A page — Private Browsing"),
    ],
)
def test_what_a_rule_keeps_out_is_neither_read_nor_grabbed(window: object) -> None:
    played = Played(told=reading("secret"))
    played.window = window  # type: ignore[assignment]
    assert Watched(played, EXCLUDED).reason()
    assert (played.grabs, played.readings) == ([], 0)


def test_an_excluded_site_is_told_by_the_program_and_never_grabbed() -> None:
    played = Played(window=FIREFOX, told=reading("balance", url="https://login.bank.example/account"))
    seen = Watched(played, EXCLUDED).next()
    assert isinstance(seen, Skipped)
    assert seen.private
    assert played.grabs == []


def test_a_browser_that_tells_no_address_is_not_looked_at_where_sites_are_excluded() -> None:
    played = Played(window=FIREFOX, told=None)
    seen = Watched(played, EXCLUDED).next()
    assert isinstance(seen, Skipped)
    assert seen.private
    assert played.grabs == []
    assert Watched(Played(window=FIREFOX, told=None), Rules()).frame().image is not None


def test_a_window_over_it_that_may_not_be_seen_keeps_it_out() -> None:
    above = replace(EDITOR, app="keepassxc", pid=9, rect=Rect(300, 200, 50, 40))
    played = Played(overlapping=(above,))
    assert "overlaps" in Watched(played, EXCLUDED).reason()
    assert played.grabs == []


def test_a_locked_screen_and_no_window_are_reasons_of_their_own() -> None:
    seen = Watched(Played(locked=True)).next()
    assert isinstance(seen, Skipped)
    assert (seen.reason, seen.private, seen.triggers) == (LOCKED, False, (Trigger.STARTED,))
    assert Watched(Played(window=None)).reason() == NO_WINDOW


def swap(played: Played) -> None:
    played.number, played.window = 2, replace(EDITOR, app="keepassxc")


def retitle(played: Played) -> None:
    played.window = replace(EDITOR, title="another")


def move(played: Played) -> None:
    played.window = replace(EDITOR, rect=Rect(101, 50, 320, 200))


def cover(played: Played) -> None:
    played.overlapping = (replace(EDITOR, app="notifier", pid=3),)


def disturb(played: Played) -> None:
    played.disturbs = True


def close(played: Played) -> None:
    played.window = None


@pytest.mark.parametrize("act", [swap, retitle, move, cover, disturb, close])
def test_what_changes_during_the_grab_drops_the_frame_and_is_looked_at_again(act: object) -> None:
    played = Played()
    played.during = lambda: act(played)  # type: ignore[operator]
    watched = Watched(played)
    first = watched.next()
    assert isinstance(first, Skipped)
    assert (first.reason, first.private) == (MOVING, False)
    played.during, played.disturbs = None, False
    again = watched.next()
    assert Trigger.STARTED in again.triggers  # for the same reason


def test_a_window_that_never_rests_is_given_up_for_the_moment() -> None:
    played = Played(disturbs=True)
    watched = Watched(played)
    assert [watched.reason() for _ in range(TRIES)] == [MOVING] * TRIES
    played.disturbs = False
    assert watched.frame(Trigger.CLICKED).triggers == (Trigger.CLICKED,)


def test_password_fields_that_move_while_pixels_are_read_drop_the_frame() -> None:
    played = Played(told=reading("Password", private=[Rect(110, 80, 90, 20)]))
    watched = Watched(played)
    assert watched.frame().reading is played.told

    def shift() -> None:
        played.told = reading("Password", private=[Rect(110, 120, 90, 20)])

    played.during = shift
    assert watched.reason(Trigger.SCROLLED) == MOVING


def test_a_window_that_was_not_read_whole_is_kept_without_its_picture() -> None:
    played = Played(told=reading("much more", complete=False))
    frame = Watched(played).frame()
    assert frame.image is None
    assert frame.reading is played.told
    assert played.grabs == []


def test_without_consent_to_pictures_no_pixel_is_read() -> None:
    played = Played(told=reading("words"))
    assert Watched(played, pictures=False).frame().image is None
    assert Watched(Played(told=None), pictures=False).reason() == NOTHING_TOLD
    assert played.grabs == []


class Left(Played):
    """A screen on which everything goes on that can, for so many waits after its person left it."""

    left, waits = 60, 0

    def wait(self, seconds: float) -> Sequence[Happened]:
        time.sleep(min(seconds, 0.05))
        if not seconds:
            return []  # during a look
        now, self.waits = time.monotonic(), self.waits + 1
        self.picture = image(self.waits % 200)
        self.away = AWAY if self.waits < self.left else 0.0
        return [Happened(trigger, now) for trigger in (Trigger.CHANGED, Trigger.TITLED, Trigger.LOADED)]


def test_while_nobody_is_there_nothing_is_looked_at_and_then_what_changed_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    soon = dict.fromkeys(QUIET, (0.001, 0.002)) | {Trigger.STARTED: (0.0, 0.0)}
    monkeypatch.setattr("companion.capture.triggers.QUIET", soon)
    played = Left(told=reading("words"))
    watched = Watched(played)
    assert watched.frame().triggers == (Trigger.STARTED,)
    back = watched.frame()
    assert played.waits >= played.left
    assert Trigger.CHANGED in back.triggers
    assert back.triggered is not None
    assert len(played.grabs) == 2


def test_what_another_window_shows_while_nobody_is_there_is_a_reason_and_seen_by_who_comes_back() -> None:
    played = Played(told=reading("words"), away=AWAY)
    watched = Watched(played)
    for triggers in ((), (Trigger.SWITCHED,)):
        seen = watched.next(*triggers)
        assert isinstance(seen, Skipped)
        assert (seen.reason, seen.private, seen.triggers[-1:]) == (NOBODY_THERE, False, triggers or (Trigger.STARTED,))
    assert (played.grabs, played.readings) == ([], 0)
    played.away = 0.0
    assert watched.frame().triggers == (Trigger.CHANGED,)


def test_a_screen_that_locks_while_nobody_is_there_is_locked() -> None:
    played = Played()
    watched = Watched(played)
    watched.frame()
    played.away, played.locked = AWAY, True
    assert watched.reason(Trigger.SWITCHED) == LOCKED


def test_a_desktop_that_gives_no_pixels_is_kept_by_its_text() -> None:
    assert Watched(Played(picture=None, told=reading("words"))).frame().image is None


def test_programs_that_cannot_be_asked_are_said_and_the_picture_is_taken_all_the_same() -> None:
    watched = Watched(Played(broken="The bus has gone. Log in again."))
    assert watched.frame().reading is None
    assert watched.source.limits == "The bus has gone. Log in again."


def test_a_look_at_rest_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.capture.triggers.HEARTBEAT", 0.05)
    played = Played(told=reading("words"))
    watched = Watched(played)
    first = watched.frame()
    rested = watched.frame()
    assert (rested.triggers, rested.image is first.image) == ((Trigger.RESTED,), True)
    assert rested.time > first.time
    assert (len(played.grabs), played.readings) == (1, 1)
    assert played.grabs[0] == RECT


def test_the_address_a_program_tells_is_the_windows() -> None:
    played = Played(window=FIREFOX, told=reading("text", url="https://example.org/a"))
    assert Watched(played).frame().window.url == "https://example.org/a"


def test_keys_pressed_in_another_window_are_not_counted_for_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lately, "SETTLES", 0.0)
    played = Played()
    watched = Watched(played, EXCLUDED)
    watched.frame()
    played.window = replace(EDITOR, app="keepassxc", pid=9)
    assert watched.reason(Trigger.SWITCHED, Trigger.TYPED, Trigger.TYPED)
    played.window = EDITOR
    assert watched.frame(Trigger.TYPED, Trigger.SWITCHED).hands.keys == 0
    assert watched.frame(Trigger.TYPED).hands.keys == 1


def test_what_comes_where_a_window_was_left_out_has_time_to_paint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lately, "SETTLES", 0.6)
    played = Played(window=replace(EDITOR, app="keepassxc", pid=9))
    watched = Watched(played, EXCLUDED)
    assert watched.reason() == "The program keepassxc is excluded."
    played.window = EDITOR
    seen = watched.next(Trigger.SWITCHED)
    assert isinstance(seen, Skipped)
    assert (seen.reason, seen.private) == (SETTLING, False)
    assert played.grabs == []
    while isinstance(seen, Skipped):
        seen = watched.next()  # nothing else calls for it
    assert played.grabs == [RECT]


def test_what_is_left_out_by_its_address_goes_on_to_be_seen_for_a_while() -> None:
    played = Played(window=FIREFOX, told=reading("text", url="https://bank.example/"))
    watched = Watched(played, EXCLUDED)
    assert watched.reason() == "The site bank.example is excluded."
    played.told = reading("text", url="https://example.org/")
    assert watched.reason(Trigger.TITLED) == SETTLING


def test_a_text_of_which_no_picture_is_taken_waits_for_nothing() -> None:
    played = Played(window=replace(EDITOR, app="keepassxc", pid=9), told=reading("text"))
    watched = Watched(played, EXCLUDED, pictures=False)
    assert watched.reason() == "The program keepassxc is excluded."
    played.window = EDITOR
    assert watched.frame(Trigger.SWITCHED).image is None


def test_a_title_that_said_something_else_meanwhile_is_seen_by_how_often_it_was_set() -> None:
    played = Played()
    watched = Watched(played)
    watched.frame()

    def set_twice() -> None:
        played.retitled += 2

    played.during = set_twice
    assert watched.reason(Trigger.CLICKED) == MOVING


def test_looks_that_find_the_same_picture_again_come_rarer() -> None:
    played = Played()
    watched = Watched(played)
    watched.frame()
    for _ in range(2):
        assert watched.frame(Trigger.CHANGED).triggers == (Trigger.CHANGED,)
    assert watched.source._triggers._rest > 1.0


def test_a_look_that_is_taken_again_tells_when_it_was_first_called_for() -> None:
    played = Played(disturbs=True)
    watched = Watched(played)
    missed = watched.next()
    assert isinstance(missed, Skipped)
    played.disturbs = False
    assert watched.frame().triggered == missed.triggered
    later = watched.frame(Trigger.CLICKED).triggered
    assert later is not None
    assert missed.triggered is not None
    assert later > missed.triggered
