from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recording_training import BLOCK, MUTED

from companion.feedback.sound import SAMPLE_RATE, Sound
from ui.training.feed import BLOCK_BYTES, FRAMES, WAITING_BLOCKS, Feed
from ui.training.sound import LOST, NO_DEVICE

PLAYER = Path(__file__).parent / "play_training.py"
WAIT_SECONDS = 20.0


def samples(block: bytes) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.frombuffer(block, np.int16).astype(np.int64)


class Played:
    """The player in a process of its own, and what it says."""

    def __init__(self, *arguments: str, server: str) -> None:
        paths = os.pathsep.join(sys.path)
        self.process = subprocess.Popen(
            [sys.executable, str(PLAYER), *arguments],
            env={**os.environ, "PULSE_SERVER": server, "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.told: list[dict[str, Any]] = []
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def wait_for(self, so: Callable[[list[dict[str, Any]]], bool]) -> None:
        wait_until(lambda: so(self.told))

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(WAIT_SECONDS)
        self._reading.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.append(json.loads(line))


@contextmanager
def playing(*arguments: str, server: str) -> Iterator[Played]:
    played = Played(*arguments, server=server)
    try:
        yield played
    finally:
        played.end()


class Device:
    """A sound server with one device, whose other end is a pipe."""

    def __init__(self, folder: Path) -> None:
        self.pipe, self.socket = folder / "heard", folder / "server"
        sink = f"module-pipe-sink sink_name=one file={self.pipe} format=s16le rate={SAMPLE_RATE} channels=1"
        modules = (
            f"{sink} use_system_clock_for_timing=yes sink_properties=device.description=One",
            f"module-native-protocol-unix auth-anonymous=1 socket={self.socket}",
        )
        options = ("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes")
        self._loudest = 0
        self._over = False
        self.server = subprocess.Popen(
            ["pulseaudio", *options, *(word for module in modules for word in ("-L", module))],
            env={**os.environ, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: self.socket.exists() and self.pipe.exists())
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    @property
    def loudest(self) -> int:
        """The greatest sample that was played."""
        return self._loudest

    def leave(self) -> None:
        self.server.terminate()
        self.server.wait(WAIT_SECONDS)

    def end(self) -> None:
        self._over = True
        self.leave()
        self._reading.join()

    def _read(self) -> None:
        pipe = os.open(self.pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            while not self._over:
                heard = b""
                with suppress(BlockingIOError):
                    heard = os.read(pipe, 8820)
                if heard:
                    self._loudest = max(self._loudest, int(abs(samples(heard[: len(heard) // 2 * 2])).max(initial=0)))
                else:
                    threading.Event().wait(0.01)
        finally:
            os.close(pipe)


@pytest.fixture
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    folder = tmp_path_factory.mktemp("s")
    folder.chmod(0o700)
    made = Device(folder)
    yield made
    made.end()


def wait_until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not so():
        assert time.monotonic() < end, "waited in vain"
        threading.Event().wait(0.02)


def test_sound_goes_to_the_device_and_its_loss_is_told(device: Device) -> None:
    with playing(server=f"unix:{device.socket}") as played:
        wait_until(lambda: device.loudest > 5000)
        assert played.told[-1] == {"plays": True}
        device.leave()
        played.wait_for(lambda told: told[-1] == {"plays": False})
        assert {"said": LOST.format("One")} in played.told


def test_without_a_device_it_says_so(tmp_path: Path) -> None:
    with playing(server=f"unix:{tmp_path / 'nothing'}") as played:
        played.wait_for(lambda told: {"said": NO_DEVICE} in told)
        assert {"plays": True} not in played.told


def test_where_qt_cannot_play_it_says_what_to_install(tmp_path: Path) -> None:
    with playing("without", server=f"unix:{tmp_path / 'nothing'}") as played:
        played.wait_for(lambda told: any("libpulse0" in one.get("said", "") for one in told))


def test_sound_is_not_loaded_before_it_is_wanted() -> None:
    code = "import sys, ui.app, ui.training.window; sys.exit('PySide6.QtMultimedia' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_two_blocks_are_fifty_milliseconds() -> None:
    assert pytest.approx(0.05, abs=0.001) == WAITING_BLOCKS * FRAMES / SAMPLE_RATE


@pytest.mark.parametrize("sound", list(Sound))
def test_the_next_block_follows_what_was_told_last(sound: Sound) -> None:
    feed = Feed(sound)
    assert not samples(feed.block()).any()  # nothing was told yet
    feed.follow(BLOCK)
    loud = [samples(feed.block()) for _ in range(20)]
    assert all(block.size * 2 == BLOCK_BYTES for block in loud)
    assert max(abs(block).max() for block in loud) > 500
    feed.quiet = True
    for _ in range(60):
        last = samples(feed.block())
    assert abs(last).max() < 5


def test_what_is_muted_is_heard_low_and_no_block_begins_with_a_jump() -> None:
    feed = Feed(Sound.TONE)
    feed.follow(BLOCK)
    loud = np.concatenate([samples(feed.block()) for _ in range(40)])
    feed.follow(MUTED)
    low = np.concatenate([samples(feed.block()) for _ in range(40)])
    assert 0 < abs(low[-FRAMES:]).max() < 0.5 * abs(loud[-FRAMES:]).max()
    whole = np.concatenate([loud, low])
    steepest = 2 * np.pi * 440 / SAMPLE_RATE * abs(whole).max()
    assert abs(np.diff(whole)).max() < 1.5 * steepest


def test_a_bell_rings_when_it_is_asked_for() -> None:
    feed = Feed(Sound.CHIME)
    feed.ring()
    rung = np.concatenate([samples(feed.block()) for _ in range(20)])
    assert abs(rung).max() > 1000
