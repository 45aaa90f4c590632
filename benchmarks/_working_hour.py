"""An hour of scripted work on a private desktop, seen as the program sees it, in a few minutes.

Seven windows of real programs (a browser with nine pages, an editor with code, one with notes, three terminals, a
mail) are read, scrolled, typed into and switched between, one act in each ten seconds of that hour. Frames come from
the program's own source and are kept where its own attention opens a moment.
"""

from __future__ import annotations

import html
import json
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import sklearn

from companion.capture.attention import Attention, Opened
from companion.capture.types import Frame
from companion.capture.x11_screen import X11Screen

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from desktop import Desktop, DesktopError, wait_until  # noqa: E402 it lies beside the tests

SCREEN = "1920x1080x24"
ACTS, ACT_SECONDS = 360, 10.0
LOOKS = 20  # until the windows rest
PAINTING = 0.35  # seconds a window gets to paint, as in the program
VISIT = (2, 8)  # acts; people stay at a window for some 47 s (Mark et al., CHI 2016)
AGAIN = 0.5  # how often a window is turned to for what it showed before
BEGIN = 1_790_000_000.0
PHOTOS = Path(sklearn.__file__).parent / "datasets" / "images"
# Our own pages are all it shows, so that it may run as root in a container, where Chromium's sandbox cannot.
BROWSER = {"QTWEBENGINE_DISABLE_SANDBOX": "1", "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu"}
CODE = ("__init__", "decoder", "encoder", "scanner", "tool")  # of the standard library's json
STYLES = (
    "body{font:17px/1.6 'DejaVu Serif',serif;max-width:46em;margin:2em auto;color:#222}",
    "body{font:15px/1.5 'DejaVu Sans',sans-serif;margin:0 4em;background:#fafafa}h2{color:#0b57d0}",
    "body{font:16px/1.6 'DejaVu Sans',sans-serif;background:#1e1f22;color:#d5d7da;margin:1em 12em}h2{color:#7fb3ff}",
)

Do = Callable[[], None]


@dataclass
class Work:
    """The windows of the desktop and what is done in each."""

    desktop: Desktop
    chance: random.Random
    lines: list[str]
    browser: str = ""
    pages: int = 0
    editor: str = ""
    notes: str = ""
    mail: str = ""
    terminals: tuple[str, ...] = ()

    def visits(self) -> Iterator[tuple[str, list[Do]]]:
        """Yield for ever: which window is turned to, and what is done there, an act at a time."""
        ways = (self._read, self._code, self._command, self._read, self._note, self._look_at_mail, self._code)
        while True:
            for way in ways:
                yield way(self.chance.randint(*VISIT))

    def _read(self, acts: int) -> tuple[str, list[Do]]:
        again = self.chance.random() < AGAIN
        page = self._key(f"alt+{self.chance.randrange(self.pages) + 1}")
        return self.browser, [self._rest if again else page, *(self._scroll(self.browser) for _ in range(acts - 1))]

    def _code(self, acts: int) -> tuple[str, list[Do]]:
        file = self._rest if self.chance.random() < AGAIN else self._key("ctrl+Page_Down")
        return self.editor, [file, *(self._edit() for _ in range(acts - 1))]

    def _edit(self) -> Do:
        return self.chance.choice((self._scroll(self.editor), self._type("Return"), self._type("Down")))

    def _note(self, acts: int) -> tuple[str, list[Do]]:
        return self.notes, [self._type("ctrl+End") for _ in range(acts)]

    def _look_at_mail(self, acts: int) -> tuple[str, list[Do]]:
        return self.mail, [self._scroll(self.mail) for _ in range(acts)]

    def _command(self, acts: int) -> tuple[str, list[Do]]:
        terminal = self.chance.choice(self.terminals)
        return terminal, [self._print(terminal) for _ in range(acts)]

    def _print(self, terminal: str) -> Do:
        first, many = self.chance.randrange(len(self.lines) - 40), self.chance.randint(2, 30)
        text = "\n".join(["$ less report.py | head", *self.lines[first : first + many], ""])
        return lambda: self.desktop.write(terminal, text)

    def _scroll(self, window: str) -> Do:
        """Read on (a few notches of the wheel), skim (a page), go back, or stay."""
        wheel, page = self._wheel(window, "5"), self._key("Page_Down")
        return self.chance.choice((wheel, wheel, wheel, page, self._wheel(window, "4"), self._rest))

    def _wheel(self, window: str, button: str) -> Do:
        notches = str(self.chance.randint(1, 5))

        def do() -> None:
            self.desktop.run("xdotool", "mousemove", "--window", window, "600", "500")
            self.desktop.run("xdotool", "click", "--repeat", notches, "--delay", "10", button)

        return do

    def _type(self, key: str) -> Do:
        text = self.chance.choice(self.lines).strip() + "\n"  # about as much as ten seconds take

        def do() -> None:
            self.desktop.press(key)
            self.desktop.run("xdotool", "type", "--delay", "1", "--", text)

        return do

    def _key(self, keys: str) -> Do:
        return lambda: self.desktop.press(keys)

    def _rest(self) -> None:
        """Only look."""


