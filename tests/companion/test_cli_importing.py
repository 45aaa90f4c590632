from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from scripted import BEGIN, picture
from vaults import vault_at

from companion import app
from companion.__main__ import main
from companion.cli.importing import account
from companion.jobs import worker
from companion.status import Seeing
from index import changes
from index.types import NewMoment
from index.writer import Writer

DONE, NO, WRONG = 0, 1, 2


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault for engines that see, and whose model is not there, so that nothing waits for it."""
    (tmp_path / "settings.toml").write_text(
        f'text_model = "{tmp_path / "nowhere"}"\nexclude_titles = ["bank"]\nexclude_apps = []\n'
    )
    monkeypatch.setattr(worker, "STOP_SECONDS", 1.0)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "vault"


def shots(folder: Path, greys: list[int], titles: list[str] | None = None) -> Path:
    """Write screens half a minute apart."""
    folder.mkdir(parents=True)
    lines = []
    for number, grey in enumerate(greys):
        Image.fromarray(picture(grey)).save(folder / f"{number}.png")
        title = titles[number] if titles else "page"
        lines.append(json.dumps({"file": f"{number}.png", "time": BEGIN + 30 * number, "app": "X", "title": title}))
    (folder / "manifest.jsonl").write_text("\n".join(lines))
    return folder


@pytest.mark.parametrize("content", [b"my-machine\n", b"", b"\x00\x01"], ids=["text", "empty", "bytes"])
def test_a_file_that_cannot_be_read_leaves_no_empty_vault(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "hostname"
    path.write_bytes(content)
    assert main(["import", str(path)]) == WRONG
    assert "hostname" in capsys.readouterr().err
    assert not vault.exists()


def test_a_file_that_is_damaged_further_inside_leaves_no_empty_vault(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "day.csv"
    path.write_text("timestamps,TP9,AF7,AF8,TP10,Right AUX\n")  # a header, and nothing below it
    assert main(["import", str(path)]) == WRONG
    assert "day.csv" in capsys.readouterr().err
    assert not vault.exists()


def test_one_wrong_file_among_others_stops_before_anything_is_stored(vault: Path, tmp_path: Path) -> None:
    good, wrong = tmp_path / "day.csv", tmp_path / "notes.txt"
    rows = [f"{BEGIN + n / 256:.6f},1,2,3,4,0" for n in range(512)]
    good.write_text("\n".join(["timestamps,TP9,AF7,AF8,TP10,Right AUX", *rows]) + "\n")
    wrong.write_text("not EEG")
    assert main(["import", str(good), str(wrong)]) == WRONG
    assert not vault.exists()


def test_what_is_no_file_and_no_folder_is_refused(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "/dev/null"]) == WRONG
    assert "/dev/null is neither a file nor a folder" in capsys.readouterr().err
    assert not vault.exists()


def test_an_import_accounts_for_every_screen_and_names_the_damaged_ones(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "ReadStep", IdleStep)  # reading text is not what is tested here
    folder = shots(tmp_path / "shots[old][bold] :smile:", [10, 11, 90, 200, 200], ["a", "a", "a", "my bank", "my bank"])
    (folder / "20260302T100000Z.png").write_bytes(b"no picture")
    assert main(["import", str(folder)]) == NO
    said = capsys.readouterr().err
    assert (
        f"{folder}: 6 screens: 2 new moments, 1 continued one, 0 known already, "
        "2 kept out by your exclusions, 1 could not be read" in said
    )
    assert "\n20260302T100000Z.png is not an image that can be read" in said
    (folder / "20260302T100000Z.png").unlink()
    assert main(["import", str(folder)]) == DONE
    assert f"{folder}: 5 screens: 0 new moments, 0 continued one, 3 known already, 2 kept" in capsys.readouterr().err

    assert main(["doctor", "--vault", str(vault)]) in {DONE, NO}
    told = capsys.readouterr().out
    assert "replay:shots[old][bold] :smile:" in told
    assert "20260302T100000Z.png is not an image" in told


class IdleStep:
    """Takes reading off the list without doing it."""

    kind = changes.Job.READ
    batch = 1

    def __init__(self, *, writer: Writer, **_: object) -> None:
        self._writer = writer

    def ready(self, moment_ids: list[int]) -> list[int]:
        return moment_ids

    def fill(self, moment_ids: list[int]) -> None:
        for moment in moment_ids:
            self._writer.do(changes.done, moment, self.kind).result()


def test_a_screen_that_nobody_accounts_for_is_said() -> None:
    seeing = Seeing(frames=3, new=1, continued=1, dropped=1, unseen=1, problem="The disk is full.")
    summary, problem = account("shots", 6, seeing, 2)
    assert summary == (
        "shots: 6 screens: 1 new moment, 1 continued one, 0 known already, 1 could not be read, "
        "1 could not be stored, 2 were not looked at, 2 set aside (see `companion doctor`)"
    )
    assert problem == "The disk is full."
    many = Seeing(unseen=9, damaged=9, unreadable=tuple(f"{number}.png is damaged." for number in range(9)))
    assert account("shots", 9, many, 0)[1:] == [f"{number}.png is damaged." for number in range(5)] + [
        "4 more could not be read (see `companion doctor`)."
    ]


def test_doctor_shows_names_and_errors_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Writer(vault_at(tmp_path / "vault")) as writer:
        writer.do(changes.open_moment, writer.vault, NewMoment(BEGIN, BEGIN, "X", "a"), None).result()
        writer.do(changes.incident, BEGIN, "capture[b]", "closing tag [/x] and [red]").result()
        writer.do(changes.output, "replay:shots[old]", BEGIN, note="note [/y] :smile:").result()
    main(["doctor", "--vault", str(tmp_path / "vault")])
    said = capsys.readouterr().out
    for words in ("capture[b]", "closing tag [/x]", "[red]", "replay:shots[old]", "[/y]", ":smile:"):
        assert words in said
