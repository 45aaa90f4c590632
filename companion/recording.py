"""What is recorded from in this run: the screen's keeper, and what was consented to."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial

from companion.brain import board
from companion.brain.types import BoardSpec
from companion.capture.attended import NOBODY, Attended, WindowsAlone
from companion.capture.choose import choose
from companion.capture.password_places import PasswordPlaces
from companion.capture.privacy import Rules
from companion.capture.types import FrameSource
from companion.clearing.masked_moments import Clear
from companion.clearing.remote_reading import RemoteReader
from companion.jobs.worker import Worker
from companion.keeper import Keeper, Keeping
from companion.looks import KEPT_SECONDS, Looks
from companion.settings import Settings
from index import changes
from index.types import Look, VaultError
from index.writer import Writer

SCREEN = "screen"

Clock = Callable[[], float]  # UTC seconds since 1970
Note = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Consents:
    """What of the screen is recorded."""

    pictures: bool
    text: bool
    addresses: bool
    hands: bool
    typed: bool


@dataclass(frozen=True, slots=True)
class ThisRun:
    """What the command line chose in place of the settings, and what goes from one source to the next.

    ``passwords``: a field that was a password field before the settings changed, or before a pause, is one afterwards.
    """

    board_name: str | None
    frames: str | None
    passwords: PasswordPlaces = field(default_factory=PasswordPlaces, compare=False)

    def check(self, settings: Settings) -> None:
        """Say a name that is wrong before anything is opened."""
        if self.board_name is not None:
            spec(self.board_name, settings)
        if self.frames is not None:
            source(self.frames, settings, self.consents(settings))

    def board_of(self, settings: Settings) -> str:
        """Return which headset is followed."""
        if self.board_name is not None:
            return self.board_name
        return settings.board if settings.consent_eeg else "none"

    def frames_of(self, settings: Settings) -> str | None:
        """Return what is looked at, None for nothing."""
        return self.frames or (SCREEN if settings.looks_at_windows else None)

    def consents(self, settings: Settings) -> Consents:
        """Return what of the screen is recorded; naming the screen on the command line is consent to what it shows."""
        named = self.frames == SCREEN
        return Consents(
            pictures=settings.consent_screen or named,
            text=settings.consent_text or named,
            addresses=settings.consent_urls,
            hands=settings.consent_input,
            typed=settings.consent_keys,
        )


def keeper(  # the settings come last, from whoever was given the rest
    run: ThisRun,
    settings: Settings,
    attended: Attended = NOBODY,
    *,
    moments: Keeping,
    reader: Worker,
    looks: Looks,
    clock: Clock,
    note: Note,
) -> Keeper | None:
    """Return what follows the screen or a replay, None where nothing is to be looked at.

    What the reader remembers of what it read goes first: it may be of what was left out, forgotten or withdrawn since.
    """
    if reader.pid is not None:
        reader.submit("forget", urgent=True)
    frames = run.frames_of(settings)
    if frames is None:
        return None
    consents = run.consents(settings)
    return Keeper(
        make_source=lambda: source(frames, settings, consents, attended, run.passwords),
        moments=moments,
        clock=clock,
        on_incident=note,
        looks=looks,
        make_clear=partial(_clear, reader, consents) if frames == SCREEN else None,
    )


def _clear(reader: Worker, consents: Consents, on_problem: Callable[[str], None]) -> Clear:
    from companion.clearing.frames import Clearing, Wanted  # its patterns take a while, and the tray icon does not wait

    wanted = Wanted(consents.text, consents.addresses, consents.hands, consents.typed)
    return Clearing(RemoteReader(reader), wanted=wanted, on_problem=on_problem)


def put_looks(writer: Writer, note: Note, looks: Sequence[Look]) -> Future[None]:
    """Have looks written down, without waiting. A refusal is for `Looks` to see: whoever stores moments tells of it."""

    def settle(future: Future[None]) -> None:
        error = future.exception()
        if error is not None and not isinstance(error, VaultError):
            note("capture", f"What came of {len(looks)} looks at the screen could not be noted: {error}")

    written = writer.do(changes.put_looks, looks, keep_seconds=KEPT_SECONDS)
    written.add_done_callback(settle)
    return written


def rules(settings: Settings) -> Rules:
    """Return what is never looked at."""
    return Rules(
        exclude_apps=settings.exclude_apps,
        exclude_titles=settings.exclude_titles,
        exclude_sites=settings.exclude_sites,
        own_pids=frozenset({os.getpid()}),
    )


def source(
    frames: str,
    settings: Settings,
    consents: Consents,
    attended: Attended = NOBODY,
    passwords: PasswordPlaces | None = None,
) -> FrameSource:
    """Return where frames come from; raises `CaptureError`."""
    return choose(
        frames,
        rules(settings),
        pictures=consents.pictures,
        listen=consents.hands,
        typed=consents.typed,
        passwords=passwords,
        attended=attended if consents.hands else WindowsAlone(attended),
    )


def spec(name: str, settings: Settings) -> BoardSpec:
    """Return which headset a name means; raises `BoardError`."""
    return board.parse(name, settings.board_params)
