from __future__ import annotations

from companion.capture.pace import HEARTBEAT, SLOWEST, Pace


def test_a_picture_that_never_rests_is_looked_at_less_and_less() -> None:
    pace = Pace()
    assert pace.seconds == HEARTBEAT
    seconds = []
    for _ in range(6):
        pace.looked(restless=True)
        seconds.append(pace.seconds)
    assert seconds == [4, 8, 16, SLOWEST, SLOWEST, SLOWEST]


def test_one_look_at_a_still_picture_brings_the_heartbeat_back() -> None:
    pace = Pace()
    pace.looked(restless=True)
    pace.looked(restless=False)
    assert pace.seconds == HEARTBEAT
