from __future__ import annotations

from pathlib import Path

import pytest

from companion.brain.types import Contact, HeadsetState
from companion.cli import session as sessions
from companion.cli.codes import DONE
from companion.cli.session import Session
from companion.status import Activity, Status


class Brief:
    """An engine that is done at once."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def status(self) -> Status:
        return Status(Activity.RECORDING, "Recording.", HeadsetState(Contact.NONE, ""))

    def finished(self) -> bool:
        return True

    def pending(self) -> int:
        return 0


def test_a_run_that_other_commands_cannot_reach_records_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sessions, "LOOK_SECONDS", 0.0)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/" + "x" * 200)  # no socket can have so long a name
    engine = Brief()
    assert Session(tmp_path).run(lambda _: engine, None) == DONE
    assert engine.calls == ["start", "stop"]
    assert "other commands cannot reach this program: The name of the socket" in capsys.readouterr().err
