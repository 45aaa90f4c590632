from __future__ import annotations

from dataclasses import replace

import pytest

from companion.deep_work.choices import ChoiceError, Chosen, choices_of, kinds_of, own_rule, quiet_hours, rules_of
from companion.focus.kinds import Kind, kind_of
from companion.focus.rules import AppRule, Local
from companion.notices.types import Decision
from companion.settings import Settings


def test_quiet_hours_are_minutes_of_the_day() -> None:
    hours = quiet_hours(" 22:00 - 7:30 ")
    assert (hours.start, hours.end) == (22 * 60, 7 * 60 + 30)


@pytest.mark.parametrize("written", ["22:00-24:00", "22:00-00:00", "22:00-0:00"])
def test_quiet_hours_may_end_at_midnight_however_it_is_written(written: str) -> None:
    hours = quiet_hours(written)
    within = [hours.has(Local(0, minute)) for minute in (21 * 60 + 59, 22 * 60, 23 * 60 + 59)]
    assert [*within, hours.has(Local(1, 0))] == [False, True, True, False]


@pytest.mark.parametrize("written", ["", "22-7", "22:00", "25:00-07:00", "22:60-07:00", "07:00-07:00", "x"])
def test_what_is_no_time_of_day_is_refused_in_words(written: str) -> None:
    with pytest.raises(ChoiceError, match="hours"):
        quiet_hours(written)


@pytest.mark.parametrize(
    ("written", "why"),
    [("25:00-07:00", "as 22:00-07:00"), ("22:00-24:01", "as 22:00-07:00"), ("24:00-07:00", "as 22:00-07:00")]
    + [(same, "two different times") for same in ("07:00-07:00", "0:00-00:00")]
    + [(day, "the whole day.* 00:00-23:59") for day in ("00:00-24:00", " 0:00 - 24:00 ")],
)
def test_why_quiet_hours_are_refused_is_what_is_wrong_with_them(written: str, why: str) -> None:
    with pytest.raises(ChoiceError, match=why):
        quiet_hours(written)


def test_a_rule_names_what_it_is_about() -> None:
    rule = own_rule("hold app=slack words='stand-up notes'")
    assert (rule.decision, rule.app, rule.sender, rule.words) == (Decision.HOLD, "slack", "", "stand-up notes")


@pytest.mark.parametrize("written", ["", "hold", "keep app=x", "hold x", "hold app=", "hold 'app=x", "hold title=x"])
def test_what_is_no_rule_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ChoiceError, match="as in: hold app="):
        own_rule(written)


def test_settings_become_rules_and_choices() -> None:
    settings = replace(
        Settings(),
        focus_longest_minutes=30.0,
        focus_never_apps=("Zoom ",),
        focus_always_apps=("Keynote",),
        quiet_hours=("22:00-07:00",),
        starred_people=("Ada",),
        notice_rules=("digest app=news",),
    )
    rules, choices = rules_of(settings), choices_of(settings)
    assert rules.longest == 1800.0
    assert rules.apps == {"zoom": AppRule.NEVER, "keynote": AppRule.ALWAYS}
    assert len(rules.quiet_hours) == 1
    assert choices.starred_people == ("Ada",)
    assert choices.rules[0].decision is Decision.DIGEST


def test_programs_and_sites_are_what_the_person_says() -> None:
    settings = replace(
        Settings(),
        focus_work=("Notepad++", "https://www.youtube.com/feed", "  ", "mail.example.org"),
        focus_distracting=("EXCEL.EXE", "Sublime Text", "example.org"),
    )
    kinds = kinds_of(settings)
    said = [
        ("notepad++.exe", "", Kind.WORK),
        ("firefox", "https://youtube.com/watch?v=1", Kind.WORK),
        ("firefox", "https://mail.example.org/", Kind.WORK),
        ("firefox", "https://play.example.org/", Kind.DISTRACTING),
        ("EXCEL.EXE", "", Kind.DISTRACTING),
        ("Sublime Text", "", Kind.DISTRACTING),
        ("Code", "", Kind.WORK),
    ]
    assert [kind_of(app, url, kinds) for app, url, _ in said] == [kind for *_, kind in said]


def test_what_was_chosen_last_counts() -> None:
    chosen = Chosen(Settings())
    assert not chosen.quiet
    chosen.take(replace(Settings(), quiet_in_focus=True, starred_apps=("phone",)))
    assert chosen.quiet
    assert chosen.choices.starred_apps == ("phone",)
    assert chosen.choices.exclude_apps == Settings().exclude_apps
