"""The screen stays on while somebody trains, by a bus as desktops have it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbus_fast import Message
from dbus_fast.aio import MessageBus
from PySide6.QtWidgets import QApplication
from recording_training import BLOCK, DONE, PAUSED, RecordingTraining
from waiting import settle, wait_until

from companion.capture.accessible.loop import LoopThread
from ui.bridge import Bridge
from ui.training import awake
from ui.training.awake import SAVER, WHO, WHY, Awake
from ui.training.running import TrainingRunning
from ui.training.sound import Speaker


class Saver:
    """Writes down who asks it to keep the screen on; whose connection ends, asks no more, as with real ones."""

    def __init__(self, address: str) -> None:
        self.kept: dict[str, list[str]] = {}
        self.asked = 0
        self._thread = LoopThread("saver")
        self._bus = self._thread.run(self._begin(address))

    def close(self) -> None:
        async def hang_up() -> None:
            self._bus.disconnect()

        self._thread.run(hang_up())
        self._thread.close()

    async def _begin(self, address: str) -> MessageBus:
        bus = await MessageBus(bus_address=address).connect()
        bus.add_message_handler(self._hear)
        await bus.request_name(SAVER)
        rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
        await bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=[rule],
            )
        )
        return bus

    def _hear(self, said: Message) -> Message | None:
        if said.member == "NameOwnerChanged" and not said.body[2]:
            self.kept.pop(said.body[0], None)
        if (said.member, said.path, said.interface) != ("Inhibit", awake.PATH, SAVER):
            return None
        self.asked += 1
        self.kept[str(said.sender)] = said.body
        return Message.new_method_return(said, "u", [self.asked])


@pytest.fixture
def bus() -> Iterator[str]:
    reading, writing = os.pipe()
    with os.fdopen(reading) as answer:
        command = ("dbus-daemon", "--session", "--nofork", f"--print-address={writing}")
        daemon = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        try:
            yield answer.readline().strip()
        finally:
            daemon.terminate()
            daemon.wait(10)


@pytest.fixture
def saver(bus: str) -> Iterator[Saver]:
    made = Saver(bus)
    yield made
    made.close()


def test_the_screen_stays_on_for_as_long_as_it_is_asked_for(qt: QApplication, bus: str, saver: Saver) -> None:  # noqa: ARG001
    kept = Awake({"DBUS_SESSION_BUS_ADDRESS": bus})
    kept.keep(on=False)
    kept.keep(on=True)
    kept.keep(on=True)
    wait_until(lambda: [*saver.kept.values()] == [[WHO, WHY]])
    kept.keep(on=False)
    wait_until(lambda: not saver.kept)
    kept.keep(on=True)
    wait_until(lambda: len(saver.kept) == 1)
    kept.keep(on=False)
    wait_until(lambda: not saver.kept)
    assert saver.asked == 2


def test_where_nothing_blanks_the_screen_nothing_is_said(qt: QApplication, bus: str, tmp_path: Path) -> None:  # noqa: ARG001
    for environ in (
        {},
        {"DBUS_SESSION_BUS_ADDRESS": bus},
        {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'none'}"},
        {"XDG_RUNTIME_DIR": str(tmp_path)},
    ):
        kept = Awake(environ)
        kept.keep(on=True)
        settle()
        kept.keep(on=False)


def test_the_screen_stays_on_while_the_scene_is_seen_and_a_session_goes_on(
    bridge: Bridge, bus: str, saver: Saver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    port = RecordingTraining()
    page = TrainingRunning(port=lambda: port, speaker=Speaker(bridge=bridge))
    port.now = BLOCK
    page.show()
    page.begin("", 0.5)
    wait_until(lambda: len(saver.kept) == 1)
    port.now = PAUSED
    wait_until(lambda: not saver.kept)
    port.now = BLOCK
    wait_until(lambda: len(saver.kept) == 1)
    page.hide()
    wait_until(lambda: not saver.kept)
    page.show()
    wait_until(lambda: len(saver.kept) == 1)
    port.now = DONE
    wait_until(lambda: not saver.kept)
    page.close()
