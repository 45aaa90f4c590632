"""The same as `show_qt`, in Tk, which tells assistive technology nothing."""

from __future__ import annotations

import json
import sys
import tkinter
from typing import Any


class Shown:
    """One window at a time."""

    def __init__(self, root: tkinter.Tk) -> None:
        self.root, self.window = root, root
        self.passwords: list[tkinter.Entry] = []
        root.withdraw()

    def show(self, about: dict[str, Any]) -> None:
        self.close()
        self.window = tkinter.Toplevel(self.root, class_="Tkform")
        self.window.title(about["title"])
        (width, height), (left, top) = about["size"], about["at"]
        self.window.geometry(f"{width}x{height}+{left}+{top}")
        for kind, props in about["widgets"]:
            getattr(self, f"_{kind}")(**props).pack(anchor="w", padx=10, pady=6)

    def reveal(self) -> None:
        for field in self.passwords:
            field.configure(show="")

    def close(self) -> None:
        if self.window is not self.root:
            self.window.destroy()
        self.window, self.passwords = self.root, []

    def _label(self, text: str, colour: str = "", **_: Any) -> tkinter.Widget:
        return tkinter.Label(self.window, text=text, fg=colour or "black", font=("DejaVu Sans", 14, "bold"))

    def _entry(self, text: str, colour: str = "", echo: str = "", **_: Any) -> tkinter.Widget:
        field = tkinter.Entry(self.window, width=30, font=("DejaVu Sans", 14, "bold"), fg=colour or "black")
        field.insert(0, text)
        if echo:
            field.configure(show="*")
            self.passwords.append(field)
        return field


def main() -> None:
    root = tkinter.Tk(className="tkform")
    shown = Shown(root)

    def told(*_: object) -> None:
        line = sys.stdin.readline()
        if not line:
            root.quit()
            return
        said = json.loads(line)
        getattr(shown, said.pop("do"))(**said)
        root.update()
        print("done", flush=True)

    root.createfilehandler(sys.stdin, tkinter.READABLE, told)
    root.mainloop()


if __name__ == "__main__":
    main()
