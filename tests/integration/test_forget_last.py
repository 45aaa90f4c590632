"""The last ten minutes, forgotten while the program records."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desktop import Desktop
from runs import Looking, at_its_end, day, recordings, wait_until, write_pages
from vaults import vault_at
from whole_vault import SECONDS, record

from companion.engine import Engine
from companion.idle import load_extensions
from companion.settings import Settings
from index import changes, database
from index.forgetting import traces
from index.store import Store
from index.types import NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer

Start = Callable[..., Engine]
SCREEN = Settings(consent_screen=True, consent_text=True, consent_eeg=True, board="synthetic")
LAST = 600.0
EARLIER = "zqearlier"
SAID = ("zqfirst kanarie", "zqsecond kanarie")


@pytest.fixture
def screen(places_of_our_own: None) -> Iterator[Desktop]:  # which hides the display of whoever runs the tests
    del places_of_our_own
    load_extensions()  # before a second thread connects
    with Desktop() as made, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", made.display)
        patch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "disabled:")
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
        yield made


def lived_before(root: Path) -> None:
    """Record a moment and its EEG, twenty minutes ago."""
    ago = time.time() - 1200
    with Writer(vault_at(root)) as writer:
        new = NewMoment(ago, ago, "editor", EARLIER)
        made = writer.do(changes.open_moment, writer.vault, new, None).result()
        writer.do(changes.put_text, made, f"{EARLIER} words").result()
        writer.do(changes.close_moment, made, ago + 10).result()
        record(writer, ago)


def has_read(root: Path, word: str) -> bool:
    with Looking(root) as store:
        return bool(store.value("SELECT count(*) FROM moments WHERE text LIKE ?", [f"%{word}%"]))


def files(vault: Vault) -> set[str]:
    return {str(path.relative_to(vault.root)) for path in vault.root.rglob("*") if path.is_file()}


def test_what_was_recorded_and_what_is_open_goes_and_recording_goes_on(
    start: Start, vault: Path, screen: Desktop
) -> None:
    lived_before(vault)
    engine = start(SCREEN)
    screen.open_xterm(SAID[0], title="first")
    wait_until(lambda: has_read(vault, "zqfirst"), "the first window to be read")
    screen.open_xterm(SAID[1], title="second", geometry="60x10+300+300")
    wait_until(lambda: has_read(vault, "zqsecond"), "the second window to be read")
    wait_until(lambda: engine.status().headset.samples > 1000, "some EEG")
    with Looking(vault) as store:
        before = {row[0] for row in store.rows("SELECT id FROM moments WHERE title <> ?", [EARLIER])}
        pictures = {row[0] for row in store.rows("SELECT frame FROM moments WHERE frame <> ''")}
    assert len(before) >= 2
    assert pictures

    asked = time.time()
    gone = engine.forget_last(LAST).result(60)
    assert gone.moments >= len(before)
    assert gone.frames >= len(pictures)
    assert gone.eeg_seconds > 2

    with Looking(vault) as store:
        begun = dict(store.rows("SELECT title, min(time_start) FROM moments GROUP BY title"))
        assert begun.pop(EARLIER) < asked - LAST
        assert all(time_start >= asked for time_start in begun.values())
        assert before.isdisjoint({row[0] for row in store.rows("SELECT id FROM moments")})
        assert store.value("SELECT count(*) FROM moments_fts WHERE moments_fts MATCH 'zqfirst'") == 0
        assert store.value("SELECT count(*) FROM looks WHERE time < ?", [asked]) == 0
        old, *new = recordings(store)
        assert old.samples == SECONDS * 64
        assert all(info.time_start >= asked for info in new)
    assert pictures.isdisjoint(files(vault_at(vault)))

    # What is on the screen now is recorded as something new; the window that is not is in nothing.
    wait_until(lambda: has_read(vault, "zqsecond"), "the second window to be read again")
    assert not has_read(vault, "zqfirst")
    with Looking(vault) as store:
        wait_until(lambda: any(info.samples > 500 for info in recordings(store)[1:]), "EEG from now on")
        assert all(info.time_start >= asked for info in recordings(store)[1:])
    assert engine.status().headset.sentence.endswith("is streaming.")  # it was never let go of
    engine.stop()
    assert not [each.name for each in threading.enumerate() if each.name.startswith(("capture", "masking", "forget"))]


def test_a_pause_stays_one_and_a_folder_is_not_shown_again(start: Start, vault: Path, tmp_path: Path) -> None:
    engine = start(Settings(), frames=f"replay:{write_pages(tmp_path / 'pages', day(2))}")
    wait_until(engine.finished, "the folder to be shown")
    shown = engine.keeper
    assert engine.forget_last(LAST).result(60).moments == 0  # they are of another year
    assert engine.keeper is shown
    wait_until(lambda: at_its_end(engine) or engine.status().moments == 2, "both pages")
    engine.pause(None)
    wait_until(lambda: engine.keeper is None, "the pause")
    assert engine.forget_last(LAST).result(60).moments == 0
    assert engine.keeper is None
    assert vault.exists()


def test_a_change_waits_while_the_database_is_written_anew_and_is_not_refused(
    start: Start, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_before(vault)
    engine = start(Settings())
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.0)
    writing, go_on = threading.Event(), threading.Event()

    def hold() -> int:
        writing.set()
        assert go_on.wait(30)
        return 0

    monkeypatch.setattr(traces, "_go_on", hold)
    monkeypatch.setattr(traces, "STEPS", 100)
    forgetting = engine.forget_last(3600.0)
    assert writing.wait(30)
    change = engine._parts.writer.do(changes.incident, time.time(), "test", "meanwhile")
    assert not change.done()
    go_on.set()
    assert forgetting.result(30).moments == 1
    change.result(30)
    with closing(Store(vault_at(vault))) as store:
        assert "meanwhile" in [told.what for told in store.incidents()]


def test_quitting_does_not_wait_and_the_next_start_goes_on(
    start: Start, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_before(vault)
    engine = start(Settings())
    writing, leaving = threading.Event(), threading.Event()

    def hold() -> int:
        writing.set()
        assert leaving.wait(30)
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(traces, "_go_on", hold)
        patch.setattr(traces, "STEPS", 100)
        forgetting = engine.forget_last(3600.0)
        assert writing.wait(30)
        stopping = threading.Thread(target=engine.stop)
        stopping.start()
        assert engine._leaving.wait(30)
        leaving.set()
        stopping.join(60)
        assert not stopping.is_alive()
    with pytest.raises(VaultError, match="goes on at the next start"):
        forgetting.result(0)
    with Looking(vault) as store:
        assert store.value("SELECT count(*) FROM forgetting") > 0
        assert store.count() == 0
    start(Settings())
    with Looking(vault) as store:
        assert store.value("SELECT count(*) FROM forgetting") == 0


def test_a_forgetting_that_the_disk_refuses_is_told(start: Start, vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lived_before(vault)
    engine = start(Settings())

    def full(*_: object) -> None:
        raise database.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("index.forgetting.forgetting._write_down", full)
        with pytest.raises(VaultError, match="Is the disk full"):
            engine.forget_last(3600.0).result(30)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 5, 5))
        with pytest.raises(VaultError, match="5 are free"):
            engine.forget_last(3600.0).result(30)
    with Looking(vault) as store:
        assert store.count() == 0
        assert store.value("SELECT count(*) FROM forgetting") > 0
    assert engine.forget_last(3600.0).result(30).moments == 0  # and what was left of the time before
    with Looking(vault) as store:
        assert store.value("SELECT count(*) FROM forgetting") == 0
