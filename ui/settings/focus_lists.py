"""The lists about focus and notifications: which setting each is, and how its entries are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from companion.deep_work.choices import ChoiceError, own_rule, quiet_hours
from ui.settings.list import ExclusionList, ListWords


@dataclass(frozen=True, slots=True)
class About:
    """One list: its tab, how an entry is written, an example, what is checked, how it is spoken of."""

    name: str
    hint: str
    example: str
    check: Callable[[str], str]
    words: ListWords


def _named(what: str, written: str) -> str:
    """Return a name as it is kept; raises `ValueError`."""
    name = " ".join(written.split())
    if not name:
        raise ValueError(f"Write the name of {what}.")
    return name


def _meaning(meaning: Callable[[str], object], written: str) -> str:
    """Return what was written where it means something; raises `ValueError`."""
    try:
        meaning(written)
    except ChoiceError as error:
        raise ValueError(str(error)) from error
    return " ".join(written.split())


def _hours(written: str) -> str:
    return _meaning(quiet_hours, written).replace(" ", "")


ROWS = 3  # seen at the least: half of the lists lie below switches, and the window has to fit small screens
_PASSES = ListWords("let through", "Let its notifications through")
PROGRAMS = {
    "focus_work": About(
        "Work",
        "Programs and sites that are work to you: they speak for focus, whatever they are to others.",
        "such as helix, or docs.example.org",
        partial(_named, "a program or a site"),
        ListWords("your work", "Take this for work"),
    ),
    "focus_distracting": About(
        "Distracting",
        "Programs and sites that take you away from work: they speak against focus.",
        "such as steam, or news.example.org",
        partial(_named, "a program or a site"),
        ListWords("distracting", "Take this for a distraction"),
    ),
    "focus_never_apps": About(
        "Never",
        "Programs in which there is no deep focus: calls, games.",
        "such as zoom",
        partial(_named, "a program"),
        ListWords("never focus", "Never take this for focus"),
    ),
    "focus_always_apps": About(
        "Always",
        "Programs in which it is always deep focus: slides, an exam.",
        "such as soffice",
        partial(_named, "a program"),
        ListWords("always focus", "Always take this for focus"),
    ),
}
"""Lists about programs by their setting, in the order they are shown."""

NOTICES = {
    "quiet_hours": About(
        "Hours",
        "Times of every day in which nothing is to disturb, whatever you do.",
        "such as 22:00-07:00",
        _hours,
        ListWords("quiet", "Keep these hours quiet"),
    ),
    "starred_people": About(
        "People",
        "Whose messages always pass: the name as it stands in them.",
        "such as Ines",
        partial(_named, "a person"),
        _PASSES,
    ),
    "starred_apps": About(
        "Programs",
        "Whose notifications always pass.",
        "such as signal",
        partial(_named, "a program"),
        _PASSES,
    ),
    "notice_rules": About(
        "Rules",
        "pass, hold or digest, then what it is about: app=, sender= or words=. The first that fits counts.",
        'such as hold app=slack words="stand-up"',
        partial(_meaning, own_rule),
        ListWords("in force", "Go by this rule"),
    ),
}
"""Lists about notifications likewise."""


def named(setting: str) -> About:
    """Return what a list is about."""
    return PROGRAMS.get(setting) or NOTICES[setting]


def made(setting: str) -> ExclusionList:
    """Return an empty list for a setting."""
    about = named(setting)
    return ExclusionList(about.name, about.hint, example=about.example, check=about.check, words=about.words, rows=ROWS)
