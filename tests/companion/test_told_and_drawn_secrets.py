from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from played_screen import EDITOR, RECT, image

from companion.capture.accessible.reading import Block, Reading
from companion.capture.accessible.roles import Role
from companion.capture.accessible.text import joined
from companion.capture.types import Frame, Rect
from companion.clearing import drawn_secrets
from companion.clearing.frames import Clearing, Wanted
from companion.clearing.hidden_addresses import HIDDEN, TOOLBARS, hidden
from companion.clearing.told_secrets import Held, held
from embeddings.types import TextLine

KEY = "ghp_x7Kd92LmQp4RtVw8ZsYb3NcHf6JgTa1BuE5f"
TOKEN = "GitHub token"


def block(text: str, row: int, *, paragraph: int | None = None, placed: bool = True, document: bool = True) -> Block:
    rect = Rect(RECT.left, RECT.top + 20 * row, 200, 18) if placed else None
    return Block(Role.STATIC, text, rect, row if paragraph is None else paragraph, document)


def told(*blocks: Block, url: str = "") -> Reading:
    return Reading(joined(blocks), url, "", blocks, (), complete=True)


def line(text: str, left: int, row: int, *, width: int = 8) -> TextLine:
    return TextLine(text, 0.9, (left, 20 * row, left + width * len(text), 20 * row + 16))


def test_a_block_that_holds_a_secret_is_named_with_its_kind() -> None:
    reading = told(block("first", 0), block(f"key {KEY} there", 1), block("last", 2))
    assert held(reading) == {1: Held((TOKEN,), parted=False)}


def test_pieces_of_a_secret_are_named_too() -> None:
    reading = told(block(KEY[:14], 0, paragraph=5), block(KEY[14:], 1, paragraph=5), block("last", 2))
    assert held(reading) == {0: Held((), parted=True), 1: Held((), parted=True)}


def test_a_value_below_its_label_is_named() -> None:
    assert 1 in held(told(block("Password:", 0), block("Tr0ub4dor&Kestrel9", 1)))


def test_what_is_said_twice_is_named_twice() -> None:
    button = replace(block(KEY, 0), role=Role.PUSH_BUTTON)
    reading = told(button, block(KEY, 0))
    assert reading.text == KEY
    assert held(reading).keys() == {0, 1}


def test_a_block_that_is_not_to_be_found_again_counts_by_itself() -> None:
    reading = replace(told(block("one", 0), block(KEY, 1)), text=f"quite another text {KEY}")
    assert held(reading) == {1: Held((TOKEN,), parted=False)}
    lost = replace(told(block("one", 0)), text=f"quite another text {KEY}")
    assert held(lost) == {0: Held((), parted=True)}


def test_a_secret_without_a_place_leaves_no_picture() -> None:
    clear = Clearing(lambda _image, _regions: [], wanted=Wanted(), on_problem=lambda _: None)
    for placed in (True, False):
        done = clear(Frame(image(), 0.0, EDITOR, reading=told(block(KEY, 1, placed=placed))))
        assert (done.image is not None, done.text) == (placed, f"[{TOKEN}]")


def test_lines_that_the_edge_of_the_window_breaks_are_one_secret() -> None:
    lines = [line("$ cat key", 0, 0), line(KEY[:30], 0, 1), line(KEY[30:], 0, 2), line("$", 0, 3)]
    masked = drawn_secrets.masked_lines(lines, told=0, width=242)
    assert [one.text for one in masked] == ["$ cat key", f"[{TOKEN}]", "", "$"]
    boxes = drawn_secrets.touched(lines, told=0, width=242)
    assert any(box[0] <= 0 and box[2] >= 240 and box[1] <= 20 and box[3] >= 36 for box in boxes)
    wider = [line(KEY[:18], 0, 0), line(KEY[18:], 0, 1)]
    assert drawn_secrets.touched(wider, told=0, width=900) == ()  # no edge breaks a line for a longer one


