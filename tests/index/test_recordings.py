from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from filling import T0

from index import changes
from index.signals import recordings
from index.signals.bdf import BdfAppender
from index.store import Store
from index.types import RecordingError, VaultError
from index.writer import Writer

SFREQ = 200.0


def record(
    writer: Writer,
    name: str,
    start: float,
    seconds: float,
    ch_names: Sequence[str] = ("TP9", "AF7"),
    *,
    close: bool = True,
) -> None:
    """Record a ramp whose every sample says its own number, in µV."""
    path, sealer = writer.vault.eeg / name, writer.vault.keys.eeg
    samples = round(seconds * SFREQ)
    ramp = np.tile(np.arange(samples, dtype=float), (len(ch_names), 1))
    with BdfAppender(path, ch_names=ch_names, sfreq=SFREQ, time_start=start, device="simulated", sealer=sealer) as file:
        file.append(ramp)
    row = changes.relative(writer.vault, path)
    writer.do(
        changes.open_recording, row, device="simulated", source="test", sfreq=SFREQ, ch_names=ch_names, time_start=start
    ).result()
    writer.do(changes.extend_recording, row, samples, closed=close).result()


def test_what_was_recorded_in_a_time_range_comes_back_sample_by_sample(writer: Writer, store: Store) -> None:
    record(writer, "a.bdf", T0, 10)
    (stretch,) = recordings.between(store, T0 + 2, T0 + 3.5)
    assert stretch.data[0] == pytest.approx(np.arange(400, 700), abs=1 / 32)
    assert (stretch.sfreq, stretch.ch_names) == (SFREQ, ("TP9", "AF7"))
    assert stretch.time_end == pytest.approx(T0 + 3.5)


def test_a_range_across_a_gap_gives_a_stretch_on_each_side(writer: Writer, store: Store) -> None:
    record(writer, "a.bdf", T0, 10)
    record(writer, "b.bdf", T0 + 15, 10)
    found = recordings.between(store, T0 + 8, T0 + 20)
    assert [stretch.data.shape[1] for stretch in found] == [400, 1000]
    assert [stretch.time_end - T0 for stretch in found] == pytest.approx([10, 20])
    assert found[0].data[0, -1] == pytest.approx(1999, abs=1 / 32)
    assert found[1].data[0, 0] == pytest.approx(0, abs=1 / 32)


def test_stretches_that_are_too_short_are_left_out(writer: Writer, store: Store) -> None:
    record(writer, "a.bdf", T0, 10)
    record(writer, "b.bdf", T0 + 15, 10)
    found = recordings.between(store, T0 + 8, T0 + 20, least_seconds=3)
    assert [stretch.time_end - T0 for stretch in found] == pytest.approx([20])


def test_where_nothing_was_recorded_there_is_nothing(writer: Writer, store: Store) -> None:
    assert recordings.between(store, T0, T0 + 100) == []
    assert recordings.last(store, 10) is None
    record(writer, "a.bdf", T0, 10)
    assert recordings.between(store, T0 - 50, T0) == []
    assert recordings.between(store, T0 + 10, T0 + 50) == []


def test_the_newest_seconds_are_those_at_the_end(writer: Writer, store: Store) -> None:
    record(writer, "new.bdf", T0 + 100, 10)
    record(writer, "old.bdf", T0, 10)
    stretch = recordings.last(store, 4)
    assert stretch is not None
    assert stretch.data[1] == pytest.approx(np.arange(1200, 2000), abs=1 / 32)
    assert stretch.time_end == pytest.approx(T0 + 110)


def test_when_there_is_less_than_asked_all_of_it_comes(writer: Writer, store: Store) -> None:
    record(writer, "a.bdf", T0, 3)
    stretch = recordings.last(store, 60)
    assert stretch is not None
    assert stretch.data.shape == (2, 600)


def test_of_a_recording_that_goes_on_only_what_is_known_to_be_on_disk_is_read(writer: Writer, store: Store) -> None:
    record(writer, "a.bdf", T0, 10)
    writer.do(changes.extend_recording, "eeg/a.bdf", 1000).result()
    (stretch,) = recordings.between(store, T0, T0 + 60)
    assert stretch.data.shape[1] == 1000
    assert writer.do(changes.left_open_recordings).result() == ["eeg/a.bdf"]
    info = store.newest_recording()
    assert info is not None
    assert info.time_end == pytest.approx(T0 + 5)


def test_a_recording_whose_file_is_gone_is_named(writer: Writer, store: Store) -> None:
    record(writer, "a.bdf", T0, 10)
    (writer.vault.eeg / "a.bdf").unlink()
    with pytest.raises(VaultError, match=r"a\.bdf"):
        recordings.between(store, T0, T0 + 5)


def test_a_recording_that_was_exchanged_for_another_is_not_read_as_that(writer: Writer, store: Store) -> None:
    record(writer, "a.bdf", T0, 2)
    record(writer, "b.bdf", T0 + 100, 2)
    one, other = (writer.vault.eeg / name for name in ("a.bdf", "b.bdf"))
    other.replace(one)
    with pytest.raises(RecordingError, match=r"eeg/a\.bdf was exchanged for another\. Bring it back"):
        recordings.between(store, T0, T0 + 1)
    one.replace(other)
    assert recordings.last(store, 1) is not None
