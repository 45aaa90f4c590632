"""The ring around what has the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from ui.focus_ring import FocusRing


@pytest.mark.parametrize("kind", [QComboBox, QSpinBox])
def test_choices_and_numbers_that_have_the_keyboard_wear_a_ring(qt: QApplication, kind: type[QWidget]) -> None:
    follows = FocusRing(qt)
    window, part, field = QWidget(), kind(), QLineEdit()
    column = QVBoxLayout(window)
    for widget in (field, part):
        column.addWidget(widget)
    follows._follow(None, part)
    ring = follows.ring
    assert ring is not None
    assert ring.widget() is part
    follows._follow(part, field)  # it has a ring of its own
    assert follows.ring is None
    follows._follow(field, part)
    window.deleteLater()
    qt.sendPostedEvents()
    follows._follow(part, None)  # what went with its window does no harm
    assert follows.ring is None
    follows.deleteLater()
