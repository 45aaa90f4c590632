"""How to train: how long, how often it is rewarded, whether blind, with what sound, and what to try."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QSlider, QSpinBox, QVBoxLayout, QWidget

from companion.feedback.port import Choice
from companion.feedback.types import Times
from ui import theme
from ui.settings.sources import sentence
from ui.switch import Switch
from ui.training import words
from ui.training.towards import TrainingTowards

USUAL = Times()
SOUNDS = (("Nothing", ""), ("A soft pad", "pad"), ("One low tone", "tone"), ("A bell at each reward", "chime"))
RATE = "Share of the time that is rewarded; the target follows so that it stays there."
STRATEGY = "such as: breathe out slowly"


class TrainingSetup(QWidget):
    """Makes a `Choice`."""

    sound_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.blocks, self.minutes, self.rate = QSpinBox(), QSpinBox(), QSpinBox()
        self.sound, self.volume = QComboBox(), QSlider(Qt.Orientation.Horizontal)
        self.strategy, self.towards = QLineEdit(), TrainingTowards()
        self.blind = Switch("Blind: own signal or replay")
        self.course = sentence("", base=self)
        self.about_blind = sentence(words.BLIND, base=self)
        self._set_up()
        self._lay_out()
        self._tell()

    @property
    def fields(self) -> tuple[QWidget, ...]:
        """All that can be chosen, in reading order."""
        how = (self.blocks, self.minutes, self.rate, self.sound, self.volume, self.strategy, self.blind)
        return (self.towards.tag, self.towards.moment, *how)

    @property
    def times(self) -> Times:
        """How long the parts last."""
        return Times(USUAL.baseline, 60.0 * self.minutes.value(), USUAL.rest, self.blocks.value())

    def choice(self, protocol: str, *, towards: bool) -> Choice:
        """Return what is chosen, for a protocol that may need something to go towards."""
        moment, tag = self.towards.chosen() if towards else (None, "")
        return Choice(
            protocol,
            times=self.times,
            rate=self.rate.value() / 100,
            blind=self.blind.isChecked(),
            sound=str(self.sound.currentData()),
            strategy=self.strategy.text().strip(),
            moment=moment,
            tag=tag,
        )

    def _tell(self) -> None:
        self.course.setText(words.course(self.times))
        self.volume.setEnabled(bool(self.sound.currentData()))

    def _set_up(self) -> None:
        self.blocks.setRange(1, 12)
        self.blocks.setValue(USUAL.blocks)
        self.minutes.setRange(1, 20)
        self.minutes.setValue(round(USUAL.block / 60))
        self.minutes.setSuffix(" min")
        self.rate.setRange(30, 90)
        self.rate.setSingleStep(5)
        self.rate.setValue(60)
        self.rate.setSuffix(" %")
        self.rate.setToolTip(RATE)
        self.rate.setAccessibleDescription(RATE)
        for name, sound in SOUNDS:
            self.sound.addItem(name, sound)
        self.volume.setRange(0, 100)
        self.volume.setValue(60)
        self.volume.setAccessibleName("Volume")
        self.strategy.setPlaceholderText(STRATEGY)
        self.blind.setFont(theme.font(self.font(), "strong"))
        self.blind.setAccessibleDescription(words.BLIND)
        for field in (self.blocks, self.minutes):
            field.valueChanged.connect(self._tell)
        self.sound.currentIndexChanged.connect(self._tell)
        self.sound.currentIndexChanged.connect(self.sound_changed)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * theme.GRID)
        grid.setVerticalSpacing(2 * theme.GRID)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Blocks", self.blocks),
            ("Each", self.minutes),
            ("Rewarded", self.rate),
            ("Sound", self.sound),
            ("Volume", self.volume),
            ("What you will try", self.strategy),
        )
        for row, (name, field) in enumerate(rows):
            label = QLabel(name)
            label.setBuddy(field)
            field.setAccessibleName(name)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * theme.GRID)
        column.addWidget(self.towards)
        column.addLayout(grid)
        column.addWidget(self.course)
        column.addWidget(self.blind)
        column.addWidget(self.about_blind)
        column.addStretch()
