from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from scripted import BEGIN, Scripted
from vaults import vault_at

from companion import incidents as incidents_module
from companion.capture.types import Frame, Window
from companion.incidents import Incidents
from companion.keeper import Keeper
from companion.moments import Moments
from companion.status import Missed
from index.store import Store
from index.writer import Writer

FULL = "database or disk is full"
ROOM = 6 * 1024 * 1024


class Clock:
    """Says a second more each time it is asked."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> float:
        self.now += 1
        return self.now


def limit(writer: Writer, pages: int | None) -> None:
    """Let the database grow to so many pages, or no further than it is."""
    now = writer.do(lambda db: db.execute("PRAGMA page_count").fetchone()[0]).result()
    writer.do(lambda db: db.execute(f"PRAGMA max_page_count = {now if pages is None else pages}").fetchone()).result()


def wait_until(true: Callable[[], object], what: str) -> None:
    due = time.monotonic() + 20
    while not true():
        assert time.monotonic() < due, f"waited in vain for {what}"
        time.sleep(0.01)


def said(store: Store) -> list[tuple[float, str]]:
    return [(incident.time - BEGIN, incident.what[:8]) for incident in reversed(store.incidents(500))]


def test_what_a_full_disk_refuses_is_written_in_order_before_the_next_incident(writer: Writer, store: Store) -> None:
    incidents = Incidents(writer, clock=Clock(), retry_seconds=1000)
    limit(writer, None)
    incidents.note("capture", "first  " + "x" * 9000)
    incidents.note("recorder", "second " + "x" * 9000)
    writer.do(lambda _: None).result()
    assert said(store) == []
    limit(writer, 100_000)
    incidents.note("capture", "works again")
    wait_until(lambda: len(said(store)) == 3, "all incidents")
    assert said(store) == [(1, "first  x"), (2, "second x"), (3, "works ag")]


def test_what_was_refused_is_tried_again_without_another_incident(writer: Writer, store: Store) -> None:
    incidents = Incidents(writer, clock=Clock(), retry_seconds=0.05)
    limit(writer, None)
    incidents.note("capture", "first  " + "x" * 9000)
    time.sleep(0.3)  # refused several times
    assert said(store) == []
    limit(writer, 100_000)
    wait_until(lambda: said(store) == [(1, "first  x")], "the incident")


def test_no_more_are_held_than_memory_should_bear_and_the_rest_is_counted(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incidents_module, "HELD", 3)
    incidents = Incidents(writer, clock=Clock(), retry_seconds=1000)
    limit(writer, None)
    for number in range(5):
        incidents.note("capture", f"number {number}" + "x" * 9000)
        writer.do(lambda _: None).result()
    limit(writer, 100_000)
    incidents.note("capture", "works again")
    wait_until(lambda: said(store), "the incidents")
    whats = [incident.what for incident in reversed(store.incidents())]
    assert [what[:8] for what in whats[:3]] == ["number 0", "number 1", "number 2"]
    assert "more incidents were not taken down" in whats[3]
    assert whats[4] == "works again"


def test_a_closed_writer_ends_the_retries(tmp_path: Path) -> None:
    with Writer(vault_at(tmp_path / "vault")) as writer:
        incidents = Incidents(writer, clock=Clock(), retry_seconds=0.1)
        limit(writer, None)
        incidents.note("capture", "x" * 9000)
        writer.do(lambda _: None).result()
    time.sleep(0.3)  # an exception on the timer's thread would fail this test


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(disk)]
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mounted = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def screen(second: float) -> Frame:
    """Noise, which no format makes small: about 200 KB a frame."""
    image = np.random.default_rng(int(second)).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    return Frame(image, BEGIN + second, Window("X", f"screen {second}"))


def fill(path: Path) -> None:
    """Use up what is left."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        for _ in range(2 * ROOM // 4096):
            file.write(bytes(4096))
    assert path.stat().st_size < ROOM


def test_a_disk_that_fills_up_and_empties_leaves_the_whole_story_in_the_vault(small_disk: Path) -> None:
    full, more, end = (threading.Event() for _ in range(3))
    source = Scripted(screen(0), full, screen(10), screen(20), screen(30), more, screen(40), end)
    with Writer(vault_at(small_disk / "vault")) as writer:
        store = Store(writer.vault)
        incidents = Incidents(writer, clock=lambda: BEGIN + 1000, retry_seconds=0.1)
        keeper = Keeper(
            make_source=lambda: source,
            moments=Moments(writer=writer, clock=lambda: BEGIN + 1000, on_change=lambda: None),
            clock=lambda: BEGIN + 1000,
            on_incident=incidents.note,
        )
        keeper.start()
        wait_until(lambda: store.count() == 1, "the first moment")
        fill(small_disk / "ballast")
        full.set()
        wait_until(lambda: keeper.seeing.dropped == 3, "three screens to be refused")
        writer.do(lambda _: None).result()
        assert store.incidents() == []  # they had no room either
        (small_disk / "ballast").unlink()
        more.set()
        wait_until(lambda: store.count() == 2, "the screen after it")
        wait_until(lambda: len(store.incidents()) == 2, "the story")
        keeper.stop()
        again, refused = (incident.what for incident in store.incidents())
        assert "Is the disk full?" in refused
        assert again == f"Capture works again. {Missed(3, BEGIN + 10, BEGIN + 30).sentences()[0]}"
        assert (keeper.seeing.problem, keeper.seeing.new, keeper.seeing.dropped) == ("", 2, 3)
        store.close()
