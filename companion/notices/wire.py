"""What messages on the bus say of notifications. Nothing here asks or waits."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dbus_fast import Message, MessageType, Variant

from companion.notices.types import CRITICAL, LOW, NORMAL, Cause, Happened, Notice

T = TypeVar("T")

SERVER, SERVER_PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
GTK, PORTAL = "org.gtk.Notifications", "org.freedesktop.portal.Notification"
KDE_WATCHER = "org.kde.NotificationWatcher"

LONGEST_SUMMARY, LONGEST_BODY = 500, 4_000  # characters that are kept
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
        return _keyed("", said.body[0], said.body[1])
    return None


def notice(found: Sent, number: int, time: float, sender: str) -> Notice:
    """Return a notification as what is kept of it; the daemon's number comes later."""
    original, hints = found.original, found.original.hints
    return Notice(
        number,
        time,
        original.app or found.entry,
        *as_kept(original),
        found.urgency,
        found.category,
        sender or found.entry,
        found.entry,
        found.replaces,
        found.daemon_id,
        original.actions[::2],
        bool(_hint(hints, "resident", bool)),
        bool(_hint(hints, "transient", bool) or _hint(hints, "transient", int)),
        tag=found.tag,
    )


def as_kept(original: Original) -> tuple[str, str]:
    """Return summary and body as they are kept."""
    return plain(original.summary)[:LONGEST_SUMMARY], plain(original.body)[:LONGEST_BODY]


def happened(said: Message, time: float, daemon: str) -> Happened | None:
    """Return what a message says has become of a notification, None where it says nothing of that."""
    signal = said.message_type is MessageType.SIGNAL
    kind = (said.interface, said.member, said.signature)
    if signal and kind == (SERVER, "ActionInvoked", "us"):
        return Happened(time, Cause.ACTION, daemon, said.body[0], key=said.body[1])
    if signal and kind == (SERVER, "NotificationReplied", "us"):
        return Happened(time, Cause.ACTION, daemon, said.body[0])
    if signal and kind == (SERVER, "NotificationClosed", "uu"):
        return Happened(time, _REASONS.get(said.body[1], Cause.CLOSED), daemon, said.body[0])
    if kind in {(SERVER, "CloseNotification", "u"), (KDE_WATCHER, "CloseNotification", "u")}:
        return Happened(time, Cause.WITHDRAWN, "", said.body[0])
    if kind == (GTK, "RemoveNotification", "ss"):
        return Happened(time, Cause.WITHDRAWN, app=said.body[0], tag=said.body[1])
    return None


def plain(text: str) -> str:
    """Return a text without the markup that daemons understand."""
    return html.unescape(_MARKUP.sub("", text)) if "<" in text or "&" in text else text


def escaped(text: str) -> str:
    """Return a text that says the same where a daemon reads markup."""
    return html.escape(text, quote=False)


def _freedesktop(body: Sequence[Any], number: int | None = None) -> Sent:
    app, replaces, icon, summary, text, actions, hints, timeout = body
    return Sent(
        Original(app, icon, summary, text, tuple(actions), dict(hints), timeout),
        replaces,
        next((str(hints[key].value) for key in _STACKS if key in hints), ""),
        _urgency(hints),
        _hint(hints, "category", str) or "",
        _hint(hints, "desktop-entry", str) or "",
        number,
    )


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
