"""What was found secret by what is drawn beside it stays so where no picture can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from played_screen import EDITOR, RECT, image, reading

from companion.capture.accessible.reading import Block
from companion.capture.accessible.reading import Reading as Told
from companion.capture.accessible.roles import Role
from companion.capture.types import Frame, Image, Rect
from companion.clearing.frames import Clearing, Wanted
from companion.clearing.known_secrets import LEAST, LONGEST, PROGRAMS, SECONDS, SECRETS, KnownSecrets
from companion.masking.pixels import Box
from companion.masking.spans import masked
from embeddings.types import EmbeddingsError, TextLine

PROGRAM = "editor", 7
LABEL = TextLine("Password:", 0.9, (0, 96, 90, 112))
CARD = "4111 1111 1111 1111"


class Ocr:
    """Reads the label, or fails."""

    def __init__(self) -> None:
        self.works = True

    def __call__(self, picture: Image, regions: Sequence[Box]) -> list[TextLine]:
        assert picture.shape[2] == 3
        if not self.works:
            raise EmbeddingsError("the reader has gone")
        whole = any(left <= LABEL.box[0] and LABEL.box[1] <= bottom for left, _, _, bottom in regions)
        return [LABEL] if whole else []


def clearing(*, typed: bool = False) -> tuple[Clearing, Ocr]:
    ocr = Ocr()
    return Clearing(ocr, wanted=Wanted(typed=typed), on_problem=lambda _: None), ocr


def told(value: str, *more: Block) -> Told:
    block = Block(Role.LABEL, value, Rect(RECT.left + 110, RECT.top + 96, 110, 16), 0)
    text = "\n".join(one.text for one in (block, *more))
    return replace(reading(), text=text, blocks=(block, *more))


def frame(value: str, *more: Block, picture: bool = True) -> Frame:
    shown = image()
    shown[LABEL.box[1] : LABEL.box[3] : 2, 4:80:3] = 0
    return Frame(shown if picture else None, 0.0, EDITOR, reading=told(value, *more))


def first_line(done: Frame) -> str:
    return (done.text or "").split("\n", maxsplit=1)[0]


@pytest.fixture
def cleared() -> tuple[Clearing, Ocr]:
    """What met a password once, beside a label that is only drawn."""
    clear, ocr = clearing()
    assert first_line(clear(frame("Zebra42x"))) == "[password]"
    return clear, ocr


def test_where_reading_fails_it_is_no_more_stored_than_before(cleared: tuple[Clearing, Ocr]) -> None:
    clear, ocr = cleared
    ocr.works = False
    changed = frame("Zebra42x")
    assert changed.image is not None
    changed.image[60:70, 20:60:3] = 9
    done = clear(changed)
    assert (done.image, done.text) == (None, "[password]")


@pytest.mark.filterwarnings("error")
def test_an_error_in_the_program_stores_it_no_more_either(
    cleared: tuple[Clearing, Ocr], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    clear, _ = cleared
    monkeypatch.setattr("companion.clearing.frames.plan", lambda *_: 1 / 0)
    done = clear(frame("Zebra42x"))
    assert (done.image, done.text) == (None, "[password]")
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_without_a_picture_it_is_gone_and_so_is_what_is_written_on_behind_it(cleared: tuple[Clearing, Ocr]) -> None:
    clear, _ = cleared
    for value in ("Zebra42x", "Zebra42xyz!", "my Zebra42x\u00a0now"):
        done = clear(frame(value, picture=False))
        assert done.image is None
        assert "Zebra" not in (done.text or "")
        assert "[password]" in (done.text or "")
    assert clear(frame("XZebra42", picture=False)).text == "XZebra42"


def test_where_another_secret_leaves_no_picture_it_is_gone(cleared: tuple[Clearing, Ocr]) -> None:
    clear, _ = cleared
    done = clear(frame("Zebra42x", Block(Role.LABEL, CARD, None, 1)))
    assert (done.image, done.text) == (None, "[password]\n[card number]")


def test_another_program_knows_nothing_of_it(cleared: tuple[Clearing, Ocr]) -> None:
    clear, _ = cleared
    other = replace(frame("Zebra42x", picture=False), window=replace(EDITOR, pid=8))
    assert clear(other).text == "Zebra42x"
    beside = replace(frame("Zebra42x", picture=False), window=replace(EDITOR, monitor=1))
    assert clear(beside).text == "[password]"  # the same program on another monitor


def test_what_was_typed_of_it_is_known_where_nothing_is_read() -> None:
    clear, ocr = clearing(typed=True)
    clear(frame("Zebra42x"))
    ocr.works = False
    done = clear(replace(frame("another", picture=False), typed="Zebra42x"))
    assert ("Zebra42x", "password") in done.secrets


def test_what_is_secret_by_itself_is_not_remembered() -> None:
    clear, _ = clearing()
    assert first_line(clear(frame(CARD))) == "[card number]"
    assert clear._remembered.of((EDITOR.app, EDITOR.pid)) == ()


def test_a_secret_that_holds_another_is_gone_whole() -> None:
    known = KnownSecrets()
    known.keep(PROGRAM, [("1111", "PIN")])
    text = f"pay with {CARD} today"
    assert masked(text, known.spans(PROGRAM, text)) == "pay with [card number] today"


def test_a_secret_of_several_words_is_met_over_lines() -> None:
    known = KnownSecrets()
    known.keep(PROGRAM, [("correct horse.battery", "password")])
    text = "correct\nhorse.battery"
    assert masked(text, known.spans(PROGRAM, text)) == "[password]"


def test_what_is_remembered_is_bounded_and_what_says_nothing_is_not() -> None:
    known = KnownSecrets()
    known.keep(PROGRAM, [("x" * (LEAST - 1), "PIN"), (" " * 9, "PIN"), ("x" * (LONGEST + 1), "secret")])
    assert known.of(PROGRAM) == ()
    known.keep(PROGRAM, [(f"secret {number}", "secret") for number in range(SECRETS + 5)])
    assert [text for text, _ in known.of(PROGRAM)] == [f"secret {number}" for number in range(5, SECRETS + 5)]
    for pid in range(PROGRAMS):
        known.keep(("other", pid), [("Zebra42x", "password")])
    assert known.of(PROGRAM) == ()


def test_it_is_forgotten_a_while_after_it_was_met_last() -> None:
    now = [0.0]
    known = KnownSecrets(clock=lambda: now[0])
    known.keep(PROGRAM, [("Zebra42x", "password"), ("Otter77q", "password")])
    now[0] = SECONDS
    assert known.spans(PROGRAM, "here is Zebra42x")
    now[0] += 1.0
    assert known.of(PROGRAM) == (("Zebra42x", "password"),)
    now[0] += SECONDS
    assert known.of(PROGRAM) == ()
