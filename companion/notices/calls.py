"""Calls and alarms, by what their programs say they are, by who they are, and by what calls are called.

The lists are kept short: what a desktop's own programs are called, and the words that stand on a notification of a
call in the languages most screens are in. Whoever misses one can star the program.
"""

from __future__ import annotations

from companion.notices.features import folded
from companion.notices.types import Notice

_CALL_CATEGORIES = ("call", "x-gnome.call", "x-kde.call")
_ALARM_CATEGORIES = ("alarm", "x-gnome.alarm")
#: Desktop entries of the clocks and timers of the desktops, in lower case.
ALARM_ENTRIES = frozenset(
    {
        "org.gnome.clocks",
        "org.kde.kalarm",
        "kalarm",
        "org.kde.kclock",
        "org.kde.ktimer",
        "alarm-clock-applet",
        "io.elementary.clock",
        "mate-timer-applet",
        "teatime",
        "org.gnome.solanum",
    }
)
#: How clocks are called where a program says its name alone, in lower case.
ALARM_NAMES = frozenset(
    {
        "alarm",
        "alarm clock",
        "alarms",
        "clocks",
        "timer",
        "kalarm",
        "kclock",
        "wecker",
        "uhren",
        "réveil",
        "horloges",
        "minuteur",
        "despertador",
        "relojes",
        "alarma",
        "alarme",
        "relógios",
        "sveglia",
        "orologi",
        "wekker",
        "klokken",
        "budzik",
        "zegary",
        "väckarklocka",
        "klockor",
        "vekkeur",
        "ure",
        "herätyskello",
        "kellot",
        "budík",
        "hodiny",
        "ébresztőóra",
        "ceasuri",
        "çalar saat",
        "saatler",
        "будильник",
        "часы",
        "будильник і годинник",  # noqa: RUF001 Ukrainian
        "ξυπνητήρι",
        "שעון מעורר",
        "منبه",
        "闹钟",
        "鬧鐘",
        "アラーム",
        "時計",
        "알람",
        "báo thức",
    }
)
#: What is on a notification of a call, in lower case.
CALL_WORDS = (
    "incoming call",
    "incoming video call",
    "incoming voice call",
    "incoming audio call",
    "is calling",
    "calling you",
    "missed call",
    "eingehender anruf",
    "eingehender videoanruf",
    "ruft an",
    "verpasster anruf",
    "anruf in abwesenheit",
    "appel entrant",
    "appel vidéo entrant",
    "vous appelle",
    "appel manqué",
    "llamada entrante",
    "videollamada entrante",
    "te está llamando",
    "llamada perdida",
    "chamada recebida",
    "chamada de vídeo",
    "chamada perdida",
    "está a ligar",
    "está ligando",
    "chiamata in arrivo",
    "videochiamata in arrivo",
    "chiamata persa",
    "ti sta chiamando",
    "inkomende oproep",
    "inkomend gesprek",
    "gemiste oproep",
    "połączenie przychodzące",
    "nieodebrane połączenie",
    "inkommande samtal",
    "missat samtal",
    "innkommende anrop",
    "indgående opkald",
    "saapuva puhelu",
    "příchozí hovor",
    "bejövő hívás",
    "apel primit",
    "gelen arama",
    "cevapsız arama",  # noqa: RUF001 Turkish
    "входящий звонок",
    "входящий вызов",
    "пропущенный звонок",
    "пропущенный вызов",
    "вхідний дзвінок",
    "εισερχόμενη κλήση",
    "שיחה נכנסת",
    "مكالمة واردة",
    "来电",
    "來電",
    "未接来电",
    "着信",
    "不在着信",
    "수신 전화",
    "부재중 전화",
    "cuộc gọi đến",
    "इनकमिंग कॉल",
)


def is_call(notice: Notice) -> bool:
    """Whether somebody calls, or called in vain."""
    if _of_category(notice, _CALL_CATEGORIES):
        return True
    said = folded(f"{notice.summary} {notice.body[:200]}")
    return any(words in said for words in CALL_WORDS)


def is_alarm(notice: Notice) -> bool:
    """Whether a clock rings that the person set."""
    if _of_category(notice, _ALARM_CATEGORIES):
        return True
    return folded(notice.desktop_entry) in ALARM_ENTRIES or folded(notice.app) in ALARM_NAMES


def _of_category(notice: Notice, categories: tuple[str, ...]) -> bool:
    said = folded(notice.category)
    return any(said == category or said.startswith(f"{category}.") for category in categories)
