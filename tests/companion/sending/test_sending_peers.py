from __future__ import annotations

import sys

import pytest

from companion.sending import peers

PEER, HERE = ("127.0.0.1", 40_000), ("127.0.0.1", 2525)


def line(user: int) -> str:
    return f"   0: {peers._address(PEER)} {peers._address(HERE)} 01 00000000:00000000 00:00000000 00000000 {user} 0 1"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
@pytest.mark.parametrize(
    ("looks", "own"),
    [
        ([[], [line(1234)]], True),
        ([[], [], [line(1234)]], True),
        ([[], [], []], False),
        ([[line(4321)], [line(1234)]], False),
    ],
)
def test_a_socket_that_one_look_misses_is_looked_for_again(
    looks: list[list[str]], own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = iter(looks)
    monkeypatch.setattr(peers.os, "getuid", lambda: 1234)
    monkeypatch.setattr(peers, "_lines", lambda table: next(told) if table == peers.TABLES[0] else [])
    assert peers.is_own(PEER, HERE) is own