def test_a_line_in_which_one_secret_ends_and_another_begins_is_rid_of_both() -> None:
    other = KEY[:4] + KEY[:3:-1]
    lines = [line(KEY[:30], 0, 0), line(f"{KEY[30:]} {other[:19]}", 0, 1), line(other[19:], 0, 2)]
    masked = drawn_secrets.masked_lines(lines, told=0, width=242)
    assert [one.text for one in masked] == [f"[{TOKEN}]", f" [{TOKEN}]", ""]


def test_what_the_edge_breaks_goes_on_at_the_left_of_the_next_row() -> None:
    seen = line(KEY[30:], 0, 1)
    beside = replace(line("if it ill fits, it is", 120, 1), box=(120, 19, 200, 35))  # which seems to begin higher
    masked = drawn_secrets.masked_lines([line(KEY[:30], 0, 0), beside, seen], told=0, width=242)
    assert [one.text for one in masked] == [f"[{TOKEN}]", beside.text, ""]


def test_what_is_found_of_a_secret_in_one_way_hides_none_of_the_rest_from_the_other() -> None:
    key = f"sk-proj-{KEY[4:] + KEY[4:] + 'w3':.74}T3BlbkFJ{KEY[:3:-1] + KEY[:3:-1] + 'w3':.74}"
    rows = ["Copied to the clipboard", *(key[start : start + 22] for start in range(0, len(key), 22)), "Close"]
    masked = drawn_secrets.masked_lines([line(text, 0, row) for row, text in enumerate(rows)], told=0, width=179)
    assert [one.text for one in masked if one.text] == ["Copied to the clipboard", "[OpenAI key]", "Close"]


def test_a_secret_that_the_edge_breaks_is_found_beside_another_pane() -> None:
    right = [(f"token={KEY[:24]}", 0), (KEY[24:], 1), ("$", 2)]
    panes = [*(line(f"file{row}.py", 0, row) for row in range(3)), *(line(text, 300, row) for text, row in right)]
    for lines in (panes, sorted(panes, key=lambda one: one.box[1])):
        assert KEY[24:32] not in str(drawn_secrets.masked_lines(lines, told=0, width=542))
        boxes = drawn_secrets.touched(lines, told=0, width=542)
        assert any(box[0] <= 300 and box[2] >= 428 and box[1] <= 20 and box[3] >= 36 for box in boxes)


@pytest.mark.parametrize("misread", ["PASSW0RD=Tr0ub4dor&Kestrel9", f"token {KEY.replace('_', ' ', 1)}"])
def test_what_ocr_misreads_is_a_secret_all_the_same(misread: str) -> None:
    lines = [line(misread, 0, 0)]
    assert drawn_secrets.touched_lines(lines, told=0) == {0}
    assert drawn_secrets.touched_lines(lines, told=1) == frozenset()  # a program means what it says
    (masked,) = drawn_secrets.masked_lines(lines, told=0, width=900)
    assert misread[-12:] not in masked.text


def test_what_is_drawn_beyond_its_box_is_followed_to_a_gap() -> None:
    picture = np.full((40, 200, 3), 255, np.uint8)
    picture[12:20, 10:90:3] = 0
    picture[12:20, 120:150:3] = 0
    assert drawn_secrets.running_on(picture, (20, 10, 60, 26), []) == (10, 10, 89, 26)
    assert drawn_secrets.running_on(picture, (20, 10, 60, 26), [(70, 10, 100, 26)]) == (10, 10, 68, 26)


def test_an_address_that_is_not_to_be_kept_is_gone_from_title_bar_and_picture() -> None:
    url = "https://www.example.org/a/page"
    bar = block("example.org/a/page", 0, document=False)
    reading = told(bar, block("see example.org for more", 1), url=url)
    done = hidden(Frame(None, 0.0, replace(EDITOR, title="example.org/a/page - Browser", url=url), reading=reading))
    assert (done.window.url, done.window.title) == ("", f"{HIDDEN} - Browser")
    assert done.reading is not None
    assert (done.reading.text, done.reading.url) == ("see example.org for more", "")
    assert done.reading.hidden == (bar.rect,)


BROWSER = replace(EDITOR, app="firefox", url="https://www.example.org/a/page")


