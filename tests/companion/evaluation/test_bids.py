from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from made_set import described, noise, recording, with_a_gap

from companion.evaluation.bids import Event, cohort, recordings
from companion.evaluation.errors import EvaluationError

DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))


def scans(folder: Path, *lines: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "all_scans.tsv").write_text("\n".join(lines) + "\n")


def test_entities_come_from_the_name_and_the_description_from_its_file(tmp_path: Path) -> None:
    described(tmp_path)
    recording(tmp_path, "sub-07_ses-2_task-rest_run-03", noise(3))
    found = cohort(tmp_path)
    (one,) = found.recordings
    assert (one.person, one.session, one.task, one.run, one.acq_time) == ("07", "2", "rest", "03", None)
    assert one.name == "sub-07_ses-2_task-rest_run-03"
    assert (found.name, found.licence, found.notes) == ("A set", "CC0", ())


def test_recordings_are_sorted_by_person_session_and_time_and_else_by_the_number_of_the_run(tmp_path: Path) -> None:
    described(tmp_path)
    for seed, name in enumerate(["sub-1_ses-1_task-b_run-10", "sub-1_ses-1_task-a_run-9", "sub-0_ses-2_task-c_run-1"]):
        recording(tmp_path, name, noise(2, seed=seed))
    assert [one.run for one in recordings(tmp_path)] == ["1", "9", "10"]
    scans(
        tmp_path / "sub-1" / "ses-1",
        "filename\tacq_time",
        "eeg/sub-1_ses-1_task-b_run-10_eeg.edf\t2024-01-01T08:00:00",
        "eeg/sub-1_ses-1_task-a_run-9_eeg.edf\t2024-01-01T09:00:00",
    )
    assert [one.run for one in recordings(tmp_path)] == ["1", "10", "9"]


@pytest.mark.parametrize(
    ("told", "hour"),
    [
        ("2024-03-04T10:30:00", 10),
        ("2024-03-04T10:30:00Z", 10),
        ("2024-03-04T10:30:00.000+02:00", 8),
    ],
)
def test_acq_time_is_utc_where_it_names_no_zone(tmp_path: Path, told: str, hour: int) -> None:
    described(tmp_path)
    recording(tmp_path, "sub-1_task-a", noise(2))
    scans(tmp_path / "sub-1", "filename\tacq_time", f"eeg/sub-1_task-a_eeg.edf\t{told}")
    assert recordings(tmp_path)[0].acq_time == datetime(2024, 3, 4, hour, 30, tzinfo=UTC).timestamp()


def test_an_acq_time_that_is_not_told_is_none_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    described(tmp_path)
    recording(tmp_path, "sub-1_task-a", noise(2))
    scans(tmp_path / "sub-1", "filename\tacq_time", "eeg/sub-1_task-a_eeg.edf\tn/a")
    assert recordings(tmp_path)[0].acq_time is None
    scans(tmp_path / "sub-1", "filename\tacq_time", "eeg/sub-1_task-a_eeg.edf\tyesterday")
    with pytest.raises(EvaluationError, match=r"all_scans.tsv, line 2.*'yesterday'.*Mend"):
        recordings(tmp_path)


def test_events_are_in_order_and_content_stands_beside_the_label(tmp_path: Path) -> None:
    described(tmp_path)
    table = 'onset\tduration\ttrial_type\tcontent\n8\tn/a\tb\tShe said "no"\n0.5\t2\ta\tn/a\nn/a\t1\ta\tx\n'
    recording(tmp_path, "sub-1_task-a", noise(2), events=table)
    (one,) = recordings(tmp_path)
    assert one.events() == (Event(0.5, 2.0, "a", ""), Event(8.0, 0.0, "b", 'She said "no"'))


def test_without_a_content_column_the_label_is_the_content(tmp_path: Path) -> None:
    described(tmp_path)
    recording(tmp_path, "sub-1_task-a", noise(2), events="onset\tduration\tvalue\n1\t0\t7\n")
    assert recordings(tmp_path)[0].events() == (Event(1.0, 0.0, "7", "7"),)


def test_a_recording_without_events_has_none_and_takes_those_that_stand_above_it(tmp_path: Path) -> None:
    described(tmp_path)
    recording(tmp_path, "sub-1_task-a", noise(2))
    recording(tmp_path, "sub-1_task-b", noise(2, seed=1))
    (tmp_path / "task-a_events.tsv").write_text("onset\tduration\ttrial_type\n0\t2\tshared\n")
    told = {one.task: [event.label for event in one.events()] for one in recordings(tmp_path)}
    assert told == {"a": ["shared"], "b": []}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("duration\ttrial_type\n0\ta\n", "no column onset"),
        ("onset\tduration\ttrial_type\n0\t1\ta\nsoon\t1\ta\n", "line 3: it has 'soon' as its onset"),
        ("onset\tduration\ttrial_type\n0\t1\n", "line 2: it has 2 cells where 3 are expected"),
        ("onset\tduration\ttrial_type\ninf\t1\ta\n", "line 2: it has 'inf' as its onset"),
        ("", "no column onset"),
    ],
)
def test_a_damaged_table_of_events_is_named_with_its_line(tmp_path: Path, table: str, said: str) -> None:
    described(tmp_path)
    recording(tmp_path, "sub-1_task-a", noise(2), events=table)
    with pytest.raises(EvaluationError, match=said):
        recordings(tmp_path)[0].events()


