"""kill -9 of the program, of the watchdog, of both: do-not-disturb is back, and the person's own stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from desktop import wait_until
from quiet_desks import QuietDesk
from running import ROOT, Running, alive, running, watchdogs

from companion.quiet.journal import Entry, Journal


def journal(folder: Path) -> Path:
    return folder / "do-not-disturb.json"


def test_killed_while_it_is_on_it_goes_off(desk: QuietDesk, tmp_path: Path) -> None:
    with running(tmp_path, desk.environ) as program:
        program.await_line("on")
        assert desk.is_on()
        program.kill()
        wait_until(lambda: not desk.is_on(), "do-not-disturb to go off")
        wait_until(lambda: not journal(tmp_path).exists(), "the journal to go")
    assert not desk.is_on()


@pytest.mark.parametrize("seed", range(3))
def test_killed_anywhere_nothing_is_left_on(desks: dict[str, QuietDesk], tmp_path: Path, seed: int) -> None:
    desk = desks["dunst"]
    with running(tmp_path, desk.environ, "cycle", seed) as program:
        for _ in range(seed * 3 + 1):  # lines, each at another point
            program.line()
        program.kill()
    wait_until(lambda: not desk.is_on() and not journal(tmp_path).exists(), "everything to be as it was")


@pytest.mark.parametrize("name", ["dunst", "gnome"])
def test_the_persons_own_stays_when_the_program_is_killed(
    desks: dict[str, QuietDesk], tmp_path: Path, name: str
) -> None:
    desk = desks[name]
    desk.by_hand(on=True)
    with running(tmp_path, desk.environ, "cycle") as program:
        assert "Your own" in program.await_line("not")[2]
        program.kill()
    assert desk.is_on()
    assert not journal(tmp_path).exists()


def test_turned_on_again_by_hand_it_stays_when_the_program_is_killed(
    desks: dict[str, QuietDesk], tmp_path: Path
) -> None:
    desk = desks["dunst"]
    with running(tmp_path, desk.environ) as program:
        program.await_line("on")
        desk.by_hand(on=False)
        wait_until(lambda: program.ask() == "free", "the program to hear of it")
        wait_until(lambda: not journal(tmp_path).exists(), "the journal to go")
        desk.by_hand(on=True)
        program.kill()
    assert desk.is_on()


def test_when_the_watchdog_dies_another_takes_its_place(desks: dict[str, QuietDesk], tmp_path: Path) -> None:
    desk = desks["dunst"]
    with running(tmp_path, desk.environ) as program:
        first = int(program.await_line("on")[1])
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: [one for one in watchdogs(tmp_path) if one != first], "another watchdog")
        assert program.ask() == "holds"
        program.kill()
        wait_until(lambda: not desk.is_on(), "do-not-disturb to go off")


@pytest.mark.parametrize("name", ["dunst", "gnome", "kde"])
def test_both_killed_the_next_start_restores(desks: dict[str, QuietDesk], tmp_path: Path, name: str) -> None:
    desk = desks[name]
    with running(tmp_path, desk.environ) as program:
        kill_both(program)
        assert journal(tmp_path).exists()
        with running(tmp_path, desk.environ) as later:
            later.await_line("started")
            later.await_line("on")  # which it would not say if it took what was left on for the person's own
            assert "stopped" in later.leave()
    assert not desk.is_on()
    assert not journal(tmp_path).exists()


def kill_both(program: Running) -> None:
    watchdog = int(program.await_line("on")[1])
    program.process.send_signal(signal.SIGSTOP)  # or it would start another
    os.kill(watchdog, signal.SIGKILL)
    wait_until(lambda: not alive(watchdog), "the watchdog to die")
    program.kill()


def test_what_ends_the_session_does_not_end_the_watchdog_first(desks: dict[str, QuietDesk], tmp_path: Path) -> None:
    desk = desks["dunst"]
    with running(tmp_path, desk.environ) as program:
        watchdog = int(program.await_line("on")[1])
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(watchdog, name)
        program.kill()
        wait_until(lambda: not desk.is_on(), "do-not-disturb to go off")


def test_a_child_that_holds_the_pipe_does_not_hold_the_watchdog_up(tmp_path: Path) -> None:
    """A forked child has the pipe's other end too, and may live on."""
    code = (
        "import os, subprocess, sys, time\n"
        "from companion.quiet.watchdog import READY\n"
        "words = [sys.executable, '-P', '-m', 'companion.quiet.watchdog', sys.argv[1], 'word', str(os.getpid())]\n"
        "child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "assert child.stdout.read(1) == READY\n"
        "if os.fork() == 0:\n"
        "    print(os.getpid(), child.pid, flush=True)\n"
        "    time.sleep(60)\n"
        "os._exit(0)\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = (sys.executable, "-P", "-c", code, str(tmp_path))
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, encoding="utf-8") as parent:
        assert parent.stdout is not None
        forked, watchdog = map(int, parent.stdout.readline().split())
        try:
            wait_until(lambda: not alive(watchdog), "the watchdog to end")
            assert alive(forked)
        finally:
            os.kill(forked, signal.SIGKILL)


def test_a_journal_of_another_run_is_left_to_it(tmp_path: Path) -> None:
    Journal(tmp_path).write(Entry("dunst", "{}", "another", 0.0))
    done = watchdog_alone(tmp_path, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"})
    assert done.returncode == 0
    assert journal(tmp_path).exists()


def test_a_damaged_journal_is_set_aside_and_said(tmp_path: Path) -> None:
    journal(tmp_path).write_text('{"backend": "dun', encoding="utf-8")
    done = watchdog_alone(tmp_path, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"})
    assert done.returncode == 0
    assert "turn it off yourself" in done.stderr
    assert not journal(tmp_path).exists()
    assert (tmp_path / "do-not-disturb.damaged").exists()


def test_it_loads_little_before_it_is_needed() -> None:
    code = "import sys, companion.quiet.watchdog\nprint(*sys.modules)"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run((sys.executable, "-P", "-c", code), env=environ, capture_output=True, text=True, check=True)
    assert not {"asyncio", "dbus_fast", "filelock", "numpy", "platformdirs", "json"} & set(done.stdout.split())


def watchdog_alone(folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a watchdog whose program is gone before it has begun."""
    return subprocess.run(
        (sys.executable, "-P", "-m", "companion.quiet.watchdog", str(folder), "word", str(os.getpid())),
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
