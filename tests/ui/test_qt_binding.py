"""The Qt binding itself, where one release of it would end the program."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QApplication

CALLS = 1000


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None cannot be given away since Python 3.12")
def test_a_call_that_returns_nothing_does_not_take_a_reference_to_none(qt: QApplication) -> None:
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        qt.processEvents()
    assert sys.getrefcount(None) > before - CALLS // 2
