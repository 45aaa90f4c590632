"""Whether the X server itself hides the screen, and for how long nobody has touched anything."""

from __future__ import annotations

from typing import Any

import xcffib.dpms
import xcffib.screensaver

from companion.capture.x11 import Display

_SAVER = "MIT-SCREEN-SAVER"


class Saver:
    """Asks MIT-SCREEN-SAVER 1.1 and DPMS, as far as the server has them."""

    def __init__(self, display: Display) -> None:
        self._display = display
        connection = display.connection
        self._saver: Any = connection(xcffib.screensaver.key) if display.has(_SAVER) else None
        self._power: Any = connection(xcffib.dpms.key) if display.has("DPMS") else None
        if self._saver is not None:
            self._saver.SelectInputChecked(display.root, xcffib.screensaver.Event.NotifyMask).check()

    def hears(self, event: Any) -> bool:
        """Whether an event says that the screen saver came or went."""
        return isinstance(event, xcffib.screensaver.NotifyEvent)

    def asleep(self) -> bool:
        """Whether the screen saver hides the screen or the monitors are off, asked anew."""
        if self._saver is not None and self._told().state == xcffib.screensaver.State.On:
            return True
        if self._power is None:
            return False
        power = self._power.Info().reply()
        return bool(power.state and power.power_level != xcffib.dpms.DPMSMode.On)

    def idle(self) -> float | None:
        """Return seconds since the last key or movement; None where the server does not tell."""
        if self._saver is None:
            return None
        return float(self._told().ms_since_user_input) / 1000.0

    def _told(self) -> Any:
        return self._saver.QueryInfo(self._display.root).reply()
