"""A session a notification daemon, kept for the tests of a file; do-not-disturb is off at the start of each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "wayland"))

from quiet_desks import NEEDED, QuietDesk, missing, quiet_desk


class Desks:
    """Sessions, started when first asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack, self._desks = stack, dict[str, QuietDesk]()

    def __getitem__(self, name: str) -> QuietDesk:
        absent = missing(name)
        if absent:
            pytest.skip(f"not installed: {', '.join(absent)}")
        if name not in self._desks:
            self._desks[name] = self._stack.enter_context(quiet_desk(name))
        desk = self._desks[name]
        if not desk.owner():
            desk.start_daemon()
        desk.by_hand(on=False)
        return desk


@pytest.fixture(scope="session")
def desks() -> Iterator[Desks]:
    with ExitStack() as stack:
        yield Desks(stack)


@pytest.fixture(params=sorted(NEEDED))
def desk(request: pytest.FixtureRequest, desks: Desks) -> QuietDesk:
    return desks[request.param]
