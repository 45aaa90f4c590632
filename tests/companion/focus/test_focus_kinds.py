from __future__ import annotations

import pytest

from companion.focus.kinds import Kind, kind_of


@pytest.mark.parametrize(
    ("app", "url", "kind"),
    [
        ("Code", "", Kind.WORK),
        ("org.gnome.Evince", "", Kind.WORK),
        ("jetbrains-pycharm-ce", "", Kind.WORK),
        ("Gimp-2.10", "", Kind.WORK),
        ("sublime_text", "", Kind.WORK),
        ("Sublime Text", "", Kind.WORK),
        ("EXCEL.EXE", "", Kind.WORK),
        ("thunderbird", "", Kind.DISTRACTING),
        ("Slack", "", Kind.DISTRACTING),
        ("mpv", "", Kind.DISTRACTING),
        ("firefox", "", Kind.NEITHER),
        ("Nautilus", "", Kind.NEITHER),
        ("firefox", "https://www.youtube.com/watch?v=1", Kind.DISTRACTING),
        ("Google-chrome", "https://docs.google.com/document/d/1", Kind.WORK),
        ("firefox", "https://notyoutube.com/", Kind.NEITHER),
        ("code", "https://www.youtube.com/", Kind.WORK),  # only browsers show pages
    ],
)
def test_a_name_says_what_a_program_or_a_page_is_for(app: str, url: str, kind: Kind) -> None:
    assert kind_of(app, url) is kind


def test_the_persons_word_goes_before_the_list() -> None:
    chosen = {"slack": Kind.WORK, "example.org": Kind.DISTRACTING}
    assert kind_of("Slack", "", chosen) is Kind.WORK
    assert kind_of("firefox", "https://play.example.org/", chosen) is Kind.DISTRACTING
    assert kind_of("discord", "", chosen) is Kind.DISTRACTING


def test_of_what_the_person_said_the_nearest_counts() -> None:
    for chosen in (
        {"example.org": Kind.DISTRACTING, "docs.example.org": Kind.WORK},
        {"docs.example.org": Kind.WORK, "example.org": Kind.DISTRACTING},
    ):
        assert kind_of("firefox", "https://docs.example.org/", chosen) is Kind.WORK
        assert kind_of("firefox", "https://example.org/", chosen) is Kind.DISTRACTING
