from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recording_engine import moment

from ui import wording
from ui.recall import snippets
from ui.recall.snippets import Run


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NOW = at("2026-11-18 10:30")  # a Wednesday


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("2026-11-18 10:29:30", "just now"),
        ("2026-11-18 10:18", "12 min ago"),
        ("2026-11-18 08:05", "today 08:05"),
        ("2026-11-17 23:59", "yesterday 23:59"),
        ("2026-11-12 10:42", "Thu 10:42"),
        ("2026-11-11 10:42", "11 Nov 10:42"),
        ("2025-12-31 10:42", "31 Dec 2025"),
        ("2026-11-19 09:00", "19 Nov 09:00"),  # a clock that was set back
    ],
)
def test_times_are_relative_under_a_week(time: str, said: str) -> None:
    assert wording.when(at(time), NOW, UTC) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "1 s"), (42, "42 s"), (180, "3 min"), (3600, "1 h"), (3900, "1 h 5 min"), (3599, "1 h")]
)
def test_lengths_of_time(seconds: float, said: str) -> None:
    assert wording.long(seconds) == said


@pytest.mark.parametrize(
    ("app", "said"), [("firefox", "Firefox"), ("org.gnome.Nautilus", "Nautilus"), ("XTerm", "XTerm"), ("", "")]
)
def test_programs_are_named_as_people_know_them(app: str, said: str) -> None:
    assert wording.app_name(app) == said


def test_a_window_without_title_is_called_by_its_program() -> None:
    assert wording.title(moment(1, " ")) == "Firefox, no title"


def test_marked_words_are_told_apart() -> None:
    assert snippets.runs("the [rate] of\n [growth]") == (
        Run("the ", marked=False),
        Run("rate", marked=True),
        Run(" of ", marked=False),
        Run("growth", marked=True),
    )


def measure(text: str, _marked: bool) -> float:
    return len(text)


def test_words_before_the_match_are_dropped_until_it_fits() -> None:
    shown = snippets.visible(snippets.runs("one two three four five six seven [eight] nine"), 20, measure)
    assert shown[0].text.startswith("… ")
    assert shown[0].text.endswith("seven ")
    assert len(shown[0].text + shown[1].text) <= 20


def test_a_snippet_cut_at_its_front_already_gets_one_mark_of_it() -> None:
    shown = snippets.visible(snippets.runs("…one two three four five six seven [eight]"), 20, measure)
    assert "".join(run.text for run in shown).count("…") == 1


@given(before=st.text(max_size=80), match=st.text(alphabet="abc", min_size=1, max_size=8), width=st.integers(20, 60))
def test_the_first_match_is_always_visible(before: str, match: str, width: int) -> None:
    words = before.replace("[", "").replace("]", "")
    shown = snippets.visible(snippets.runs(f"{words} [{match}] rest"), width, measure)
    place = next(at for at, run in enumerate(shown) if run.marked)
    assert sum(len(run.text) for run in shown[: place + 1]) <= width


@given(st.text())
def test_no_text_breaks_the_marks(text: str) -> None:
    assert all(run.text for run in snippets.runs(text))