def test_whatever_is_written_into_a_browsers_bar_is_hidden() -> None:
    bar = replace(block("something half typed", 0, document=False), editable=True)
    field = replace(block("in the page", 1), editable=True)
    done = hidden(Frame(None, 0.0, BROWSER, reading=told(bar, field, url=BROWSER.url)))
    assert done.reading is not None
    assert (done.reading.text, done.reading.hidden) == ("in the page", (bar.rect,))


@pytest.mark.parametrize(("ratio", "pixels"), [(1.0, TOOLBARS), (1.5, 144), (0.0, 2 * TOOLBARS)])
def test_where_a_browser_tells_of_no_bar_the_top_of_its_window_is_hidden(ratio: float, pixels: int) -> None:
    window = replace(BROWSER, rect=Rect(20, 30, 800, 600))
    done = hidden(Frame(None, 0.0, window, reading=replace(told(block("words", 0)), ratio=ratio)))
    assert done.reading is not None
    assert done.reading.hidden == (Rect(20, 30, 800, pixels),)


def test_the_bar_of_a_browser_that_tells_nothing_is_hidden_too() -> None:
    done = hidden(Frame(None, 0.0, replace(BROWSER, url="", rect=Rect(20, 30, 800, 150))))
    assert done.reading is not None
    assert done.reading.hidden == (Rect(20, 30, 800, 150),)


@pytest.mark.parametrize("url", ["", "file:///"])
def test_an_address_that_says_nothing_takes_nothing_away(url: str) -> None:
    frame = Frame(None, 0.0, replace(EDITOR, url=url), reading=told(block("a/b", 0)))
    done = hidden(frame)
    assert done.window.title == EDITOR.title
    assert done.reading == frame.reading


def test_the_bar_is_hidden_also_where_tabs_are_already() -> None:
    window, tabs = replace(BROWSER, url="", rect=Rect(20, 30, 800, 600)), Rect(20, 30, 800, 46)
    done = hidden(Frame(None, 0.0, window, reading=replace(told(), told=False, hidden=(tabs,))))
    assert done.reading is not None
    assert done.reading.hidden == (tabs, Rect(20, 30, 800, 2 * TOOLBARS))


def test_the_bar_is_hidden_also_where_only_another_field_has_a_place() -> None:
    window = replace(BROWSER, rect=Rect(20, 30, 800, 600))
    sought, bar = (replace(block(text, 0, document=False), editable=True) for text in ("sought", "example.org/a"))
    done = hidden(Frame(None, 0.0, window, reading=told(sought, replace(bar, rect=None))))
    assert done.reading is not None
    assert done.reading.hidden == (sought.rect, Rect(20, 30, 800, 2 * TOOLBARS))


def test_while_a_browsers_bar_is_written_into_there_is_no_picture_of_what_it_suggests() -> None:
    bar = replace(block("exam", 0, document=False), editable=True)
    suggested = block("example.com/of/another/page", 2, document=False)
    reading = replace(told(bar, block("in the page", 1), suggested, url=BROWSER.url), writing=True)
    done = hidden(Frame(image(), 0.0, BROWSER, reading=reading))
    assert done.image is None
    assert done.reading is not None
    assert done.reading.text == "in the page"
    assert hidden(Frame(image(), 0.0, BROWSER, reading=replace(reading, writing=False))).image is not None


def test_what_a_browser_hangs_over_its_page_may_name_that_of_another_page() -> None:
    card, menu = block("Inbox - mail.example.com", 1, document=False), block("Reload", 5, document=False)
    popup = Rect(RECT.left, RECT.top + 10, 200, 40)
    frame = Frame(image(), 0.0, BROWSER, reading=told(card, menu, block("in the page", 7)), popups=(popup,))
    done = hidden(frame)
    assert done.image is not None
    assert done.reading is not None
    assert done.reading.text == "Reload\nin the page"
    assert {card.rect, popup} <= {*done.reading.hidden}
    silent = hidden(replace(frame, reading=None)).reading
    assert silent is not None
    assert popup in silent.hidden
    assert hidden(replace(frame, window=replace(EDITOR, url=BROWSER.url))).reading == replace(frame.reading, url="")
