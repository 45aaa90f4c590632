"""What the notification daemon is asked for: to close, to show again, to show something of ours."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from dbus_fast import Variant
from dbus_fast.aio import MessageBus

from companion.notices import wire
from companion.notices.bus import RefusedError, ask
from companion.notices.types import CRITICAL, NORMAL, Notice, NoticesError
from companion.notices.watching import Watcher
from companion.notices.wire import SERVER, SERVER_PATH, Original, escaped

OWN_NAME, OWN_ENTRY = "Companion", "companion"
DUNST = "dunst"
MOST_EXPECTED = 64
_OF_DUNST, _PROPERTIES = "org.dunstproject.cmd0", "org.freedesktop.DBus.Properties"


class UnclosedError(NoticesError):
    """Some could not be closed: `left`, the daemon's numbers."""

    def __init__(self, why: str, left: Sequence[int]) -> None:
        super().__init__(why)
        self.left = frozenset(left)


class Server:
    """Asks the session's notification daemon. Every method raises `NoticesError` where it cannot be asked."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._expected: deque[tuple[str, str]] = deque(maxlen=MOST_EXPECTED)
        self._closing = threading.Lock()

    def is_own(self, notice: Notice) -> bool:
        """Whether a notice was sent here, told of by a daemon that does not say who sent it."""
        if self._watcher.knows_senders or (notice.summary, notice.body) not in self._expected:
            return False
        self._expected.remove((notice.summary, notice.body))
        return True

    def standing(self, at: Iterable[tuple[str, int | None]]) -> list[int]:
        """Return which of some numbers are of the daemon that is there now, or of one that is not told.

        One that was started anew begins at 1 again: the same numbers are others' notifications. Raises `UnclosedError`.
        """
        given = [(daemon, number) for daemon, number in at if number is not None]
        try:
            now = self._watcher.run(_daemon_now) if given else ""
        except NoticesError as error:
            raise UnclosedError(str(error), [number for _, number in given]) from error
        return [number for daemon, number in given if daemon in ("", now)]

    def close(self, numbers: Sequence[int]) -> None:
        """Close notifications; those that are gone already do not matter. Raises `UnclosedError`.

        One after another, whoever asks: a dunst that dozens are asked of at once stops answering for good.
        """
        for place, number in enumerate(numbers):
            try:
                with self._closing:
                    self._watcher.run(partial(_close, number=number))
            except NoticesError as error:
                raise UnclosedError(str(error), numbers[place:]) from error

    def notify(self, original: Original, *, replaces: int = 0) -> int:
        """Show a notification; returns the daemon's number of it."""
        self._expect(original)
        return self._watcher.run(lambda bus: _notify(bus, original, replaces))

    def say(self, summary: str, body: str, *, action: str) -> tuple[str, int]:
        """Show a notification of our own with one action, ``default``; returns which daemon numbered it, and how."""
        hints = {"urgency": Variant("y", NORMAL), "desktop-entry": Variant("s", OWN_ENTRY)}

        async def said(bus: MessageBus) -> tuple[str, int]:
            original = Original(OWN_NAME, "", summary, await _written(bus, body), ("default", action), hints, 0)
            self._expect(original)
            return await _daemon(bus), await _notify(bus, original, 0)

        return self._watcher.run(said)

    def repeat(self, app: str, summary: str, body: str, *, critical: bool = False) -> int:
        """Show once more what a notification said, without markup; returns the daemon's number of it."""
        hints = {"urgency": Variant("y", CRITICAL if critical else NORMAL)}

        async def repeated(bus: MessageBus) -> int:
            original = Original(app, "", summary, await _written(bus, body), (), hints)
            self._expect(original)
            return await _notify(bus, original, 0)

        return self._watcher.run(repeated)

    def as_critical(self, original: Original, *, replaces: int, kept: bool) -> int:
        """Show a notification again as critical, in place of itself; ``kept`` where the first one is kept elsewhere."""
        urgent = {**original.hints, "urgency": Variant("y", CRITICAL)}
        if kept and not replaces:
            urgent["transient"] = Variant("b", True)
        return self.notify(replace(original, hints=urgent), replaces=replaces)

    def again(self, daemon: str, number: int | None, *, at_once: bool = False) -> bool:
        """Have the daemon show an original again out of its history; returns whether it does.

        With ``at_once`` not where do-not-disturb would keep it back.
        """
        if number is None:
            return False
        return self._watcher.run(lambda bus: _again(bus, daemon, number, at_once=at_once))

    def _expect(self, original: Original) -> None:
        """Know this one again when the daemon tells of it."""
        self._expected.append(wire.as_kept(original))


async def _ask(bus: MessageBus, member: str, signature: str = "", *body: Any) -> list[Any]:
    return await ask(bus, SERVER, SERVER_PATH, SERVER, member, signature, *body)


async def _written(bus: MessageBus, text: str) -> str:
    """Return a text as the daemon has to be told it: many read markup."""
    return escaped(text) if "body-markup" in (await _ask(bus, "GetCapabilities"))[0] else text


async def _close(bus: MessageBus, number: int) -> None:
    with suppress(RefusedError):  # it is gone already
        await _ask(bus, "CloseNotification", "u", number)


async def _notify(bus: MessageBus, original: Original, replaces: int) -> int:
    body = [
        original.app,
        replaces,
        original.icon,
        original.summary,
        original.body,
        [*original.actions],
        {**original.hints},
        original.timeout,
    ]
    return int((await _ask(bus, "Notify", "susssasa{sv}i", *body))[0])


async def _again(bus: MessageBus, daemon: str, number: int, *, at_once: bool) -> bool:
    """Only dunst can; it says nothing where it has no such notification, so its history is looked at before."""
    if (await _ask(bus, "GetServerInformation"))[0] != DUNST:
        return False
    if daemon != await _daemon(bus):
        return False  # its numbers began anew
    if at_once:
        (paused,) = await ask(bus, SERVER, SERVER_PATH, _PROPERTIES, "Get", "ss", _OF_DUNST, "paused")
        if paused.value:
            return False
    (history,) = await ask(bus, SERVER, SERVER_PATH, _OF_DUNST, "NotificationListHistory")
    if number not in {one["id"].value for one in history if "id" in one}:
        return False
    await ask(bus, SERVER, SERVER_PATH, _OF_DUNST, "NotificationPopHistory", "u", number)
    return True


async def _daemon_now(bus: MessageBus) -> str | None:
    """Return which run of which daemon is there; None where none is."""
    try:
        return await _daemon(bus)
    except RefusedError:
        return None


async def _daemon(bus: MessageBus) -> str:
    to, path = "org.freedesktop.DBus", "/org/freedesktop/DBus"
    (bus_id,) = await ask(bus, to, path, to, "GetId")
    (owner,) = await ask(bus, to, path, to, "GetNameOwner", "s", SERVER)
    return f"{bus_id}{owner}"
