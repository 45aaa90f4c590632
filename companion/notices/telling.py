"""Telling of what was held: one digest, once, and the originals opened from it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from companion.notices.digest import Digest, digest
from companion.notices.server import Server
from companion.notices.types import Cause, Happened, Notice, NoticesError
from companion.notices.watching import PART
from index import notices as rows
from index.notices import HeldNotice
from index.store import Store
from index.types import VaultError
from index.writer import Writer

ACTION = "Show"
_At = tuple[str, int | None]  # which run of which daemon, and its number


class Telling:
    """Makes digests and shows them, on the thread that waits for the vault.

    What is held is put into a digest in one change; the digest counts as told once the daemon took it. A crash between
    leaves it to `tell` at the next start: the same digest, with the same notices.

    Parameters
    ----------
    offer
        Is handed a digest when the person chooses to see it, and where the desktop cannot show its message.

    """

    def __init__(
        self,
        writer: Writer,
        store: Store,
        server: Server,
        *,
        offer: Callable[[Digest], None],
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._writer, self._store, self._server = writer, store, server
        self._offer, self._on_incident = offer, on_incident
        self._shown: dict[_At, Digest] = {}  # by where their message is
        self._said: set[int] = set()  # digests that were shown, while the vault has yet to take that down

    def gather(self) -> None:
        """Put all that is held into a new digest; raises `VaultError`."""
        self._writer.do(rows.gather).result()

    def tell(self) -> list[Digest]:
        """Show the digests that were not shown yet; returns them. Raises `VaultError`."""
        return [self._tell(number) for number in rows.untold(self._store)]

    def happened(self, what: Happened) -> None:
        """Offer the digest whose message the person chose; raises `VaultError`."""
        at = (what.daemon, what.daemon_id)
        if what.cause is not Cause.ACTION:
            self._shown.pop(at, None)
        elif (shown := self._shown.get(at)) is not None:
            self._offer(self.made(shown.number))

    def take_down_changed(self) -> None:
        """Take the messages of digests of which something was forgotten off the screen; `tell` tells what is left.

        Raises `VaultError`.
        """
        changed = {at: shown for at, shown in self._shown.items() if self.made(shown.number).count != shown.count}
        if numbers := self._take_down(changed):
            self._writer.do(rows.untell, numbers).result()

    def put_away(self) -> None:
        """Take the messages of digests off the screen: nobody would answer them. The next start tells of them anew."""
        try:
            if standing := self._take_down(dict(self._shown)):
                self._writer.do(rows.untell, standing).result()
        except VaultError as error:
            self._on_incident(PART, f"The last digest is not told of again: {error}")

    def made(self, number: int) -> Digest:
        """Return a digest as it is now: what was forgotten since is not in it."""
        return digest(number, rows.of_digest(self._store, number))

    def again(self, one: HeldNotice) -> bool:
        """Show an original again: its daemon's own, with its actions, where it has it still; else what it said.

        Returns whether it is the original. Raises `NoticesError`.
        """
        if self._server.again(one.daemon, one.daemon_id):
            return True
        self._server.repeat(one.app or one.desktop_entry, one.summary, one.body)
        return False

    def original(self, one: Notice) -> bool:
        """Show the original of one that passed, where its daemon has it and shows it now; returns whether it does.

        Raises `NoticesError`.
        """
        return self._server.again(one.daemon, one.daemon_id, at_once=True)

    def _tell(self, number: int) -> Digest:
        made = self.made(number)
        if number not in self._said:
            self._show(made)
        self._said.add(number)
        self._writer.do(rows.told, number).result()
        self._said.discard(number)
        return self.made(number)

    def _show(self, made: Digest) -> None:
        try:
            self._shown[self._server.say(made.summary, made.body, action=ACTION)] = made
        except NoticesError as error:
            self._on_incident(PART, f"The digest is shown by Companion itself. {error}")
            self._offer(made)

    def _take_down(self, standing: dict[_At, Digest]) -> list[int]:
        """Close the messages of some digests; returns the digests."""
        self._shown = {at: shown for at, shown in self._shown.items() if at not in standing}
        with suppress(NoticesError):  # the desktop is gone, and they with it
            self._server.close(self._server.standing(standing))
        numbers = {shown.number for shown in standing.values()}
        self._said -= numbers
        return sorted(numbers)
