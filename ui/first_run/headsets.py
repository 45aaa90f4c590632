"""The headsets offered by name, with what each needs to be found."""

from __future__ import annotations

from dataclasses import dataclass

SIMULATED = "Simulated headset (no real brain signal)"


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something a headset needs. ``name`` is BrainFlow's, or ``name``/``file`` for what follows the board's kind."""

    name: str
    label: str
    hint: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Headset:
    """One choice. ``board`` is what the settings keep; a trailing colon waits for the required parameter."""

    label: str
    board: str
    parameters: tuple[Parameter, ...] = ()
    note: str = ""


_MAC = Parameter("mac_address", "Bluetooth address", "only if there are several")
_DEVICE = Parameter("serial_number", "Device name or number", "only if there are several")
_PORT = Parameter("serial_port", "Serial port", "/dev/ttyUSB0 or COM3", required=True)

NONE = Headset("No headset", "none", note="The screen is remembered all the same; thinking of it needs a headset.")
LSL = Headset(
    "Another headset over LSL",
    "lsl:",
    (Parameter("name", "Name of the stream", "as the sending program shows it", required=True),),
    "For headsets whose own program offers a Lab Streaming Layer outlet, such as Emotiv or Mind Monitor.",
)
PLAYBACK = Headset(
    "A recording, played back",
    "playback:",
    (Parameter("file", "File", "EDF, BDF, XDF or CSV", required=True),),
    "The recording is played as if it came from a headset now.",
)
OTHER = Headset(
    "Another board known to BrainFlow",
    "",
    (
        Parameter("name", "BrainFlow's name", "explore_8_chan", required=True),
        Parameter("serial_port", "Serial port"),
        Parameter("mac_address", "Bluetooth address"),
        Parameter("serial_number", "Device name or number"),
        Parameter("ip_address", "Network address"),
        Parameter("ip_port", "Network port"),
    ),
)
HEADSETS: tuple[Headset, ...] = (
    NONE,
    Headset(
        SIMULATED,
        "synthetic",
        note="An artificial signal for trying out how recording works, marked wherever it shows. It is no EEG: "
        "thinking of it needs a real headset or a recording.",
    ),
    Headset("Muse 2", "muse_2", (_MAC, _DEVICE)),
    Headset("Muse S", "muse_s", (_MAC, _DEVICE)),
    Headset("Muse S Athena", "muse_s_athena", (_MAC, _DEVICE)),
    Headset("Muse (2016)", "muse_2016", (_MAC, _DEVICE)),
    Headset("OpenBCI Cyton", "cyton", (_PORT,)),
    Headset("OpenBCI Cyton with Daisy", "cyton_daisy", (_PORT,)),
    Headset("OpenBCI Ganglion (Bluetooth)", "ganglion_native", (_MAC,)),
    Headset("OpenBCI Ganglion (with its dongle)", "ganglion", (_PORT, _MAC)),
    Headset("Neurosity Crown", "crown", (_DEVICE,), "Switch on OSC in the device's settings first."),
    Headset("g.tec Unicorn", "unicorn", (_DEVICE,)),
    Headset("BrainBit", "brainbit", (_DEVICE,)),
    LSL,
    PLAYBACK,
    OTHER,
)


def chosen(headset: Headset, values: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return the settings' ``board`` and ``board_params`` for a choice; empty values are left out."""
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    tail = "".join(given.pop(name) for name in ("name", "file") if name in given)
    return headset.board + tail, given


def missing(headset: Headset, values: dict[str, str]) -> str:
    """Return a sentence naming what is still needed, or nothing."""
    needed = [item.label for item in headset.parameters if item.required and not values.get(item.name, "").strip()]
    return f"{headset.label} needs: {', '.join(needed).lower()}." if needed else ""


def find(board: str, params: dict[str, str]) -> tuple[Headset, dict[str, str]]:
    """Return the choice that settings stand for, and the values of its parameters."""
    for headset in (LSL, PLAYBACK):
        if board.startswith(headset.board):
            return headset, {headset.parameters[0].name: board.removeprefix(headset.board), **params}
    plain = board.lower().removesuffix("_board")
    for headset in HEADSETS:
        offered = {item.name for item in headset.parameters}
        if headset.board == plain and offered.issuperset(params):
            return headset, dict(params)
    return OTHER, {"name": board, **params}
