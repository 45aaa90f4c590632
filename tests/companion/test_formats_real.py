"""Real recordings, compared with what another reader makes of them."""

from __future__ import annotations

import os
from pathlib import Path

import mne
import numpy as np
import pytest

from companion.brain.formats import read

DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no recordings in {DATA}: set COMPANION_TEST_DATA"),
]


def edfs(name: str, step: int) -> list[Path]:
    return sorted((DATA / name).glob("**/*.edf"))[::step]


@pytest.mark.parametrize(("name", "samples"), [("cueing", 61296), ("p300", 30732)])
def test_muse_lsl(name: str, samples: int) -> None:
    path = DATA / "raw" / f"muse-lsl_{name}.csv"
    (segment,) = read(path)
    table = np.genfromtxt(path, delimiter=",", names=True, max_rows=2000)
    assert segment.data.shape == (4, samples)
    assert segment.sfreq == 256.0
    assert segment.ch_names == ("TP9", "AF7", "AF8", "TP10")
    assert segment.time_start == pytest.approx(table["timestamps"][0], abs=1e-3)
    for i, electrode in enumerate(segment.ch_names):
        assert np.array_equal(segment.data[i, :2000], table[electrode])


def test_openbci_gui() -> None:
    path = DATA / "raw" / "OpenBCI_GUI-v6-blinks-jawClench-alpha.txt"
    (segment,) = read(path)
    lines = path.read_text().splitlines()[5:]
    assert segment.data.shape == (8, len(lines))
    assert segment.sfreq == 250.0
    assert segment.device == "OpenBCI CytonSerial"
    assert segment.time_start == pytest.approx(1557936053.329, abs=0.02)
    for at in (0, 1000, len(lines) - 1):
        assert segment.data[:, at].tolist() == [float(cell) for cell in lines[at].split(",")[1:9]]


@pytest.mark.parametrize("at", [100, 5000, 22484])
def test_a_real_file_that_lost_packets_has_a_gap_there(tmp_path: Path, at: int) -> None:
    lines = (DATA / "raw" / "OpenBCI_GUI-v6-blinks-jawClench-alpha.txt").read_text().splitlines()
    (tmp_path / "a.txt").write_text("\n".join([*lines[: 5 + at], *lines[5 + at + 5 :], ""]))
    first, second = read(tmp_path / "a.txt")
    assert (first.data.shape[1], second.data.shape[1]) == (at, 22490 - at - 5)


@pytest.mark.parametrize(
    "path", [*edfs("eegmat", 9), *edfs("seqlearn", 300), *edfs("muse-notebooks", 90)], ids=lambda path: path.name
)
def test_edf_is_what_mne_makes_of_it(path: Path) -> None:
    segments = read(path)
    raw = mne.io.read_raw_edf(path, infer_types=True, verbose="error")
    raw.pick([name for name in raw.ch_names if not name.startswith("HSI_")])
    assert len(segments) == 1
    assert list(segments[0].ch_names) == raw.ch_names
    assert segments[0].sfreq == raw.info["sfreq"]
    assert segments[0].time_start == raw.info["meas_date"].timestamp()
    assert np.allclose(segments[0].data, raw.get_data(units="uV"), atol=1e-6, rtol=0)


def test_a_file_that_begins_again_ten_times_is_ten_stretches(tmp_path: Path) -> None:
    heading, *lines = (DATA / "raw" / "muse-lsl_cueing.csv").read_text().splitlines()
    path = tmp_path / "a.csv"
    path.write_text("\n".join([heading, *lines * 10, ""]))
    assert [segment.data.shape for segment in read(path)] == [(4, 61296)] * 10
