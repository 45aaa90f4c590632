from __future__ import annotations

from datetime import datetime

import click
import pytest

from companion.cli.options import Moment


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-01", datetime(2026, 11, 1).astimezone().timestamp()),
        ("20261101", datetime(2026, 11, 1).astimezone().timestamp()),
        ("2026-11-01T10:40:00Z", 1793529600.0),
        ("1793529600", 1793529600.0),
        ("1793529600.5", 1793529600.5),
        ("0", 0.0),
    ],
)
def test_a_time_is_a_date_or_seconds(written: str, meant: float) -> None:
    assert Moment().convert(written, None, None) == meant


@pytest.mark.parametrize("written", ["2026", "12", "20261301", "1793529600000", "nan", "inf", "-5", "", "0001-01-01"])
def test_what_is_neither_is_refused(written: str) -> None:
    with pytest.raises(click.BadParameter, match="is no time: write 2026-03-02"):
        Moment().convert(written, None, None)
