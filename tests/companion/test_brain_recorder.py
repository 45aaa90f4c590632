import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import mne
import numpy as np
import pytest

from companion.brain import recorder as module
from companion.brain.recorder import Recorder
from companion.brain.types import Chunk, Stream
from index.signals.bdf import BdfFile

STREAM = Stream("Muse2", 256.0, ("TP9", "AF7", "AF8", "TP10"))
START = 1_700_000_000.125


class Heard:
    """What the recorder told."""

    def __init__(self, folder: Path) -> None:
        self.opened: list[tuple[Path, Stream, float]] = []
        self.progress: list[tuple[Path, int]] = []
        self.closed: list[tuple[Path, int]] = []
        self.errors: list[str] = []
        self.recorder = Recorder(
            folder,
            on_open=lambda path, stream, time: self.opened.append((path, stream, time)),
            on_progress=lambda path, samples: self.progress.append((path, samples)),
            on_close=lambda path, samples: self.closed.append((path, samples)),
            on_error=self.errors.append,
        )


def chunk(data: np.ndarray, first: int = 0, segment: int = 0, stream: Stream = STREAM) -> Chunk:
    return Chunk(data, START + first / stream.sfreq, segment, stream)


def noise(samples: int, scale: float = 50.0) -> np.ndarray:
    return np.random.default_rng(samples).normal(scale=scale, size=(4, samples)).clip(-200_000, 200_000)


