"""One desktop, one reader process and one vault for all cases, and the count of what they found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "companion"), str(TESTS / "companion" / "accessible")]

from privacy_browser import Browser  # noqa: E402 it uses what lies in the folders above
from privacy_case import Case  # noqa: E402 it uses what lies in the folders above
from privacy_place import Place  # noqa: E402 so does this
from privacy_tally import Tally  # noqa: E402 and it is of the same suite

_tally = Tally()
_places: list[Place] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--privacy-tally", metavar="FILE", help="write how many cases there were, and what leaked, as JSON"
    )


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Made for the first case, ended after the last."""
    if not _places:
        _places.append(Place(tmp_path_factory.mktemp("privacy")))
    return _places[0]


@pytest.fixture
def case(place: Place, request: pytest.FixtureRequest) -> Iterator[Case]:
    """A case with canaries of its own; the windows it opened are closed behind it."""
    made = Case(place, request.node.nodeid, control=request.node.get_closest_marker("control") is not None)
    try:
        yield made
    finally:
        place.clear()
        _tally.add(made)


@pytest.fixture(params=["chromium", "firefox-esr"])
def browser(place: Place, request: pytest.FixtureRequest) -> Browser:
    return place.browser(request.param)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "control: shows that the canaries are found where nothing keeps them out")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    del item
    yield
    if nextitem is None or nextitem.path.parent != Path(__file__).parent:
        while _places:
            _places.pop().close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _tally.cases or _tally.controls:
        terminalreporter.write_line(_tally.sentence())
    told = config.getoption("--privacy-tally", None)  # not known where all tests are run
    if told:
        Path(told).write_text(_tally.as_json(), encoding="utf-8")