def test_a_folder_that_is_no_set_says_what_to_give_instead(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="is no folder"):
        cohort(tmp_path / "nowhere")
    with pytest.raises(EvaluationError, match=r"no dataset_description.json. Give the folder that holds"):
        cohort(tmp_path)
    described(tmp_path / "inner")
    with pytest.raises(EvaluationError, match=r"Give one of the sets in it: inner\."):
        cohort(tmp_path)
    with pytest.raises(EvaluationError, match=r"holds no sub-.*git-annex"):
        cohort(tmp_path / "inner")
    (tmp_path / "inner" / "dataset_description.json").write_text("{")
    with pytest.raises(EvaluationError, match="is not JSON"):
        cohort(tmp_path / "inner")


def test_a_set_in_another_format_says_how_to_convert_it(tmp_path: Path) -> None:
    place = described(tmp_path) / "sub-1" / "eeg"
    place.mkdir(parents=True)
    (place / "sub-1_task-a_eeg.vhdr").write_text("Brain Vision")
    with pytest.raises(EvaluationError, match=r"\.vhdr files.*Convert them to EDF"):
        cohort(tmp_path)


def test_a_file_that_cannot_be_read_is_left_out_with_a_note_and_no_file_at_all_is_an_error(tmp_path: Path) -> None:
    described(tmp_path)
    cut_off = recording(tmp_path, "sub-1_task-a", noise(4))
    cut_off.write_bytes(cut_off.read_bytes()[:-100])
    with pytest.raises(EvaluationError, match=r"No recording in .* can be used.*sub-1_task-a_eeg.edf.*cut off"):
        cohort(tmp_path)
    recording(tmp_path, "sub-2_task-a", noise(4))
    (tmp_path / "sub-2" / "eeg" / "sub-2_task-b_eeg.edf").write_text("../../.git/annex/objects/x")
    found = cohort(tmp_path)
    assert [one.name for one in found.recordings] == ["sub-2_task-a"]
    assert [note.split()[2] for note in found.notes] == ["sub-1_task-a_eeg.edf", "sub-2_task-b_eeg.edf"]


def test_a_recording_stored_twice_is_taken_once_whatever_its_header_says(tmp_path: Path) -> None:
    described(tmp_path)
    recording(tmp_path, "sub-1_ses-1_task-a", noise(4))
    twice = recording(tmp_path, "sub-1_ses-2_task-a", noise(4))
    content = bytearray(twice.read_bytes())
    content[8:20] = b"Somebody   X"
    content[168:176] = b"03.03.23"
    twice.write_bytes(content)
    recording(tmp_path, "sub-1_ses-3_task-a", noise(4, seed=1))
    found = cohort(tmp_path)
    assert [one.session for one in found.recordings] == ["1", "3"]
    assert found.notes == ("Left out: sub-1_ses-2_task-a holds the same samples as sub-1_ses-1_task-a.",)


def test_samples_joined_over_a_gap_are_left_out_unless_the_file_says_where(tmp_path: Path) -> None:
    described(tmp_path)
    recording(tmp_path, "sub-1_task-joined", noise(9))
    recording(tmp_path, "sub-1_task-steady", noise(9, seed=1))
    with_a_gap(recording(tmp_path, "sub-1_task-marked", noise(9, seed=2)), record=4, seconds=30)
    lines = [
        f"eeg/sub-1_task-{task}_eeg.edf\t{gap}" for task, gap in (("joined", 30), ("marked", 30), ("steady", 0.05))
    ]
    scans(tmp_path / "sub-1", "filename\tmax_gap_s", *lines)
    found = cohort(tmp_path)
    assert [one.task for one in found.recordings] == ["marked", "steady"]
    assert found.notes[0].startswith("Left out: sub-1_task-joined was joined over a gap of 30 s")


def test_segments_are_eeg_alone_and_gaps_part_them(tmp_path: Path) -> None:
    described(tmp_path)
    data = noise(6, channels=3)
    with_a_gap(recording(tmp_path, "sub-1_task-a", data), record=2, seconds=10)
    first, second = recordings(tmp_path)[0].segments()
    assert first.ch_names == ("TP9", "AF7")
    assert second.time_start - first.time_start == 12.0
    assert np.allclose(np.concatenate([first.data, second.data], axis=1), data[:2], atol=0.01)


def test_other_signals_are_found_by_what_their_label_begins_with(tmp_path: Path) -> None:
    described(tmp_path)
    data = noise(2, channels=3)
    recording(tmp_path, "sub-1_task-a", data)
    (one,) = recordings(tmp_path)
    others = one.others("HSI_")
    assert list(others) == ["HSI_TP9"]
    assert np.allclose(others["HSI_TP9"], data[2], atol=0.01)
    assert one.others("ECG") == {}


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason=f"no recordings in {DATA}: set COMPANION_TEST_DATA")
@pytest.mark.parametrize("name", ["eegmat", "muse-notebooks"])
def test_of_the_real_sets_every_file_is_either_used_once_or_named_in_a_note(name: str) -> None:
    found = cohort(DATA / name)
    files = list((DATA / name).glob("sub-*/**/*_eeg.edf"))
    assert len(found.recordings) + len(found.notes) == len(files)
    assert len(found.recordings) > 0.9 * len(files)
    assert len({one.path.read_bytes()[256:] for one in found.recordings}) == len(found.recordings)
    assert found.licence
    assert all(one.events() for one in found.recordings[::20])