def frames(acts: int = ACTS, seed: int = 4) -> Iterator[Frame]:
    """Yield the frames with which moments open in ``acts`` times ten seconds of work."""
    attention, now = Attention(), BEGIN
    with ExitStack() as stack:
        desktop = stack.enter_context(Desktop(size=SCREEN))
        work = _opened(desktop, random.Random(seed))  # noqa: S311 a script, no secret
        screen = stack.enter_context(X11Screen(desktop.display, listen=False, environ=desktop.environ))
        for do in _acts(work, acts):
            do()
            time.sleep(PAINTING)
            now += ACT_SECONDS
            frame = _look(screen)
            for event in attention.see(replace(frame, time=now)):
                if isinstance(event, Opened):
                    yield event.frame


def _acts(work: Work, count: int) -> Iterator[Do]:
    left = count
    for window, acts in work.visits():
        work.desktop.activate(window)
        yield from acts[:left]
        left -= len(acts)
        if left <= 0:
            return


def _look(screen: X11Screen) -> Frame:
    """Return what the active window shows; windows that still move are looked at again."""
    for _ in range(LOOKS):
        window = screen.sight().window
        if window is not None and window.rect is not None:
            image = screen.grab(window.rect)
            if screen.sight().window == window and not screen.disturbed(window.rect):
                return Frame(image, time.time(), window)
        time.sleep(PAINTING)
    raise DesktopError("the desktop could not be looked at: its windows never rest")


def _opened(desktop: Desktop, chance: random.Random) -> Work:
    """Open every window."""
    code = [Path(shutil.copy(Path(json.__file__).parent / f"{name}.py", desktop.home)) for name in CODE]
    lines = [line for path in code for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    pages = _pages(desktop.home)
    work = Work(desktop, chance, lines, pages=len(pages))
    notes = desktop.home / "notes.txt"
    notes.write_text("Notes of today\n\n" + _texts()[30] + "\n", encoding="utf-8")
    work.terminals = tuple(
        desktop.open_xterm("\n".join(lines[40 * i : 40 * i + 20]) + "\n", title=f"host: ~/project{i}", geometry=size)
        for i, size in enumerate(("150x48+60+60", "110x40+200+120", "150x48+300+90"))
    )
    work.mail = desktop.open_text_window("\n\n".join(_texts()[:12]), title="Mail", size=(1100, 800))
    work.notes = _editor(desktop, notes)
    work.editor = _editor(desktop, *code)
    work.browser = _browser(desktop, pages)
    return work


def _editor(desktop: Desktop, *files: Path) -> str:
    before = set(desktop.search("--class", "mousepad"))
    desktop.start("mousepad", "--disable-server", *map(str, files))
    window = wait_until(lambda: set(desktop.search("--class", "mousepad")) - before, "mousepad").pop()
    wait_until(lambda: desktop.active() == window, "mousepad to be active")
    desktop.run("xdotool", "windowsize", "--sync", window, "1300", "960")
    return window


def _browser(desktop: Desktop, pages: list[Path]) -> str:
    script = str(Path(__file__).with_name("_browser.py"))
    desktop.start(sys.executable, script, *map(str, pages), environ=BROWSER)
    window = wait_until(lambda: desktop.search("--name", " - Browser$"), "the browser")[-1]
    wait_until(lambda: desktop.active() == window, "the browser to be active")
    wait_until(lambda: desktop.colours(window) > 20, "the first page")  # noqa: PLR2004 text is painted
    return window


def _texts() -> list[str]:
    corpus = ROOT / "tests" / "corpus" / "pages.jsonl"
    return [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]


def _pages(folder: Path) -> list[Path]:
    """Write nine pages of several articles each; every third has photographs."""
    texts, paths = _texts(), []
    for number in range(9):
        articles = texts[8 * number + 40 : 8 * number + 48]
        photos = [f"<img src='{PHOTOS / name}' width=560>" for name in ("china.jpg", "flower.jpg") * 2]
        photos = photos[:3] if number % 3 == 0 else []
        parts = []
        for i, text in enumerate(articles):
            head, *rest = text.splitlines()
            body = "".join(f"<p>{html.escape(line)}</p>" for line in rest)
            parts.append(f"<h2>{html.escape(head)}</h2>{''.join(photos[i : i + 1])}{body}")
        style = STYLES[number % len(STYLES)]
        path = folder / f"page{number}.html"
        title = html.escape(articles[0].splitlines()[0][:50])
        path.write_text(f"<meta charset=utf-8><title>{title}</title><style>{style}</style>{''.join(parts)}", "utf-8")
        paths.append(path)
    return paths
