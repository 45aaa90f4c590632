"""A session's figures, a row a block, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ui import theme
from ui.training import words

if TYPE_CHECKING:
    from companion.feedback.reported import BlockFigures

HEADS = ("Block", "Length", "Rewarded", "Muted", "Measured, in spreads")
WHAT = "Each figure with its 95 % interval. A spread is that of the minute before the first block."


class TrainingBlocks(QWidget):
    """Only shows."""

    def __init__(self, blocks: Sequence[BlockFigures], *, sealed: bool) -> None:
        super().__init__()
        self.setToolTip(WHAT)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6 * theme.GRID)
        grid.setVerticalSpacing(theme.GRID)
        grid.setColumnStretch(len(HEADS), 1)
        for column, head in enumerate(HEADS):
            grid.addWidget(_cell(head, look="soft"), 0, column)
        for row, block in enumerate(blocks, start=1):
            for column, text in enumerate(cells(block, sealed=sealed)):
                label = _cell(text)
                label.setAccessibleName(f"{HEADS[column]}: {text}")
                grid.addWidget(label, row, column)


def cells(block: BlockFigures, *, sealed: bool) -> tuple[str, ...]:
    """Return what stands in the row of a block."""
    return (
        str(block.block),
        words.clock(block.seconds),
        words.share(block.rewarded),
        f"{block.muted:.0%}",
        words.SEALED if sealed else words.spreads(block.value),
    )


def _cell(text: str, *, look: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("look", look)
    return label
