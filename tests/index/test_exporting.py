from __future__ import annotations

import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from whole_vault import CH_NAMES, SFREQ, SPACE, T0, TEXTS, files, fill, flip, record, signal

from index import focus_history
from index.care import exporting
from index.care.exporting import Wanted, export
from index.focus_history import Piece, Source
from index.keys.keys import Keys
from index.pictures import compaction
from index.signals.bdf import BdfFile
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer

EVERYTHING = Wanted()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(tmp_path / "vault", Keys.random())
    with Writer(made) as writer:
        fill(writer)
    return made


@pytest.fixture
def store(vault: Vault) -> Iterator[Store]:
    made = Store(vault)
    yield made
    made.close()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_moment_comes_with_its_columns_tags_texts_and_picture(store: Store, tmp_path: Path) -> None:
    done = export(store, tmp_path / "out", EVERYTHING)
    assert (done.moments, done.pictures, done.recordings, done.skipped) == (3, 3, 1, [])
    moments = lines(tmp_path / "out" / "moments.jsonl")
    assert [moment["text"] for moment in moments] == list(TEXTS)
    first = moments[0]
    assert (first["id"], first["app"], first["title"], first["tags"]) == (1, "Firefox", "title 0", ["travel"])
    assert (first["time_start"], first["time_end"]) == (T0, T0 + 15)
    assert first["signal"] == {"windows": 5, "fit": 4, "fault": "blink"}
    assert "vectors" not in first
    with Image.open(io.BytesIO((tmp_path / "out" / first["frame"]).read_bytes())) as picture:
        assert (picture.format, picture.size) == ("WEBP", (60, 40))


def test_eeg_is_a_plain_file_with_the_very_same_samples(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "out", EVERYTHING)
    (told,) = lines(tmp_path / "out" / "recordings.jsonl")
    file = BdfFile(tmp_path / "out" / told["file"])
    assert (file.ch_names, file.sfreq, file.time_start) == (CH_NAMES, SFREQ, T0)
    assert (told["samples"], told["device"], told["ch_names"]) == (768, "board", list(CH_NAMES))
    np.testing.assert_array_equal(file.read(0, file.samples), signal())


def test_vectors_come_when_they_are_wanted(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "out", Wanted(vectors=True))
    first = lines(tmp_path / "out" / "moments.jsonl")[0]
    np.testing.assert_allclose(first["vectors"][SPACE], store.matrices([1], SPACE)[1])


def test_a_time_limits_moments_and_cuts_the_eeg(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "out", Wanted(since=T0 + 4, until=T0 + 21))
    assert [moment["id"] for moment in lines(tmp_path / "out" / "moments.jsonl")] == [1, 2]
    (told,) = lines(tmp_path / "out" / "recordings.jsonl")
    file = BdfFile(tmp_path / "out" / told["file"])
    assert (file.time_start, told["time_start"]) == (T0 + 4, T0 + 4)
    np.testing.assert_array_equal(file.read(0, file.samples), signal()[:, 256:])


def test_an_app_limits_the_eeg_to_its_own_moments(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "out", Wanted(app="EDITOR"))
    assert [moment["app"] for moment in lines(tmp_path / "out" / "moments.jsonl")] == ["Editor"]
    assert lines(tmp_path / "out" / "recordings.jsonl") == []  # the recording ended before it


def test_the_history_of_focus_comes_with_what_the_person_said_of_it(vault: Vault, store: Store, tmp_path: Path) -> None:
    pieces = [Piece(T0 + end, 10.0, 0.8, 0.6, 0.7, True, False, "signs", 0.4, b"abcd") for end in (10, 20, 5000)]
    with Writer(vault) as writer:
        writer.do(focus_history.put, pieces).result()
        said = (T0, T0 + 20), Source.CORRECTION
        writer.do(focus_history.put_label, said[0], focused=False, source=said[1], time=T0 + 30).result()
    done = export(store, tmp_path / "out", Wanted(until=T0 + 100))
    first, _, label = lines(tmp_path / "out" / "focus.jsonl")
    assert done.focus == 3
    assert first == {
        "kind": "history",
        "time": T0 + 10,
        "seconds": 10.0,
        "probability": 0.8,
        "eeg": 0.6,
        "behaviour": 0.7,
        "deep": True,
        "frozen": False,
        "cause": "signs",
    }
    assert (label["kind"], label["focused"], label["source"]) == ("said", False, "correction")
    assert export(store, tmp_path / "all", EVERYTHING).focus == 4
    assert export(store, tmp_path / "editor", Wanted(app="Editor")).focus == 0  # nothing is known of its time


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(VaultError, match=r"not empty\. Name a folder that is new or empty"):
        export(store, tmp_path / "out", EVERYTHING)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_what_is_exported_is_for_its_person_alone(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "out", EVERYTHING)
    for path in (tmp_path / "out", *(tmp_path / "out").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_what_cannot_be_read_is_named_and_the_rest_comes(store: Store, vault: Vault, tmp_path: Path) -> None:
    flip(files(vault, ".frame")[0])
    flip(files(vault, ".bdf")[0], 2000)
    done = export(store, tmp_path / "out", EVERYTHING)
    assert ["1.frame" in done.skipped[0], ".bdf was left out" in done.skipped[1]] == [True, True]
    assert [moment["frame"] for moment in lines(tmp_path / "out" / "moments.jsonl")][:2] == ["", "frames/2.webp"]
    assert not list((tmp_path / "out").rglob("*.draft"))


def test_eeg_that_was_exchanged_for_another_is_left_out(store: Store, vault: Vault, tmp_path: Path) -> None:
    with Writer(vault) as writer:
        other = record(writer, T0 + 1000)
    (one,) = (path for path in files(vault, ".bdf") if path != other)
    other.replace(one)
    done = export(store, tmp_path / "out", EVERYTHING)
    assert done.recordings == 0
    assert f"{one.name} was exchanged for another" in done.skipped[0]


def test_pictures_that_are_grouped_meanwhile_come_all_the_same(
    vault: Vault, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = exporting._picture

    def grouped_before(*args: Any) -> str:
        monkeypatch.setattr(exporting, "_picture", first)
        with Writer(vault) as writer:
            (framed,) = compaction.plan(store, before=T0 + 1e6).groups
            assert compaction.put(writer, framed, compaction.encoded(vault, [one.frame for one in framed]))
        return first(*args)

    monkeypatch.setattr(exporting, "_picture", grouped_before)
    done = export(store, tmp_path / "out", EVERYTHING)
    assert (done.pictures, done.skipped) == (3, [])


def test_an_export_that_was_broken_off_shows_no_list_of_moments(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.care.exporting._recordings", full)
    with pytest.raises(VaultError, match=r"No space left on device.*Is the disk full"):
        export(store, tmp_path / "out", EVERYTHING)
    assert not (tmp_path / "out" / "moments.jsonl").exists()
