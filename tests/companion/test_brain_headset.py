import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from headset_heard import Heard
from test_brain_playback import counting, joined, write_muse_csv

from companion.brain import board
from companion.brain import headset as headset_module
from companion.brain.assembly import NO_VALUES, PROGRAM_SENDS
from companion.brain.headset import Headset
from companion.brain.types import BoardSpec, Chunk, Contact

ROOT = Path(__file__).parents[2]
STREAMER = """
import math, sys, threading, time
import pylsl
pylsl.set_config_content("[multicast]\\nResolveScope = machine\\n[log]\\nlevel = -3\\n")
outlet = pylsl.StreamOutlet(pylsl.StreamInfo(sys.argv[1], "EEG", 2, 100, "float32", "source"))
word = ["speak"]

def obey():
    for line in sys.stdin:
        word[0] = line.strip()

threading.Thread(target=obey, daemon=True).start()
number, begin = 0, time.monotonic()
while time.monotonic() - begin < 60:
    time.sleep(0.05)
    fresh = int((time.monotonic() - begin) * 100) - number
    number += fresh
    if word[0] != "quiet":
        first, second = {"speak": (1, -1), "half": (1, math.nan), "without": (math.nan, math.nan)}[word[0]]
        outlet.push_chunk([[first * n, second * n] for n in range(number - fresh, number)])
"""


@contextmanager
def streamer(name: str) -> Iterator[Callable[[str], None]]:
    """A program that streams over LSL.

    It falls silent when told "quiet" and goes on when told "speak"; with "half" only its first electrode gives values,
    with "without" none does.
    """
    with subprocess.Popen([sys.executable, "-c", STREAMER, name], stdin=subprocess.PIPE, text=True) as program:

        def tell(word: str) -> None:
            print(word, file=program.stdin, flush=True)

        try:
            yield tell
        finally:
            program.kill()


@pytest.fixture
def heard() -> Iterator[Callable[[BoardSpec], Heard]]:
    made: list[Heard] = []

    def make(spec: BoardSpec) -> Heard:
        made.append(Heard(spec))
        return made[-1]

    yield make
    for one in made:
        one.headset.stop()


def acquisitions() -> list[psutil.Process]:
    """The children that are not Python's own resource tracker."""
    return [child for child in psutil.Process().children(recursive=True) if is_acquisition(child)]


def is_acquisition(child: psutil.Process) -> bool:
    try:
        return "resource_tracker" not in " ".join(child.cmdline())
    except psutil.NoSuchProcess:  # it ended meanwhile
        return False


def test_no_headset_is_a_normal_state_without_a_process(heard: Callable[[BoardSpec], Heard]) -> None:
    one = heard(BoardSpec("none"))
    one.headset.start()
    state = one.headset.state()
    assert (state.contact, state.sentence) == (Contact.NONE, "No headset chosen.")
    assert one.headset.pid is None
    one.headset.stop()
    assert one.headset.state().contact is Contact.NONE


def test_the_synthetic_board_streams_and_stops_quickly_leaving_no_process(
    heard: Callable[[BoardSpec], Heard],
) -> None:
    one = heard(board.parse("synthetic"))
    one.headset.start()
    assert one.headset.state().contact is Contact.CONNECTING
    one.wait(lambda: one.headset.state().samples > 500)
    state = one.headset.state()
    assert (state.contact, state.device, state.simulated) == (Contact.STREAMING, "Synthetic", True)
    assert state.last_sample == pytest.approx(time.time(), abs=1.0)
    assert psutil.pid_exists(one.headset.pid or -1)
    began = time.monotonic()
    one.headset.stop()
    assert time.monotonic() - began < 2
    assert acquisitions() == []
    assert one.headset.pid is None
    assert {chunk.segment for chunk in one.chunks} == {0}
    assert sum(chunk.data.shape[1] for chunk in one.chunks) == one.headset.state().samples
    assert one.chunks[0].time_start == pytest.approx(time.time(), abs=10)
    ends = [chunk.time_start + chunk.data.shape[1] / 250 for chunk in one.chunks]
    assert [chunk.time_start for chunk in one.chunks[1:]] == pytest.approx(ends[:-1])
    assert one.incidents == []


