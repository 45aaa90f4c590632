"""``companion mails``: what is asked over the socket, how it is told, and what forgetting everything does."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path

import pytest
from vaults import vault_at

from companion import control
from companion.__main__ import main
from companion.brain.types import Contact, HeadsetState
from companion.cli import session as sessions
from companion.cli.session import Session
from companion.control import Control, ControlError, NobodyError
from companion.sending import requests
from companion.sending.mail_file import Head, Progress
from companion.sending.passwords import KeyringPasswords
from companion.sending.port import Guarding
from companion.sending.queue import Queue
from companion.sending.types import Envelope, HeldMail, SendingError, State
from companion.status import Activity, Status
from index.keys.keyfile import exists
from index.vault import Vault
from index.writer import Writer

DONE, NO, WRONG = 0, 1, 2
NOW = 1_790_000_000.0

Says = Callable[..., tuple[int, str, str]]


def held(name: str, state: State = State.HELD, goes: float | None = NOW) -> HeldMail:
    why = ("The headset shows tension.",)
    return HeldMail(name, "work", "ann@example.org", ("bob@example.org",), "[b]Budget", 1, 1.0, goes, state, why, "")


class Terminal(io.StringIO):
    """Where somebody types an answer."""

    def isatty(self) -> bool:
        return True


class Sending:
    """A guard that writes down what it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.mails = (held("aa11"), held("bb22", State.UNSURE, None))
        self.refuses = ""

    def state(self) -> Guarding:
        return Guarding(True, True, "", self.mails, "2 mails wait.")

    def send_now(self, mail: str) -> Future[None]:
        return self._done(None, "send now", mail)

    def later(self, mail: str, seconds: float) -> Future[None]:
        return self._done(None, "later", mail, seconds)

    def take_back(self, mail: str, into: Path) -> Future[Path]:
        return self._done(into, "take back", mail, into)

    def drop(self, mail: str) -> Future[None]:
        return self._done(None, "drop", mail)

    def _done(self, result: object, *call: object) -> Future:
        self.calls.append(call)
        future: Future = Future()
        if self.refuses:
            future.set_exception(SendingError(self.refuses))
        else:
            future.set_result(result)
        return future


@pytest.fixture
def sending() -> Sending:
    return Sending()


@pytest.fixture
def runs(tmp_path: Path, sending: Sending) -> Iterator[None]:
    """A program that records to the usual vault."""

    def handle(request: Mapping[str, str]) -> str:
        if request.get("do") != requests.WHAT:
            raise ControlError("not this")
        return requests.answer(sending, request)

    (tmp_path / "vault").mkdir(exist_ok=True)
    control = Control(tmp_path / "vault", handle)
    yield
    control.close()


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str]) -> Says:
    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.mark.usefixtures("runs")
def test_the_list_tells_to_whom_when_and_why(says: Says) -> None:
    code, out, _ = says("mails", "list")
    assert code == DONE
    assert "bob@example.org" in out
    assert "[b]Budget" in out  # as it is, not taken for markup
    assert "may have been sent" in " ".join(out.split())
    assert out.endswith("2 mails wait.\n")


@pytest.mark.usefixtures("runs")
def test_json_tells_all_of_it(says: Says) -> None:
    told = json.loads(says("mails", "list", "--json")[1])
    assert (told["on"], told["serves"], told["says"]) == (True, True, "2 mails wait.")
    assert [mail["id"] for mail in told["mails"]] == ["aa11", "bb22"]
    assert told["mails"][1]["state"] == "unsure"


@pytest.mark.usefixtures("runs")
def test_one_is_named_by_how_its_name_begins(says: Says, sending: Sending, tmp_path: Path) -> None:
    file = tmp_path / "back.eml"
    for arguments in (
        ("send-now", "bb"),
        ("later", "a", "--minutes", "30"),
        ("later", "aa11"),
        ("take-back", "aa", str(file)),
        ("drop", "b", "--yes"),
    ):
        assert says("mails", *arguments)[0] == DONE
    assert sending.calls == [
        ("send now", "bb22"),
        ("later", "aa11", 1800.0),
        ("later", "aa11", 3600.0),
        ("take back", "aa11", file),
        ("drop", "bb22"),
    ]


