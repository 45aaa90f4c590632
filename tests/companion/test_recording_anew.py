"""What begins anew with every change of the settings, and what does not."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from companion import recording
from companion.settings import Settings


class Reading:
    """A reader process that takes down what it is asked for."""

    def __init__(self, pid: int | None) -> None:
        self.pid, self.tasks = pid, list[str]()

    def submit(self, task: str, *_: Any, urgent: bool = False) -> Future[None]:
        assert urgent
        self.tasks.append(task)
        return Future()


@pytest.mark.parametrize("settings", [Settings(), Settings(consent_screen=True, exclude_apps=("editor",))])
@pytest.mark.parametrize(("pid", "asked"), [(7, ["forget"]), (None, [])])
def test_what_was_read_before_goes_from_the_readers_memory(
    settings: Settings, pid: int | None, asked: list[str]
) -> None:
    reader, nothing = Reading(pid), dict.fromkeys(("moments", "looks", "note"))
    recording.keeper(recording.ThisRun(None, None), settings, reader=reader, clock=float, **nothing)  # type: ignore[arg-type]
    assert reader.tasks == asked


def test_password_fields_are_known_over_all_sources_of_a_run() -> None:
    run = recording.ThisRun("none", "screen")
    assert run.passwords is run.passwords
    assert run == recording.ThisRun("none", "screen")
    assert run.passwords is not recording.ThisRun("none", "screen").passwords
