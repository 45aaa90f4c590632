from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from companion.brain.types import HeadsetState
from companion.keeper import Keeper
from companion.settings import Settings
from companion.sources import Sources, narrowed

ALL = Settings(
    consent_screen=True, consent_text=True, consent_urls=True, consent_input=True, consent_keys=True, consent_eeg=True
)


class Keeping:
    """Notes what is asked of a keeper."""

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked
        self.seeing = None

    def start(self) -> None:
        self.asked.append("start")

    def leave(self, *, keep: bool = True) -> None:
        self.asked.append(f"leave, keep {keep}")

    def stop(self, *, keep: bool = True) -> None:
        self.asked.append(f"stop, keep {keep}")


class Headset:
    """Takes as long to begin as it is let."""

    def __init__(self) -> None:
        self.leave, self.begun = threading.Event(), threading.Event()

    def start(self) -> None:
        self.begun.set()
        assert self.leave.wait(30)

    def stop(self) -> None:
        return

    def state(self) -> HeadsetState:
        raise AssertionError


def made(
    asked: list[str], headset: Headset | None = None, make_keeper: Callable[[Settings], Keeper] | None = None
) -> Sources[Any]:
    def fail(error: BaseException) -> None:
        raise error

    return Sources(
        settings=ALL,
        clock=lambda: 0.0,
        make_keeper=make_keeper or (lambda _settings: cast("Keeper", Keeping(asked))),
        make_listening=lambda _settings: headset,
        on_failure=fail,
    )


@pytest.mark.parametrize(
    "change",
    [
        *(
            {name: False}
            for name in ("consent_screen", "consent_text", "consent_urls", "consent_input", "consent_keys")
        ),
        {"exclude_apps": (*ALL.exclude_apps, "mail")},
        {"exclude_titles": (*ALL.exclude_titles, "payslip")},
        {"exclude_sites": ("bank.example",)},
    ],
)
def test_what_is_withdrawn_or_excluded_is_not_stored_any_more_though_it_waits(change: dict[str, Any]) -> None:
    asked: list[str] = []
    headset = Headset()
    headset.leave.set()
    sources = made(asked, headset)
    sources.start()
    assert headset.begun.wait(30)  # and the keeper was before
    asked.clear()
    sources.apply(replace(ALL, **change))
    sources.stop()
    sources.close()
    assert asked[:3] == ["leave, keep False", "stop, keep False", "start"]


@pytest.mark.parametrize("change", [{"exclude_apps": ()}, {"hotkey": "ctrl+m"}, {"consent_eeg": False}])
def test_what_waits_is_stored_where_nothing_was_withdrawn(change: dict[str, Any]) -> None:
    assert not narrowed(ALL, replace(ALL, **change))
    assert not narrowed(replace(ALL, consent_keys=False), ALL)


def interrupted(
    asked: list[str], headset: Headset, while_it: str, act: Callable[[Sources[Any]], None]
) -> tuple[Sources[Any], threading.Event]:
    """Return sources in whose beginning somebody acts, and what is set once they have."""
    acted = threading.Event()

    class Slow(Keeping):
        def start(self) -> None:
            now("starts")
            super().start()

    def now(what: str) -> None:
        if what == while_it and not acted.is_set():
            act(sources)
            acted.set()

    def keeper(_: Settings) -> Keeper:
        made = Slow(asked)
        now("is made")
        return cast("Keeper", made)

    sources = made(asked, headset, keeper)
    return sources, acted


def since_start(asked: list[str]) -> list[str]:
    return asked[asked.index("start") :] if "start" in asked else []


@pytest.mark.parametrize(("while_it", "done"), [("is made", []), ("starts", ["start", "leave, keep False"])])
def test_what_is_withdrawn_while_looking_begins_ends_it_at_once(while_it: str, done: list[str]) -> None:
    asked: list[str] = []
    headset = Headset()
    sources, _ = interrupted(asked, headset, while_it, lambda some: some.apply(replace(ALL, consent_text=False)))
    sources.start()
    assert headset.begun.wait(30)
    assert since_start(asked) == done  # while the headset still takes its time
    headset.leave.set()
    sources.stop()
    sources.close()
    assert asked[-2:] in (["stop, keep False", "start"], ["start", "stop, keep True"])


@pytest.mark.parametrize(("while_it", "done"), [("is made", []), ("starts", ["start", "leave, keep False"])])
def test_nothing_is_stored_of_what_is_seen_once_it_was_paused_while_looking_began(
    while_it: str, done: list[str]
) -> None:
    asked: list[str] = []
    sources, acted = interrupted(asked, Headset(), while_it, lambda some: some.pause(None))
    sources.start()
    assert acted.wait(30)
    sources.close()
    assert since_start(asked) == ([*done, "stop, keep True"] if done else [])
    assert asked[-1] == "stop, keep True"


@pytest.mark.parametrize("act", [lambda sources: sources.pause(None), lambda sources: sources.apply(Settings())])
def test_looking_ends_at_once_though_a_headset_takes_its_time_to_begin(act: Callable[[Sources[Any]], None]) -> None:
    asked: list[str] = []
    headset = Headset()
    sources = made(asked, headset)
    sources.start()
    assert headset.begun.wait(30)
    act(sources)
    assert asked[:2] in (["start", "leave, keep True"], ["start", "leave, keep False"])
    headset.leave.set()
    sources.stop()
    sources.close()
