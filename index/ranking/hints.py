"""When and where a query says its moment was: ``yesterday``, ``last Tuesday``, ``in March``, ``in firefox``.

Read conservatively, and never taken for certain: what a hint names is preferred (see `index.ranking.recall`), not
required, as the same words may just as well be what stood on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_WEEKDAY, _MONTH = f"(?P<weekday>{'|'.join(WEEKDAYS)})", f"(?P<month>{'|'.join(MONTHS)})"
_COUNT = f"(?P<count>a|an|{'|'.join(NUMBERS[1:])}|[0-9]{{1,2}})"
_NUMBER = "(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\\.)?"
PARTS = {"morning": (5, 12), "afternoon": (12, 18), "evening": (17, 24)}  # hours of the day

Span = tuple[date, date]  # first and last day


@dataclass(frozen=True, slots=True)
class Hint:
    """What a query says besides what it is about.

    Attributes
    ----------
    rest
        The query without the words of the hint.
    spans
        When: any of these times, UTC seconds; empty when nothing is said.
    app
        Where: a program's name, folded; empty when nothing is said.

    """

    rest: str
    spans: tuple[tuple[float, float], ...] = ()
    app: str = ""


def read(query: str, now: float, apps: Collection[str]) -> Hint | None:
    """Return the hint in a query, None without one or when nothing else is said.

    ``now`` is UTC seconds, read in the local time zone; ``apps`` are the names of the programs there are, folded.
    """
    rest, spans = _when(query, datetime.fromtimestamp(now).astimezone().date())
    rest, app = _where(rest, apps)
    if not (spans or app) or not any(map(str.isalnum, rest)):
        return None
    return Hint(" ".join(rest.split()), tuple(spans), app)


def _when(query: str, today: date) -> tuple[str, list[tuple[float, float]]]:
    """Return a query without the first thing it says about time, and what that is."""
    for pattern, meaning in _TIMES:
        found = pattern.search(query)
        days = meaning(found, today) if found else []
        if found and days:
            hours = PARTS.get((found.groupdict().get("part") or "").lower(), (0, 24))
            return query[: found.start()] + " " + query[found.end() :], [_seconds(*one, hours) for one in days]
    return query, []


def _seconds(first: date, last: date, hours: tuple[int, int]) -> tuple[float, float]:
    """Return UTC seconds of hours by the clock on the wall, which was set differently in another season."""
    begin = datetime.combine(first, time()) + timedelta(hours=hours[0])
    end = datetime.combine(last, time()) + timedelta(hours=hours[1])
    return begin.astimezone().timestamp(), end.astimezone().timestamp()


def _where(query: str, apps: Collection[str]) -> tuple[str, str]:
    """Return a query without ``in PROGRAM``, and the program; it may be called by the last word of its name."""
    called = {name: app for app in apps for name in (app, app.split()[-1] if app else "") if name}
    for name in sorted(called, key=len, reverse=True):
        found = re.search(f"\\b(?:in|on|from|using)\\s+(?:the\\s+|my\\s+)?{re.escape(name)}\\b", query, re.IGNORECASE)
        if found:
            return query[: found.start()] + " " + query[found.end() :], called[name]
    return query, ""


def _count(found: re.Match[str]) -> int:
    said = found["count"].lower()
    return 1 if said in {"a", "an"} else int(said) if said.isdigit() else NUMBERS.index(said)


def _today(_: re.Match[str], today: date) -> list[Span]:
    return [(today, today)]


def _yesterday(_: re.Match[str], today: date) -> list[Span]:
    return [(today - _DAY, today - _DAY)]


def _weekday(found: re.Match[str], today: date) -> list[Span]:
    """Return the last such day; people who say *last* may mean that of the calendar week before."""
    number = WEEKDAYS.index(found["weekday"].lower())
    newest = today - timedelta(days=(today.weekday() - number) % 7 or 7)
    of_week_before = today - timedelta(days=today.weekday() + 7 - number)
    chosen = {newest, of_week_before} if (found["which"] or "").lower() == "last" else {newest}
    return [(day, day) for day in sorted(chosen)]


def _ago(found: re.Match[str], today: date) -> list[Span]:
    count, unit = _count(found), found["unit"].lower()
    if unit == "day":
        return [(today - count * _DAY, today - count * _DAY)]
    if unit == "month":
        middle = today - timedelta(days=round(30.4 * count))
        return [(middle - 10 * _DAY, middle + 10 * _DAY)]
    if found["weekday"]:
        day = today - count * _WEEK - timedelta(days=today.weekday() - WEEKDAYS.index(found["weekday"].lower()))
        return [(day, day)]
    return [(today - count * _WEEK - 2 * _DAY, today - count * _WEEK + 2 * _DAY)]


def _calendar(found: re.Match[str], today: date) -> list[Span]:
    """Return this or the last week, weekend or month."""
    back = int(found["which"].lower() != "this")
    monday = today - timedelta(days=today.weekday()) - back * _WEEK
    if found["unit"].lower() == "week":
        return [(monday, monday + 6 * _DAY)]
    if found["unit"].lower() == "weekend":
        return [(monday + 5 * _DAY, monday + 6 * _DAY)]
    first = today.replace(day=1)
    return [_month_from((first - _DAY).replace(day=1) if back else first)]


def _dated(found: re.Match[str], today: date) -> list[Span]:
    """Return the last such day of a month, the one of the year that is named."""
    month = MONTHS.index(found["month"].lower()) + 1
    years = [int(found["year"])] if found["year"] else [today.year, today.year - 1]
    days = [day for year in years if (day := _date(year, month, int(found["day"]))) is not None and day <= today]
    return [(days[0], days[0])] if days else []


def _in_month(found: re.Match[str], today: date) -> list[Span]:
    month = MONTHS.index(found["month"].lower()) + 1
    year = int(found["year"]) if found["year"] else today.year - (month > today.month)
    return [_month_from(date(year, month, 1))]


def _iso(found: re.Match[str], _: date) -> list[Span]:
    day = _date(int(found["year"]), int(found["number"]), int(found["day"]))
    return [] if day is None else [(day, day)]


def _month_from(first: date) -> Span:
    following = (first + 32 * _DAY).replace(day=1)
    return first, following - _DAY


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # the 31st of February is no time
        return None


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(f"\\b{text}\\b", re.IGNORECASE)


_PART = "(?:\\s+(?P<part>morning|afternoon|evening))?"
_TIMES: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str], date], list[Span]]]] = (
    (_pattern("(?:on\\s+)?(?P<year>20[0-9]{2})-(?P<number>[0-9]{2})-(?P<day>[0-9]{2})"), _iso),
    (_pattern(f"{_COUNT}\\s+(?P<unit>day|week|month)s?\\s+ago(?:\\s+on\\s+{_WEEKDAY})?"), _ago),
    (_pattern(f"(?:on\\s+)?(?:the\\s+)?{_NUMBER}\\s+(?:of\\s+)?{_MONTH}(?:\\s+(?P<year>20[0-9]{{2}}))?"), _dated),
    (_pattern(f"(?:on\\s+)?{_MONTH}\\s+(?:the\\s+)?{_NUMBER}(?:,?\\s+(?P<year>20[0-9]{{2}}))?"), _dated),
    (_pattern(f"yesterday{_PART}"), _yesterday),
    (_pattern("(?P<which>last|this|past)\\s+(?P<unit>weekend|week|month)"), _calendar),
    (_pattern(f"(?:on\\s+)?(?P<which>last|this|past)\\s+{_WEEKDAY}{_PART}"), _weekday),
    (_pattern(f"(?P<which>)on\\s+{_WEEKDAY}{_PART}"), _weekday),
    (_pattern(f"(?:in|during|since|last)\\s+{_MONTH}(?:\\s+(?P<year>20[0-9]{{2}}))?"), _in_month),
    (_pattern(f"(?!may\\b){_MONTH}(?:\\s+(?P<year>20[0-9]{{2}}))?"), _in_month),
    (_pattern("(?:today|this\\s+(?P<part>morning|afternoon|evening))"), _today),
)
