"""What every desktop's do-not-disturb keeps to: real daemons and settings, and stand-ins for Windows and macOS."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Protocol

import pytest
from desktop import wait_until
from quiet_desks import FORGETFUL, NEEDED, SEMANTICS, QuietDesk
from quiet_stand_ins import MacosLike, WindowsLike

from companion.quiet.choose import named
from companion.quiet.types import DamagedPriorError, Quiet

STAND_INS: dict[str, Callable[[], Place]] = {"windows": WindowsLike, "macos": MacosLike}
LASTING = sorted(set(NEEDED) - set(FORGETFUL))


class Place(Protocol):
    """Where do-not-disturb can be read and turned past the adapters."""

    @property
    def name(self) -> str: ...

    def is_on(self) -> bool: ...
    def by_hand(self, *, on: bool) -> None: ...


def opened(place: Place) -> Quiet:
    if isinstance(place, QuietDesk):
        return named(place.name, {**os.environ, **place.environ})
    assert isinstance(place, WindowsLike | MacosLike)
    return place.opened()


@pytest.fixture(params=[*sorted(NEEDED), *STAND_INS])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param in STAND_INS:
        return STAND_INS[request.param]()
    desk: QuietDesk = request.getfixturevalue("desks")[request.param]
    return desk


@pytest.fixture
def quiet(place: Place) -> Iterator[Quiet]:
    with closing(opened(place)) as quiet:
        yield quiet


def test_it_is_turned_on_and_restored(place: Place, quiet: Quiet) -> None:
    assert not quiet.is_on()
    prior = quiet.prior()
    quiet.turn_on()
    assert quiet.is_on()
    assert place.is_on()
    quiet.restore(prior)
    assert not quiet.is_on()
    assert not place.is_on()


def test_restoring_twice_does_no_harm(place: Place, quiet: Quiet) -> None:
    prior = quiet.prior()
    quiet.turn_on()
    quiet.restore(prior)
    quiet.restore(prior)
    assert not place.is_on()


def test_another_process_can_restore_when_this_one_has_gone(place: Place) -> None:
    with closing(opened(place)) as gone:
        prior = gone.prior()
        gone.turn_on()
        assert place.is_on()
    with closing(opened(place)) as later:
        later.restore(prior)
    wait_until(lambda: not place.is_on(), "do-not-disturb to go off")


def test_what_the_person_turned_on_is_seen(place: Place, quiet: Quiet) -> None:
    place.by_hand(on=True)
    assert quiet.is_on()
    place.by_hand(on=False)
    assert not quiet.is_on()


@pytest.mark.parametrize("prior", ["", "[]", "null", '{"else": 1}', '{"showing": 5, "value": 5, "dnd": 5}'])
def test_a_prior_that_says_nothing_is_refused(place: Place, quiet: Quiet, prior: str) -> None:
    quiet.turn_on()
    with pytest.raises(DamagedPriorError):
        quiet.restore(prior)
    assert place.is_on()
    place.by_hand(on=False)


def test_a_prior_is_json_and_names_nobody(quiet: Quiet) -> None:
    assert isinstance(json.loads(quiet.prior()), dict)


def test_going_off_by_hand_is_told_where_the_desktop_tells(place: Place, quiet: Quiet) -> None:
    quiet.turn_on()
    heard, came = list[bool | None](), threading.Event()

    def hear(on: bool | None) -> None:
        heard.append(on)
        came.set()

    asking = quiet.follow(hear)
    assert (asking is None) is (place.name not in {"mako", "windows", "macos"})
    place.by_hand(on=False)
    if asking is None:
        assert came.wait(20)
        assert heard[0] in (False, None)


def test_nothing_is_told_of_other_settings(desks: dict[str, QuietDesk]) -> None:
    desk = desks["gnome"]
    with closing(opened(desk)) as quiet:
        heard = list[bool | None]()
        quiet.follow(heard.append)
        other = ("gsettings", "set", "org.gnome.desktop.notifications", "show-in-lock-screen", "false")
        desk.session.start(*other).wait(20)
        desk.by_hand(on=True)
        wait_until(lambda: heard, "the word of the setting itself")
        assert heard == [None]


@pytest.mark.parametrize("name", FORGETFUL)
def test_a_daemon_started_anew_has_forgotten_and_its_own_state_stays(desks: dict[str, QuietDesk], name: str) -> None:
    desk = desks[name]
    with closing(opened(desk)) as quiet:
        prior = quiet.prior()
        quiet.turn_on()
        heard = list[bool | None]()
        quiet.follow(heard.append)
        desk.restart()
        wait_until(lambda: False in heard, "the word that the daemon has gone")
        assert not quiet.is_on()
        desk.by_hand(on=True)
        quiet.restore(prior)
    with closing(opened(desk)) as another:
        another.restore(prior)
    assert desk.is_on()


@pytest.mark.parametrize("name", FORGETFUL)
def test_a_prior_of_another_session_touches_nothing(desks: dict[str, QuietDesk], name: str) -> None:
    desk = desks[name]
    desk.by_hand(on=True)
    with closing(opened(desk)) as quiet:
        told = json.loads(quiet.prior())
        bus, owner = told["daemon"].split()
        quiet.restore(json.dumps({**told, "daemon": f"{bus[::-1]} {owner}"}))
    assert desk.is_on()


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_restored_after_the_daemon_was_started_anew(desks: dict[str, QuietDesk], name: str) -> None:
    desk = desks[name]
    with closing(opened(desk)) as quiet:
        prior = quiet.prior()
        quiet.turn_on()
        desk.restart()
        assert desk.is_on()
        assert quiet.is_on()
        quiet.restore(prior)
        assert not desk.is_on()


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_restored_while_no_daemon_runs(desks: dict[str, QuietDesk], name: str) -> None:
    desk = desks[name]
    with closing(opened(desk)) as quiet:
        prior = quiet.prior()
        quiet.turn_on()
        desk.stop_daemon()
        quiet.restore(prior)
        desk.start_daemon()
        assert not desk.is_on()


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_each_says_what_is_true_of_it(desks: dict[str, QuietDesk], name: str) -> None:
    with closing(opened(desks[name])) as quiet:
        assert quiet.semantics == SEMANTICS[name]
        assert quiet.name == name
