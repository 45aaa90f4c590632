from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desktop import Desktop
from PySide6.QtWidgets import QApplication
from waiting import wait_until

from ui.display import missing
from ui.options import Options, parse
from ui.single_instance import Doorbell, Running, address, wake

START = [sys.executable, "-m", "ui"]


def surroundings(tmp_path: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "DISPLAY", "WAYLAND"))}
    own = {"COMPANION_CONFIG": str(tmp_path / "settings.toml"), "COMPANION_VAULT": str(tmp_path / "vault")}
    return kept | own | more


@contextmanager
def running(tmp_path: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    program = subprocess.Popen(
        [*START, *arguments], env=surroundings(tmp_path, **more), stderr=subprocess.PIPE, text=True
    )
    try:
        yield program
    finally:
        program.kill()
        program.communicate()


def second_start(tmp_path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        START, env=surroundings(tmp_path, **more), capture_output=True, text=True, timeout=60, check=False
    )


def wait_for_first(tmp_path: Path) -> None:
    name = address(tmp_path / "vault")
    end = time.monotonic() + 30
    while wake(name) is not Running.SHOWN:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_importing_the_start_imports_no_qt() -> None:
    code = "import sys, ui.__main__; sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_heavy_is_loaded_on_the_way_to_the_tray_icon() -> None:
    code = (
        "import sys, companion.cli.root, companion.cli.run, ui.run\n"
        "heavy = {'torch', 'brainflow', 'faiss', 'scipy', 'sentence_transformers', 'onnxruntime', 'rapidocr'}\n"
        "heavy |= {'numpy', 'pyqtgraph', 'PIL', 'sqlcipher3', 'sqlite_utils', 'keyring'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_line_is_passed_on() -> None:
    given = parse(["--vault", "/v", "--board", "lsl:A", "--frames", "replay:/f", "--sidebar"])
    assert given == Options(vault=Path("/v"), board="lsl:A", frames="replay:/f", sidebar=True)
    assert parse([]) == Options()
    assert parse(["--param", "serial_port=COM3", "--param", "timeout=9"]).params == {
        "serial_port": "COM3",
        "timeout": "9",
    }


def test_a_parameter_without_value_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(["--param", "serial_port"])
    assert "write serial_port=VALUE" in capsys.readouterr().err


def test_no_display_is_said_with_what_to_do(tmp_path: Path) -> None:
    done = second_start(tmp_path)
    assert done.returncode == 2
    assert "companion run --headless" in done.stderr


def test_a_display_that_is_gone_is_said_with_what_to_do(tmp_path: Path) -> None:
    done = second_start(tmp_path, DISPLAY=":4999", QT_QPA_PLATFORM="xcb")
    assert done.returncode == 2
    assert "companion run --headless" in done.stderr


def test_other_systems_need_no_display_variable() -> None:
    assert missing({}, "win32") == ""
    assert missing({"WAYLAND_DISPLAY": "wayland-0"}, "linux") == ""


def test_broken_settings_are_said(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("vault = 3\n")
    code = (
        "import sys\nfrom PySide6.QtWidgets import QMessageBox\n"
        "QMessageBox.critical = staticmethod(lambda *words: print('window:', *words))\n"
        "from ui.__main__ import main\nsys.exit(main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=surroundings(tmp_path, QT_QPA_PLATFORM="offscreen"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "`vault` should be text in quotes" in done.stderr
    assert "window: None Companion" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, QT_QPA_PLATFORM="offscreen") as program:
        wait_for_first(tmp_path)
        program.send_signal(number)
        _, complaints = program.communicate(timeout=30)
        assert program.returncode == 0
        assert "Traceback" not in complaints
        assert "malformed" not in complaints


def test_a_second_start_wakes_the_first_and_leaves(tmp_path: Path) -> None:
    with running(tmp_path, QT_QPA_PLATFORM="offscreen"):
        wait_for_first(tmp_path)
        done = second_start(tmp_path, QT_QPA_PLATFORM="offscreen")
        assert (done.returncode, done.stdout) == (0, "Companion runs already; its sidebar is open.\n")


def test_a_killed_program_does_not_keep_the_next_from_starting(tmp_path: Path) -> None:
    with running(tmp_path, QT_QPA_PLATFORM="offscreen"):
        wait_for_first(tmp_path)
    with running(tmp_path, QT_QPA_PLATFORM="offscreen"):
        wait_for_first(tmp_path)


def test_ringing_reaches_the_running_one(qt: QApplication, tmp_path: Path) -> None:  # noqa: ARG001  sockets need it
    name = address(tmp_path)
    assert wake(name) is Running.NO
    bell = Doorbell(name)
    rung: list[bool] = []
    bell.rung.connect(lambda: rung.append(True))
    code = f"from ui.single_instance import wake; print(wake({name!r}).name)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        wait_until(lambda: other.poll() is not None)
        assert other.communicate()[0] == "SHOWN\n"
    assert rung == [True]
    bell.close()


def test_two_vaults_are_two_programs(tmp_path: Path) -> None:
    assert address(tmp_path / "a") != address(tmp_path / "b")


@pytest.mark.display
@pytest.mark.skipif(not all(map(shutil.which, ("Xvfb", "openbox", "trayer", "xdotool"))), reason="X tools are missing")
@pytest.mark.parametrize("tray", [True, False], ids=["tray", "no tray"])
def test_recording_is_never_invisible(tmp_path: Path, tray: bool) -> None:
    with (
        Desktop(tray=tray) as desktop,
        running(tmp_path, "--sidebar", DISPLAY=desktop.display, QT_QPA_PLATFORM="xcb") as program,
    ):
        for name in ("^Companion: recall$", "^Companion: first steps$"):
            wait_until(lambda name=name: bool(desktop.search("--name", name)), 30)
        wait_until(lambda: bool(desktop.search("--name", "^Companion$")) is not tray, 30)
        program.send_signal(signal.SIGTERM)
        _, complaints = program.communicate(timeout=30)
        assert (program.returncode, complaints) == (0, "")
