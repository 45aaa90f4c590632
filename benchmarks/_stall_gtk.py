"""A GTK program with much in its window, whose event loop is measured: ``/usr/bin/python3 _stall_gtk.py TICKS``.

It runs under the system's own Python, which has GTK's bindings; the program needs none.
"""

from __future__ import annotations

import sys
from pathlib import Path

import gi

sys.path.insert(0, str(Path(__file__).parent))  # an isolated Python does not look there

from _ticks import ACROSS, COLUMNS, LABELS, LINES, PERIOD_MILLISECONDS, ROWS, SIZE, TITLE, Ticks, cell, label, line

gi.require_version("Gtk", "3.0")

from gi.repository import GLib, Gtk  # noqa: E402 the version is chosen first


def main(ticks: Path) -> None:
    window = Gtk.Window(title=TITLE)
    window.set_default_size(*SIZE)
    below, beside = Gtk.Box(orientation=Gtk.Orientation.VERTICAL), Gtk.Box(homogeneous=True)
    text = Gtk.TextView()
    text.get_buffer().set_text("\n".join(map(line, range(LINES))))
    for shown in (text, _table()):
        beside.pack_start(_scrolled(shown), True, True, 4)
    below.pack_start(_labels(), False, False, 4)
    below.pack_start(beside, True, True, 4)
    window.add(below)
    window.connect("destroy", Gtk.main_quit)
    window.show_all()
    GLib.timeout_add(PERIOD_MILLISECONDS, Ticks(ticks).tick)
    Gtk.main()


def _labels() -> Gtk.Grid:
    grid = Gtk.Grid(column_spacing=12)
    for number in range(LABELS):
        shown = Gtk.Label()
        shown.set_markup(f"<span size='xx-small'>{label(number)}</span>")
        grid.attach(shown, number % (2 * ACROSS), number // (2 * ACROSS), 1, 1)
    return grid


def _table() -> Gtk.TreeView:
    rows = Gtk.ListStore(*[str] * COLUMNS)
    for row in range(ROWS):
        rows.append([cell(row, column) for column in range(COLUMNS)])
    table = Gtk.TreeView(model=rows)
    for column in range(COLUMNS):
        table.append_column(Gtk.TreeViewColumn(str(column), Gtk.CellRendererText(), text=column))
    return table


def _scrolled(shown: Gtk.Widget) -> Gtk.ScrolledWindow:
    scrolled = Gtk.ScrolledWindow()
    scrolled.add(shown)
    return scrolled


if __name__ == "__main__":
    main(Path(sys.argv[1]))
