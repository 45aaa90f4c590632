"""Devices that BrainFlow speaks to. The only module besides `playback` that knows BrainFlow."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.brain.brainflow_api import (
    BoardIds,
    BoardShim,
    BrainFlowError,
    BrainFlowExitCodes,
    BrainFlowInputParams,
    hush,
)
from companion.brain.device import Block, Counter, UnreachableError, channel_names
from companion.brain.types import BoardError, BoardSpec, Stream

BACKLOG = 120  # seconds BrainFlow keeps when nobody drains it; it drops silently after that
NOT_DEVICES = {BoardIds.NO_BOARD, BoardIds.PLAYBACK_FILE_BOARD, BoardIds.STREAMING_BOARD}
SAMPLE_COUNTER = Counter(256)
MUSE_COUNTER = Counter(65536, samples=12)
# Counters that were read in BrainFlow's own source; all other boards are timed by when their samples arrive.
COUNTERS = {
    BoardIds.SYNTHETIC_BOARD: SAMPLE_COUNTER,
    BoardIds.CYTON_BOARD: SAMPLE_COUNTER,
    BoardIds.MUSE_2_BOARD: MUSE_COUNTER,
    BoardIds.MUSE_S_BOARD: MUSE_COUNTER,
    BoardIds.MUSE_2016_BOARD: MUSE_COUNTER,
    BoardIds.MUSE_2_BLED_BOARD: MUSE_COUNTER,
    BoardIds.MUSE_S_BLED_BOARD: MUSE_COUNTER,
    BoardIds.MUSE_2016_BLED_BOARD: MUSE_COUNTER,
}


class Session:
    """One running BrainFlow stream; BrainFlow allows one a board and process, so it is always released."""

    def __init__(self, board_id: int, params: BrainFlowInputParams, *, capacity: int) -> None:
        BoardShim.disable_board_logger()
        self._shim = BoardShim(board_id, params)
        try:
            self._shim.prepare_session()
            self._shim.start_stream(capacity)
        except BrainFlowError:
            self.close()
            raise

    def drain(self) -> NDArray[np.float64]:
        """Return ``float64[rows, samples]``: everything that waits."""
        rows: NDArray[np.float64] = self._shim.get_board_data()
        return rows

    def close(self) -> None:
        """Stop and release; a device that is gone already cannot be stopped, only released."""
        if self._shim.is_prepared():
            with suppress(BrainFlowError):
                self._shim.stop_stream()
            self._shim.release_session()


class LiveBoard:
    """A headset connected through BrainFlow, or its synthetic board."""

    ended = False
    pause = 0.0

    def __init__(self, spec: BoardSpec) -> None:
        hush()
        board = BoardIds[spec.name]
        layout = BoardShim.get_board_descr(board.value)
        self._eeg: list[int] = layout.get("eeg_channels", [])
        if not self._eeg:
            raise BoardError(f"{layout['name']} has no EEG channels. Choose another headset.")
        self._time_row: int = layout["timestamp_channel"]
        self._number_row: int = layout["package_num_channel"]
        names = channel_names(layout.get("eeg_names", "").split(","), len(self._eeg))
        simulated = board is BoardIds.SYNTHETIC_BOARD
        self.stream = Stream(layout["name"], float(layout["sampling_rate"]), names, simulated=simulated)
        self.counter = COUNTERS.get(board)
        try:
            self._session = Session(board.value, inputs(spec.params), capacity=int(self.stream.sfreq * BACKLOG))
        except BrainFlowError as error:
            raise _explained(error, self.stream.device, spec.params) from error

    def read(self) -> list[Block]:
        """Take what is waiting."""
        rows = self._session.drain()
        if not rows.shape[1]:
            return []
        counters = rows[self._number_row].astype(np.int64) if self.counter else None
        return [Block(rows[self._eeg], rows[self._time_row], counters)]

    def close(self) -> None:
        """Release the device."""
        self._session.close()


def known_name(text: str) -> str:
    """Return BrainFlow's enum name of a board. Raises `BoardError` with near matches."""
    boards = {board.name: board for board in BoardIds if board not in NOT_DEVICES}
    wanted = text.strip().upper().replace("-", "_").replace(" ", "_")
    by_number = {str(board.value): name for name, board in boards.items()}
    for name in (wanted, f"{wanted}_BOARD", by_number.get(text.strip(), "")):
        if name in boards:
            return name
    shown = {name.removesuffix("_BOARD").lower() for name in boards}
    near = difflib.get_close_matches(wanted.removesuffix("_BOARD").lower(), sorted(shown), n=4, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Examples: muse_2, cyton, synthetic."
    raise BoardError(f"No headset is called {text.strip()!r}. {hint} Also: none, playback:FILE, lsl:NAME.")


def inputs(params: Mapping[str, str]) -> BrainFlowInputParams:
    """Return BrainFlow's input parameters. Raises `BoardError` for a name or value it does not know."""
    known = BrainFlowInputParams()
    for name, value in params.items():
        if name not in vars(known):
            near = difflib.get_close_matches(name, sorted(vars(known)), n=2)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise BoardError(f"Headsets have no parameter {name!r}.{hint}")
        if isinstance(getattr(known, name), int):
            if not value.strip().lstrip("-").isdigit():
                raise BoardError(f"The headset's parameter {name} is {value!r}; it should be a whole number.")
            setattr(known, name, int(value))
        else:
            setattr(known, name, value)
    return known


def _explained(error: BrainFlowError, device: str, params: Mapping[str, str]) -> BoardError:
    """Say what the person can do about BrainFlow's exit code."""
    port = params.get("serial_port", "")
    match BrainFlowExitCodes(error.exit_code):
        case BrainFlowExitCodes.INVALID_ARGUMENTS_ERROR:
            return BoardError(
                f"{device} needs to be told where it is: set serial_port (such as /dev/ttyUSB0 or COM3), mac_address "
                "or ip_address, whichever it uses."
            )
        case BrainFlowExitCodes.UNSUPPORTED_BOARD_ERROR | BrainFlowExitCodes.BOARD_NOT_CREATED_ERROR:
            return BoardError(f"{device} does not work on this system. Stream it by LSL and choose lsl:NAME.")
        case BrainFlowExitCodes.UNABLE_TO_OPEN_PORT_ERROR if port:
            return _port_trouble(device, port)
        case BrainFlowExitCodes.UNABLE_TO_OPEN_PORT_ERROR:
            return UnreachableError(f"{device} cannot be reached. Switch Bluetooth on, or plug its dongle in.")
        case BrainFlowExitCodes.PORT_ALREADY_OPEN_ERROR | BrainFlowExitCodes.ANOTHER_BOARD_IS_CREATED_ERROR:
            return UnreachableError(f"{device} is in use by another program. Close that one.")
        case _:
            return UnreachableError(f"{device} does not answer ({error}). Switch it on and bring it near.")


def _port_trouble(device: str, port: str) -> BoardError:
    """Say what is wrong with a serial port."""
    if os.name == "posix" and not Path(port).exists():
        return BoardError(f"There is no serial port {port}. Plug the dongle of {device} in, or choose another port.")
    if os.name == "posix" and not os.access(port, os.R_OK | os.W_OK):
        return BoardError(f"The serial port {port} may not be opened. Join the group that owns it (dialout).")
    return UnreachableError(f"The serial port {port} cannot be opened. Another program may hold {device}.")
