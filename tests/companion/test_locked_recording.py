from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from vaults import locked_vault_at, vault_at

from companion import app
from companion.brain.types import BoardSpec, Chunk, Stream
from companion.capture.types import Frame, Window
from companion.keeper import Keeper
from companion.locked import listening as locked_listening
from companion.locked import merging
from companion.locked.entries import Journal
from companion.locked.listening import SealedListening
from companion.locked.merging import merge_all
from companion.locked.moments import SealedMoments
from companion.recover import recover
from companion.settings import Settings
from index.keys import keyfile
from index.keys.keys import Secrets
from index.pictures import frames
from index.signals import recordings
from index.store import Store
from index.types import Job, LockedError, VaultError
from index.vault import Vault
from index.writer import Writer

BEGIN = 1_780_000_000.0
SFREQ, CHANNELS = 256.0, ("TP9", "AF7", "AF8", "TP10")
STREAM = Stream("Muse 2", SFREQ, CHANNELS)
CANARY = "zirconium-parakeet"


class QuietHeadset:
    """Stands where a device would be; the test hands over the samples."""

    def __init__(self, _spec: BoardSpec, *, on_chunk: Callable[[Chunk], None], **_named: Any) -> None:
        self.on_chunk = on_chunk

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return locked_vault_at(tmp_path / "vault")


@pytest.fixture
def journal(vault: Vault) -> Iterator[Journal]:
    made = Journal(vault.journal, keyfile.load(vault.key_file).public, clock=lambda: BEGIN)
    yield made
    made.close()


def frame(number: int, time: float) -> Frame:
    pixels = np.random.default_rng(number).integers(0, 255, (40, 60, 3), np.uint8)
    return Frame(pixels, time, Window("gedit", f"{CANARY} {number}", f"https://{CANARY}.org/{number}"))


def record_moments(journal: Journal, count: int, every: float = 10.0) -> None:
    sealed = SealedMoments(journal)
    for number in range(count):
        at = BEGIN + number * every
        assert sealed.open(frame(number, at), "screen")
        sealed.extend(0, at + every / 2 + 5.0)
        sealed.close(0, at + every)


def samples(seconds: float, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float64]]:
    data = np.random.default_rng(seed).normal(0, 30, (len(CHANNELS), round(seconds * SFREQ)))
    return np.rint(data * 32) / 32  # steps of the file


def record_eeg(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, data: np.ndarray[Any, np.dtype[np.float64]], *, segment: int = 1
) -> SealedListening:
    monkeypatch.setattr(locked_listening, "Headset", QuietHeadset)
    listening = SealedListening(
        BoardSpec("brainflow", "x"), journal=journal, clock=lambda: BEGIN, on_incident=lambda *_: None, source="muse"
    )
    step = round(0.1 * SFREQ)
    for start in range(0, data.shape[1], step):
        time = BEGIN + start / SFREQ
        listening._take(Chunk(data[:, start : start + step], time, segment, STREAM))
    listening.stop()
    assert (listening.received, listening.lost) == (data.shape[1], 0)
    return listening


def unlocked(vault: Vault) -> Vault:
    return vault_at(vault.root)


def test_an_hour_recorded_while_locked_is_whole_after_unlocking(
    vault: Vault, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _file: None)  # an hour of them would take the test half a minute
    data = samples(3600)
    record_moments(journal, 360)
    record_eeg(journal, monkeypatch, data)
    journal.close()
    with Writer(unlocked(vault)) as writer:
        merged = merge_all(writer, time=BEGIN + 4000)
        assert [(one.moments, one.damaged) for one in merged] == [(360, "")]
        store = Store(writer.vault)
        moments = store.moments_between(0, float("inf"))
        assert [m.title for m in moments] == [f"{CANARY} {n}" for n in range(360)]
        assert [m.time_end - m.time_start for m in moments] == [10.0] * 360
        picture = frames.encode(frame(17, 0.0).image)
        assert frames.read(writer.vault, moments[17].frame) == picture.whole
        assert frames.read(writer.vault, frames.thumbnail(moments[17].frame)) == picture.small
        (stretch,) = recordings.between(store, 0, BEGIN + 10_000)
        assert np.array_equal(stretch.data, data)
        assert (stretch.ch_names, stretch.time_end) == (CHANNELS, pytest.approx(BEGIN + 3600))
        assert [info.source for info in store.recordings_between(0, float("inf"))] == ["muse"]
        assert store.backlog() == {Job.READ: 360, Job.BRAIN: 360}
        assert store.value("SELECT count(*) FROM moments WHERE open = 1") == 0
        store.close()
    assert list(vault.journal.iterdir()) == []


