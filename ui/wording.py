"""Times, lengths and names as a person says them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from index.types import Moment

# Not strftime: Qt sets the process's locale, and the rest of the sentence is English.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _WEEK_DAYS = 60, 3600, 7


def when(time: float, now: float, zone: tzinfo | None = None) -> str:
    """Return how one says ``time`` at ``now`` (both UTC seconds): relative under a week, a date after it."""
    then, today = datetime.fromtimestamp(time, zone), datetime.fromtimestamp(now, zone)
    clock = f"{then:%H:%M}"
    if 0 <= now - time < _MINUTE:
        return "just now"
    if 0 <= now - time < _HOUR:
        return f"{int((now - time) // _MINUTE)} min ago"
    days = (today.date() - then.date()).days
    if days == 0:
        return f"today {clock}"
    if days == 1:
        return f"yesterday {clock}"
    if 1 < days < _WEEK_DAYS:
        return f"{_DAYS[then.weekday()]} {clock}"
    date = f"{then.day} {_MONTHS[then.month - 1]}"
    return f"{date} {clock}" if then.year == today.year else f"{date} {then.year}"


def clock(time: float, zone: tzinfo | None = None) -> str:
    """Return the time of day of UTC seconds, as on the person's wall."""
    return f"{datetime.fromtimestamp(time, zone):%H:%M}"


def weekday(time: float, zone: tzinfo | None = None) -> str:
    """Return the day of the week of UTC seconds, in three letters."""
    return _DAYS[datetime.fromtimestamp(time, zone).weekday()]


def long(seconds: float) -> str:
    """Return a length of time: ``40 s``, ``3 min``, ``1 h 5 min``."""
    if seconds < _MINUTE:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / _MINUTE)
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def app_name(app: str) -> str:
    """Return a program's class name as its name: ``org.gnome.Nautilus`` -> ``Nautilus``, ``firefox`` -> ``Firefox``."""
    last = app.rsplit(".", 1)[-1] if app.count(".") > 1 else app
    return last[:1].upper() + last[1:]


def title(moment: Moment) -> str:
    """Return what a moment is called, also when its window had no title."""
    return " ".join(moment.title.split()) or f"{app_name(moment.app)}, no title"


def about(moment: Moment, now: float, zone: tzinfo | None = None) -> str:
    """Return app, time and length in one line."""
    lasted = long(moment.time_end - moment.time_start)
    return f"{app_name(moment.app)} · {when(moment.time_start, now, zone)} · {lasted}"


def count(number: int, one: str, many: str) -> str:
    """Return ``1 moment`` or ``12,840 moments``."""
    return f"{number:,} {one if number == 1 else many}"
