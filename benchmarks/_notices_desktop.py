"""Notifications through a real daemon: dunst under Xvfb, on a bus of its own."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / place) for place in ("companion/notices", "companion", ".")]

from dbus_fast import Message, Variant  # noqa: E402 after what lies beside the tests
from notices_desk import OF_DUNST, PATH, SERVER, Dunst, NoticesDesk, Program, notices_desk  # noqa: E402

from companion.notices.types import Notice  # noqa: E402
from companion.notices.wire import Original  # noqa: E402
from index import notices as rows  # noqa: E402
from index.keys.keys import Keys  # noqa: E402
from index.store import Store  # noqa: E402
from index.vault import Vault  # noqa: E402
from index.writer import Writer  # noqa: E402

DIGEST, OTHER = "digest", "other"
PROGRAMS = ("Mail", "Chat", "Builds", "News", "Calendar", "Shop", "Games")
CRITICAL_EVERY, CODE_EVERY = 100, 250
IN_FLIGHT = 2  # that wait for their numbers at once: a dunst of whom much more is asked stops answering
LOOKING_SECONDS = 5.0  # after focus, for what pops up
SEEN_SECONDS = 120.0
LISTED = 20


@dataclass(frozen=True, slots=True)
class Rate:
    """What was sent, how many of these were seen, how many twice, and the rate that was really kept."""

    sent: int
    seen: int
    doubled: int
    rate: float


@dataclass(frozen=True, slots=True)
class Through:
    """What became of notifications that were sent during focus.

    Attributes
    ----------
    lost, doubled
        Notices in neither the digest nor shown; in both, or twice in one of them.
    digests
        How many messages of a digest were on the screen after focus; one is right.
    popped
        How many other notifications were, or waited for it.
    passed
        Shown during focus, because they may never be held.
    wrongly_held
        Held though they may not be.
    seconds_to_end
        From the end of focus until the digest was shown.

    """

    sent: int
    lost: int
    doubled: int
    digests: int
    popped: int
    passed: int
    wrongly_held: int
    seconds_to_end: float
    incidents: tuple[str, ...]


@contextmanager
def _desk(seen: list[str] | None = None) -> Iterator[tuple[NoticesDesk, Store]]:
    """Yield a session; the summaries of what is judged are put into ``seen``."""
    with tempfile.TemporaryDirectory(prefix="companion-notices-") as folder:
        vault = Vault(Path(folder) / "vault", Keys.random())
        with Writer(vault) as writer, closing(Store(vault)) as store, notices_desk(writer, store, start=False) as desk:
            if seen is not None:
                _note_summaries(desk, seen)
            desk.notices.start()
            yield desk, store


def _note_summaries(desk: NoticesDesk, seen: list[str]) -> None:
    judging = desk.notices._judging  # noqa: SLF001 what it is handed is what was seen
    take = judging.take

    def noted(notice: Notice, original: Original) -> None:
        seen.append(notice.summary)
        take(notice, original)

    judging.take = noted


def at_rate(count: int, rate: float) -> Rate:
    """Send ``count`` notifications at ``rate`` a second, and look by name for each among what is seen."""
    seen = list[str]()
    with _desk(seen) as (desk, _):
        desk.dunst.pause(True)  # as it is during focus: it draws far fewer than that
        desk.program.notify_many(count, rate=rate)
        desk.seen(count, seconds=SEEN_SECONDS)
        desk.notices.stop()
        met = Counter(seen)
        names = {f"subject {i}" for i in range(count)}
        return Rate(count, sum(met[name] > 0 for name in names), met.total() - len(met), count / desk.program.took)


def through(count: int) -> Through:
    """Send ``count`` notifications during focus, end it, and see what became of each."""
    with _desk() as (desk, store):
        desk.dunst.pause(True)
        if not desk.notices.focus_began(OF_DUNST, "dunst"):
            raise RuntimeError(desk.notices.snapshot().limits)
        _send(desk.program, count)
        desk.seen(count, seconds=SEEN_SECONDS)
        begun = time.monotonic()
        desk.notices.focus_ended(lambda: desk.dunst.pause(False))
        ended = _digest_after(desk, begun)
        popped = _popped(desk.dunst)
        digest = desk.notices.snapshot().digest
        told = Counter(one.summary for one in digest.notices) if digest is not None else Counter[str]()
        shown = Counter(one.notice.summary for one in desk.shown)
        kept = Counter(one.summary for one in rows.between(store, 0.0, time.time() + 1.0))
        names = [_summary(i) for i in range(count)]
        met = told + shown
        return Through(
            sent=count,
            lost=sum(met[name] == 0 for name in names) + (told - kept).total(),
            doubled=met.total() - len(met),
            digests=popped[DIGEST],
            popped=popped.total() - popped[DIGEST],
            passed=shown.total(),
            wrongly_held=sum(told[name] for i, name in enumerate(names) if _is_never_held(i)),
            seconds_to_end=ended,
            incidents=tuple(desk.incidents[:5]),
        )


def _send(program: Program, count: int) -> None:
    async def send() -> None:
        room = asyncio.Semaphore(IN_FLIGHT)

        async def one(number: int) -> None:
            async with room:
                said = Message(SERVER, PATH, SERVER, "Notify", signature="susssasa{sv}i", body=_body(number))
                await program.caller.bus.call(said)

        await asyncio.gather(*(one(number) for number in range(count)))

    program.caller.thread.run(send())


def _body(number: int) -> list[object]:
    urgency = Variant("y", 2 if number % CRITICAL_EVERY == 0 else 1)
    text = f"Your verification code is {100_000 + number}" if number % CODE_EVERY == 1 else f"what it says {number}"
    app = PROGRAMS[number % len(PROGRAMS)]
    return [app, 0, "", _summary(number), text, ["default", "Open"], {"urgency": urgency}, -1]


def _summary(number: int) -> str:
    return f"from {chr(97 + number % 26)}{number}"


def _is_never_held(number: int) -> bool:
    return number % CRITICAL_EVERY == 0 or number % CODE_EVERY == 1


def _digest_after(desk: NoticesDesk, begun: float) -> float:
    """Return the seconds until the digest was made; -1 where none came."""
    while desk.notices.snapshot().digest is None:
        if time.monotonic() - begun > SEEN_SECONDS:
            return -1.0
        time.sleep(0.05)
    return time.monotonic() - begun


def _popped(dunst: Dunst) -> Counter[str]:
    """Return what came onto the screen, or waited for it, over some seconds: the digest, and others."""
    until, most, least_history = time.monotonic() + LOOKING_SECONDS, 0, Counter(dunst.history())
    while time.monotonic() < until:
        most = max(most, dunst.popped)
        time.sleep(0.01)
    shown = _closed_all(dunst, least_history)
    told = sum(one.startswith("While you were focused") for one in shown)
    if most > told:
        print("popped up after focus:", *shown[:LISTED], file=sys.stderr)
    return Counter({DIGEST: told, OTHER: most - told})


def _closed_all(dunst: Dunst, before: Counter[str]) -> list[str]:
    """Close what is on the screen, and return what it was: it is in the history then."""
    dunst.close_all()
    return [*(Counter(dunst.history()) - before).elements()]
