from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from companion.brain.types import BoardError
from companion.importing import Imported, import_eeg
from companion.recover import recover
from index import changes
from index.forgetting.budget import Kind
from index.signals.bdf import BdfAppender, BdfFile
from index.store import Store
from index.types import Job, NewMoment, RecordingInfo
from index.writer import Writer

BEGIN = 1_772_442_720.0
CH_NAMES = ("TP9", "AF7", "AF8", "TP10")


def write_muse(path: Path, stretches: list[tuple[float, NDArray[np.float64]]]) -> Path:
    """Write gap-free stretches, each from its second on, as muse-lsl does."""
    lines = ["timestamps,TP9,AF7,AF8,TP10,Right AUX"]
    for second, data in stretches:
        times = BEGIN + second + np.arange(data.shape[1]) / 256
        lines += [
            f"{when:.6f}," + ",".join(f"{value:.3f}" for value in values) + ",0.0"
            for when, values in zip(times, data.T, strict=True)
        ]
    path.write_text("\n".join(lines) + "\n")
    return path


def noise(seconds: float, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, 20, (4, round(seconds * 256)))


@pytest.fixture
def two_stretches(tmp_path: Path) -> Path:
    return write_muse(tmp_path / "day.csv", [(0, noise(25)), (60, noise(15, 1))])


def add_moment(writer: Writer, second: float, seconds: float, *, closed: bool = True) -> int:
    start = BEGIN + second
    new = NewMoment(start, start + seconds, "firefox", "page")
    moment = writer.do(changes.open_moment, writer.vault, new, None).result()
    if closed:
        writer.do(changes.close_moment, moment, start + seconds).result()
        writer.do(changes.done, moment, Job.BRAIN).result()
    return moment


def stored(store: Store) -> list[RecordingInfo]:
    return store.recordings_between(0, float("inf"))


def files(writer: Writer) -> set[str]:
    return {path.name for path in writer.vault.eeg.iterdir()}


def interrupt_after(pieces: int) -> Callable[[float], None]:
    """Press Ctrl-C after so many pieces."""
    seen: list[float] = []

    def progress(share: float) -> None:
        seen.append(share)
        if len(seen) == pieces:
            raise KeyboardInterrupt

    return progress


def test_a_file_becomes_one_recording_a_stretch(writer: Writer, store: Store, two_stretches: Path) -> None:
    shares: list[float] = []
    assert import_eeg(two_stretches, writer, progress=shares.append) == Imported(2, 40.0)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    first, second = stored(store)
    assert [info.time_start for info in (first, second)] == pytest.approx([BEGIN, BEGIN + 60], abs=1e-3)
    assert [info.samples for info in (first, second)] == [25 * 256, 15 * 256]
    assert first.source.startswith("import:day.csv:")
    data = BdfFile(store.vault.root / first.path, store.vault.keys.eeg).read(0, first.samples)
    assert np.abs(data - noise(25)).max() <= 1 / 32 + 5e-4
    assert [output.note for output in store.outputs() if output.part == "import"] == ["day.csv"]


def test_the_same_content_is_known_under_any_name(writer: Writer, store: Store, two_stretches: Path) -> None:
    import_eeg(two_stretches, writer)
    before = stored(store), files(writer)
    copy = two_stretches.rename(two_stretches.with_name("copy of day.csv"))
    assert import_eeg(copy, writer) == Imported(0, 0.0, known=True)
    assert (stored(store), files(writer)) == before


def test_moments_that_were_there_before_are_asked_for_their_eeg(
    writer: Writer, store: Store, two_stretches: Path
) -> None:
    within, between, after = (add_moment(writer, second, 10) for second in (5, 40, 70))
    still_open = add_moment(writer, 10, 5, closed=False)
    import_eeg(two_stretches, writer)
    assert set(store.waiting(Job.BRAIN, 10)) == {within, after}
    assert not {between, still_open} & set(store.waiting(Job.BRAIN, 10))


@pytest.mark.parametrize("pieces", [1, 3, 4], ids=["in the first stretch", "between them", "in the second"])
def test_an_interrupted_import_is_started_again(writer: Writer, store: Store, two_stretches: Path, pieces: int) -> None:
    add_moment(writer, 5, 10)
    with pytest.raises(KeyboardInterrupt):
        import_eeg(two_stretches, writer, progress=interrupt_after(pieces))
    assert store.backlog() == {}  # nothing is asked for before all is there
    assert import_eeg(two_stretches, writer) == Imported(2, 40.0)
    assert [info.samples for info in stored(store)] == [25 * 256, 15 * 256]
    assert files(writer) == {Path(info.path).name for info in stored(store)}
    assert store.backlog() == {Job.BRAIN: 1}


