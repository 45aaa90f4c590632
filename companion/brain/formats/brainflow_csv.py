"""Tables of bare numbers as BrainFlow writes them (``DataFilter.write_file``, ``add_streamer``): one line a sample, µV.

Such a file does not name its board. What its columns mean comes from BrainFlow's board descriptions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from companion.brain.formats import clock
from companion.brain.formats.labels import channel_names
from companion.brain.formats.source import Source
from companion.brain.formats.table import Table, load
from companion.brain.types import BoardError, Segment

NAME = "BrainFlow CSV"

_FEWEST = 3  # columns: counter, one channel, time


@dataclass(frozen=True, slots=True)
class Layout:
    """What BrainFlow's board description says of a file's columns."""

    columns: int
    sfreq: float
    eeg: tuple[int, ...]
    ch_names: tuple[str, ...]
    time: int
    counter: int | None


def fits(source: Source) -> bool:
    """Whether its first line is all numbers."""
    lines = [line for line in source.lines if line.strip()]
    return bool(lines) and _count(lines[0]) >= _FEWEST


def read(source: Source) -> tuple[Segment, ...]:
    """Return its gap-free stretches; the packet counter tells gaps where the board has one.

    Raises
    ------
    BoardError
        Also when no board was named and the columns fit several boards.

    """
    line = next(line for line in source.lines if line.strip())
    columns = _count(line)
    board, layout = _named(source, columns) if source.board else _told_apart(source, columns)
    table = Table(tuple(f"{i + 1}" for i in range(columns)), skip=0, delimiter=_delimiter(line))
    wanted = [layout.time, layout.time if layout.counter is None else layout.counter, *layout.eeg]
    values = load(source, table, [table.names[i] for i in wanted])
    times = values[:, 0]
    clock.check_plausible(times, source)
    counter = None if layout.counter is None else values[:, 1]
    gaps, sfreq = clock.gaps_and_rate(times, layout.sfreq, counter=counter)
    return clock.cut(values[:, 2:].T, times, gaps, sfreq=sfreq, device=board, ch_names=layout.ch_names)


def _named(source: Source, columns: int) -> tuple[str, Layout]:
    """Return the layout of the board that the person named."""
    wanted = source.board.upper().removesuffix("_BOARD") + "_BOARD"
    layouts = [layout for name, layout in _layouts() if name == wanted]
    if not layouts:
        raise source.wrong(f"BrainFlow knows no board {source.board!r}", f"Name one of {', '.join(_boards())}")
    fitting = [layout for layout in layouts if layout.columns == columns]
    if not fitting:
        counts = " or ".join(str(layout.columns) for layout in layouts)
        raise source.wrong(
            f"it has {columns} columns but files of {wanted} have {counts}", "Name the board that it was recorded with"
        )
    if not fitting[0].eeg:
        raise source.wrong(f"it holds what {wanted} records beside the EEG", "Import the file of the default preset")
    return wanted, fitting[0]


def _told_apart(source: Source, columns: int) -> tuple[str, Layout]:
    """Return the only layout that the file can have."""
    cells = [_numbers(line) for line in source.lines if _count(line) == columns]
    fitting = [
        (name, layout)
        for name, layout in _layouts()
        if layout.columns == columns and all(clock.plausible(row[layout.time]) for row in cells)
    ]
    boards = " or ".join(dict.fromkeys(name for name, _ in fitting))
    if not fitting:
        raise _ask(source, f"its {columns} columns are those of no board of BrainFlow")
    if len({layout for _, layout in fitting}) > 1 or not fitting[0][1].eeg:
        raise _ask(source, f"its {columns} columns could come from {boards}")
    return boards, fitting[0][1]


def _ask(source: Source, why: str) -> BoardError:
    """Return the error that asks for the board."""
    return source.wrong(
        f"a BrainFlow file does not say which board it comes from, and {why}",
        "Say which board it was recorded with (`companion import --board NAME`)",
    )


def _boards() -> list[str]:
    """Return the names of all boards with EEG."""
    return sorted({name for name, layout in _layouts() if layout.eeg})


def _layouts() -> Iterator[tuple[str, Layout]]:
    """Yield the layouts of all boards and presets."""
    from companion.brain.brainflow_api import BoardIds, BoardShim, BrainFlowPresets, hush

    hush()
    nothing = {BoardIds.NO_BOARD, BoardIds.PLAYBACK_FILE_BOARD, BoardIds.STREAMING_BOARD}
    for board in BoardIds:
        if board in nothing:
            continue
        for preset in BoardShim.get_board_presets(board):
            layout = _layout(BoardShim.get_board_descr(board, BrainFlowPresets(preset)))
            if layout is not None:
                yield board.name, layout


def _layout(description: dict[str, object]) -> Layout | None:
    """Read one board description, None when it has no time stamps."""
    match description:
        case {"num_rows": int(columns), "sampling_rate": int(sfreq), "timestamp_channel": int(time)}:
            pass
        case _:
            return None
    eeg = description.get("eeg_channels")
    rows = tuple(int(row) for row in eeg) if isinstance(eeg, list) else ()
    told = str(description.get("eeg_names", "")).split(",")
    names = told if len(told) == len(rows) else [f"Ch{i + 1}" for i in range(len(rows))]
    counter = description.get("package_num_channel")
    return Layout(
        columns, float(sfreq), rows, channel_names(names), time, counter if isinstance(counter, int) else None
    )


def _delimiter(line: str) -> str:
    """Return what stands between numbers."""
    return "\t" if "\t" in line else ","


def _count(line: str) -> int:
    """Return how many numbers a line holds, 0 when anything else is in it."""
    try:
        return len(_numbers(line))
    except ValueError:
        return 0


def _numbers(line: str) -> list[float]:
    """Return the numbers of a line. Raises ValueError."""
    return [float(cell) for cell in line.split(_delimiter(line))]