@pytest.mark.usefixtures("runs")
def test_what_is_refused_is_told(says: Says, sending: Sending) -> None:
    assert says("mails", "send-now", "cc")[::2] == (
        NO,
        "No mail cc waits. `companion mails list` names those that do.\n",
    )
    sending.refuses = "This mail is just being sent."
    assert says("mails", "send-now", "aa")[::2] == (NO, "This mail is just being sent.\n")
    assert says("mails", "later", "aa", "--minutes", "0")[0] == WRONG
    sending.calls.clear()
    code, _, err = says("mails", "drop", "aa")  # the tests have no terminal
    assert (code, "say --yes if you mean it" in err) == (WRONG, True)
    assert sending.calls == []


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(("answer", "code"), [("y", DONE), ("n", NO)])
def test_a_mail_does_not_go_while_its_person_is_asked_whether_to_drop_it(
    says: Says, sending: Sending, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    soon, late = time.time() + 20, time.time() + 3600
    sending.mails = (held("aa11", goes=soon), held("bb22", State.UNSURE, None), held("cc33", goes=late))
    before_the_answer: list[list[tuple[object, ...]]] = []

    class Typing(Terminal):
        def readline(self, *arguments: int) -> str:
            before_the_answer.append(list(sending.calls))
            return super().readline(*arguments)

    for mail in ("a", "b", "c"):
        monkeypatch.setattr("sys.stdin", Typing(f"{answer}\n"))
        assert says("mails", "drop", mail)[0] == code
    dropped = [("drop", "aa11"), ("drop", "bb22"), ("drop", "cc33")] if code == DONE else []
    assert [call for call in sending.calls if call[0] == "drop"] == dropped
    assert [call for call in sending.calls if call[0] == "later"] == [("later", "aa11", 600.0)]
    assert before_the_answer[0] == [("later", "aa11", 600.0)]


@pytest.mark.usefixtures("runs")
def test_of_a_mail_that_cannot_be_held_nothing_is_asked(
    says: Says, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    sending.refuses = "This mail is just being sent."
    assert says("mails", "drop", "aa") == (NO, "", "This mail is just being sent.\n")
    assert sending.calls == [("later", "aa11", 600.0)]


class OneList:
    """An engine that ends once it was asked which mails wait."""

    def __init__(self, sending: Sending | None) -> None:
        self.sending, self.asking = sending, Future()

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""

    def status(self) -> Status:
        return Status(Activity.RECORDING, "Recording.", HeadsetState(Contact.NONE, ""))

    def finished(self) -> bool:
        return self.asking.done()

    def pending(self) -> int:
        return 0


@pytest.mark.parametrize("locked", [False, True])
def test_a_run_without_windows_answers_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sending: Sending, locked: bool
) -> None:
    monkeypatch.setattr(sessions, "LOOK_SECONDS", 0.01)
    root, engine = tmp_path / "vault", OneList(None if locked else sending)
    root.mkdir()

    def ask() -> None:
        for _ in range(2000):  # until it listens
            try:
                engine.asking.set_result(control.ask(root, do="mails", act="list"))
            except NobodyError:
                time.sleep(0.01)
            except ControlError as error:
                engine.asking.set_result(str(error))
            if engine.asking.done():
                return
        engine.asking.set_exception(AssertionError("it never listened"))

    asking = threading.Thread(target=ask)
    asking.start()
    Session(root).run(lambda _: engine, None if locked else Vault(root))
    asking.join(60)
    said = engine.asking.result(0)
    assert said == requests.LOCKED if locked else len(json.loads(said)["mails"]) == 2


def test_where_no_program_runs_it_says_so(says: Says, tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    for arguments in (("list",), ("send-now", "aa")):
        code, out, err = says("mails", *arguments)
        assert (code, out) == (NO, "")
        assert "No program is recording" in err


def waiting_in(root: Path) -> Vault:
    with Writer(vault_at(root)) as writer:
        vault = writer.vault
    queue = Queue(vault.mails, vault.keys.files, clock=lambda: NOW)
    queue.open()
    for name, state in (("a", State.HELD), ("b", State.HELD), ("c", State.SENDING), ("d", State.COMING)):
        head = Head("work", "ann", Envelope("ann@example.org", (), ()), "Budget", name, NOW, NOW, 4)
        entry, _ = queue.put(head, b"mail", state)
        if state is State.SENDING:
            queue.sent(entry.id)
    queue.note(queue.entries(State.HELD)[0].id, Progress(NOW, 1, "said"))
    queue.close()
    return vault


def test_everything_is_not_forgotten_while_mails_wait_unsent(says: Says, tmp_path: Path) -> None:
    vault = waiting_in(tmp_path / "vault")
    code, _, err = says("forget", "--everything", "--yes")
    assert code == WRONG
    assert "2 mails wait to be sent, and would be gone unsent" in " ".join(err.split())
    assert exists(vault.key_file)
    code, _, err = says("forget", "--last", "5m", "--unsent-mails", "--yes")
    assert code == WRONG
    assert "goes with --everything" in err


def test_mails_go_with_everything_where_that_is_said(says: Says, tmp_path: Path) -> None:
    vault = waiting_in(tmp_path / "vault")
    KeyringPasswords().put("work", "ann", b"secret")
    code, out, _ = says("forget", "--everything", "--unsent-mails", "--yes")
    assert (code, vault.root.exists()) == (DONE, False)
    assert f"The vault {vault.root} is deleted." in out
    assert KeyringPasswords().get("work", "ann") is None


def test_a_mark_of_what_was_sent_keeps_nothing(says: Says, tmp_path: Path) -> None:
    vault = waiting_in(tmp_path / "vault")
    for path in vault.mails.glob("*.held"):
        path.unlink()
    assert says("forget", "--everything", "--yes")[0] == DONE
    assert not vault.root.exists()
