"""The façade in real sessions: what the person does is never undone, and what cannot be done is said."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desktop import wait_until
from quiet_desks import QuietDesk, quiet_desk

from companion.quiet import keeping as keeping_module
from companion.quiet.choose import Chosen
from companion.quiet.journal import Entry, Journal
from companion.quiet.keeping import Keeping
from companion.quiet.types import QuietError

Make = Callable[..., Keeping]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def make(tmp_path: Path, told: list[str]) -> Iterator[Make]:
    made: list[Keeping] = []

    def make(environ: dict[str, str], **options: object) -> Keeping:
        def note(part: str, sentence: str) -> None:
            assert part == "do-not-disturb"
            told.append(sentence)

        whole = {**os.environ, **environ}
        made.append(Keeping(tmp_path, environ=whole, on_incident=note, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    while made:
        made.pop(0).stop()
    # dbus-fast leaves a future that nobody asks for behind a call to a bus that has gone. asyncio says so when it is
    # collected; in the midst of parsing a module, which saying it does too, Python 3.11 would give up.
    gc.collect()


def test_it_is_on_from_begin_to_end(desk: QuietDesk, make: Make, tmp_path: Path, told: list[str]) -> None:
    keeping = make(desk.environ)
    keeping.start()
    assert (keeping.backend, keeping.limits, keeping.holds) == (desk.name, "", False)
    for _ in range(2):
        assert keeping.begin()
        assert keeping.begin()
        assert keeping.holds
        assert desk.is_on()
        assert Journal(tmp_path).read() is not None
        keeping.end()
        assert not keeping.holds
        assert not desk.is_on()
        assert Journal(tmp_path).read() is None
    keeping.end()
    assert told == []


def test_the_persons_own_is_left_on(desk: QuietDesk, make: Make, tmp_path: Path) -> None:
    desk.by_hand(on=True)
    keeping = make(desk.environ)
    assert not keeping.begin()
    assert "Your own" in keeping.limits
    assert Journal(tmp_path).read() is None
    keeping.end()
    keeping.stop()
    assert desk.is_on()


def test_turned_off_by_hand_it_stays_off_until_the_next_focus(desk: QuietDesk, make: Make, tmp_path: Path) -> None:
    keeping = make(desk.environ)
    assert keeping.begin()
    desk.by_hand(on=False)
    wait_until(lambda: not keeping.holds, "the word of it")
    wait_until(lambda: keeping.limits, "what is said of it")
    assert Journal(tmp_path).read() is None
    desk.by_hand(on=True)  # the person's own from now on
    keeping.end()
    assert desk.is_on()
    desk.by_hand(on=False)
    assert keeping.begin()
    assert desk.is_on()


def test_off_and_on_in_one_breath_is_the_persons_own(desks: dict[str, QuietDesk], make: Make) -> None:
    desk = desks["dunst"]
    keeping = make(desk.environ)
    assert keeping.begin()
    both = "dunstctl set-paused false; dunstctl set-paused true"
    desk.session.start("sh", "-c", both).wait(20)
    wait_until(lambda: not keeping.holds, "the word of it")
    keeping.end()
    assert desk.is_on()


def test_a_daemon_started_anew_is_not_turned_on_again(desks: dict[str, QuietDesk], make: Make) -> None:
    desk = desks["dunst"]
    keeping = make(desk.environ)
    assert keeping.begin()
    desk.restart()
    wait_until(lambda: not keeping.holds, "the word of it")
    wait_until(lambda: keeping.limits, "what is said of it, once the journal's lock is free")
    assert not desk.is_on()
    assert keeping.begin()
    keeping.end()
    assert not desk.is_on()


def test_two_programs_do_not_get_into_each_others_way(desks: dict[str, QuietDesk], make: Make) -> None:
    desk = desks["xfce"]
    first, second = make(desk.environ), make(desk.environ)
    assert first.begin()
    second.start()  # which must not take what the first has on for what a dead one left
    assert desk.is_on()
    assert not second.begin()
    assert "Another run" in second.limits
    second.stop()
    assert desk.is_on()
    first.end()
    assert second.begin()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping_module, "LOCK_SECONDS", 0.5)


@pytest.mark.parametrize("name", ["dunst", "gnome", "kde", "swaync"])
def test_what_a_dead_program_left_is_restored_and_said(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, told: list[str], name: str
) -> None:
    desk = desks[name]
    keeping = make(desk.environ)
    assert keeping.begin()
    entry = Journal(tmp_path).read()
    assert entry is not None
    keeping.stop()
    if desk.name != "kde":  # whose inhibition is gone by itself
        desk.by_hand(on=True)
    Journal(tmp_path).write(Entry(entry.backend, entry.prior, "dead", 0.0))
    make(desk.environ).start()
    assert not desk.is_on()
    assert Journal(tmp_path).read() is None
    assert len(told) == 1


def test_a_damaged_journal_touches_nothing_and_is_said(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, told: list[str]
) -> None:
    desk = desks["dunst"]
    (tmp_path / "do-not-disturb.json").write_bytes(b"\0\0\0")
    desk.by_hand(on=True)
    make(desk.environ).start()
    assert desk.is_on()
    assert ["turn it off yourself" in sentence for sentence in told] == [True]


def test_without_a_session_bus_nothing_is_held_and_it_is_said(make: Make, tmp_path: Path) -> None:
    keeping = make({"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"})
    keeping.start()
    assert "no session bus" in keeping.limits
    assert not keeping.begin()
    assert keeping.watchdog is None


def test_what_cannot_be_begun_is_told_once(make: Make, tmp_path: Path, told: list[str]) -> None:
    keeping = make({"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"})
    assert not keeping.begin()
    assert not keeping.begin()
    assert len(told) == 1


def test_when_the_bus_has_gone_the_journal_stays_for_the_next_start(
    make: Make, tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.quiet.guard._END_SECONDS", 0.2)
    with quiet_desk("xfce") as desk:
        keeping = make(desk.environ)
        assert keeping.begin()
        desk.end_bus()
        keeping.end()
    # That it cannot be asked may have been noticed and told before.
    assert sum("tried again at the next start" in sentence for sentence in told) == 1
    assert Journal(tmp_path).read() is not None
    Journal(tmp_path).remove()  # or its watchdog would go on trying


def test_a_desktop_that_says_yes_and_does_nothing_is_found_out(desks: dict[str, QuietDesk], make: Make) -> None:
    keeping = make({**desks["gnome"].environ, "GSETTINGS_BACKEND": "memory"})
    assert not keeping.begin()
    assert "dconf-service" in keeping.limits
    assert not keeping.holds


def test_without_a_watchdog_nothing_is_touched(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.quiet.guard.sys.executable", "/bin/false")
    desk = desks["dunst"]
    keeping = make(desk.environ)
    assert not keeping.begin()
    assert "did not start" in keeping.limits
    assert not desk.is_on()
    assert Journal(tmp_path).read() is None


def test_changes_are_told(desks: dict[str, QuietDesk], make: Make) -> None:
    said: list[bool] = []
    desk = desks["dunst"]
    keeping = make(desk.environ, on_change=lambda: said.append(keeping.holds))
    keeping.start()
    keeping.begin()
    keeping.end()
    assert said == [False, True, False]


def test_a_failure_that_is_nobodys_fault_is_not_swallowed(make: Make) -> None:
    def broken(_: object, *, wake: bool) -> Chosen:  # noqa: ARG001
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make({}, chosen=broken).begin()


def test_a_refused_restore_is_told(make: Make, desks: dict[str, QuietDesk], told: list[str], tmp_path: Path) -> None:
    desk = desks["dunst"]
    keeping = make(desk.environ)
    assert keeping.begin()
    held = keeping._held
    assert held is not None

    def refuse(_: str) -> None:
        raise QuietError("dunst sulks.")

    held.quiet.restore = refuse  # type: ignore[method-assign]
    keeping.end()
    assert told[0].startswith("dunst sulks.")
    assert Journal(tmp_path).read() is not None
    keeping.stop()
    wait_until(lambda: not desk.is_on(), "the watchdog to do it")
