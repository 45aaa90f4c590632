"""``companion feedback``: asking the program that runs, and the vault where none does."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import cast
from xml.etree import ElementTree as ET

import pytest
from feedback_steps import MUSE, START, Clock, driven, earlier, replay_of, session, steps, trained_before, wish
from played_rest import NOW, STREAMS, Bursting, Worn, until
from vaults import vault_at

from companion.__main__ import main
from companion.cli.session import Runnable, Session
from companion.control import Control, ControlError
from companion.feedback import kept, requests
from companion.feedback.room import TrainingRoom
from companion.feedback.sham import Draw
from companion.feedback.types import Times
from index import alpha
from index.store import Store
from index.writer import Writer

DONE, NO, WRONG = 0, 1, 2
ALPHA = {"frequency": 10.4, "sentence": "Your alpha rhythm lies at 10.4 Hz."}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """``companion feedback`` with some arguments: exit code, what was told, and what on standard error."""

    def asked(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["feedback", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return asked


@pytest.fixture
def sessions(tmp_path: Path) -> None:
    """Two sessions in a vault that no program records to; the second is blind, and a replay was drawn."""
    with Writer(vault_at(tmp_path / "vault")) as writer:
        for number, draw in enumerate((None, Draw(sham=True, nonce="cd" * 16))):
            clock = Clock()
            replay = replay_of(*earlier(50)) if draw is not None else None
            asked = wish(times=Times(baseline=15.0, block=60.0, rest=0.0, blocks=2), blind=draw is not None)
            one = driven(
                session(clock, asked, draw=draw, replay=replay), clock, steps(150, start=START + 9999 * number)
            )
            assert kept.keep(writer, one, device="Muse 2", delay=0.6, number=None) == number + 1
        writer.do(alpha.put, alpha.Kept(START, START + 75, MUSE, ALPHA)).result()


class Program:
    """What a run has of an engine, as other commands reach it."""

    def __init__(self, room: TrainingRoom | None) -> None:
        self.training = room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TrainingRoom]:
    """A program that runs and can be asked."""
    with Writer(vault_at(tmp_path / "vault")) as writer, closing(Store(writer.vault)) as store:
        worn = Worn(Bursting(60), state=STREAMS)
        made = TrainingRoom(
            worn, store=store, writer=writer, on_incident=lambda *_: None, clock=lambda: NOW, alpha_seconds=45.0
        )
        program = Session(tmp_path / "vault")
        program._engine = cast("Runnable", Program(made))
        control = Control(tmp_path / "vault", program._handle)
        yield made
        control.close()
        made.stop()


def test_a_baseline_that_is_too_short_is_refused(run: Run, room: TrainingRoom) -> None:
    with pytest.raises(ControlError, match="at least 15 seconds"):
        requests.answer(room, {"ask": "start", "protocol": "calm", "baseline": "14"}, plays=False)
    code, _, said = run("start", "calm", "--baseline", "14")
    assert code != DONE
    assert "15" in said
    code, _, said = run("start", "calm", "--minutes", "nan")
    assert code != DONE
    assert "times are none" in said


def test_a_session_is_begun_followed_and_ended_in_the_program_that_runs(run: Run, room: TrainingRoom) -> None:
    trained_before(room._writer, seconds=900.0)
    code, out, _ = run("options")
    assert (code, "calm: Calm up." in out, "Not now: No state is known" in out) == (DONE, True, True)
    assert [option["name"] for option in json.loads(run("options", "--json")[1])][1] == "calm"
    code, out, _ = run("start", "calm", "--blocks", "2", "--minutes", "5", "--baseline", "15", "--blind")
    assert (code, room.seal in out) == (DONE, True)
    until(lambda: json.loads(run("status", "--json")[1])["phase"] == "baseline")
    assert run("pause")[0] == DONE
    assert json.loads(run("status", "--json")[1])["phase"] == "paused"
    assert run("go-on")[0] == DONE
    assert "left." in run("status")[1]
    assert run("start", "calm")[::2] == (NO, "A training runs. End it first.\n")
    assert run("forget", "2")[::2] == (NO, "A training runs. End it first.\n")
    assert run("end")[1] == "The training has ended; what there was is kept.\n"
    until(lambda: not json.loads(run("status", "--json")[1])["running"])
    until(lambda: room.number is not None)  # the first part of it may still be on its way to the vault
    code, out, _ = run("status", "--follow")
    assert (code, out.splitlines()) == (
        DONE,
        ["Ended early. The report tells what there was.", "companion feedback report 2"],
    )
    for ended in ("pause", "go-on", "end"):
        assert run(ended)[::2] == (NO, "No training runs.\n")
    assert "2: Calm up" in run("list")[1]
    assert run("answer", "2", "3c", "I breathed.")[1] == "Noted.\n"
    assert json.loads(run("report", "2", "--json")[1])["training"]["answers"] == {"3c": "I breathed."}
    assert json.loads(run("unblind", "2", "--json")[1])["sham"] in {True, False}
    assert run("forget", "2")[1] == "Training 2 is forgotten.\n"
    assert run("forget", "2")[::2] == (NO, "There is no training 2.\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("start", "focus"), "rest is not known"),
        (("start", "direction", "--towards", "12"), "no moment 12"),
        (("start", "direction", "--towards", "birds"), "No moment has the tag “birds”"),
        (("start", "calm", "--sound", "pad"), "without windows and plays no sound"),
        (("answer", "1", "9z", "nothing"), "There is no item 9z"),
        (("unblind", "7"), "no training 7"),
    ],
)
@pytest.mark.usefixtures("room")
def test_what_the_program_refuses_is_said(run: Run, arguments: tuple[str, ...], says: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out, says in err) == (NO, "", True)


@pytest.mark.usefixtures("room")
def test_the_alpha_frequency_is_looked_for_in_the_program_that_runs(run: Run) -> None:
    assert run("alpha")[:2] == (
        NO,
        "It is not known. `companion feedback alpha --seek` looks for it while the headset is on.\n",
    )
    code, out, err = run("alpha", "--seek")
    assert "Close your eyes" in err
    assert (code, bool(re.match(r"Your alpha rhythm lies at (9\.9|10\.[01]) Hz", out))) == (DONE, True)
    assert json.loads(run("alpha", "--json")[1])["ch_names"] == list(MUSE)


@pytest.mark.usefixtures("sessions")
def test_what_is_kept_is_told_without_a_program(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("list")
    assert (code, [line[:11] for line in out.splitlines()]) == (DONE, ["2: Calm up,", "1: Calm up,"])
    assert [line.endswith("Blind.") for line in out.splitlines()] == [True, False]
    code, out, _ = run("report", "2")
    assert (code, "is blind" in out, "value" in out.split("1a ")[0]) == (DONE, True, False)
    told = json.loads(run("report", "2", "--json")[1])
    assert (told["sham"], told["value"], len(told["items"])) == (None, None, 24)
    assert run("answer", "2", "guess", "own")[:2] == (DONE, "Noted.\n")
    assert run("unblind", "2")[:2] == (DONE, "A replay was shown.\n")
    assert run("unblind", "1")[1].startswith("Nothing was drawn")
    code, out, _ = run("progress", "calm")
    assert (code, out.splitlines()[-1]) == (DONE, "1 sessions: too few to tell a trend.")
    assert len(json.loads(run("progress", "calm", "--json")[1])["points"]) == 2
    assert run("alpha")[1].startswith("Your alpha rhythm lies at 10.4 Hz. Found ")
    assert json.loads(run("alpha", "--json")[1])["ch_names"] == list(MUSE)
    page = tmp_path / "report.html"
    code, out, err = run("report", "2", "--html", str(page))
    assert (code, out, "NOT encrypted" in err) == (DONE, "", True)
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    told = page.read_text()
    assert not re.search(r"(src|href)=", told)  # it needs nothing beside itself
    for svg in re.findall(r"<svg.*?</svg>", told, re.DOTALL):
        assert ET.fromstring(svg) is not None  # noqa: S314 our own
    assert told.count("<svg") == 2
    assert told.count("<dt>") == 24
    assert "A replay was shown." in told
    assert run("forget", "1")[0] == DONE
    assert len(run("list")[1].splitlines()) == 1


@pytest.mark.usefixtures("sessions")
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("report", "7"), WRONG, "There is no training 7"),
        (("answer", "1", "9z", "nothing"), WRONG, "There is no item 9z. There are: 1a"),
        (("forget", "7"), WRONG, "There is no training 7"),
        (("progress", "sleep"), WRONG, "'sleep' is not one of"),
        (("status",), NO, "No program is recording"),
        (("start", "calm"), NO, "No program is recording"),
        (("alpha", "--seek"), NO, "No program is recording"),
    ],
)
def test_what_cannot_be_told_says_why(run: Run, arguments: tuple[str, ...], code: int, says: str) -> None:
    found, out, err = run(*arguments)
    assert (found, out, says in err) == (code, "", True)


def test_nothing_is_trained_while_memory_is_locked() -> None:
    with pytest.raises(ControlError, match="locked"):
        requests.answer(None, {"ask": "status"}, plays=True)


@pytest.mark.parametrize("request_", [{"ask": "dance"}, {"ask": "unblind", "number": "one"}])
def test_what_no_program_knows_is_refused(room: TrainingRoom, request_: dict[str, str]) -> None:
    with pytest.raises(ControlError, match="does not know what was asked"):
        requests.answer(room, request_, plays=True)
