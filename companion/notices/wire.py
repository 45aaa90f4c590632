"""What messages on the bus say of notifications. Nothing here asks or waits."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from dbus_fast import Message, MessageType, Variant

from companion.notices.types import CRITICAL, LOW, NORMAL, Cause, Happened, Notice

T = TypeVar("T")

SERVER, SERVER_PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
GTK, PORTAL = "org.gtk.Notifications", "org.freedesktop.portal.Notification"
KDE_WATCHER = "org.kde.NotificationWatcher"

LONGEST_SUMMARY, LONGEST_BODY = 500, 4_000  # characters that are kept
LONGEST_READ = 8  # times as many are read: some of them may be markup
LONGEST_NAME, MOST_ACTIONS = 500, 32  # characters of other things it says; actions that are known by their keys
MOST_PICTURE = 300_000  # bytes of a picture that is kept to be shown again
_PICTURES = ("image-data", "image_data", "icon_data")
_STACKS = ("x-dunst-stack-tag", "x-canonical-private-synchronous", "private-synchronous", "synchronous")
_REASONS = {1: Cause.EXPIRED, 2: Cause.DISMISSED}
_PRIORITIES = {"low": LOW, "urgent": CRITICAL}
_MARKUP = re.compile(r"</?(?:b|i|u|a|img|br|p|tt|span|font|strong|em)(?:\s[^<>]{0,500})?/?>", re.IGNORECASE)
_NOTIFY, _ADD, _ADD_PORTAL, _KDE_NOTIFY = "susssasa{sv}i", "ssa{sv}", "sa{sv}", "ususssasa{sv}i"


@dataclass(frozen=True, slots=True)
class Original:
    """A notification as its program sent it, so that it can be sent again."""

    app: str
    icon: str
    summary: str
    body: str
    actions: tuple[str, ...]  # keys and labels in turn
    hints: Mapping[str, Variant] = field(default_factory=dict)
    timeout: int = -1


@dataclass(frozen=True, slots=True)
class Sent:
    """A notification on its way to its daemon."""

    original: Original
    replaces: int = 0
    tag: str = ""
    urgency: int = NORMAL
    category: str = ""
    entry: str = ""
    daemon_id: int | None = None  # where it is known already


def sent(said: Message) -> Sent | None:
    """Return the notification that a call sends, None where it is another call."""
    kind = (said.interface, said.member, said.signature)
    if kind == (SERVER, "Notify", _NOTIFY):
        return _freedesktop(said.body)
    if kind == (KDE_WATCHER, "Notify", _KDE_NOTIFY):
        return _freedesktop([said.body[1], said.body[2], *said.body[3:]], said.body[0])
    if kind == (GTK, "AddNotification", _ADD):
        return _keyed(said.body[0], said.body[1], said.body[2])
    if kind == (PORTAL, "AddNotification", _ADD_PORTAL):
        return _keyed("", f"{said.sender} {said.body[0]}", said.body[1])  # each program has its own names
    return None


def notice(found: Sent, number: int, time: float, sender: str) -> Notice:
    """Return a notification as what is kept of it; the daemon's number comes later."""
    original, hints = found.original, found.original.hints
    return Notice(
        number,
        time,
        _short(original.app or found.entry),
        *as_kept(original),
        found.urgency,
        _short(found.category),
        _short(sender or found.entry),
        _short(found.entry),
        found.replaces,
        found.daemon_id,
        tuple(map(_short, original.actions[: 2 * MOST_ACTIONS : 2])),
        bool(_hint(hints, "resident", bool)),
        bool(_hint(hints, "transient", bool) or _hint(hints, "transient", int)),
        tag=_short(found.tag),
    )


def as_kept(original: Original) -> tuple[str, str]:
    """Return summary and body as they are kept."""
    summary, body = original.summary[: LONGEST_READ * LONGEST_SUMMARY], original.body[: LONGEST_READ * LONGEST_BODY]
    return plain(summary)[:LONGEST_SUMMARY], plain(body)[:LONGEST_BODY]


