"""What stalls, fails or dies while do-not-disturb is on: nothing is left on, nothing of the person's undone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from desktop import wait_until
from quiet_desks import QuietDesk, quiet_desk
from running import running
from test_quiet_watchdog import kill_both

from companion.quiet import watchdog
from companion.quiet.bus import NOTIFICATIONS, Bus
from companion.quiet.journal import Entry, Journal
from companion.quiet.keeping import Keeping
from companion.quiet.types import QuietError

Make = Callable[[QuietDesk], Keeping]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.capture.wayland.session_bus.ANSWER_SECONDS", 0.5)
    monkeypatch.setattr("companion.quiet.held.AGAIN_SECONDS", 0.1)
    monkeypatch.setattr("companion.quiet.following._AGAIN", 0.1)
    monkeypatch.setattr("companion.quiet.mako._ASKING", 0.1)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def make(tmp_path: Path, told: list[str]) -> Iterator[Make]:
    made: list[Keeping] = []

    def make(desk: QuietDesk) -> Keeping:
        whole = {**os.environ, **desk.environ}
        made.append(Keeping(tmp_path, environ=whole, on_incident=lambda _, said: told.append(said)))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@contextmanager
def standing_still(process: int) -> Iterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_who_owns_a_name_is_an_error_where_the_bus_does_not_say(desks: dict[str, QuietDesk]) -> None:
    desk = desks["dunst"]
    with closing(Bus(desk.environ)) as bus:
        assert bus.owner("org.nobody.Has") == ""
        with standing_still(desk.bus.pid), pytest.raises(QuietError, match="does not answer"):
            bus.owner(NOTIFICATIONS)
        wait_until(lambda: answers(bus), "the bus to answer again")


def answers(bus: Bus) -> bool:
    try:
        return bool(bus.owner(NOTIFICATIONS))
    except QuietError:
        return False


def test_ended_while_the_bus_stalls_it_goes_off_as_soon_as_it_answers(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, told: list[str]
) -> None:
    desk = desks["dunst"]
    keeping = make(desk)
    assert keeping.begin()
    with standing_still(desk.bus.pid):
        keeping.end()
        assert keeping.holds
        assert "still on" in keeping.limits
        assert Journal(tmp_path).read() is not None
    wait_until(lambda: not keeping.holds and not keeping.limits, "it to be tried again")
    assert not desk.is_on()
    assert Journal(tmp_path).read() is None
    assert ["tried again every few seconds" in sentence for sentence in told] == [True]
    assert keeping.begin()
    assert desk.is_on()


def test_who_is_asked_while_the_bus_stalls_is_not_taken_to_have_turned_it_off(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, told: list[str]
) -> None:
    desk = desks["mako"]
    keeping = make(desk)
    assert keeping.begin()
    with standing_still(desk.bus.pid):
        wait_until(lambda: told, "the word that nobody answers")
        assert keeping.holds
        assert Journal(tmp_path).read() is not None
    assert "cannot be asked just now" in told[0]
    assert desk.is_on()
    keeping.end()
    wait_until(lambda: not keeping.holds, "it to be off")
    assert not desk.is_on()


def test_what_a_dead_run_left_stays_written_down_while_the_bus_stalls_and_is_tried_again(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, told: list[str]
) -> None:
    desk = desks["dunst"]
    keeping = make(desk)
    assert keeping.begin()
    entry = Journal(tmp_path).read()
    assert entry is not None
    keeping.end()
    desk.by_hand(on=True)
    Journal(tmp_path).write(Entry(entry.backend, entry.prior, "dead", 0.0))
    with standing_still(desk.bus.pid):
        make(desk).start()
        assert Journal(tmp_path).read() is not None
    wait_until(lambda: Journal(tmp_path).read() is None, "it to be tried again")
    assert not desk.is_on()
    assert "tried again every few seconds" in told[0]
    wait_until(lambda: "it is as it was before" in told[-1], "the word of it")


def refuse(keeping: Keeping, times: int) -> None:
    """Have the next tries to restore fail."""
    assert keeping._held is not None
    quiet, left = keeping._held.quiet, [None] * times
    really = quiet.restore

    def restore(prior: str) -> None:
        if left:
            left.pop()
            raise QuietError("dunst sulks.")
        really(prior)

    quiet.restore = restore  # type: ignore[method-assign]


def test_a_restore_that_fails_is_tried_until_it_does_not(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, told: list[str]
) -> None:
    desk = desks["dunst"]
    keeping = make(desk)
    assert keeping.begin()
    refuse(keeping, 3)
    keeping.end()
    assert keeping.standing.holds
    wait_until(lambda: not keeping.holds, "it to be tried again")
    wait_until(lambda: Journal(tmp_path).read() is None, "the journal to go")
    assert not desk.is_on()
    assert len(told) == 1


@pytest.mark.parametrize("then", ["stop", "begin"])
def test_turned_off_by_hand_while_restoring_fails_what_comes_on_is_the_persons(
    desks: dict[str, QuietDesk], make: Make, then: str
) -> None:
    desk = desks["dunst"]
    keeping = make(desk)
    assert keeping.begin()
    refuse(keeping, 10_000)
    keeping.end()
    desk.by_hand(on=False)
    desk.by_hand(on=True)
    wait_until(lambda: not keeping.holds, "the word of it")
    if then == "stop":
        keeping.stop()
    else:
        assert not keeping.begin()
        assert "Your own" in keeping.limits
        keeping.end()
    assert desk.is_on()


def test_a_journal_that_cannot_be_taken_away_is_tried_again(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desks["dunst"]
    keeping = make(desk)
    assert keeping.begin()
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", lambda *_given, **_named: refuse_file())
        desk.by_hand(on=False)
        wait_until(lambda: told, "the word of it")
    assert "delete it" in told[0]
    assert not keeping.holds
    desk.by_hand(on=True)
    wait_until(lambda: Journal(tmp_path).read() is None, "the journal to go")
    keeping.stop()
    assert desk.is_on()


def refuse_file() -> None:
    raise PermissionError(13, "Permission denied")


def test_a_daemon_that_left_is_not_called_the_persons_hand(desks: dict[str, QuietDesk], make: Make) -> None:
    desk = desks["dunst"]
    keeping = make(desk)
    assert keeping.begin()
    desk.restart()
    wait_until(lambda: keeping.limits, "the word of it")
    assert "started anew" in keeping.limits
    assert keeping.begin()
    desk.by_hand(on=False)
    wait_until(lambda: keeping.limits, "the word of it")
    assert "by hand" in keeping.limits


def test_a_watchdog_that_cannot_be_run_is_said_and_nothing_is_touched(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    desk = desks["dunst"]
    keeping = make(desk)
    assert not keeping.begin()
    assert "did not start (No such file" in keeping.limits
    assert not desk.is_on()


def test_a_watchdog_that_dies_and_cannot_be_run_again_is_told_of(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = make(desks["dunst"])
    assert keeping.begin()
    assert keeping.watchdog is not None
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(tmp_path / "none"))
        os.kill(keeping.watchdog, signal.SIGKILL)
        wait_until(lambda: told, "the word of it")
    assert "could not be started again" in told[0]
    keeping.end()
    assert keeping.begin()
    assert keeping.watchdog is not None


def test_a_watchdog_goes_on_trying_whatever_goes_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[Path] = []

    def restore_left(journal: Journal) -> str:
        tries.append(journal.folder)
        if len(tries) < 3:
            raise OSError(24, "Too many open files")
        journal.remove()
        return ""

    monkeypatch.setattr("companion.quiet.restoring.restore_left", restore_left)
    monkeypatch.setattr(watchdog, "APART", 0.01)
    Journal(tmp_path).write(Entry("dunst", "{}", "word", 0.0))
    assert watchdog.restore(tmp_path, "word") == 0
    assert len(tries) == 3


def test_what_was_left_on_in_another_session_is_restored_there(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path, told: list[str]
) -> None:
    desk = desks["xfce"]
    with quiet_desk("dunst") as other:
        with running(tmp_path, other.environ) as program:
            kill_both(program)
            assert other.is_on()
            make(desk).start()
            assert not other.is_on()
        assert ["as it was before" in sentence for sentence in told] == [True]
    assert Journal(tmp_path).read() is None
    assert make(desk).begin()


def test_what_was_left_on_in_a_session_that_has_ended_went_with_it(
    desks: dict[str, QuietDesk], make: Make, tmp_path: Path
) -> None:
    prior = '{"daemon": "another :1.5", "paused": false}'
    Journal(tmp_path).write(Entry("dunst", prior, "dead", 0.0, f"unix:path={tmp_path}/ended"))
    desk = desks["dunst"]
    desk.by_hand(on=True)
    make(desk).start()
    assert desk.is_on()
    assert Journal(tmp_path).read() is None


def test_a_bus_that_has_gone_is_not_asked_again_and_the_journal_stays(tmp_path: Path, told: list[str]) -> None:
    """In a process of its own: a call to a bus that has gone leaves a future behind that nobody asks for."""
    code = (
        "import sys\n"
        f"sys.path[:0] = {[*sys.path]!r}\n"
        "from pathlib import Path\n"
        "from desktop import wait_until\n"
        "from quiet_desks import quiet_desk\n"
        "from companion.quiet import guard, held\n"
        "from companion.quiet.journal import Journal\n"
        "from companion.quiet.keeping import Keeping\n"
        "held.AGAIN_SECONDS, guard._END_SECONDS = 0.1, 0.2\n"
        "told, tries, folder = [], [], Path(sys.argv[1])\n"
        "really = held.restore\n"
        "held.restore = lambda *given: tries.append(1) or really(*given)\n"
        "with quiet_desk('xfce') as desk:\n"
        "    keeping = Keeping(folder, environ=desk.environ, on_incident=lambda _, said: told.append(said))\n"
        "    assert keeping.begin()\n"
        "    desk.end_bus()\n"
        "    keeping.end()\n"
        "    wait_until(lambda: len(tries) > 2, 'some tries')\n"
        "    keeping.stop()\n"
        "assert Journal(folder).read() is not None\n"
        "Journal(folder).remove()\n"
        "print(sum('tried again at the next start' in said for said in told))\n"
    )
    done = subprocess.run(
        (sys.executable, "-P", "-c", code, str(tmp_path)), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.strip() == "1", done.stderr
    assert told == []
