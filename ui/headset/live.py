"""What is seen while samples come: how the electrodes lie, traces and spectrum. Imports pyqtgraph."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from companion.ports import EnginePort
from ui import theme
from ui.bridge import Bridge, OneThread
from ui.headset.contact import ContactPanel
from ui.headset.pace import Pace
from ui.headset.power import SECONDS, Spectrum, spectrum
from ui.headset.shades import Shades
from ui.headset.signal import KEPT_SECONDS, Rolling
from ui.headset.spectrum import SpectrumPlot
from ui.headset.traces import SHOWN_SECONDS, Traces
from ui.progress_line import less_motion

FRAME_MS, STILL_MS, LOOK_MS = 33, 1000, 1000
NEWEST_SECONDS = 1.0
"""What is asked for at each frame; after a longer while all that is shown is asked for."""


class Live(QWidget):
    """Asks the engine, while it is visible.

    Parameters
    ----------
    engine
        Returns the one that runs.

    Attributes
    ----------
    simulated
        Whether the headset is on no head.

    """

    def __init__(self, engine: Callable[[], EnginePort | None], *, bridge: Bridge) -> None:
        super().__init__()
        self._engine, self._bridge = engine, bridge
        self._counting = OneThread("spectrum")
        self._counted: Future[Spectrum] | None = None
        self._rolling, self._pace, self._shades = Rolling(), Pace(), Shades()
        self._taken_at = 0.0
        self.simulated = False
        self.contact = ContactPanel()
        self.traces, self.spectrum = Traces(), SpectrumPlot()
        self.captions = QLabel(self.traces.caption), QLabel(self.spectrum.caption)
        self._lay_out()
        self._frames, self._looks = QTimer(self), QTimer(self)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self.show_frame)
        self._looks.timeout.connect(self.look)
        self.contact.chosen_changed.connect(self._choose)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to move; slowly where the desktop asks for little motion."""
        super().showEvent(event)
        self._frames.start(STILL_MS if less_motion() else FRAME_MS)
        self._looks.start(LOOK_MS)
        self.show_frame()
        self.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        self._frames.stop()
        self._looks.stop()
        super().hideEvent(event)

    def show_frame(self) -> None:
        """Take in what came, and move on."""
        engine, now = self._engine(), time.monotonic()
        if engine is None:
            return
        window = engine.headset_window(KEPT_SECONDS) if now - self._taken_at > NEWEST_SECONDS else None
        window = window or engine.headset_window(NEWEST_SECONDS)
        before = self._rolling.ch_names
        if window is not None and self._rolling.take(window):
            self._taken_at = now
            self.traces.draw(self._rolling)
            if self._rolling.ch_names != before:
                self.look()
        if self._taken_at:
            newest = self._rolling.time_end
            self.traces.move_to(newest if less_motion() else self._pace.at(newest, now))

    def look(self) -> None:
        """Take in what changes slowly: contact, scale, spectrum."""
        engine = self._engine()
        if engine is None or not self._taken_at:
            return
        electrodes = engine.electrodes
        self.contact.show_contact(self._rolling.ch_names, electrodes, simulated=self.simulated)
        self.traces.fit(self._rolling)
        if electrodes is not None:
            self.traces.shade(self._shades.take(electrodes, self._rolling.time_end - SHOWN_SECONDS))
        window = engine.headset_window(SECONDS)
        if window is None:
            self.spectrum.draw(None)
        elif self._counted is None or self._counted.done():
            self._counted = self._counting.submit(lambda: spectrum(window))
            self._bridge.follow(self._counted, lambda counted: self._draw_spectrum(counted.result()))
        self._tell()

    def _draw_spectrum(self, found: Spectrum) -> None:
        self.spectrum.draw(found)
        self._tell()

    def _choose(self) -> None:
        self.traces.choose(self.contact.chosen)
        self.spectrum.choose(self.contact.chosen)
        self.traces.draw(self._rolling)
        self.look()

    def _tell(self) -> None:
        self.captions[0].setText(self.traces.caption)
        self.captions[1].setText(self.spectrum.caption)

    def _lay_out(self) -> None:
        plots = QGridLayout()
        plots.setHorizontalSpacing(3 * theme.GRID)
        for column, (part, caption) in enumerate(zip((self.traces, self.spectrum), self.captions, strict=True)):
            caption.setWordWrap(True)
            caption.setProperty("look", "soft")
            caption.setFont(theme.font(self.font(), "small"))
            plots.addWidget(part, 0, column)
            plots.addWidget(caption, 1, column, Qt.AlignmentFlag.AlignTop)
        plots.setColumnStretch(0, 5)
        plots.setColumnStretch(1, 4)
        plots.setRowStretch(0, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6 * theme.GRID)
        row.addWidget(self.contact)
        row.addLayout(plots, 1)