def test_while_locked_nothing_can_be_read(vault: Vault, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    record_moments(journal, 3)
    record_eeg(journal, monkeypatch, samples(3))
    raw = b"".join(path.read_bytes() for path in vault.root.rglob("*") if path.is_file())
    assert CANARY.encode() not in raw
    assert b"Muse" not in raw
    assert b"WEBP" not in raw
    with pytest.raises(LockedError, match="unlock"):
        Store(vault).count()


def test_what_was_not_closed_ends_where_it_was_last_seen(vault: Vault, journal: Journal) -> None:
    sealed = SealedMoments(journal)
    sealed.open(frame(0, BEGIN), "screen")
    sealed.extend(0, BEGIN + 7.0)
    journal.close()
    with Writer(unlocked(vault)) as writer:
        merge_all(writer, time=BEGIN)
        store = Store(writer.vault)
        assert store.moment(1).time_end == BEGIN + 7.0
        store.close()


def test_a_crash_in_the_midst_of_merging_neither_loses_nor_doubles(
    vault: Vault, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_moments(journal, 4)
    data = samples(5)
    record_eeg(journal, monkeypatch, data)
    journal.close()
    kept = next(vault.journal.iterdir())
    raw = kept.read_bytes()

    def broken(*_: object) -> None:
        raise VaultError("the disk is full")

    with Writer(unlocked(vault)) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(merging, "_put_rest", broken)
            with pytest.raises(VaultError, match="full"):
                merge_all(writer, time=BEGIN)
        assert kept.exists()
        recover(writer, time=BEGIN)  # as the next start does
        store = Store(writer.vault)
        assert store.recordings_between(0, float("inf")) == []
        assert list(writer.vault.eeg.iterdir()) == []
        merge_all(writer, time=BEGIN)
        kept.write_bytes(raw)  # as if the crash came after the database took it and before the file was removed
        merge_all(writer, time=BEGIN)
        assert not kept.exists()
        assert store.count() == 4
        (stretch,) = recordings.between(store, 0, BEGIN + 10_000)
        assert np.array_equal(stretch.data, data)
        store.close()


def test_a_damaged_journal_gives_what_is_before_the_damage_and_is_kept(vault: Vault, journal: Journal) -> None:
    record_moments(journal, 3)
    journal.close()
    path = next(vault.journal.iterdir())
    raw = bytearray(path.read_bytes())
    raw[-1000] ^= 1
    path.write_bytes(raw)
    with Writer(unlocked(vault)) as writer:
        (merged,) = merge_all(writer, time=BEGIN)
        assert merged.moments == 2
        store = Store(writer.vault)
        assert "cannot be read" in store.incidents()[0].what
        store.close()
    assert [file.suffix for file in vault.journal.iterdir()] == [".damaged"]


def test_the_disk_that_refuses_is_named_and_samples_wait_for_it(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locked_listening, "Headset", QuietHeadset)
    said: list[str] = []
    full = threading.Event()
    append = journal.append

    def refuse(entry: Any) -> None:
        if full.is_set():
            raise VaultError("Is the disk full?")
        append(entry)

    monkeypatch.setattr(journal, "append", refuse)
    listening = SealedListening(
        BoardSpec("brainflow", "x"), journal=journal, clock=lambda: BEGIN, on_incident=lambda _, what: said.append(what)
    )
    full.set()
    for second in range(70):
        listening._take(Chunk(samples(1), BEGIN + second, 1, STREAM))
    assert said == ["Is the disk full?"]
    assert listening.lost == 10 * SFREQ
    full.clear()
    listening._take(Chunk(samples(1), BEGIN + 70, 1, STREAM))
    listening.stop()
    assert said[1:] == [f"EEG is recorded again. {listening.lost} samples could not be written."]


def test_a_keeper_writes_to_the_journal_as_to_the_vault(vault: Vault, journal: Journal) -> None:
    class Shown:
        name, limits = "screen", ""

        def frames(self, _stop: threading.Event) -> Iterator[Frame]:
            yield from (frame(n, BEGIN + 10 * n) for n in range(3))

    keeper = Keeper(
        make_source=Shown, moments=SealedMoments(journal), clock=lambda: BEGIN + 40, on_incident=lambda *_: None
    )
    keeper.start()
    keeper._thread.join(20)
    assert keeper.seeing.new == 3
    journal.close()
    with Writer(unlocked(vault)) as writer:
        assert merge_all(writer, time=BEGIN)[0].moments == 3


def test_a_journal_that_grows_large_goes_on_in_another(
    vault: Vault, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.locked.entries.LARGEST_FILE", 10_000)
    record_moments(journal, 6)
    journal.close()
    assert len(list(vault.journal.iterdir())) > 1
    with Writer(unlocked(vault)) as writer:
        assert sum(one.moments for one in merge_all(writer, time=BEGIN)) == 6


def test_what_is_recorded_is_sealed_to_the_key_there_is_when_nobody_can_change_it_any_more(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, secrets = Vault.claim, Secrets.random()

    def claim(self: Vault) -> None:
        real(self)
        keyfile.new(secrets)[0].save(self.key_file)  # by a change of keys that ended just before

    monkeypatch.setattr(Vault, "claim", claim)
    sealed_to: list[bytes] = []

    def journal(folder: Path, public: bytes, **named: Any) -> Journal:
        sealed_to.append(public)
        return Journal(folder, public, **named)

    monkeypatch.setattr(app, "Journal", journal)
    app.build_locked_engine(Settings(), root=vault.root).stop()
    assert sealed_to == [secrets.public]


def test_a_key_file_that_cannot_be_read_keeps_nobody_else_out(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Vault.claim

    def claim(self: Vault) -> None:
        real(self)
        self.key_file.write_bytes(b"{")

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "claim", claim)
        with pytest.raises(VaultError, match="damaged"):
            app.build_locked_engine(Settings(), root=vault.root)
    vault.claim()
    vault.release()


def test_a_locked_vault_forgets_nothing_and_says_why(vault: Vault) -> None:
    engine = app.build_locked_engine(Settings(), root=vault.root)
    try:
        engine.start()
        with pytest.raises(LockedError, match=r"Unlock it, then forget\."):
            engine.forget_last(600.0).result(0)
    finally:
        engine.stop()
