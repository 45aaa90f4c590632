"""Telling of what was held: one digest, once, and the originals opened from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from companion.notices.digest import Digest, digest
from companion.notices.kept import noticed
from companion.notices.passing import Show
from companion.notices.server import Server
from companion.notices.types import Cause, Decision, Happened, Judged, Notice, NoticesError, Semantics
from companion.notices.watching import PART
from index import notices as rows
from index.notices import HeldNotice
from index.store import Store
from index.types import VaultError
from index.writer import Writer

ACTION = "Show"
SHOWN_HERE = "The digest is shown by Companion itself. {}"
WAITS = "What was held is told once the desktop, or a window of Companion, can show it. {}"
NO_TEXT = "Nothing of what it said was kept. Look in {} itself."
HELD_BACK = "Do-not-disturb keeps back what is shown now. Turn it off, and open it again."
OPENED = "Shown because you opened it."
Offer = Callable[[Digest], bool | None]
_At = tuple[str, int | None]  # which run of which daemon, and its number


class Telling:
    """Makes digests and shows them, on the thread that waits for the vault.

    What is held is put into a digest in one change; the digest counts as told once the daemon took it. A crash between
    leaves it to `tell` at the next start: the same digest, with the same notices.

    There is one message at a time: a digest that nobody has answered goes into the next.

    Parameters
    ----------
    offer
        Is handed a digest when the person chooses to see it, and where the desktop cannot show its message. Returns
        False where nobody can show it now.
    show
        Shows a notice in a window of our own; None where there is none.
    quiet
        Returns what is true of the desktop while its do-not-disturb is on, None while it is off.

    Attributes
    ----------
    waits
        The digest that nobody could show when `tell` was called last; None for none.

    """

    def __init__(
        self,
        writer: Writer,
        store: Store,
        server: Server,
        *,
        offer: Offer,
        show: Show | None,
        quiet: Callable[[], Semantics | None],
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._writer, self._store, self._server = writer, store, server
        self._offer, self._show, self._quiet, self._on_incident = offer, show, quiet, on_incident
        self.waits: Digest | None = None
        self._shown: dict[_At, Digest] = {}  # by where their message is
        self._refused = ""  # why nobody could show one, as it was said last
        self._said: set[int] = set()  # digests that were shown, while the vault has yet to take that down

    def gather(self) -> None:
        """Put all that is held into a new digest; raises `VaultError`."""
        self._writer.do(rows.gather).result()

    def tell(self) -> Digest | None:
        """Show what was not shown yet as one digest; returns it, None where it cannot be shown now (`waits`).

        Raises `VaultError`.
        """
        self.waits, new = None, rows.untold(self._store)
        if not new:
            return None
        number = new[-1] if self._said.issuperset(new) else self._say(new)
        if not number:
            return None
        self._said.add(number)
        self._writer.do(rows.told, number).result()
        self._said.discard(number)
        return self.made(number)

    def hand_over(self) -> None:
        """Offer all that nobody has answered; where nobody can show it, its message stays, and counts as answered.

        Raises `VaultError`.
        """
        self.gather()
        standing, new = dict(self._shown), rows.untold(self._store)
        numbers = sorted({*new, *(shown.number for shown in standing.values())})
        if not numbers:
            return
        if self._offer(self._together(numbers)) is False:
            self.tell()
            return
        for number in new:
            self._writer.do(rows.told, number).result()
        self._take_down(standing)

    def looked_at(self, seen: Digest) -> None:
        """Take in that the person has a digest before them: its message goes, and nobody is told of it again.

        Raises `VaultError`.
        """
        numbers = {one.number for one in seen.notices}
        read = {at: one for at, one in self._shown.items() if numbers.issuperset(each.number for each in one.notices)}
        self._take_down(read)
        for new in rows.untold(self._store):
            if numbers.issuperset(one.number for one in rows.of_digest(self._store, new)):
                self._writer.do(rows.told, new).result()

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

    def _together(self, numbers: Sequence[int]) -> Digest:
        """Return several digests, in rising order, as the last of them."""
        return digest(numbers[-1], [one for number in numbers for one in rows.of_digest(self._store, number)])

    def again(self, one: HeldNotice) -> bool:
        """Show an original again: its daemon's own, with its actions, where it has it still and shows it now.

        Else what was kept of what it said, as what is seen while do-not-disturb is on, where that is on. Returns
        whether it is the original. Raises `NoticesError`.
        """
        if self._server.again(one.daemon, one.daemon_id, at_once=True):
            return True
        program = one.app or one.desktop_entry
        if not (one.summary or one.body):
            raise NoticesError(NO_TEXT.format(program or "its program"))
        quiet = self._quiet()
        if quiet is None or quiet.critical_passes:
            self._server.repeat(program, one.summary, one.body, critical=quiet is not None)
        elif self._show is None or not self._show(Judged(noticed(one), Decision.PASS, why=OPENED)):
            raise NoticesError(HELD_BACK)
        return False

    def original(self, one: Notice) -> bool:
        """Show the original of one that passed, where its daemon has it and shows it now; returns whether it does.

        Raises `NoticesError`.
        """
        return self._server.again(one.daemon, one.daemon_id, at_once=True)

    def _say(self, new: Sequence[int]) -> int:
        """Show digests, and those whose message stands, as one; returns its number, 0 where nobody shows it."""
        quiet = self._quiet()
        if quiet is not None and not (quiet.replays or quiet.keeps):  # the desktop would drop it
            self.waits = self._together(new)
            return 0
        standing = dict(self._shown)
        together = {*new, *(shown.number for shown in standing.values())}
        if len(together) > 1:
            self._writer.do(rows.merge, sorted(together)).result()
            self._take_down(standing)
        made = self.made(max(together))
        try:
            self._shown[self._server.say(made.summary, made.body, action=ACTION)] = made
        except NoticesError as error:
            return made.number if self._say_here(made, error) else 0
        return made.number

    def _say_here(self, made: Digest, why: NoticesError) -> bool:
        """Show a digest by a window of our own; returns whether there is one."""
        shown, sentence = self._offer(made) is not False, str(why)
        if shown:
            self._on_incident(PART, SHOWN_HERE.format(sentence))
        elif sentence != self._refused:
            self._on_incident(PART, WAITS.format(sentence))
        self.waits, self._refused = (None, "") if shown else (made, sentence)
        return shown

    def _take_down(self, standing: dict[_At, Digest]) -> list[int]:
        """Close the messages of some digests; returns the digests."""
        self._shown = {at: shown for at, shown in self._shown.items() if at not in standing}
        with suppress(NoticesError):  # the desktop is gone, and they with it
            self._server.close(self._server.standing(standing))
        numbers = {shown.number for shown in standing.values()}
        self._said -= numbers
        return sorted(numbers)
