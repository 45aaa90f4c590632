from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from vaults import vault_at

import companion
from companion.__main__ import main
from companion.cli import bench
from companion.cli.root import COMMANDS
from companion.wording import SIMULATED
from index import changes
from index.types import Job, NewMoment, SignalQuality
from index.writer import Writer

BEGIN = 1_772_442_720.0
DONE, NO, WRONG = 0, 1, 2

Says = Callable[..., tuple[int, str, str]]


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Says:
    """Run a command without a display; returns its exit code, stdout and stderr."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def memories(tmp_path: Path) -> Path:
    """A vault with three moments, found by their words; the settings name a text model that is not there."""
    (tmp_path / "settings.toml").write_text(f'text_model = "{tmp_path / "nowhere"}"')
    with Writer(vault_at(tmp_path / "vault")) as writer:
        texts = {"Night trains": "The sleeper to Venice", "Invoice": "printer repair", "Swifts": "roof tiles"}
        for number, (title, text) in enumerate(texts.items()):
            start = BEGIN + 60 * number
            new = NewMoment(start, start + 60, "firefox", title, url="http://example/1", monitor=1, source="replay:day")
            moment = writer.do(changes.open_moment, writer.vault, new, None).result()
            writer.do(changes.put_text, moment, text).result()
            writer.do(changes.done, moment, Job.CONTENT).result()
            writer.do(lambda db, moment=moment: db.execute("UPDATE moments SET open = 0 WHERE id = ?", [moment]))
    return tmp_path / "vault"


@pytest.mark.parametrize(
    ("arguments", "mend"),
    [
        ((), "Usage: companion"),
        (("remember",), "No such command 'remember'"),
        (("recall", "train"), "There is no vault at"),
        (("recall",), "Ask one thing: TEXT, --like MOMENT or --thought (which may come with TEXT)."),
        (("recall", "train", "--like", "1"), "Ask one thing"),
        (("recall", "--like", "1", "--thought"), "Ask one thing"),
        (("recall", "train", "-k", "0"), "-k"),
        (("recall", "train", "--since", "2026-03-05", "--until", "2026-03-02"), "--until must be later than --since"),
        (("export", "out", "--since", "2026-03-05", "--until", "2026-03-05"), "--until must be later than --since"),
        (("recall", "train", "--since", "yesterday"), "'yesterday' is no time: write 2026-03-02"),
        (("recall", "train", "--since", "0001-01-01"), "'0001-01-01' is no time"),
        (("recall", "train", "--like", "99999999999999999999"), "is not in the range"),
        (("recall", "train", "--exclude-minutes", "-4"), "--exclude-minutes should be 0 to 1440, not -4"),
        (("recall", "train", "--exclude-minutes", "nan"), "--exclude-minutes should be 0 to 1440, not nan"),
        (("run",), "companion run --headless"),
        (("run", "--headless"), "Name what to record, such as --frames screen and --board synthetic"),
        (("run", "--headless", "--board", "muse2"), "MUSE_2"),
        (("run", "--headless", "--board", "synthetik"), "SYNTHETIC"),
        (("run", "--headless", "--board", "playback:"), "write playback:FILE"),
        (("run", "--headless", "--board", "synthetic", "--param", "serial_port"), "write --param serial_port=VALUE"),
        (("run", "--headless", "--board", "synthetic", "--param", "colour=red"), "colour"),
        (("run", "--headless", "--board", "playback:x.csv", "--param", "speed=fast"), "a number above 0"),
        (("run", "--headless", "--frames", "film"), "Say screen, replay:DIR or replay:DIR@SPEED"),
        (("run", "--headless", "--frames", "screen"), "DISPLAY is not set"),
        (("run", "--headless", "--frames", "replay:/nowhere"), "/nowhere is not a folder"),
        (("import", "/nowhere.csv"), "does not exist"),
        (("import",), "Missing argument"),
        (("bench", "nonsense"), "There is no benchmark 'nonsense'. There are: quick, slow."),
    ],
)
def test_wrong_use_says_how_to_mend_it(
    says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], mend: str
) -> None:
    for name in ("quick", "slow"):
        (tmp_path / f"{name}.py").touch()
    monkeypatch.setattr(bench, "BENCHMARKS", tmp_path)
    code, out, err = says(*arguments)
    assert (code, out) == (WRONG, "")
    assert mend.casefold() in err.casefold()
    assert "Traceback" not in err
    assert not (tmp_path / "vault").exists()


@pytest.mark.parametrize("command", ["recall x", "run --headless", "doctor", "import ."])
def test_settings_that_cannot_be_used_stop_every_command(says: Says, tmp_path: Path, command: str) -> None:
    (tmp_path / "settings.toml").write_text('colour = "red"')
    code, _, err = says(*command.split())
    assert code == WRONG
    assert f"{tmp_path / 'settings.toml'} has a setting `colour` that is not known. Remove it." in err


@pytest.mark.parametrize(
    ("setting", "mend"),
    [
        ("", "Name what to record"),
        ('board = "none"', "Name what to record"),
        ('board = "synthetik"', "Did you mean synthetic"),
    ],
)
def test_a_run_without_a_screen_or_headset_ends_at_once(says: Says, tmp_path: Path, setting: str, mend: str) -> None:
    (tmp_path / "settings.toml").write_text(f"consent_eeg = true\n{setting}")
    code, out, err = says("run", "--headless")
    assert (code, out) == (WRONG, "")
    assert mend in err
    assert says("run", "--headless", "--board", "none")[0] == WRONG


@pytest.mark.parametrize("command", ["recall x", "run --headless --board synthetic", "doctor"])
def test_a_vault_at_nobodys_home_is_said(says: Says, tmp_path: Path, command: str) -> None:
    (tmp_path / "settings.toml").write_text('vault = "~nosuchuser/x"')
    code, _, err = says(*command.split())
    assert code == WRONG
    assert "The vault cannot be in ~nosuchuser/x" in err


def test_the_version_and_the_list_of_commands(says: Says) -> None:
    assert says("--version") == (DONE, f"companion, version {companion.__version__}\n", "")
    code, out, _ = says("--help")
    assert code == DONE
    for name, (_, about) in COMMANDS.items():
        assert name in out
        assert about.split(",")[0].split(";")[0] in " ".join(out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(says: Says, name: str) -> None:
    code, out, _ = says(name, "--help")
    assert code == DONE
    assert "Usage: companion " + name in out


def test_recall_as_json_has_the_documented_keys(says: Says, memories: Path) -> None:
    code, out, err = says("recall", "--json", "the", "Venice", "sleeper")
    assert code == DONE
    told = json.loads(out)
    assert list(told) == ["question", "seconds", "notes", "vault", "hits"]
    assert told["question"] == {"text": "the Venice sleeper", "like": None, "thought": False}
    assert told["vault"] == str(memories)
    assert "Searched by the words themselves only" in told["notes"][0]
    assert 0 < told["seconds"] < 60
    (hit,) = told["hits"]
    expected = (
        "id time_start time_end app title url monitor source frame signal score space reason snippet parts "
        "probability shares tags"
    )
    assert list(hit) == expected.split()
    known = {"id": 1, "time_start": BEGIN, "time_end": BEGIN + 60, "app": "firefox", "title": "Night trains"}
    known |= {"url": "http://example/1", "monitor": 1, "source": "replay:day", "frame": "", "space": "text"}
    assert {name: hit[name] for name in known} == known
    assert hit["snippet"] == "[The] [sleeper] to [Venice]"
    assert 0 < hit["score"] <= 1
    assert err == ""


def test_the_vault_is_told_as_an_absolute_path(says: Says, memories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(memories.parent)
    _, out, _ = says("recall", "--json", "sleeper", "--vault", "vault")
    assert json.loads(out)["vault"] == str(memories)


@pytest.mark.parametrize("text", ["?", '"', "\udcff"])
def test_a_question_without_a_word_is_wrong_use(says: Says, memories: Path, text: str) -> None:
    code, out, err = says("recall", text, "--vault", memories)
    assert (code, out) == (WRONG, "")
    assert "There is no word in" in err


def test_bytes_that_are_no_text_end_in_no_traceback(says: Says, memories: Path) -> None:
    bad = os.fsdecode(b"\xff\xfe")
    code, out, _ = says("recall", "--json", f"sleeper {bad}", "--app", bad)
    assert (code, json.loads(out)["hits"]) == (NO, [])
    assert says("recall", f"sleeper {bad}")[0] == DONE
    assert says("recall", "sleeper", "--vault", bad)[0] == WRONG
    moved = memories.rename(memories.parent / bad)
    code, out, _ = says("recall", "--json", "sleeper", "--vault", moved)
    assert code == DONE
    assert json.loads(out)["vault"] == str(moved)


def test_recall_as_a_table_and_its_exit_code(says: Says, memories: Path) -> None:
    code, out, err = says("recall", "printer", "--vault", memories)
    assert code == DONE
    assert "Invoice" in out
    assert "Searched by the words themselves only" in err
    code, out, _ = says("recall", "submarine")
    assert code == NO
    assert "Nothing was found." in out
    for narrowed in (("--app", "code"), ("--until", "2026-03-02T09:00:00Z"), ("--since", "2026-03-03")):
        assert says("recall", "printer", *narrowed)[0] == NO
    assert says("recall", "printer", "--app", "FireFox", "--since", "2026-03-02", "--until", str(BEGIN + 90))[0] == DONE


@pytest.mark.parametrize(
    ("question", "mend"),
    [
        (("--like", "1"), "has no brain state"),
        (("--like", "77"), "There is no moment 77"),
        (("--thought",), "Put the headset on"),
    ],
)
def test_a_question_by_state_that_cannot_be_answered_says_why(
    says: Says, memories: Path, question: tuple[str, ...], mend: str
) -> None:
    code, out, err = says("recall", *question, "--vault", memories)
    assert (code, out) == (WRONG, "")
    assert mend in err


def test_doctor_before_anything_was_recorded(says: Says, tmp_path: Path) -> None:
    code, out, _ = says("doctor")
    assert code == DONE
    assert f"Nothing is recorded in {tmp_path / 'vault'} yet." in out
    assert not (tmp_path / "vault").exists()
    code, out, _ = says("doctor", "--json")
    told = json.loads(out)
    assert {check["part"] for check in told["checks"]} >= {"screen", "headset", "text on screen", "text model", "vault"}
    assert (told["outputs"], told["incidents"]) == ([], [])


def test_doctor_says_what_works_and_what_was_put_out(says: Says, memories: Path) -> None:
    with Writer(vault_at(memories)) as writer:
        writer.do(changes.output, "headset", time.time() - 300, note="256 samples").result()
        writer.do(changes.incident, BEGIN, "capture", "The screen went away.").result()
    code, out, _ = says("doctor")
    assert code == NO  # the text model of the settings is not there
    assert "MEND   text model: There is no sentence-transformers model" in out
    assert "3 moments" in out
    assert "Nothing is recording to it now." in out
    assert "5 min ago" in out
    assert "The screen went away." in out
    with Writer(vault_at(memories)) as writer:
        assert "Companion is recording to it now." in says("doctor")[1]
        writer.do(changes.want, 2, Job.READ).result()
        writer.do(changes.set_aside, 2, Job.READ, "Traceback\nno picture").result()
    checks = {check["part"]: check for check in json.loads(says("doctor", "--json")[1])["checks"]}
    assert checks["set aside"] == {
        "part": "set aside",
        "works": False,
        "says": "1 could not be done (moment 2, read: no picture).",
    }


@pytest.mark.parametrize("setting", ['board = "synthetik"', 'board = "playback:"'])
def test_doctor_names_a_headset_that_cannot_work(says: Says, tmp_path: Path, setting: str) -> None:
    (tmp_path / "settings.toml").write_text(f"consent_eeg = true\n{setting}")
    code, out, _ = says("doctor")
    assert code == NO
    assert "MEND   headset: " in out


def test_doctor_has_nothing_mended_of_a_simulated_headset(says: Says, memories: Path, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('consent_eeg = true\nboard = "synthetic"')
    with Writer(vault_at(memories)) as writer:

        def fill(db: Any) -> None:
            moment = changes.open_moment(
                db, writer.vault, NewMoment(time.time(), time.time() + 9, "firefox", "x"), None
            )
            changes.put_quality(db, moment, "montage", SignalQuality(2, 0, SIMULATED))

        writer.do(fill).result()
    checks = {check["part"]: check for check in json.loads(says("doctor", "--json")[1])["checks"]}
    assert checks["headset"]["says"] == "Synthetic (simulated) is chosen."
    assert (checks["signal"]["works"], "simulated headset" in checks["signal"]["says"]) == (None, True)


def test_doctor_of_a_damaged_vault_still_tells_the_rest(says: Says, memories: Path) -> None:
    database = memories / "memory.sqlite"
    database.write_bytes(b"this is no database" * 1000)
    code, out, _ = says("doctor", "--json")
    assert code == NO
    checks = {check["part"]: check["works"] for check in json.loads(out)["checks"]}
    assert checks["vault"] is False
    assert checks["text on screen"] is True
    assert "damaged" in says("doctor")[1]


def test_doctor_of_a_vault_damaged_further_inside(says: Says, memories: Path) -> None:
    database = memories / "memory.sqlite"
    content = bytearray(database.read_bytes())
    content[4096 * 3 :] = os.urandom(len(content) - 4096 * 3)
    database.write_bytes(content)
    code, out, _ = says("doctor", "--json")
    assert code == NO
    assert {check["part"]: check["works"] for check in json.loads(out)["checks"]}["vault"] is False


@pytest.mark.parametrize(("exits", "code"), [(0, DONE), (1, NO), (3, WRONG)])
def test_bench_runs_a_script_of_its_own_and_hands_its_answer_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], exits: int, code: int
) -> None:
    (tmp_path / "quick.py").write_text(f"import sys; print(sys.argv[1:]); sys.exit({exits})")
    (tmp_path / "_shared.py").touch()
    monkeypatch.setattr(bench, "BENCHMARKS", tmp_path)
    assert main(["bench", "quick", "--rows", "3"]) == code
    assert "['--rows', '3']" in capfd.readouterr().out
    assert main(["bench"]) == code
    assert main(["bench", "list"]) == DONE


def test_bench_without_a_checkout_says_so(says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "BENCHMARKS", tmp_path / "nowhere")
    code, _, err = says("bench")
    assert code == WRONG
    assert "source checkout" in err


def test_import_of_a_file_that_is_no_eeg_stores_nothing(says: Says, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("eggs,milk\n1,2\n")
    code, _, err = says("import", tmp_path / "list.csv")
    assert code == WRONG
    assert "list.csv" in err