def happened(said: Message, time: float, daemon: str, numbering: str = "") -> Happened | None:
    """Return what a message says has become of a notification, None where it says nothing of that.

    ``daemon`` is which run of which daemon says it, if one does; ``numbering`` the one that numbered last.
    """
    signal = said.message_type is MessageType.SIGNAL
    kind = (said.interface, said.member, said.signature)
    if signal and kind == (SERVER, "ActionInvoked", "us"):
        return Happened(time, Cause.ACTION, daemon, said.body[0], key=said.body[1])
    if signal and kind == (SERVER, "NotificationReplied", "us"):
        return Happened(time, Cause.ACTION, daemon, said.body[0])
    if signal and kind == (SERVER, "NotificationClosed", "uu"):
        return Happened(time, _REASONS.get(said.body[1], Cause.CLOSED), daemon, said.body[0])
    if kind in {(SERVER, "CloseNotification", "u"), (KDE_WATCHER, "CloseNotification", "u")}:
        by = "" if said.interface == KDE_WATCHER else said.sender or ""  # KDE's daemon tells of it itself
        return Happened(time, Cause.WITHDRAWN, numbering if by else daemon, said.body[0], by=by)
    if kind == (GTK, "RemoveNotification", "ss"):
        return Happened(time, Cause.WITHDRAWN, app=_short(said.body[0]), tag=_short(said.body[1]))
    return None


def as_seen(one: Notice) -> Original:
    """Return a notification by what is kept of it."""
    return Original(one.app or one.desktop_entry, "", one.summary, one.body, ())


def plain(text: str) -> str:
    """Return a text without the markup that daemons understand."""
    if "<" not in text and "&" not in text:
        return text
    bare = _MARKUP.sub("", text)
    try:
        return html.unescape(bare)
    except ValueError:  # a number of a character that has thousands of digits
        return bare


def escaped(text: str) -> str:
    """Return a text that says the same where a daemon reads markup."""
    return html.escape(text, quote=False)


def _freedesktop(body: Sequence[Any], number: int | None = None) -> Sent:
    app, replaces, icon, summary, text, actions, hints, timeout = body
    return Sent(
        Original(app, icon, summary, text, tuple(actions), _kept(hints), timeout),
        replaces,
        next((str(hints[key].value) for key in _STACKS if key in hints), ""),
        _urgency(hints),
        _hint(hints, "category", str) or "",
        _hint(hints, "desktop-entry", str) or "",
        number,
    )


def _kept(hints: Mapping[str, Variant]) -> dict[str, Variant]:
    """Return hints without pictures that are too large to be kept."""
    return {name: one for name, one in hints.items() if name not in _PICTURES or _size(one.value) <= MOST_PICTURE}


def without_pictures(original: Original) -> Original:
    """Return a notification without its pictures."""
    return replace(original, hints={name: one for name, one in original.hints.items() if name not in _PICTURES})


def _size(picture: object) -> int:
    """Return the bytes of a picture: the last of its fields."""
    last = picture[-1] if isinstance(picture, (list, tuple)) and picture else b""
    return len(last) if isinstance(last, bytes) else 0


def _short(text: str) -> str:
    return text[:LONGEST_NAME]


def _keyed(app: str, tag: str, told: Mapping[str, Variant]) -> Sent:
    """Return what GTK programs and the portal say in a dictionary."""
    title, body = _hint(told, "title", str) or "", _hint(told, "body", str) or ""
    category = _hint(told, "category", str) or ""
    priority = _hint(told, "priority", str) or ("urgent" if _hint(told, "urgent", bool) else "normal")
    actions = ("default", "") if "default-action" in told else ()
    return Sent(Original(app, "", title, body, actions), 0, tag, _PRIORITIES.get(priority, NORMAL), category, app)


def _urgency(hints: Mapping[str, Variant]) -> int:
    told = _hint(hints, "urgency", int)
    return NORMAL if told is None else max(LOW, min(CRITICAL, told))


def _hint(hints: Mapping[str, Variant], name: str, kind: type[T]) -> T | None:
    """Return a hint, None where there is none or it is of another kind than it should be."""
    value = hints[name].value if name in hints else None
    return value if isinstance(value, kind) else None
