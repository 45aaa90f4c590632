"""The real program on a private desktop: twenty windows and a played-back Muse recording, then recall by words."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from desktop import Desktop, wait_until
from numpy.typing import NDArray
from PIL import Image
from vaults import vault_at

from companion.answering import Answering
from companion.cli.recall import Here, last_thought
from companion.jobs.tasks import EncoderTasks
from companion.ports import Question
from index.pictures import frames
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Hit

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "corpus" / "pages.jsonl"
RECORDING = Path(os.environ.get("COMPANION_TEST_DATA", ROOT.parent / "shared" / "data")) / "raw" / "muse-lsl_cueing.csv"
PARAPHRASES_RIGHT = 16
SEEN_SECONDS, READ_SECONDS = 20.0, 240.0


@dataclass(frozen=True)
class Shown:
    """One window that was on screen: what it showed, and its own pixels as the X server has them."""

    title: str
    verbatim: str
    paraphrase: str
    pixels: NDArray[np.uint8]


@dataclass(frozen=True)
class Day:
    """What the program recorded."""

    vault: Path
    shown: tuple[Shown, ...]
    tray: str
    doctor: dict[str, object]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    if not RECORDING.exists():
        pytest.skip(f"the real Muse recording is not at {RECORDING}; COMPANION_TEST_DATA names its folder")
    folder = tmp_path_factory.mktemp("day")
    vault = vault_at(folder / "vault")
    with Desktop(size="1280x800x24", tray=True) as desktop:
        environ = {"COMPANION_CONFIG": str(folder / "settings.toml"), "PYTHONWARNINGS": "ignore"}
        command = (sys.executable, "-m", "companion", "run", "--frames", "screen", "--board", f"playback:{RECORDING}")
        program = desktop.start(*command, "--vault", str(vault.root), environ=environ)
        wait_until(vault.exists, "the vault", seconds=SEEN_SECONDS)
        tray = wait_until(lambda: _tray_icon(desktop), "the tray icon", seconds=SEEN_SECONDS)
        store = Store(vault)
        shown = tuple(_show(desktop, store, page, number) for number, page in enumerate(_pages()))
        wait_until(lambda: not _reading(store), "every frame to be read", seconds=READ_SECONDS)
        doctor = _doctor(vault.root)
        os.kill(program.pid, signal.SIGTERM)
        assert program.wait(30) == 0
        store.close()
        yield Day(vault.root, shown, tray, doctor)


def _pages() -> list[dict[str, object]]:
    """Return the first page of each topic of the half that nothing was tuned on: twenty."""
    pages = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [page for page in pages if page["split"] == "test"][::4]


def _show(desktop: Desktop, store: Store, page: dict[str, object], number: int) -> Shown:
    """Show one page in a window of its own and wait until the program has seen it."""
    title, text = f"{page['title']}", str(page["text"])
    desktop.press("Shift_L")  # somebody is there, however long twenty windows take
    if number % 2:
        window = desktop.open_text_window(text, title=title, size=(760, 520))
    else:
        window = desktop.open_xterm(_folded(text, 92), title=title, geometry="96x26+20+40")
    sql = "SELECT count(*) FROM moments WHERE title = ?"
    wait_until(lambda: store.value(sql, [title]), f"a moment of {title}", seconds=SEEN_SECONDS)
    verbatim, paraphrase = page["verbatim"], page["paraphrase"]
    assert isinstance(verbatim, list)
    assert isinstance(paraphrase, list)
    return Shown(title, verbatim[0], paraphrase[0], desktop.pixels(window))


def _folded(text: str, width: int) -> str:
    return subprocess.run(
        ["fold", "-s", "-w", str(width)], input=text, capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout


def _tray_icon(desktop: Desktop) -> str:
    """Return the line of the window tree that shows our icon inside the tray's panel; empty when it is not there."""
    tree = desktop.run("xwininfo", "-root", "-tree")
    _, _, within = tree.partition('"panel": ("panel" "trayer")')
    return next((line.strip() for line in within.splitlines() if '"Companion"' in line), "")


def _reading(store: Store) -> int:
    backlog = store.backlog()
    return sum(count for kind, count in backlog.items() if kind in {"read", "content"})


def _doctor(vault: Path) -> dict[str, object]:
    command = [sys.executable, "-W", "ignore", "-m", "companion", "doctor", "--json", "--vault", str(vault)]
    printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    answer = json.loads(printed)
    assert isinstance(answer, dict)
    return answer


@pytest.fixture(scope="module")
def answering(day: Day) -> Iterator[Answering]:
    store = Store(vault_at(day.vault))
    yield Answering(
        store=store,
        vectors=Vectors(store),
        encoder=Here(EncoderTasks()),
        thought=lambda: last_thought(store),
        on_incident=lambda _, what: pytest.fail(what),
    )
    store.close()


def _first(answering: Answering, words: str) -> Hit:
    return answering.answer(Question(words)).hits[0]


@pytest.mark.display
@pytest.mark.data
@pytest.mark.model
@pytest.mark.timeout(600)
class TestTheWholeWay:
    def test_every_verbatim_query_finds_its_window_first(self, day: Day, answering: Answering) -> None:
        found = [_first(answering, shown.verbatim).moment.title for shown in day.shown]
        assert found == [shown.title for shown in day.shown]

    def test_most_paraphrases_find_their_window_first(self, day: Day, answering: Answering) -> None:
        right = [_first(answering, shown.paraphrase).moment.title == shown.title for shown in day.shown]
        print(f"{sum(right)} of {len(right)} described windows came first")
        assert sum(right) >= PARAPHRASES_RIGHT

    def test_each_thumbnail_shows_the_window_it_names(self, day: Day, answering: Answering) -> None:
        vault = vault_at(day.vault)
        for number, shown in enumerate(day.shown):
            hit = _first(answering, shown.verbatim)
            seen = frames.decode(frames.read(vault, frames.thumbnail(hit.moment.frame)))
            distances = [_distance(seen, other.pixels) for other in day.shown]
            assert int(np.argmin(distances)) == number
            assert distances[number] < 8

    def test_the_headset_was_recorded_meanwhile(self, day: Day) -> None:
        store = Store(vault_at(day.vault))
        recordings = store.recordings_between(0, float("inf"))
        first, last = store.rows("SELECT min(time_start), max(time_start) FROM moments")[0]
        store.close()
        assert recordings
        assert all(recording.ch_names == ("TP9", "AF7", "AF8", "TP10") for recording in recordings)
        # However quick the day was: as much signal as it lasted, less what the headset takes to begin.
        recorded = sum(recording.samples / recording.sfreq for recording in recordings)
        assert last - first > 10
        assert recorded > last - first - 5
        assert recordings[-1].time_end > last - 2

    def test_the_tray_icon_was_there(self, day: Day) -> None:
        assert day.tray

    def test_doctor_says_what_each_part_put_out(self, day: Day) -> None:
        outputs = day.doctor["outputs"]
        assert isinstance(outputs, list)
        assert {"screen", "headset"} <= {output["part"] for output in outputs}


def _distance(thumbnail: NDArray[np.uint8], pixels: NDArray[np.uint8]) -> float:
    """Return the mean difference in grey levels between a thumbnail and a window, 255 when their shapes differ."""
    height, width = thumbnail.shape[:2]
    if abs(width / height - pixels.shape[1] / pixels.shape[0]) > 0.03:
        return 255.0
    small = np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC), np.int16)
    return float(np.abs(small - thumbnail.astype(np.int16)).mean())
