from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from companion import listening as listening_module
from companion.brain.types import BoardSpec, Chunk, Stream
from companion.listening import Listening
from index import changes, database
from index.signals.bdf import BdfFile
from index.store import Store
from index.types import VaultError
from index.writer import Writer

BEGIN = 1_772_442_720.0
STREAM = Stream("Muse", 256.0, ("TP9", "AF7"))
Incidents = list[tuple[str, str]]


@pytest.fixture
def incidents() -> Incidents:
    return []


@pytest.fixture
def listening(writer: Writer, incidents: Incidents) -> Listening:
    """What a headset's chunks are handed to; the tests are the headset."""
    return Listening(
        BoardSpec("none"),
        writer=writer,
        clock=lambda: BEGIN + 99,
        on_incident=lambda part, what: incidents.append((part, what)),
        source="muse",
    )


def hand_over(listening: Listening, first: int, seconds: int, segment: int = 0) -> None:
    """Give so many seconds of counted samples, a quarter of a second at a time."""
    for start in range(first * 256, (first + seconds) * 256, 64):
        data = np.tile(np.arange(start, start + 64, dtype=float), (2, 1))
        listening._take(Chunk(data, BEGIN + start / 256, segment, STREAM))


def test_what_comes_is_at_hand_and_on_disk(listening: Listening, store: Store) -> None:
    hand_over(listening, 0, 3)
    newest = listening.last(2.0)
    assert newest is not None
    assert newest.data[0].tolist() == list(range(256, 768))
    (info,) = store.recordings_between(0, float("inf"))
    assert (info.device, info.source, info.sfreq, info.ch_names) == ("Muse", "muse", 256.0, ("TP9", "AF7"))
    assert info.samples == 768
    assert store.value("SELECT open FROM recordings") == 1
    hand_over(listening, 10, 2, segment=1)
    listening.stop()
    assert [i.samples for i in store.recordings_between(0, float("inf"))] == [768, 512]
    assert store.value("SELECT count(*) FROM recordings WHERE open = 1") == 0
    (output,) = store.outputs()
    assert (output.part, output.time) == ("headset", BEGIN + 99)
    assert (listening.received, listening.lost, listening.last(1.0)) == (1280, 0, None)


@pytest.mark.parametrize("refused", ["open_recording", "extend_recording"])
def test_what_the_database_refuses_is_said_once_and_taken_down_later(
    listening: Listening, store: Store, incidents: Incidents, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise database.OperationalError("database or disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(changes, refused, full)
        hand_over(listening, 0, 3)
        assert [part for part, _ in incidents] == ["recorder"]
        assert "disk is full" in incidents[0][1]
    hand_over(listening, 3, 1)
    (info,) = store.recordings_between(0, float("inf"))
    assert (info.samples, info.time_start) == (1024, BEGIN)
    data = BdfFile(store.vault.root / info.path, store.vault.keys.eeg).read(0, 1024)
    assert np.rint(data[0]).astype(int).tolist() == list(range(1024))
    listening.stop()
    assert incidents[1:] == [("recorder", "The recording is noted in the vault again.")]


def test_a_recording_is_known_for_good_before_there_is_signal_in_it(
    listening: Listening, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def note(_: object) -> None:
        assert store.value("SELECT count(*) FROM recordings") == len(calls) + 1
        calls.append(sum(BdfFile(path, store.vault.keys.eeg).samples for path in store.vault.eeg.iterdir()))

    monkeypatch.setattr(listening_module, "make_durable", note)
    hand_over(listening, 0, 3)
    assert calls == [0]
    hand_over(listening, 10, 2, segment=1)
    assert calls == [0, 768]
    listening.stop()


def test_what_is_cut_off_comes_in_no_file_and_the_next_file_begins_after_it(listening: Listening, store: Store) -> None:
    hand_over(listening, 0, 3)
    cut_at = BEGIN + 3.1  # within a chunk that is on its way still
    listening.cut(BEGIN - 600, cut_at)
    assert listening.last(0.1) is None
    (info,) = store.recordings_between(0, float("inf"))
    assert store.value("SELECT open FROM recordings") == 0
    hand_over(listening, 3, 2)
    listening.stop()
    before, after = store.recordings_between(0, float("inf"))
    assert before == info
    assert before.samples == 768
    assert after.time_start >= cut_at
    assert after.time_start - cut_at < 1 / 256
    first = round((after.time_start - BEGIN) * 256)
    data = BdfFile(store.vault.root / after.path, store.vault.keys.eeg).read(0, after.samples)
    assert np.rint(data[0]).astype(int).tolist() == list(range(first, 5 * 256))


def test_what_is_played_back_with_the_times_it_was_recorded_at_is_not_cut(listening: Listening, store: Store) -> None:
    listening.cut(BEGIN + 1e6, BEGIN + 1e6 + 600)
    hand_over(listening, 0, 1)
    listening.stop()
    (info,) = store.recordings_between(0, float("inf"))
    assert info.samples == 256


def test_nothing_is_cut_while_the_database_does_not_know_what_there_is(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise database.OperationalError("database or disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(changes, "open_recording", full)
        hand_over(listening, 0, 1)
        with pytest.raises(VaultError, match="disk is full"):
            listening.cut(BEGIN, BEGIN + 1)
    listening.stop()
