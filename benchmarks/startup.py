"""How long until the tray icon is there, against Qt's own start in the same run, and what the main process weighs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from companion.figures import Bar, report

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from desktop import Desktop, end, wait_until  # noqa: E402 it lies beside the tests
from kept_secrets import keep_in  # noqa: E402 so does this

RUNS = 5
SETTLE_SECONDS = 12.0  # everything that loads after the icon has loaded by then
MOST_RATIO, MOST_MEGABYTES = 3.0, 250.0
BARE = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(["bare"])
window = QWidget()
window.setWindowTitle("bare window")
window.show()
sys.exit(app.exec())
"""


def main() -> int:
    bare, ours = [], []
    with tempfile.TemporaryDirectory() as folder, _desktop(Path(folder)) as desktop:
        for number in range(RUNS + 1):  # the first run fills the disk cache and is not counted
            pair = (_bare(desktop), _ours(desktop, Path(folder) / str(number)))
            if number:
                bare.append(pair[0])
                ours.append(pair[1])
        megabytes, heavy = _weigh(desktop, Path(folder) / "weighed")
    ratio = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
    figures = {
        "seconds_to_tray_icon": round(statistics.median(ours), 3),
        "seconds_to_bare_window": round(statistics.median(bare), 3),
        "runs": RUNS,
        "main_process_megabytes": round(megabytes, 1),
        "heavy_libraries_in_main_process": heavy,
    }
    bars = [
        Bar("tray icon / bare Qt window", round(ratio, 2), MOST_RATIO),
        Bar("main process, megabytes resident", round(megabytes, 1), MOST_MEGABYTES),
        Bar("torch or OCR in the main process", len(heavy), 0),
    ]
    return report("startup", figures, bars)


def _desktop(folder: Path) -> Desktop:
    """Return a desktop whose programs keep the keys of throw-away vaults in a file, not in the person's keyring."""
    keep_in(folder / "secrets.json")
    return Desktop(tray=True)


def _bare(desktop: Desktop) -> float:
    return _until(desktop, (sys.executable, "-c", BARE), lambda: _has(desktop, '"bare window"'))


def _ours(desktop: Desktop, folder: Path) -> float:
    return _until(desktop, _command(folder), lambda: _has(_panel(desktop), '"Companion"'), folder)


def _command(folder: Path) -> tuple[str, ...]:
    companion = (sys.executable, "-m", "companion", "run", "--frames", "screen", "--board", "synthetic")
    return (*companion, "--vault", str(folder / "vault"))


def _until(desktop: Desktop, command: tuple[str, ...], there: Callable[[], bool], folder: Path | None = None) -> float:
    """Return the seconds from starting a program until what it shows is there, then end it."""
    environ = {"COMPANION_CONFIG": str((folder or desktop.home) / "settings.toml")}
    start = time.perf_counter()
    child = desktop.start(*command, environ=environ)
    wait_until(there, "the first window")
    seconds = time.perf_counter() - start
    end(child)
    wait_until(lambda: not there(), "the window to go")
    return seconds


def _has(where: Desktop | str, name: str) -> bool:
    tree = where if isinstance(where, str) else where.run("xwininfo", "-root", "-tree")
    return any(name in line and " 1x1+" not in line for line in tree.splitlines())


def _panel(desktop: Desktop) -> str:
    """Return the part of the window tree inside the tray's panel."""
    return desktop.run("xwininfo", "-root", "-tree").partition('"panel": ("panel" "trayer")')[2]


def _weigh(desktop: Desktop, folder: Path) -> tuple[float, list[str]]:
    """Return the main process's resident megabytes while it records, and which heavy libraries it has mapped."""
    child = desktop.start(*_command(folder), environ={"COMPANION_CONFIG": str(folder / "settings.toml")})
    desktop.open_xterm("something to look at", title="work")
    time.sleep(SETTLE_SECONDS)
    process = psutil.Process(child.pid)
    megabytes = process.memory_info().rss / 2**20
    mapped = {Path(line.path).name for line in process.memory_maps()}
    end(child)
    return megabytes, sorted(name for name in mapped if "torch" in name or "onnxruntime" in name)


if __name__ == "__main__":
    if (
        not os.environ.get("PATH")
        or subprocess.run(["which", "Xvfb", "trayer", "xwininfo"], capture_output=True, check=False).returncode
    ):
        print(
            "startup: Xvfb, trayer and xwininfo are needed: packaging/linux/install-system-packages.sh test",
            file=sys.stderr,
        )
        sys.exit(2)
    sys.exit(main())