def test_a_killed_process_is_replaced_and_nothing_it_sent_is_lost(
    tmp_path: Path, heard: Callable[[BoardSpec], Heard]
) -> None:
    path = write_muse_csv(tmp_path / "count.csv", counting(20_000))
    one = heard(board.parse(f"playback:{path}", {"speed": "10"}))
    one.headset.start()
    one.wait(lambda: one.headset.state().samples > 4000)
    first = one.headset.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    one.wait(lambda: len(one.incidents) == 1)
    assert "being started again" in one.incidents[0]
    before = joined([chunk for chunk in one.chunks if chunk.segment == 0])[0] * 64
    np.testing.assert_allclose(before, np.arange(before.size), atol=1e-3)
    assert before.size > 4000
    one.wait(lambda: len(one.incidents) == 2)
    assert "streaming again" in one.incidents[1]
    assert one.headset.pid not in {first, None}
    assert one.headset.state().contact is Contact.STREAMING
    one.wait(lambda: any(chunk.segment == 1 for chunk in one.chunks))


def test_a_playback_ends_and_that_is_no_incident(tmp_path: Path, heard: Callable[[BoardSpec], Heard]) -> None:
    path = write_muse_csv(tmp_path / "count.csv", counting(5000))
    one = heard(board.parse(f"playback:{path}", {"speed": "50"}))
    one.headset.start()
    one.wait_for(Contact.ENDED)
    one.wait(lambda: acquisitions() == [])
    np.testing.assert_allclose(joined(one.chunks)[0] * 64, np.arange(5000), atol=1e-3)
    assert one.incidents == []
    one.headset.stop()
    assert one.headset.state().contact is Contact.ENDED
    assert one.headset.state().samples == 5000


@pytest.mark.parametrize(
    ("text", "params", "hint"),
    [
        ("playback:/nowhere/at-all.csv", {}, "no recording"),
        ("cyton", {"serial_port": "/dev/ttyNONE7"}, "no serial port"),
        ("cyton", {}, "serial_port"),
    ],
)
def test_what_can_never_work_fails_once_with_a_way_out(
    heard: Callable[[BoardSpec], Heard], text: str, params: dict[str, str], hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headset_module, "FIRST_BACKOFF", 0.1)
    one = heard(board.parse(text, params))
    one.headset.start()
    one.wait_for(Contact.FAILED)
    assert hint in one.headset.state().sentence
    one.wait(lambda: acquisitions() == [])
    time.sleep(0.4)  # several times as long as until another try
    assert acquisitions() == []
    assert one.incidents == [one.headset.state().sentence]


def test_what_is_not_there_yet_is_looked_for_by_the_same_process_and_heard_soon_after_it_comes(
    heard: Callable[[BoardSpec], Heard],
) -> None:
    name = f"late-{os.getpid()}"
    one = heard(BoardSpec("lsl", name))
    one.headset.start()
    one.wait_for(Contact.LOST)
    first = one.headset.pid
    with streamer(name):
        one.wait_for(Contact.STREAMING)
    assert one.headset.pid == first
    assert "No LSL stream" in one.incidents[0]
    assert "streaming again" in one.incidents[1]
    began = time.monotonic()
    one.headset.stop()
    assert time.monotonic() - began < 2
    assert acquisitions() == []


def test_a_stream_that_falls_silent_and_comes_back_recovers_by_itself(heard: Callable[[BoardSpec], Heard]) -> None:
    name = f"silent-{os.getpid()}"
    with streamer(name) as tell:
        one = heard(BoardSpec("lsl", name))
        one.headset.start()
        one.wait_for(Contact.STREAMING)
        tell("quiet")
        one.wait_for(Contact.SILENT)
        assert "sends nothing" in one.headset.state().sentence
        tell("speak")
        one.wait_for(Contact.STREAMING)
    one.wait(lambda: len(one.incidents) >= 2)
    assert "sends nothing" in one.incidents[0]
    assert "streaming again" in one.incidents[1]
    segments = [chunk.segment for chunk in one.chunks]
    assert segments == sorted(segments)
    assert segments[0] < segments[-1]


