"""A session a notification daemon, kept for the tests of this folder; do-not-disturb is off at the start of each."""

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


_opened: list[tuple[ExitStack, Desks]] = []


@pytest.fixture
def desks() -> Desks:
    """Made for the first test, ended after the last: other tests count the processes that are left."""
    if not _opened:
        stack = ExitStack()
        _opened.append((stack, Desks(stack)))
    return _opened[0][1]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    del item
    yield
    if nextitem is None or nextitem.path.parent != Path(__file__).parent:
        while _opened:
            _opened.pop()[0].close()


@pytest.fixture(params=sorted(NEEDED))
def desk(request: pytest.FixtureRequest, desks: Desks) -> QuietDesk:
    return desks[request.param]
