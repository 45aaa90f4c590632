from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest
from desk import wait_until

HERE = Path(__file__).parent


def script(body: str, *, after: str = "") -> str:
    """A program with a worker, as the engine has one: ended in good order."""
    lines = f"""
        import os, signal, sys, time
        from pathlib import Path
        sys.path.insert(0, {str(HERE)!r})
        from worker_tasks import Tasks
        from companion.jobs.worker import Worker

        def main():
            worker = Worker("tester", Tasks, on_incident=lambda part, what: print(what))
            {body}
            worker.stop()
            {after}

        if __name__ == "__main__":
            main()
    """
    return textwrap.dedent(lines)


def run(program: str, path: Path) -> subprocess.CompletedProcess[str]:
    path.write_text(program)
    return subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "body",
    [
        "worker.submit('lock').result()",
        "worker.submit('lock').result(); os.kill(worker.pid, signal.SIGKILL); worker.submit('lock').result()",
        "worker.submit('lock').result(); worker.submit('sleep', 60); time.sleep(0.5)",
        "worker.submit('echo', 1)",
        "pass",
    ],
    ids=["worked", "killed", "ended in its midst", "ended as it begins", "never asked"],
)
def test_nothing_is_said_on_stderr_at_the_end(tmp_path: Path, body: str) -> None:
    done = run(script(body), tmp_path / "program.py")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_process_ends_by_itself_when_its_parent_is_killed(tmp_path: Path) -> None:
    body = (
        "print(worker.submit('pid').result(), flush=True); worker.submit('sleep', 1); time.sleep(0.3); "
        "os.kill(os.getpid(), 9)"
    )
    done = run(script(body), tmp_path / "program.py")
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    wait_until(lambda: not psutil.pid_exists(pid), "the orphan to end")
    assert "Traceback" not in done.stderr


def test_ctrl_c_is_the_parents_affair_from_the_first_moment_on(tmp_path: Path) -> None:
    release = tmp_path / "release"
    body = (
        f"signal.signal(signal.SIGINT, lambda *_: None); task = worker.submit('hold', Path({str(release)!r})); "
        "print('ready', flush=True); print(task.result(), flush=True)"
    )
    path = tmp_path / "program.py"
    path.write_text(script(body))
    program = subprocess.Popen(
        [sys.executable, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    for _ in range(100):  # as it begins, while it imports, while it works
        os.killpg(program.pid, signal.SIGINT)
        time.sleep(0.01)
    release.touch()
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out, err) == (0, "let go\n", "")