def test_an_electrode_without_values_is_named_and_the_others_go_on_and_none_at_all_is_said(
    heard: Callable[[BoardSpec], Heard],
) -> None:
    name = f"valueless-{os.getpid()}"
    with streamer(name) as tell:
        one = heard(BoardSpec("lsl", name))
        one.headset.start()
        one.wait_for(Contact.STREAMING)
        first = one.headset.pid
        tell("half")
        one.wait(lambda: one.chunks[-1].stream.ch_names == ("EEG1",))
        assert one.incidents[0] == NO_VALUES.format("EEG2", PROGRAM_SENDS)
        one.wait(lambda: "EEG2" in one.headset.state().sentence)
        assert one.headset.state().contact is Contact.STREAMING
        tell("without")
        one.wait_for(Contact.SILENT)
        assert "samples without values" in one.headset.state().sentence
        tell("half")
        one.wait_for(Contact.STREAMING)
        assert one.headset.pid == first
    assert len([sentence for sentence in one.incidents if "EEG2" in sentence]) == 1


def test_a_gap_in_a_recording_is_waited_for(
    tmp_path: Path, heard: Callable[[BoardSpec], Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headset_module, "SILENCE", 1.0)
    first, second = counting(500), counting(500, counting(0).time_start + 4, 500)
    path = write_muse_csv(tmp_path / "gap.csv", first, second)
    one = heard(board.parse(f"playback:{path}", {}))
    one.headset.start()
    one.wait_for(Contact.SILENT)
    assert "gap" in one.headset.state().sentence
    pid = one.headset.pid
    one.wait_for(Contact.STREAMING)
    assert one.headset.pid == pid
    one.wait_for(Contact.ENDED)
    assert one.incidents == []
    np.testing.assert_allclose(joined(one.chunks)[0] * 64, np.arange(1000), atol=1e-3)


def test_an_error_in_the_one_who_takes_chunks_is_seen_and_leaves_no_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[BaseException] = []
    monkeypatch.setattr(threading, "excepthook", lambda told: seen.append(told.exc_value))

    def broken(_: Chunk) -> None:
        raise ZeroDivisionError

    headset = Headset(board.parse("synthetic"), on_chunk=broken, on_incident=lambda *_: None)
    headset.start()
    until = time.monotonic() + 20
    while not seen and time.monotonic() < until:
        time.sleep(0.02)
    assert isinstance(seen[0], ZeroDivisionError)
    assert headset.state().contact is Contact.FAILED
    assert acquisitions() == []
    headset.stop()


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_process_ends_with_its_parent_and_not_by_ctrl_c(tmp_path: Path, how: signal.Signals) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            """
            import signal
            import time
            from companion.brain import board
            from companion.brain.headset import Headset

            if __name__ == "__main__":
                signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored when started in the background
                one = Headset(board.parse("synthetic"), on_chunk=lambda chunk: None, on_incident=lambda *_: None)
                one.start()
                while not one.state().samples:
                    time.sleep(0.05)
                try:
                    print(one.pid, flush=True)
                    time.sleep(60)
                except KeyboardInterrupt:
                    time.sleep(1)  # Ctrl-C went to the child too
                    print(one.state().contact, flush=True)
                    one.stop()
            """
        )
    )
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", str(script)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        if how is signal.SIGINT:
            os.killpg(parent.pid, signal.SIGINT)
            assert parent.stdout.readline().strip() == "streaming"
        else:
            parent.kill()
        child.wait(5)
        parent.wait(5)


def test_values_in_the_wrong_unit_are_said_once_and_kept_as_they_came(
    tmp_path: Path, heard: Callable[[BoardSpec], Heard]
) -> None:
    noise = np.random.default_rng(0).normal(0, 12e-3, (4, 256 * 70))  # millivolts
    path = write_muse_csv(tmp_path / "wrong.csv", replace(counting(256 * 70), data=noise))
    one = heard(board.parse(f"playback:{path}", {"speed": "20"}))
    one.headset.start()
    one.wait(lambda: "millivolts, not microvolts" in one.headset.state().sentence)
    assert one.headset.state().contact is Contact.STREAMING
    one.wait_for(Contact.ENDED)
    assert len(one.incidents) == 1
    assert "look like millivolts" in one.incidents[0]
    np.testing.assert_allclose(joined(one.chunks), noise, atol=1e-6)
