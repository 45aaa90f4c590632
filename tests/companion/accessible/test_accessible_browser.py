"""A page in Chromium, whose words are known."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

import pytest
from accessible_desk import accessible_desk, similarity
from desktop import wait_until

from companion.capture.accessible.reading import Reading
from companion.capture.accessible.text import joined

pytestmark = [
    pytest.mark.display,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="the package chromium is not installed"),
]

SECRET = "correct horse battery"
PARAGRAPHS = [f"Paragraph {number} of a page that is longer than the window." for number in range(300)]
PAGE = f"""<!doctype html><title>Page of truth</title>
<h1>A heading</h1>
<p>A paragraph with <a href="x">a link</a> and <b>bold words</b> in it.</p>
<form><input value="typed name"> <input type="password" value="{SECRET}"> <button>Send it</button></form>
<table><tr><th>city</th><th>people</th></tr><tr><td>Ulm</td><td>126 thousand</td></tr></table>
{"".join(f"<p>{words}</p>" for words in PARAGRAPHS)}"""
HEAD = ["A heading", "A paragraph with a link and bold words in it.", "typed name Send it", "city\tpeople"]
HEAD += ["Ulm\t126 thousand"]


def test_a_reading_of_a_page_holds_what_is_in_view_and_its_address() -> None:
    with accessible_desk() as desk:
        page = desk.desktop.home / "page.html"
        page.write_text(PAGE, encoding="utf-8")
        options = ("--no-sandbox", "--no-first-run", "--disable-gpu", "--password-store=basic")
        own = f"--user-data-dir={desk.desktop.home}/chromium"
        pid = desk.start("chromium", "--force-renderer-accessibility", *options, own, page.as_uri())
        title = "Page of truth - Chromium"
        desk.desktop.await_window(title)
        seen = wait_until(
            lambda: (found := desk.read(pid, title)) and PARAGRAPHS[0] in found.text and found, "the page"
        )
        desk.desktop.activate(desk.desktop.await_window(title))
        desk.desktop.run("xdotool", "mousemove", "600", "500", "click", "--repeat", "40", "--delay", "10", "5")
        below = wait_until(lambda: _settled(lambda: _words(desk.read(pid, title))), "the end of scrolling")
    text = _words(seen)
    shown = [words for words in PARAGRAPHS if words in text]
    assert shown == PARAGRAPHS[: len(shown)]
    assert 3 <= len(shown) <= 30
    assert similarity(text, "\n".join([*HEAD, *shown])) >= 0.98
    assert (seen.url, seen.document_title) == (page.as_uri(), "Page of truth")
    assert SECRET not in seen.text
    assert len(seen.private) == 1
    lines = [PARAGRAPHS.index(words) for words in below.split("\n")]
    assert lines == list(range(lines[0], lines[-1] + 1))
    assert lines[0] > 0


def _settled(read: Callable[[], str]) -> str | None:
    """Return what is read twice in a row, once the top of the page has gone."""
    words = read()
    time.sleep(0.2)
    return words if HEAD[0] not in words and words == read() else None


def _words(reading: Reading) -> str:
    return joined([block for block in reading.blocks if block.document])
