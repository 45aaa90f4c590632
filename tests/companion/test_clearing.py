"""What is stored of a frame: secrets gone from text and pixels, only what changed read, nothing where it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from played_screen import EDITOR, RECT, reading
from rendered import page

from companion.capture.accessible.reading import Block
from companion.capture.accessible.roles import Role
from companion.capture.types import Frame, Hands, Image, Rect, Window
from companion.clearing.frames import LEAST_WIDE, TALL, Clearing, Wanted
from companion.clearing.remote_reading import RemoteReader
from companion.jobs.tasks import ReaderTasks
from companion.jobs.worker import Worker, WorkerCrashed
from companion.masking.pixels import Box
from embeddings.types import EmbeddingsError, TextLine

CARD = "4111 1111 1111 1111"


def noise(seed: int = 1) -> Image:
    return np.random.default_rng(seed).integers(60, 200, (RECT.height, RECT.width, 3), np.uint8)


@dataclass
class Reading:
    """Reads lines that are known, where they lie in what is to be read; or cannot."""

    lines: Sequence[TextLine] = ()
    error: Exception | None = None
    asked: list[Sequence[Box]] = field(default_factory=list)

    def __call__(self, image: Image, regions: Sequence[Box]) -> list[TextLine]:
        assert image.shape[2] == 3
        self.asked.append(regions)
        if self.error is not None:
            raise self.error
        return [line for line in self.lines if any(_within(line.box, region) for region in regions)]


def _within(box: Box, region: Box) -> bool:
    return box[0] < region[2] and region[0] < box[2] and box[1] < region[3] and region[1] < box[3]


def line(text: str, row: int) -> TextLine:
    return TextLine(text, 0.9, (10, 16 * row, 10 + 8 * len(text), 16 * row + 14))


def clearing(reader: Any, wanted: Wanted | None = None) -> tuple[Clearing, list[str]]:
    problems: list[str] = []
    return Clearing(reader, wanted=wanted or Wanted(), on_problem=problems.append), problems


def frame(image: Image | None = None, **said: Any) -> Frame:
    return Frame(noise() if image is None else image, 0.0, EDITOR, **said)


def black(image: Image | None, box: Box) -> bool:
    assert image is not None
    return not image[box[1] : box[3], box[0] : box[2]].any()


def test_text_of_programs_comes_first_then_what_only_the_picture_shows() -> None:
    clear, _ = clearing(Reading([line("drawn by hand", 9)]))
    done = clear(frame(reading=reading("told by the program")))
    assert done.text == "told by the program\ndrawn by hand"
    assert done.reading is None
    assert np.array_equal(done.image, noise())  # type: ignore[arg-type]


def test_what_a_program_told_is_not_read_again() -> None:
    reader = Reading()
    clear, _ = clearing(reader)
    whole = Block(Role.PARAGRAPH, "all of it", RECT, 0)
    clear(frame(reading=replace(reading(), text="all of it", blocks=(whole,))))
    assert reader.asked == []


def test_only_what_changed_is_read() -> None:
    reader = Reading([line("above", 1), line("below", 9)])
    clear, _ = clearing(reader)
    assert clear(frame()).text == "above\nbelow"
    changed = noise()
    changed[16 * 9 : 16 * 9 + 14, 10:60] = 0
    reader.lines = [line("changed", 9)]
    assert clear(frame(changed)).text == "above\nchanged"
    assert sum((box[2] - box[0]) * (box[3] - box[1]) for box in reader.asked[1]) < 0.5 * RECT.width * RECT.height
    assert clear(frame(changed)).text == "above\nchanged"
    assert len(reader.asked) == 2


def test_another_window_is_read_by_itself() -> None:
    reader = Reading([line("words", 1)])
    clear, _ = clearing(reader)
    clear(frame())
    other = replace(frame(), window=replace(EDITOR, pid=8))
    assert clear(other).text == "words"
    assert len(reader.asked) == 2


def test_a_secret_is_gone_from_text_and_pixels() -> None:
    secret = line(f"card {CARD} thanks", 4)
    clear, _ = clearing(Reading([line("first", 1), secret]))
    done = clear(frame())
    assert done.text == "first\ncard [card number] thanks"
    assert black(done.image, (90, 16 * 4, 180, 16 * 4 + 14))
    assert not black(done.image, (10, 16, 100, 30))


def test_a_secret_in_a_line_a_program_tells_is_gone_from_pixels_too() -> None:
    clear, _ = clearing(Reading())
    done = clear(frame(reading=reading(f"first\n{CARD}")))
    assert done.text == "first\n[card number]"
    assert black(done.image, (0, 16, 200, 32))


def test_a_value_that_is_drawn_beside_a_label_that_is_told_is_a_secret() -> None:
    label = Block(Role.LABEL, "Password:", Rect(RECT.left, RECT.top + 96, 90, 16), 0)
    value = TextLine("tr0ub4dor&3x", 0.9, (110, 96, 220, 112))
    clear, _ = clearing(Reading([value]))
    done = clear(frame(reading=replace(reading(), text="Password:", blocks=(label,))))
    assert "tr0ub4dor" not in (done.text or "")
    assert black(done.image, value.box)


def test_a_value_that_is_told_beside_a_label_that_is_drawn_is_a_secret() -> None:
    value = Block(Role.LABEL, "tr0ub4dor&3x", Rect(RECT.left + 110, RECT.top + 96, 110, 16), 0)
    label = TextLine("Password:", 0.9, (0, 96, 90, 112))
    clear, _ = clearing(Reading([label]))
    done = clear(frame(reading=replace(reading(), text=value.text, blocks=(value,))))
    assert (done.text or "").startswith("[password]")
    assert black(done.image, (110, 96, 220, 112))


def test_what_is_drawn_over_a_block_is_read() -> None:
    whole = Block(Role.PARAGRAPH, "your card", RECT, 0)
    card = TextLine(CARD, 0.9, (40, 96, 220, 112))
    picture = Rect(RECT.left + 30, RECT.top + 90, 240, 30)
    said = replace(reading(), text=whole.text, blocks=(whole,))
    for over in (frame(reading=replace(said, drawn=(picture,))), frame(reading=said, popups=(picture,))):
        clear, _ = clearing(Reading([card]))
        done = clear(over)
        assert done.text == "your card\n[card number]"
        assert black(done.image, card.box)
        assert not black(done.image, (0, 0, 20, 20))


def test_an_icon_holds_no_words() -> None:
    whole = Block(Role.PARAGRAPH, "a word", RECT, 0)
    icon = Rect(RECT.left + 30, RECT.top + 90, LEAST_WIDE - 1, 30)
    reader = Reading()
    clear, _ = clearing(reader)
    clear(frame(reading=replace(reading(), text="a word", blocks=(whole,), drawn=(icon,))))
    assert reader.asked == []


def test_what_is_hidden_is_black_and_not_read() -> None:
    reader = Reading()
    clear, _ = clearing(reader)
    done = clear(frame(reading=replace(reading(), text="", blocks=(), hidden=(RECT,))))
    assert reader.asked == []
    assert black(done.image, (0, 0, RECT.width, RECT.height))


def test_where_another_window_lies_over_it_a_picture_is_black_and_not_read() -> None:
    reader = Reading()
    clear, _ = clearing(reader)
    over = Rect(RECT.left + 40, RECT.top + 50, RECT.width, 60)  # beyond its edge
    done = clear(replace(frame(), above=(over,)))
    assert black(done.image, (40, 50, RECT.width, 110))
    assert not black(done.image, (0, 50, 40, 110))
    assert all(not _within((41, 51, 45, 55), region) for box in reader.asked for region in box)


def test_what_is_told_without_a_place_is_not_said_twice() -> None:
    title = Block(Role.PANEL, "Your account", None, 0)
    clear, _ = clearing(Reading([line("Your account", 1), line("drawn", 3)]))
    assert clear(frame(reading=replace(reading(), text=title.text, blocks=(title,)))).text == "Your account\ndrawn"


def editor(text: str) -> Block:
    return Block(Role.TEXT, text, Rect(RECT.left, RECT.top, RECT.width, TALL + 60), 0, editable=True)


def test_a_secret_in_a_large_field_is_found_in_its_picture() -> None:
    shown = [line("dear diary", 0), line(CARD, 2)]
    reader = Reading(shown)
    clear, _ = clearing(reader)
    done = clear(frame(reading=replace(reading(), text=f"dear diary\n\n{CARD}", blocks=(editor(f"dear\n\n{CARD}"),))))
    assert black(done.image, shown[1].box)
    assert not black(done.image, shown[0].box)


def test_where_in_a_large_field_a_secret_stands_is_not_known_all_of_it_goes() -> None:
    clear, _ = clearing(Reading([line("something else", 0)]))
    done = clear(frame(reading=replace(reading(), text=CARD, blocks=(editor(CARD),))))
    assert black(done.image, (0, 0, RECT.width, TALL + 60))
    assert not black(done.image, (0, TALL + 61, RECT.width, RECT.height))


def test_password_fields_are_black_and_never_read() -> None:
    reader = Reading()
    clear, _ = clearing(reader)
    field_ = Rect(RECT.left + 20, RECT.top + 40, 100, 24)
    done = clear(frame(reading=reading("Log in", private=[field_])))
    assert black(done.image, (20, 40, 120, 64))
    assert all(not _within((21, 41, 119, 63), region) or region[1] <= 40 for box in reader.asked for region in box)


@pytest.mark.parametrize("error", [EmbeddingsError("rapidocr is missing: install it."), WorkerCrashed("it died twice")])
def test_a_picture_that_cannot_be_read_is_not_kept_and_it_is_said_once(error: Exception) -> None:
    reader = Reading(error=error)
    clear, problems = clearing(reader)
    for _ in range(3):
        done = clear(frame(reading=reading("told")))
        assert (done.image, done.text) == (None, "told")
    assert len(problems) == 1
    assert str(error) in problems[0]
    reader.error = None
    assert clear(frame()).image is not None
    assert problems[1:] == [""]


def test_what_nobody_consented_to_is_read_for_secrets_and_dropped() -> None:
    window = Window("firefox", "Page", url="https://example.org/", pid=7, rect=RECT)
    clear, _ = clearing(Reading([line(CARD, 3)]), Wanted(text=False, addresses=False, hands=False))
    done = clear(replace(frame(), window=window, hands=Hands(keys=4)))
    assert (done.text, done.window.url, done.hands) == ("", "", Hands())
    assert black(done.image, line(CARD, 3).box)
    kept, _ = clearing(Reading())
    assert kept(replace(frame(), window=window, hands=Hands(keys=4))).window.url == "https://example.org/"


def test_a_frame_without_a_picture_is_its_text() -> None:
    clear, _ = clearing(Reading())
    done = clear(Frame(None, 0.0, EDITOR, reading=reading(f"told {CARD}")))
    assert (done.image, done.text) == (None, "told [card number]")


@pytest.mark.model
def test_a_real_screen_is_read_in_the_reader_process_and_its_secret_gone() -> None:
    incidents: list[str] = []
    worker = Worker("reader", ReaderTasks, on_incident=lambda _, what: incidents.append(what))
    try:
        clear, problems = clearing(RemoteReader(worker))
        shown = page(["Order of the day", f"pay with {CARD} please", "and go home"])
        done = clear(frame(shown))
        assert "Order of the day" in (done.text or "")
        assert "1111" not in (done.text or "")
        left = worker.submit("read_parts", done.image, [(0, 0, shown.shape[1], shown.shape[0])]).result()
        assert "1111 1111" not in " ".join(one.text for one in left)
        assert "go home" in " ".join(one.text for one in left)
        assert (problems, incidents) == ([], [])
    finally:
        worker.stop()


def test_a_reader_that_cannot_be_started_costs_the_picture_and_not_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: str) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr("companion.jobs.worker.multiprocessing.get_context", no_more)
    worker = Worker("reader", ReaderTasks, on_incident=lambda _part, _what: None)
    said: list[str] = []
    cleared = Clearing(RemoteReader(worker), wanted=Wanted(), on_problem=said.append)(frame())
    worker.stop()
    assert cleared.image is None
    assert "temporarily unavailable" in said[0]


def test_a_picture_that_meets_a_bug_is_set_aside_and_said_and_the_next_is_read(
    capfd: pytest.CaptureFixture[str],
) -> None:
    reader = Reading([line("words", 1)], error=IndexError("out of bounds"))
    clear, problems = clearing(reader)
    done = clear(frame(reading=reading("told")))
    assert (done.image, done.text) == (None, "told")
    assert "IndexError: out of bounds" in problems[0]
    assert "Traceback" in capfd.readouterr().err
    reader.error = None
    assert clear(frame()).text == "words"
    assert problems[1:] == [""]
