"""Following focus as the settings have it: what fails is told, also where nobody waits for a future."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import pytest
from desktop import wait_until

from companion.capture.types import Trigger
from companion.deep_work.choices import ChoiceError
from companion.deep_work.consequences import DeepWork
from companion.deep_work.focusing import Focusing
from companion.deep_work.port import Offer
from companion.notices.digest import Digest, digest
from companion.settings import Settings
from index.types import VaultError

LEFT = digest(1, [])
ON, OFF = Settings(follow_focus=True), Settings(follow_focus=False)


class Deep:
    """A `DeepWork` that writes down what it is asked, and fails where it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails: dict[str, Exception] = {}
        self.watch = self

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what in self.fails:
            raise self.fails[what]

    def start(self) -> None:
        self._ask("start")

    def stop(self, *, for_good: bool = False) -> None:
        self._ask("stop for good" if for_good else "stop")

    def apply(self, _settings: Settings) -> None:
        self._ask("apply")

    def forgotten(self, start: float, end: float) -> None:
        self._ask(f"forgotten {start} {end}")

    def happened(self, trigger: Trigger, time: float) -> None:
        self._ask(f"{trigger.value} {time}")

    def window(self, app: str, url: str, time: float) -> None:
        self._ask(f"window {app} {url} {time}")

    def turned_to(self, app: str) -> None:
        self._ask(f"turned to {app}")


@pytest.fixture
def deep() -> Deep:
    return Deep()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def focusing(deep: Deep, told: list[str]) -> Iterator[Focusing]:
    def make(_settings: Settings) -> DeepWork:
        deep._ask("make")
        return cast("DeepWork", deep)

    made = Focusing(make, on_incident=lambda part, what: told.append(f"{part}: {what}"))
    yield made
    made.stop()


def done(act: Callable[[], object]) -> None:
    """Do it, and take what is raised for told."""
    try:
        act()
    except (VaultError, ChoiceError, OSError):
        return


def test_it_begins_goes_on_by_other_settings_and_ends(focusing: Focusing, deep: Deep, told: list[str]) -> None:
    focusing.apply(OFF).result(20)
    assert focusing.deep_work is None
    focusing.apply(ON).result(20)
    assert focusing.deep_work is cast("DeepWork", deep)
    focusing.apply(ON).result(20)
    focusing.apply(OFF).result(20)
    assert focusing.deep_work is None
    assert (deep.asked, told) == (["make", "start", "apply", "stop for good"], [])


def test_what_happens_is_handed_on_while_it_follows(focusing: Focusing, deep: Deep) -> None:
    focusing.happened(Trigger.TYPED, 1.0)
    focusing.window("code", "", 2.0)
    focusing.forgotten(0.0, 1.0)
    focusing.apply(ON).result(20)
    focusing.happened(Trigger.TYPED, 3.0)
    focusing.window("code", "", 4.0)
    focusing.forgotten(2.0, 5.0)
    handed = [f"{Trigger.TYPED.value} 3.0", "window code  4.0", "turned to code", "forgotten 2.0 5.0"]
    assert deep.asked == ["make", "start", *handed]


@pytest.mark.parametrize("where", ["make", "start"])
@pytest.mark.parametrize("error", [VaultError("The disk is full."), OSError(24, "Too many open files")])
def test_what_fails_at_the_beginning_is_told_and_the_next_settings_try_again(
    focusing: Focusing, deep: Deep, told: list[str], where: str, error: Exception
) -> None:
    deep.fails[where] = error
    done(focusing.apply(ON).result)
    focusing.apply(OFF).result(20)  # after which it was told
    assert focusing.deep_work is None
    assert len(told) == 1
    assert told[0].startswith("focus: Focus is not followed: ")
    assert str(error) in told[0]
    assert deep.asked == (["make"] if where == "make" else ["make", "start", "stop"])
    deep.fails.clear()
    focusing.apply(ON).result(20)
    assert focusing.deep_work is not None


def test_settings_that_mean_nothing_are_told_and_the_old_ones_stay(
    focusing: Focusing, deep: Deep, told: list[str]
) -> None:
    focusing.apply(ON).result(20)
    deep.fails["apply"] = ChoiceError("Write quiet hours as 22:00-07:00.")
    done(focusing.apply(ON).result)
    deep.fails.clear()
    focusing.apply(ON).result(20)
    assert told == ["focus: Focus is followed as before: Write quiet hours as 22:00-07:00."]


def test_what_fails_at_the_end_is_told_and_not_raised(deep: Deep, told: list[str]) -> None:
    focusing = Focusing(lambda _settings: cast("DeepWork", deep), on_incident=lambda _part, what: told.append(what))
    focusing.apply(ON).result(20)
    deep.fails["stop"] = ZeroDivisionError("oh")
    focusing.stop()
    assert ["ZeroDivisionError: oh" in what for what in told] == [True]


def test_a_program_is_turned_to_once_however_often_it_is_looked_at(focusing: Focusing, deep: Deep) -> None:
    focusing.apply(ON).result(20)
    for second, app in enumerate(("firefox", "firefox", "", "firefox", "code", "firefox")):
        focusing.window(app, "", float(second))
    turned = [what for what in deep.asked if what.startswith("turned")]
    assert turned == ["turned to firefox", "turned to code", "turned to firefox"]
    assert deep.asked.count("window firefox  1.0") == 1


def test_where_focus_is_followed_anew_what_is_in_front_is_told_again(focusing: Focusing, deep: Deep) -> None:
    for settings in (ON, OFF, ON):
        focusing.apply(settings).result(20)
        focusing.window("firefox", "", 1.0)
    assert deep.asked.count("turned to firefox") == 2


@pytest.fixture
def left(deep: Deep, told: list[str]) -> Iterator[Focusing]:
    """Return what follows focus where something was held and never told of."""

    def make(_settings: Settings) -> DeepWork:
        deep._ask("make")
        return cast("DeepWork", deep)

    def tell_left(offer: Offer) -> None:
        deep._ask("tell what is left")
        offer(LEFT)

    made = Focusing(make, tell_left=tell_left, on_incident=lambda part, what: told.append(f"{part}: {what}"))
    yield made
    made.stop()


def test_what_was_held_before_is_told_of_although_focus_is_not_followed(
    left: Focusing, deep: Deep, told: list[str]
) -> None:
    offered: list[Digest] = []
    left.apply(OFF).result(20)
    assert deep.asked == []  # nobody could look at it
    left.offered_by(None)
    left.offered_by(offered.append)
    left.apply(OFF).result(20)  # each time there may be more
    assert left.deep_work is None
    assert (deep.asked, told, offered) == (2 * ["tell what is left"], [], [LEFT, LEFT])


def test_while_focus_is_followed_it_tells_of_what_was_held_itself(left: Focusing, deep: Deep) -> None:
    left.offered_by(lambda _digest: None)  # before anything is known of what is wanted
    left.apply(ON).result(20)
    left.offered_by(lambda _digest: None)
    left.apply(ON).result(20)
    assert deep.asked == ["make", "start", "apply"]
    left.apply(OFF).result(20)
    assert deep.asked[3:] == ["stop for good", "tell what is left"]


def test_what_was_left_and_cannot_be_told_is_said(left: Focusing, deep: Deep, told: list[str]) -> None:
    left.apply(OFF).result(20)
    deep.fails["tell what is left"] = VaultError("The disk is full.")
    left.offered_by(lambda _digest: None)
    wait_until(lambda: bool(told), "what went wrong")
    assert told == ["focus: Focus is not followed: The disk is full."]
