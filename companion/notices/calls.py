"""Calls and alarms, by what their programs say they are, by who they are, and by what calls are called.

What they are called is in `names`. Whoever misses one can star the program.
"""

from __future__ import annotations

import re

from companion.notices.features import folded
from companion.notices.names import (
    ALARM_ENTRIES,
    ALARM_NAMES,
    ALARM_WORDS,
    CALL_BEGINNINGS,
    CALL_TITLES,
    CALL_WORDS,
)
from companion.notices.types import Notice

_CALL_CATEGORIES = ("call", "x-gnome.call", "x-kde.call")
_ALARM_CATEGORIES = ("alarm", "x-gnome.alarm")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")  # signs and pictures around what is said
#: Who calls, and then that they do.
_CALLING = re.compile(
    r"^.{1,60}\b(?:calling|is ringing|wants to (?:(?:video |voice )?call|(?:video|voice) chat)|"
    r"ruft (?:dich |sie |euch |uns )?an|appelle|te llama|"
    r"te está llamando|está chamando|sta chiamando|ringer|soittaa|dzwoni|volá|hív|sună|arıyor|звонит|дзвонить)"  # noqa: RUF001 other scripts
    r"(?: (?:with )?you)?\s*(?:…|\.{3}|!)?$"
)
_CALLING_CJK = re.compile(r"(?:来电|來電|邀请你(?:语音|视频)|からの?(?:着信|電話)|님의? ?(?:전화|통화))")


def is_call(notice: Notice) -> bool:
    """Whether somebody calls, or called in vain."""
    if _of_category(notice, _CALL_CATEGORIES):
        return True
    summary, body = folded(notice.summary), folded(notice.body[:200])
    said = f"{summary} {body}"
    return (
        any(_EDGES.sub("", text) in CALL_TITLES for text in (summary, body))
        or any(words in said for words in CALL_WORDS)
        or any(_begins(text, words) for text in (summary, body) for words in CALL_BEGINNINGS)
        or _CALLING.search(summary) is not None
        or _CALLING_CJK.search(said) is not None
    )


def is_alarm(notice: Notice) -> bool:
    """Whether a clock rings that the person set."""
    if _of_category(notice, _ALARM_CATEGORIES):
        return True
    entry, app = _program(notice.desktop_entry), _program(notice.app)
    if not ALARM_ENTRIES.isdisjoint({entry, app}):
        return True
    name = app.replace("-", " ").replace("_", " ")
    return name in ALARM_NAMES or not ALARM_WORDS.isdisjoint(name.split())


def _begins(text: str, words: str) -> bool:
    """Whether a text begins with some words, and these do not go on as another."""
    return text.startswith(words) and (not words[-1].isalnum() or not text[len(words) : len(words) + 1].isalpha())


def _program(name: str) -> str:
    return folded(name).removesuffix(".desktop")


def _of_category(notice: Notice, categories: tuple[str, ...]) -> bool:
    said = folded(notice.category)
    return any(said == category or said.startswith(f"{category}.") for category in categories)