def test_what_an_interrupted_import_left_goes_at_the_next_start(
    writer: Writer, store: Store, two_stretches: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        import_eeg(two_stretches, writer, progress=interrupt_after(4))
    assert len(files(writer)) == 2
    assert recover(writer, time=BEGIN) == ["The import of day.csv was interrupted: start it again."]
    assert (stored(store), files(writer)) == ([], set())
    assert recover(writer, time=BEGIN) == []


def test_another_file_is_no_hindrance_to_an_interrupted_one(
    writer: Writer, store: Store, two_stretches: Path, tmp_path: Path
) -> None:
    other = write_muse(tmp_path / "other.csv", [(500, noise(12, 5))])
    with pytest.raises(KeyboardInterrupt):
        import_eeg(two_stretches, writer, progress=interrupt_after(1))
    import_eeg(other, writer)
    import_eeg(two_stretches, writer)
    assert [info.samples for info in stored(store)] == [25 * 256, 15 * 256, 12 * 256]
    assert import_eeg(other, writer).known


def test_a_file_that_cannot_be_read_stores_nothing(writer: Writer, store: Store, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("eggs,milk\n1,2\n")
    with pytest.raises(BoardError, match=r"list\.csv"):
        import_eeg(tmp_path / "list.csv", writer)
    assert (stored(store), files(writer)) == ([], set())


def begin_recording(writer: Writer, name: str, seconds: float) -> Path:
    """Begin a recording as if the program was killed: the file is not closed, and neither is its row."""
    path = writer.vault.eeg / name
    about = {"ch_names": CH_NAMES, "sfreq": 256.0, "time_start": BEGIN, "device": "test"}
    file = BdfAppender(path, **about, sealer=writer.vault.keys.eeg)
    file.append(noise(seconds))
    file.flush()
    copy = path.read_bytes()
    file.close()
    path.write_bytes(copy)
    how = {"device": "test", "source": "synthetic", "sfreq": 256.0, "ch_names": CH_NAMES, "time_start": BEGIN}
    writer.do(changes.open_recording, changes.relative(writer.vault, path), **how).result()
    return path


def test_a_crash_is_mended_and_said(writer: Writer, store: Store) -> None:
    moment = add_moment(writer, 0, 7, closed=False)
    path = begin_recording(writer, "a.bdf", 5.5)
    with path.open("ab") as file:
        file.write(b"half a record")
    done = recover(writer, time=BEGIN + 100)
    assert done == [
        "1 moment(s) were still open: closed at the last time they were seen.",
        "The recording eeg/a.bdf was repaired: 1280 samples are there.",
    ]
    assert store.moment(moment).time_end == BEGIN + 7
    assert store.waiting(Job.BRAIN, 9) == [moment]
    assert [info.samples for info in stored(store)] == [1280]
    said = [(incident.time, incident.part, incident.what) for incident in reversed(store.incidents())]
    assert said == [(BEGIN + 100, "start", f"The program did not end properly last time. {what}") for what in done]
    assert recover(writer, time=BEGIN + 200) == []


@pytest.mark.parametrize("damage", ["gone", "empty", "other"])
def test_a_recording_that_cannot_be_mended_does_not_keep_the_program_from_starting(
    writer: Writer, store: Store, damage: str
) -> None:
    path, whole = begin_recording(writer, "a.bdf", 5), begin_recording(writer, "b.bdf", 5)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "empty" else b"something else entirely" * 99)
    done = recover(writer, time=BEGIN)
    assert len(done) == 2
    assert done[0].startswith("The recording eeg/a.bdf cannot be read any more")
    assert done[1] == "The recording eeg/b.bdf was repaired: 1280 samples are there."
    assert [info.path for info in stored(store) if info.samples] == [changes.relative(writer.vault, whole)]
    assert recover(writer, time=BEGIN) == []


def test_a_recording_that_the_database_lost_is_taken_in_and_said(writer: Writer, store: Store) -> None:
    path = begin_recording(writer, "a.bdf", 5)
    writer.do(lambda db: db.execute("DELETE FROM recordings")).result()
    assert recover(writer, time=BEGIN) == ["The recording eeg/a.bdf was not known any more: its 1280 samples are."]
    assert [(info.path, info.samples) for info in stored(store)] == [(changes.relative(writer.vault, path), 1280)]
    assert recover(writer, time=BEGIN) == []


def test_what_a_broken_import_left_is_counted_no_more(writer: Writer) -> None:
    path = begin_recording(writer, "a.bdf", 5)
    writer.do(lambda db: db.execute("UPDATE recordings SET source = 'import:a.csv:0'")).result()
    writer.vault.ledger.measure()
    size, before = path.stat().st_size, writer.vault.ledger.used()[Kind.EEG]
    recover(writer, time=BEGIN)
    assert writer.vault.ledger.used()[Kind.EEG] == before - size
