"""Password fields known again by name: shown as themselves, or as another object in their stead."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from companion.capture import known_fields
from companion.capture.accessible.reading import Block, Fields, Reading
from companion.capture.accessible.roles import Role
from companion.capture.known_fields import FIELDS, KnownFields
from companion.capture.password_places import PasswordPlaces
from companion.capture.running import RUNS, Telling, run_of
from companion.capture.types import Rect, Window

PID = os.getpid()
PAGE = Fields("window document https://example.org/login#", private=("p",), written=("user",))
#: A program that gives itself a name with what the kernel sets around names in it.
NAMED = "open('/proc/self/comm', 'w').write('a) R (1 2'); print('named', flush=True); open(0).read()"
BROWSER = Window("firefox", "Log in", pid=PID, rect=Rect(0, 0, 600, 400))


def read(fields: Fields, *shown: tuple[str, str]) -> Reading:
    """Return a reading of some fields, each of ``shown`` by its name with what it shows."""
    blocks = tuple(
        Block(Role.ENTRY, text, Rect(20, 40 + 30 * row, 200, 24), row, editable=True, object=name)
        for row, (name, text) in enumerate(shown)
    )
    return Reading("\n".join(block.text for block in blocks), "", "", blocks, (), complete=True, fields=fields)


@pytest.fixture
def places() -> PasswordPlaces:
    made = PasswordPlaces()
    made.guarded(BROWSER, read(PAGE, ("user", "bob")))
    return made


def test_the_same_object_stays_private_wherever_it_is_and_whatever_its_window_is_called(places: PasswordPlaces) -> None:
    shown = replace(PAGE, private=(), written=("user", "p"))
    for settled in (False, True):  # where it lies under this title is known from the first of the two
        seen = places.guarded(replace(BROWSER, title="Log in failed"), read(shown, ("user", "bob"), ("p", "hunter2")))
        assert seen.text == "bob"
        assert seen.private == (Rect(20, 70, 200, 24),)
        assert seen.complete == settled
    assert not places.fields.may_be_kept(PID, "p")
    assert places.fields.may_be_kept(PID, "user")


def test_another_object_in_its_stead_is_private_and_those_seen_beside_it_are_not(places: PasswordPlaces) -> None:
    shown = replace(PAGE, private=(), written=("user", "new"))
    first = places.guarded(BROWSER, read(shown, ("user", "bob"), ("new", "hunter2")))
    assert first.text == "bob"
    assert not first.complete  # where what it became is drawn is not known for sure yet
    then = places.guarded(BROWSER, read(shown, ("user", "bob"), ("new", "hunter2!")))
    assert then.text == "bob"
    assert then.complete
    assert not places.fields.may_be_kept(PID, "new")
    assert not places.fields.may_be_kept(PID, "never seen")


def test_once_it_is_a_password_field_again_others_are_what_they_say(places: PasswordPlaces) -> None:
    places.guarded(BROWSER, read(replace(PAGE, private=(), written=("user", "new"))))
    places.guarded(BROWSER, read(replace(PAGE, private=("again",), written=("user",))))
    seen = places.guarded(BROWSER, read(replace(PAGE, private=("again",), written=("later",)), ("later", "words")))
    assert seen.text == "words"


@pytest.mark.parametrize("page", ["window document https://example.org/inbox#", "window other https://example.org/"])
def test_on_another_page_nothing_is_suspected(places: PasswordPlaces, page: str) -> None:
    seen = places.guarded(BROWSER, read(Fields(page, written=("letter",)), ("letter", "dear Ada")))
    assert seen.text == "dear Ada"
    assert seen.complete
    assert places.fields.may_be_kept(PID, "letter")


def test_a_field_that_is_there_out_of_view_is_not_gone(places: PasswordPlaces) -> None:
    assert list(places.fields.of(PID, PAGE.page)) == ["p"]
    below = Fields(PAGE.page, written=("street",), there=("p",))
    assert places.guarded(BROWSER, read(below, ("street", "Elm"))).text == "Elm"


def test_where_nobody_could_ask_it_may_be_any_field_and_is_asked_for_again(places: PasswordPlaces) -> None:
    unsure = Fields(PAGE.page, written=("street",), asked=False)
    seen = places.guarded(BROWSER, read(unsure, ("street", "hunter2")))
    assert (seen.text, seen.complete) == ("", False)
    assert list(places.fields.of(PID, PAGE.page)) == ["p"]
    again = places.guarded(BROWSER, read(replace(unsure, there=("p",), asked=True), ("street", "Elm")))
    assert (again.text, again.complete) == ("Elm", True)


def test_a_field_that_shows_and_has_no_place_leaves_no_picture(places: PasswordPlaces) -> None:
    nowhere = Reading(
        "hunter2",
        "",
        "",
        (Block(Role.ENTRY, "hunter2", None, 0, editable=True, object="p"),),
        (),
        complete=True,
        fields=replace(PAGE, private=(), written=("p",)),
    )
    seen = places.guarded(replace(BROWSER, rect=None), nowhere)
    assert (seen.text, seen.complete) == ("", False)


def test_without_a_place_for_the_window_places_count_as_its_program_tells_them() -> None:
    places, window = PasswordPlaces(), replace(BROWSER, rect=None)
    field = Rect(10, 10, 100, 20)
    places.guarded(window, Reading("", "", "", (), (field,), complete=True))
    shown = Reading("hunter2", "", "", (Block(Role.ENTRY, "hunter2", field, 0, editable=True),), (), complete=True)
    assert places.guarded(window, shown).text == ""


def test_what_is_known_is_bounded_and_goes_with_its_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_fields, "PROGRAMS", 3)
    fields = KnownFields()
    for number in range(FIELDS + 5):
        fields.was_private(str(number))
    assert len(fields._private) == FIELDS
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert child.stdin is not None
    fields.see(child.pid, PAGE)
    assert list(fields.of(child.pid, PAGE.page)) == ["p"]
    child.stdin.close()
    child.wait(timeout=60)
    assert list(fields.of(child.pid, PAGE.page)) == []
    for pid in range(-10, 0):
        fields.see(pid, PAGE)
    assert len(fields._programs) == 3
    assert child.pid not in {run[0] for run in fields._programs}


def test_a_process_id_that_is_given_again_tells_nothing_of_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    telling = Telling()
    telling.add(PID)
    assert PID in telling
    monkeypatch.setattr("companion.capture.running.run_of", lambda pid: (pid, 1.0))
    assert PID not in telling
    for pid in range(2 * RUNS):
        telling.add(pid)
    assert len(telling._runs) == RUNS


def test_a_run_is_told_from_the_next_by_when_it_began() -> None:
    assert run_of(PID) == run_of(PID)
    assert run_of(PID)[1] > 0
    assert run_of(0) == (0, 0.0)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system itself says when a process began")
def test_a_clock_that_is_set_forgets_no_password_field(places: PasswordPlaces, monkeypatch: pytest.MonkeyPatch) -> None:
    places.telling.add(PID)
    run, began = run_of(PID), psutil.Process(PID).create_time()
    booted = psutil.boot_time()
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: booted + 1.0)
    assert psutil.Process(PID).create_time() != began
    assert run_of(PID) == run
    assert PID in places.telling
    assert list(places.fields.of(PID, PAGE.page)) == ["p"]
    shown = replace(PAGE, private=(), written=("user", "p"))
    seen = places.guarded(BROWSER, read(shown, ("user", "bob"), ("p", "hunter2")))
    assert seen.text == "bob"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file tells it")
def test_a_program_may_be_called_anything() -> None:
    with subprocess.Popen([sys.executable, "-c", NAMED], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == b"named\n"
        began = psutil.Process(child.pid).create_time() - psutil.boot_time()
        assert run_of(child.pid)[1] / os.sysconf("SC_CLK_TCK") == pytest.approx(began, abs=0.02)
        child.stdin.close()
