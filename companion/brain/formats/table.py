"""Numbers from tables in text files; says the line of what is not a number."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.brain.formats.source import Source
from companion.brain.types import BoardError

_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Table:
    """How a text file holds its numbers.

    Attributes
    ----------
    names
        One name for each cell of a line.
    skip
        Lines before the first numbers.
    delimiter
        What stands between two cells.
    decimal_comma
        Numbers are written 1,5; the delimiter is then a comma and a space.
    without
        Lines that hold this are no samples and are left out; empty keeps all.

    """

    names: tuple[str, ...]
    skip: int
    delimiter: str = ","
    decimal_comma: bool = False
    without: str = ""

    def cells(self, line: str) -> list[str]:
        """Cut a line."""
        delimiter = ", " if self.decimal_comma else self.delimiter
        cells = [cell.strip() for cell in line.strip("\r\n").split(delimiter)]
        return [cell.replace(",", ".") for cell in cells] if self.decimal_comma else cells

    def at(self, names: Sequence[str]) -> list[int]:
        """Return where columns stand."""
        return [self.names.index(name) for name in names]


def load(source: Source, table: Table, columns: Sequence[str]) -> NDArray[np.float64]:
    """Return ``float64[rows, columns]``, all finite.

    Raises
    ------
    BoardError
        When there is no row, a row is torn, or a cell is not a finite number: with the line and how to mend it.

    """
    if sum(bool(line.strip()) for line in source.lines) <= table.skip:
        raise source.wrong("it has a heading but no samples", "Record or export it again")
    _check_end(source, table)
    try:
        values = np.loadtxt(
            _plain(source.path, table) if table.decimal_comma or table.without else source.path,
            dtype=np.float64,
            comments=None,
            delimiter=";" if table.decimal_comma else table.delimiter,
            skiprows=table.skip,
            usecols=table.at(columns),
            ndmin=2,
            encoding="utf-8",
        )
    except ValueError as error:
        raise _complaint(source, table, columns, str(error)) from error
    if not np.isfinite(values).all():
        raise _complaint(source, table, columns, "a value is not finite")
    return values


def load_text(source: Source, table: Table, column: str) -> NDArray[np.bytes_]:
    """Return one column as text, ``bytes[rows]``. Raises `BoardError`. Call it after `load`."""
    try:
        return np.loadtxt(
            _plain(source.path, table),
            dtype="S32",
            comments=None,
            delimiter=table.delimiter,
            skiprows=table.skip,
            usecols=table.at([column]),
            ndmin=1,
            encoding="utf-8",
        )
    except ValueError as error:
        raise source.wrong(f"its column {column} cannot be read ({error})", "Delete such lines") from error


def _plain(path: Path, table: Table) -> Iterator[str]:
    """Yield the lines of samples the way NumPy can read them."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if table.without and table.without in line:
                continue
            yield line.replace(", ", ";").replace(",", ".") if table.decimal_comma else line


def _check_end(source: Source, table: Table) -> None:
    """Refuse a file that was cut off within its last line."""
    with source.path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES), os.SEEK_SET)
        lines = file.read().decode("utf-8", errors="replace").rstrip().splitlines()
    last = lines[-1] if lines else ""
    if table.without and table.without in last:
        return
    count = len(table.cells(last))
    if count != len(table.names):
        raise source.wrong(
            f"its last line has {count} cells where {len(table.names)} are expected: it was cut off",
            "Delete the last line, or copy the file again from where it came",
        )


def _complaint(source: Source, table: Table, columns: Sequence[str], otherwise: str) -> BoardError:
    """Return the error for the first line that is no row of finite numbers."""
    with source.path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if number <= table.skip or not line.strip() or (table.without and table.without in line):
                continue
            trouble = _trouble(table, columns, line)
            if trouble:
                return BoardError(
                    f"{source.path.name}, line {number}: {trouble}. "
                    "Delete such lines (the gap is then seen as one), or export the file again."
                )
    return source.wrong(f"it cannot be read as a table ({otherwise})", "Export the file again")


def _trouble(table: Table, columns: Sequence[str], line: str) -> str:
    """Say what is wrong with a line; empty when nothing is."""
    cells = table.cells(line)
    for name, at in zip(columns, table.at(columns), strict=True):
        if at >= len(cells):
            return f"it has {len(cells)} cells where {len(table.names)} are expected"
        try:
            finite = np.isfinite(float(cells[at]))
        except ValueError:
            finite = False
        if not finite:
            return f"{cells[at][:40]!r} in column {name} is not a number"
    return ""