@pytest.fixture
def file_size_limit() -> Iterator[Callable[[int], None]]:
    """Let the system refuse every byte beyond a file's size, as a full disk does."""
    resource = pytest.importorskip("resource", reason="only Unix limits the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_segment_is_one_file_that_other_tools_read(tmp_path: Path) -> None:
    heard, signal = Heard(tmp_path / "eeg"), noise(1000)
    for first in range(0, 1000, 90):
        heard.recorder.append(chunk(signal[:, first : first + 90], first))
    heard.recorder.close()
    [(path, samples)] = heard.closed
    assert (path.name, samples) == ("20231114T221320.125Z.bdf", 1000)
    assert heard.opened == [(path, STREAM, START)]
    np.testing.assert_allclose(BdfFile(path).read(0, 1000), signal, atol=1 / 64 + 1e-9)
    raw = mne.io.read_raw_bdf(path, verbose="error")
    assert raw.ch_names[:4] == list(STREAM.ch_names)
    np.testing.assert_allclose(raw.get_data(picks=[0, 1, 2, 3])[:, :1000] * 1e6, signal, atol=1 / 64 + 1e-6)


def test_each_second_of_signal_is_on_disk_before_the_next(tmp_path: Path) -> None:
    heard, signal = Heard(tmp_path), noise(256 * 3)
    for first in range(0, signal.shape[1], 64):
        heard.recorder.append(chunk(signal[:, first : first + 64], first))
        done = first + 64
        on_disk = BdfFile(heard.opened[0][0]).samples
        assert on_disk >= done - 256
    assert [samples for _, samples in heard.progress] == [256, 512, 768]
    heard.recorder.close()


def test_a_new_segment_is_a_new_file_and_no_file_is_written_over(tmp_path: Path) -> None:
    heard = Heard(tmp_path)
    for segment in range(3):
        heard.recorder.append(chunk(noise(50), 0, segment))  # all begin at the same millisecond
    heard.recorder.close()
    assert [samples for _, samples in heard.closed] == [50, 50, 50]
    assert len({path for path, _ in heard.closed}) == len(list(tmp_path.iterdir())) == 3


def test_what_exceeds_the_range_is_kept_in_a_file_with_a_wider_one(tmp_path: Path) -> None:
    heard = Heard(tmp_path)
    parts = [noise(100), noise(100) + 600_000.0, noise(100), noise(100) - 3_000_000.0]
    for number, part in enumerate(parts):
        heard.recorder.append(chunk(part, 100 * number))
    heard.recorder.append(chunk(noise(10), 400, segment=1))
    heard.recorder.close()
    assert [samples for _, samples in heard.closed] == [100, 200, 100, 10]
    assert [time for _, _, time in heard.opened] == pytest.approx([START + n / 256 for n in (0, 100, 300, 400)])
    wide = BdfFile(heard.closed[1][0]).read(0, 200)
    np.testing.assert_allclose(wide, np.hstack(parts[1:3]), atol=1 / 16 + 1e-9)
    np.testing.assert_allclose(BdfFile(heard.closed[2][0]).read(0, 100), parts[3], atol=1 / 4 + 1e-9)
    np.testing.assert_allclose(BdfFile(heard.closed[3][0]).read(0, 10), noise(10), atol=1 / 64 + 1e-9)
    assert heard.errors == []


def test_values_no_file_can_hold_are_counted_and_the_rest_goes_on(tmp_path: Path) -> None:
    heard = Heard(tmp_path)
    for number, scale in enumerate([1.0, 1e9, 1e9, 1.0]):
        heard.recorder.append(chunk(np.full((4, 300), scale), 300 * number))
    heard.recorder.close()
    assert heard.recorder.lost == 600
    assert [samples for _, samples in heard.closed] == [300, 300]
    [sentence] = heard.errors
    assert "unit" in sentence


def test_a_disk_that_is_full_for_a_while_costs_no_sample(
    tmp_path: Path, file_size_limit: Callable[[int], None]
) -> None:
    heard, signal = Heard(tmp_path), noise(256 * 12)
    file_size_limit(10_000)  # three seconds fit
    for first in range(0, 256 * 8, 128):
        heard.recorder.append(chunk(signal[:, first : first + 128], first))
    [sentence] = heard.errors
    assert "space" in sentence
    file_size_limit(10_000_000)
    for first in range(256 * 8, 256 * 12, 128):
        heard.recorder.append(chunk(signal[:, first : first + 128], first))
    heard.recorder.close()
    [(path, samples)] = heard.closed
    assert (samples, heard.recorder.lost) == (256 * 12, 0)
    np.testing.assert_allclose(BdfFile(path).read(0, samples), signal, atol=1 / 64 + 1e-9)


def test_what_a_full_disk_costs_is_counted_and_not_joined_over(
    tmp_path: Path, file_size_limit: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HELD_SECONDS", 2.0)
    heard, signal = Heard(tmp_path), noise(256 * 20)
    file_size_limit(10_000)
    for first in range(0, 256 * 15, 256):
        heard.recorder.append(chunk(signal[:, first : first + 256], first))
    file_size_limit(10_000_000)
    for first in range(256 * 15, 256 * 20, 256):
        heard.recorder.append(chunk(signal[:, first : first + 256], first))
    heard.recorder.close()
    assert len(heard.errors) == 1
    assert len(heard.closed) == 2
    assert sum(samples for _, samples in heard.closed) + heard.recorder.lost == 256 * 20
    for (path, samples), (_, _, time) in zip(heard.closed, heard.opened, strict=True):
        first = round((time - START) * 256)
        np.testing.assert_allclose(
            BdfFile(path).read(0, samples), signal[:, first : first + samples], atol=1 / 64 + 1e-9
        )


def test_a_folder_that_cannot_be_made_is_said_once_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "vault" / "eeg"
    (tmp_path / "vault").write_text("in the way")
    heard = Heard(folder)
    for number in range(40):
        heard.recorder.append(chunk(noise(64), 64 * number))
    [sentence] = heard.errors
    assert "folder" in sentence
    assert heard.recorder.lost == 64 * 40
    (tmp_path / "vault").unlink()
    for number in range(40, 80):
        heard.recorder.append(chunk(noise(64), 64 * number))
    heard.recorder.close()
    [(path, samples)] = heard.closed
    assert samples + heard.recorder.lost == 64 * 80
    assert samples >= 64 * 40 - 256 - 64
    assert BdfFile(path).samples == samples
    shutil.rmtree(tmp_path / "vault")
    heard.recorder.append(chunk(noise(64), 0, 9))  # and it goes on when the folder is taken away
    heard.recorder.close()
    assert heard.closed[-1][1] == 64


@pytest.mark.parametrize(
    "names", [("Elektrode vorne links", "Elektrode vorne rechts"), ("Fü", "Fä"), ("A1", "A2"), ("\u00fc", "\u00e4")]
)
def test_channel_names_a_file_has_no_room_for_are_fitted(tmp_path: Path, names: tuple[str, ...]) -> None:
    heard = Heard(tmp_path)
    stream = Stream("Gerät" * 30, 250.0, names)
    heard.recorder.append(chunk(np.ones((2, 100)), stream=stream))
    heard.recorder.close()
    assert heard.errors == []
    assert heard.opened[0][1] is stream
    assert BdfFile(heard.closed[0][0]).samples == 100


def test_a_stream_no_file_can_hold_is_said_and_counted(tmp_path: Path) -> None:
    heard = Heard(tmp_path)
    heard.recorder.append(chunk(np.ones((1, 10)), stream=Stream("Slow", 0.1, ("A",))))
    heard.recorder.close()
    assert heard.recorder.lost == 10
    assert "Slow" in heard.errors[0]
