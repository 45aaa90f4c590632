"""What the settings say of focus and notifications, as the parts that follow them understand it."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from companion.capture.sites import SiteError, as_site

if TYPE_CHECKING:
    from companion.focus.kinds import Kind
    from companion.focus.rules import QuietHours, Rules
    from companion.notices.rules import Choices, OwnRule
    from companion.settings import Settings

_CLOCK = r"([01]?\d|2[0-3]):([0-5]\d)"
_HOURS = re.compile(rf"{_CLOCK}-{_CLOCK}")
_HOURS_WANTED = "Write quiet hours as 22:00-07:00."
_WHOLE_DAY = re.compile(r"0?0:00-24:00")
_SOME_OF_THE_DAY = (
    "Quiet hours cannot last the whole day: what was held is told of when they end. Write 00:00-23:59, or less."
)
_RULE_WANTED = (
    'Write a rule as: pass, hold or digest, then app=, sender= or words=, as in: hold app=slack words="stand-up".'
)


class Chosen:
    """What was chosen last. Any thread may ask."""

    def __init__(self, settings: Settings) -> None:
        self.take(settings)

    def take(self, settings: Settings) -> None:
        """Take over other settings; raises `ChoiceError`."""
        self.rules, self.kinds, self.choices = rules_of(settings), kinds_of(settings), choices_of(settings)
        self.quiet, self.hands = settings.quiet_in_focus, settings.consent_input


class ChoiceError(Exception):
    """A setting about focus that means nothing; the message says how to write it."""


def rules_of(settings: Settings) -> Rules:
    """Return when a probability of focus becomes a decision; raises `ChoiceError`."""
    from companion.focus.rules import AppRule, Rules

    apps = {name.strip().casefold(): AppRule.NEVER for name in settings.focus_never_apps}
    apps |= {name.strip().casefold(): AppRule.ALWAYS for name in settings.focus_always_apps}
    hours = tuple(map(quiet_hours, filter(str.strip, settings.quiet_hours)))
    return Rules(longest=settings.focus_longest_minutes * 60.0, quiet_hours=hours, apps=apps)


def kinds_of(settings: Settings) -> dict[str, Kind]:
    """Return what the person says programs and sites are for, see `companion.focus.kinds.kind_of`."""
    from companion.focus.kinds import Kind

    kinds = dict.fromkeys(map(_place, filter(str.strip, settings.focus_work)), Kind.WORK)
    return kinds | dict.fromkeys(map(_place, filter(str.strip, settings.focus_distracting)), Kind.DISTRACTING)


def choices_of(settings: Settings) -> Choices:
    """Return what of notifications always passes, and the person's own rules; raises `ChoiceError`."""
    from companion.notices.rules import Choices

    return Choices(
        starred_apps=settings.starred_apps,
        starred_people=settings.starred_people,
        rules=tuple(map(own_rule, filter(str.strip, settings.notice_rules))),
        exclude_apps=settings.exclude_apps,
    )


def _place(written: str) -> str:
    """Return a site as its host, and what is none as the name of a program."""
    try:
        name = as_site(written)
    except SiteError:
        name = written.strip().casefold()
    return name.removesuffix(".exe")


def quiet_hours(written: str) -> QuietHours:
    """Return the hours that ``22:00-07:00`` means; raises `ChoiceError`."""
    from companion.focus.rules import QuietHours
    from companion.focus.types import FocusError

    compact = written.replace(" ", "")
    if _WHOLE_DAY.fullmatch(compact):
        raise ChoiceError(_SOME_OF_THE_DAY)
    hours = re.sub(r"-24:00$", "-00:00", compact)  # midnight, as it is written at the end of a day
    found = _HOURS.fullmatch(hours)
    if found is None:
        raise ChoiceError(_HOURS_WANTED)
    start, start_minute, end, end_minute = map(int, found.groups())
    try:
        return QuietHours(start * 60 + start_minute, end * 60 + end_minute)
    except FocusError as error:
        raise ChoiceError(str(error)) from error


def own_rule(written: str) -> OwnRule:
    """Return the rule that ``hold app=slack words="stand-up"`` means; raises `ChoiceError`."""
    from companion.notices.rules import OwnRule
    from companion.notices.types import Decision

    try:
        decision, *parts = shlex.split(written)
        named = dict(part.split("=", 1) for part in parts)
        if not named or not named.keys() <= {"app", "sender", "words"} or not all(named.values()):
            raise ChoiceError(_RULE_WANTED)
        return OwnRule(Decision(decision.casefold()), **named)
    except ValueError as error:  # no such decision, no `=`, quotes that do not end
        raise ChoiceError(_RULE_WANTED) from error
