"""The same as `show_qt`, in GTK 3; run by the system's own Python, which has PyGObject."""

import json
import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402 the version has to be said first


class Shown:
    def __init__(self):
        self.window, self.passwords, self.scrolled = None, [], None

    def show(self, about):
        self.close()
        self.window = Gtk.Window(title=about["title"])
        self.window.set_default_size(*about["size"])
        self.window.move(*about["at"])
        column = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6, margin=10)
        for kind, props in about["widgets"]:
            column.pack_start(self.made(kind, props), False, False, 0)
        self.window.add(column)
        self.window.show_all()
        self.window.move(*about["at"])

    def made(self, kind, props):
        return getattr(self, "_" + kind)(**props)

    def reveal(self):
        for field in self.passwords:
            field.set_visibility(True)

    def scroll(self, to):
        self.scrolled.get_vadjustment().set_value(to)

    def close(self):
        if self.window is not None:
            self.window.destroy()
        self.window, self.passwords, self.scrolled = None, [], None

    def _label(self, text, colour="", wrap=False, points=12, **_):
        label = Gtk.Label(xalign=0, wrap=wrap)
        label.set_markup(
            f'<span foreground="{colour or "black"}" font="bold {points}">{GLib.markup_escape_text(text)}</span>'
        )
        return label

    def _entry(self, text, colour="", echo="", **_):
        field = Gtk.Entry(text=text)
        field.set_visibility(not echo)
        if echo:
            self.passwords.append(field)
        styled(field, f"entry {{ {'background' if echo else 'color'}: {colour or 'gray'}; font: bold 12pt Sans }}")
        return field

    def _completed(self, text, colour="", **_):
        """A field that drops down what it could hold."""
        field, known, drawn = Gtk.Entry(), Gtk.ListStore(str), Gtk.CellRendererText(font="bold 14")
        drawn.set_property("foreground", colour or "black")
        known.append([text])
        completion = Gtk.EntryCompletion(model=known)
        completion.pack_start(drawn, True)
        completion.add_attribute(drawn, "text", 0)
        completion.set_match_func(lambda _, typed, row: known[row][0].startswith(typed))
        field.set_completion(completion)
        return field

    def _area(self, text, colour="", height=90, **_):
        area = Gtk.TextView()
        area.get_buffer().set_text(text)
        area.set_size_request(-1, height)
        styled(area, f"textview text {{ color: {colour or 'black'} }} textview {{ font: bold 12pt Sans }}")
        return area

    def _table(self, rows, **_):
        store = Gtk.ListStore(*[str] * len(rows[0]))
        for row in rows:
            store.append(row)
        table = Gtk.TreeView(model=store)
        for column in range(len(rows[0])):
            table.append_column(Gtk.TreeViewColumn("", Gtk.CellRendererText(), text=column))
        return table

    def _row(self, of, **_):
        row = Gtk.Box(orientation=Gtk.Orientation.HORIZONTAL, spacing=6)
        for kind, props in of:
            row.pack_start(self.made(kind, props), False, False, 0)
        return row

    def _scroll(self, of, height, **_):
        self.scrolled = Gtk.ScrolledWindow(min_content_height=height)
        column = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        for kind, props in of:
            column.pack_start(self.made(kind, props), False, False, 0)
        self.scrolled.add(column)
        return self.scrolled

    def _gap(self, height, colour="", **_):
        gap = Gtk.Label()
        gap.set_size_request(-1, height)
        if colour:
            styled(gap, f"label {{ background: {colour} }}")
        return gap


def styled(widget, css):
    provider = Gtk.CssProvider()
    provider.load_from_data(css.encode())
    widget.get_style_context().add_provider(provider, Gtk.STYLE_PROVIDER_PRIORITY_USER)


def main():
    shown = Shown()

    def told(source, condition):
        line = sys.stdin.readline()
        if not line:
            Gtk.main_quit()
            return False
        said = json.loads(line)
        getattr(shown, said.pop("do"))(**said)
        while Gtk.events_pending():
            Gtk.main_iteration()
        Gdk.flush()
        print("done", flush=True)
        return True

    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, told)
    Gtk.main()


if __name__ == "__main__":
    main()
