"""Pages of made-up sites, served from this machine; a page does what it is told while it is shown."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from desktop import wait_until

#: What every page runs: it asks what to do, does it, and says that it is done and seen.
_LISTENS = """<script>
(async () => {
  const here = location.pathname;
  for (;;) {
    const said = await (await fetch('/said?page=' + here)).text();
    if (!said) continue;
    await (0, eval)('(async () => {' + said + '})()');
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    await fetch('/done?page=' + here);
  }
})();
</script>"""
_WAIT = 5.0  # seconds a page waits for word, before it asks again
ANSWER_SECONDS = 20.0


class Pages:
    """A server of pages; their paths are never used twice."""

    def __init__(self) -> None:
        self._served: dict[str, str] = {}
        self._said: dict[str, queue.Queue[str]] = {}
        self._done: dict[str, threading.Semaphore] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def put(self, title: str, body: str, *, host: str = "allowed.test", style: str = "") -> str:
        """Serve a page, and return its address."""
        path = f"/page{len(self._served)}"
        css = f"body {{ font: bold 18px sans-serif; margin: 20px }} input {{ font: bold 18px sans-serif }} {style}"
        head = f"<!doctype html><meta charset=utf-8><title>{title}</title><style>{css}</style>"
        self._served[path] = head + body + _LISTENS
        self._said[path], self._done[path] = queue.Queue(), threading.Semaphore(0)
        return f"http://{host}:{self.port}{path}"

    def tell(self, address: str, script: str) -> None:
        """Have a page run a script, and wait until what it changed is painted."""
        self.say(address, script)
        path = urlsplit(address).path
        wait_until(lambda: self._done[path].acquire(blocking=False), f"the page to do: {script}")

    def say(self, address: str, script: str) -> None:
        """Have a page run a script that takes it elsewhere, so that it cannot answer."""
        self._said[urlsplit(address).path].put(script)

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, path: str, page: str) -> str | None:
        if path == "/done":
            self._done[page].release()
            return ""
        if path != "/said":
            return self._served.get(path)
        try:
            return self._said[page].get(timeout=_WAIT)
        except queue.Empty:
            return ""

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urlsplit(self.path)
                page = parse_qs(asked.query).get("page", [""])[0]
                text = pages._answer(asked.path, page)
                self.send_response(404 if text is None else 200)
                kind = "text/plain" if page else "text/html"
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                with suppress(BrokenPipeError, ConnectionResetError):  # the page was left meanwhile
                    self.end_headers()
                    self.wfile.write((text or "").encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
