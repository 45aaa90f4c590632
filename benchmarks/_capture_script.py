"""What happens on the scripted desktop: the same acts in the same order and at the same pace, whoever records.

An act puts words on screen that stand nowhere else, and notes when: a sentence typed in the editor (from the last
key), what a turn of the wheel brings into view in the browser and a page opened there (from the last notch, from
Return; the page itself says what is in view), the output of a command in a terminal, at once or seconds later without
a hand on it (from when it was written to the terminal), and a terminal that changed while it was covered (from when it
is turned to). Between acts a person reads or thinks, so that each thing shown stays for seconds.
"""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle

from _capture_desk import pause_until
from _capture_windows import Windows
from _marked_pages import Pages
from _marked_prose import Prose
from desktop import Desktop, wait_until

TYPING, SCROLLING, TERMINAL, SWITCHING, FILM, IDLE = "typing", "scrolling", "terminal", "switching", "film", "idle"
#: Share of the active minutes, and seconds from the beginning of one act to that of the next.
PHASES = {TYPING: (0.25, 8.0), SCROLLING: (0.25, 4.0), TERMINAL: (0.25, 8.0), SWITCHING: (0.15, 4.0), FILM: (0.1, 0.0)}
KEY_MILLISECONDS = "70"  # between keys; people type 5 to 15 a second
LATER = "3"  # seconds until a command that takes its time says something
PATIENCE = 3.0  # seconds for the browser to say what is in view, for a command to print
NOTCHES = "4"
PAGE_TURNS = 6  # turns of the wheel on a page until another is opened
COLUMNS, LINES = 100, 8

Do = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """Words that came on screen by one act. ``time``: UTC seconds."""

    act: str
    words: tuple[str, ...]
    time: float


@dataclass(frozen=True, slots=True)
class Call:
    """What was done that calls for a look: the program's name for it, and when, UTC seconds."""

    trigger: str
    time: float


@dataclass
class Script:
    """Does the acts; ``on_word`` hears of each word before it is shown."""

    desktop: Desktop
    windows: Windows
    pages: Pages
    prose: Prose
    on_word: Callable[[str], None]
    shown: list[Shown] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)  # words that were in view in the browser
    _outputs: int = 0
    _turns: int = 0

    def phase(self, name: str, seconds: float) -> None:
        """Do as many acts of one kind as fit into so many seconds; an act that begins late is done all the same."""
        every = PHASES[name][1] or seconds
        acts, begin = self._acts(name), time.monotonic()
        for number in range(max(1, round(seconds / every))):
            pause_until(begin + number * every)
            next(acts)()
        pause_until(begin + max(1, round(seconds / every)) * every)
        self._after(name)

    def rest(self) -> None:
        """Leave the desktop as somebody does who goes away: the editor is active, nothing moves."""
        self.desktop.activate(self.windows.notes)

    def _done(self, trigger: str) -> None:
        self.calls.append(Call(trigger, time.time()))

    def _acts(self, name: str) -> Iterator[Do]:
        ways: dict[str, tuple[str, list[Do]]] = {
            TYPING: (self.windows.notes, [self._type]),
            SCROLLING: (self.windows.browser, [self._scroll]),
            TERMINAL: (self.windows.shell, [self._command, self._command, self._late_command]),
            SWITCHING: ("", [lambda window=window: self._turn_to(window) for window in self.windows.all()]),  # type: ignore[misc]
            FILM: (self.windows.film, [self._play]),
        }
        window, acts = ways[name]
        if window:
            self.desktop.activate(window)
        if name == TYPING:
            self.desktop.press("ctrl+End")
        return cycle(acts)

    def _after(self, name: str) -> None:
        if name == FILM:
            self._play()

    def _type(self) -> None:
        sentence, word = self.prose.sentence()
        self.on_word(word)
        self.desktop.run("xdotool", "type", "--delay", KEY_MILLISECONDS, "--", f"{sentence}\n")
        self._done("typed")
        self.shown.append(Shown(TYPING, (word,), time.time()))

    def _scroll(self) -> None:
        self._turns += 1
        if self._turns % PAGE_TURNS == 0:
            self._open_page()
            return
        self.desktop.run("xdotool", "mousemove", "--window", self.windows.browser, "700", "600")
        self.desktop.run("xdotool", "click", "--repeat", NOTCHES, "--delay", "60", "5")
        self._done("scrolled")
        self._read_page("scrolling")

    def _open_page(self) -> None:
        self.desktop.press("ctrl+l")
        self.desktop.run("xdotool", "type", "--delay", KEY_MILLISECONDS, "--", self.pages.new())
        self.desktop.press("Return")
        self._done("typed")
        self._read_page("opening a page")

    def _read_page(self, act: str) -> None:
        """Note which words came into view by what was just done."""
        now = time.time()
        words = [word for word in self.pages.seen_since(now, PATIENCE).words if word not in self._known]
        self._known.update(words)
        if words:
            self.shown.append(Shown(act, tuple(words), now))

    def _command(self) -> None:
        self._run_command("command", "")

    def _late_command(self) -> None:
        self._run_command("late output", f"sleep {LATER}; ")
        self._done("changed")

    def _run_command(self, act: str, before: str) -> None:
        text, word = self._output()
        number = self._outputs
        (self.desktop.home / f"text{number}").write_text(text, encoding="utf-8")
        told = self.desktop.home / f"shown{number}"
        self.desktop.run("xdotool", "type", "--delay", KEY_MILLISECONDS, "--", f"{before}sh show {number}\n")
        self._done("typed")  # now: what a late command prints comes seconds after the look at what was typed
        when = wait_until(lambda: told.exists() and told.read_text("utf-8").strip(), "the command", seconds=30.0)
        self.shown.append(Shown(act, (word,), float(when)))

    def _output(self) -> tuple[str, str]:
        """Return lines for a terminal, with a word that nothing else has."""
        text, word = self.prose.paragraph(LINES)
        self.on_word(word)
        self._outputs += 1
        return "\n".join(textwrap.wrap(text, COLUMNS)[:LINES]) + "\n", word

    def _turn_to(self, window: str) -> None:
        word = ""
        if window == self.windows.log:
            text, word = self._output()
            self.desktop.write(window, text)
            time.sleep(0.2)  # it is painted when it comes into view
        now = time.time()
        self.desktop.activate(window)
        self._done("switched")
        if word:
            self.shown.append(Shown("turning to", (word,), now))

    def _play(self) -> None:
        self.desktop.press("space")
