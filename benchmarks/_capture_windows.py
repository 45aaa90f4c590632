"""The six windows of the scripted desktop: an editor, a browser, two terminals, a player and a mail."""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import sklearn
from _film import TITLE as FILM
from _marked_pages import Pages
from _marked_prose import Prose
from desktop import Desktop, wait_until

PHOTO = Path(sklearn.__file__).parent / "datasets" / "images" / "china.jpg"
FONT = ("-fa", "DejaVu Sans Mono", "-fs", "12")
NEEDED = ("Xvfb", "openbox", "dbus-daemon", "xdotool", "xprop", "chromium", "mousepad", "zenity", "xterm")
SLOW_START = 60.0  # seconds a browser may take on a busy machine
NOTES, MAIL, SHELL, LOG = "notes.txt", "Re: budget", "host: ~/work", "host: build log"
PARAGRAPHS, COLUMNS = 8, 100  # of what is there from the start
# Nothing but our own pages is shown, so that it may run as root, where Chromium's sandbox cannot; it asks nobody else.
CHROMIUM = (
    "--no-sandbox",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
)
#: Chromium tells nothing of its text otherwise, whoever asks, and no bus can wake it (156).
TELLING = "--force-renderer-accessibility"


@dataclass(frozen=True, slots=True)
class Windows:
    """X's number of each window."""

    notes: str
    browser: str
    shell: str
    log: str
    film: str
    mail: str

    def all(self) -> tuple[str, ...]:
        """Return them in the order they are turned to."""
        return (self.notes, self.browser, self.shell, self.mail, self.log, self.film)


def open_windows(desktop: Desktop, pages: Pages, prose: Prose, *, silent_browser: bool = False) -> Windows:
    """Open all six, the editor last and active. A ``silent_browser`` is one as most people start it."""
    text = [textwrap.fill(prose.paragraph(5)[0], COLUMNS) for _ in range(PARAGRAPHS)]
    mail = desktop.open_text_window("\n\n".join(text), title=MAIL, size=(1000, 700))
    film = _film(desktop)
    log = desktop.open_xterm("\n\n".join(text[:3]) + "\n", title=LOG, geometry="110x36+700+260")
    shell = _shell(desktop)
    browser = _browser(desktop, pages, () if silent_browser else (TELLING,))
    return Windows(_editor(desktop, text), browser, shell, log, film, mail)


def _film(desktop: Desktop) -> str:
    desktop.start(sys.executable, str(Path(__file__).with_name("_film.py")), str(PHOTO))
    return desktop.await_active(FILM)


def _shell(desktop: Desktop) -> str:
    """Open a terminal with a shell; ``show N`` prints a text of `show_text` and notes when."""
    script = desktop.home / "show"
    script.write_text('cat "$HOME/text$1" && date +%s.%N > "$HOME/shown$1"\n', encoding="utf-8")
    options = ("-geometry", "110x44+40+60", "-T", SHELL)
    desktop.start("xterm", *FONT, *options, "-e", "sh", "-i", environ={"PS1": "$ ", "PWD": str(desktop.home)})
    window = desktop.await_active(SHELL)
    desktop.run("xdotool", "type", "--delay", "10", "cd; clear\n")
    return window


def _browser(desktop: Desktop, pages: Pages, telling: tuple[str, ...]) -> str:
    desktop.start("chromium", *CHROMIUM, *telling, f"--user-data-dir={desktop.home}/chromium", pages.new())
    name = "^Report 1 - Chromium$"
    window = wait_until(lambda: desktop.search("--name", name), "the browser", seconds=SLOW_START)[-1]
    wait_until(lambda: desktop.active() == window, "the browser to be active")
    desktop.run("xdotool", "windowsize", "--sync", window, "1500", "980")
    return window


def _editor(desktop: Desktop, text: list[str]) -> str:
    notes = desktop.home / NOTES
    notes.write_text("\n\n".join(text) + "\n\n", encoding="utf-8")
    desktop.start("mousepad", "--disable-server", str(notes))
    name = f"{re.escape(NOTES)}.* - Mousepad$"
    window = wait_until(lambda: desktop.search("--name", name), "the editor")[-1]
    wait_until(lambda: desktop.active() == window, "the editor to be active")
    desktop.run("xdotool", "windowsize", "--sync", window, "1300", "900")
    return window
