"""Long web pages that tell which of their words are in view: served to a real browser, each page another text.

A page says so once it is shown and whenever scrolling ends, so that a benchmark knows what a person could read, and
since when, from the browser itself.
"""

from __future__ import annotations

import html
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from _marked_prose import Prose

PARAGRAPHS, SENTENCES = 90, 5
SCRIPT = """
function tell() {
  const words = [];
  for (const span of document.querySelectorAll("span")) {
    const place = span.getBoundingClientRect();
    if (place.top >= 0 && place.bottom <= innerHeight) words.push(span.textContent);
  }
  fetch("/seen", {method: "POST", body: JSON.stringify(words)});
}
addEventListener("scrollend", tell);
addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(tell)));
"""
STYLE = "body{font:17px/1.6 'DejaVu Serif',serif;max-width:46em;margin:2em auto;color:#222}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page said is in view, and when it was heard (UTC seconds)."""

    words: tuple[str, ...]
    time: float


NOTHING = Seen((), 0.0)


class Pages:
    """Serves pages on this machine alone until closed. ``on_word`` hears of each word before it is served."""

    def __init__(self, prose: Prose, on_word: Callable[[str], None]) -> None:
        self._prose, self._on_word = prose, on_word
        self._pages = 0
        self._seen, self._news = NOTHING, threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, name="pages", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def new(self) -> str:
        """Return the address of a page that nobody has seen."""
        self._pages += 1
        return f"http://127.0.0.1:{self._server.server_port}/report{self._pages}.html"

    def seen_since(self, then: float, patience: float) -> Seen:
        """Return what is in view as first told after ``then``, or what was told last when nothing comes in time."""
        due = time.monotonic() + patience
        with self._news:
            while self._seen.time < then and (left := due - time.monotonic()) > 0:
                self._news.wait(left)
            return self._seen

    def _page(self) -> str:
        told = [self._prose.paragraph(SENTENCES) for _ in range(PARAGRAPHS)]
        body = []
        for text, word in told:
            self._on_word(word)
            body.append(f"<p>{html.escape(text).replace(word, f'<span>{word}</span>')}</p>")
        title = f"Report {self._pages}"
        head = f"<!doctype html><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>"
        return f"{head}<h1>{title}</h1>{''.join(body)}<script>{SCRIPT}</script>"

    def _hear(self, words: list[str]) -> None:
        with self._news:
            self._seen = Seen(tuple(words), time.time())
            self._news.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.path.startswith("/report")
                content = pages._page().encode() if known else b""
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                pages._hear(json.loads(raw))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
