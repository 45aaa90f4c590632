"""The send guard as the settings have it: begun, ended and begun anew while the program runs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from companion.capture.types import Trigger
from companion.sending.choices import send_settings
from companion.sending.port import Guarding, Judged
from companion.sending.types import Draft, HeldMail, SendingError, SendSettings, State
from companion.settings import Settings
from index.types import VaultError

if TYPE_CHECKING:
    from companion.sending.guard import SendGuard
    from companion.sending.senses import Senses

T = TypeVar("T")

PART = "mail"
OFF, SERVES = "Mails are not held.", "Mails that you write in agitation are held."
NO_ACCOUNT = "Only Thunderbird's add-on is served: for other mail programs, add an account to the settings."
SWITCHED_OFF = "The send guard is off. Switch it on in the settings of Companion, under mail."
NOT_NOW = "Companion is just starting or closing."
NONE_WAITS = "No mail waits."
CLOSING = "Companion is closing."
TYPING_UNKNOWN = "How you typed could not be looked up: {}"
A_FAULT = "Companion made a mistake ({}: {}). Restart it; please report this if it stays."


class MailGuard:
    """Has a `SendGuard` while the person wants one, and as long as a mail waits.

    Satisfies `companion.sending.port.SendingPort` and `companion.capture.attended.Attended`.

    Parameters
    ----------
    folder
        Where mails wait.
    make
        Makes the guard for some settings; it is not started.
    senses
        What is known of the person.
    on_incident
        Takes a part and a sentence.

    """

    def __init__(
        self,
        folder: Path,
        make: Callable[[SendSettings], SendGuard],
        *,
        senses: Senses,
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._folder, self._make = folder, make
        self._senses, self._on_incident = senses, on_incident
        self._guard: SendGuard | None = None
        self._wanted = SendSettings()
        self._used: SendSettings | None = None  # what it goes by; None where it could not
        self._problem = ""
        self._turn = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail guard")  # a server may take seconds

    def apply(self, settings: Settings) -> Future[None]:
        """Begin, go on by other settings, or end; done soon. What failed before is tried again."""
        return self._turn.submit(self._apply, settings)

    def stop(self) -> None:
        """Serve nobody any more; what waits stays on disk."""
        self._turn.submit(self._end).result()
        self._turn.shutdown()

    def forgotten(self) -> None:
        """Let go of what is in memory of the person's last minutes."""
        self._senses.forget()

    def happened(self, trigger: Trigger, time: float) -> None:
        """Take in what the hands did at ``time`` (monotonic)."""
        self._senses.happened(trigger, time)

    def window(self, app: str, url: str, time: float) -> None:
        """Take in what the attention is on."""
        self._senses.window(app, url, time)

    def state(self) -> Guarding:
        """Return how it stands now."""
        guard, on, problem = self._guard, self._wanted.on, self._problem
        held = () if guard is None else guard.held()
        serves = guard is not None and guard.runs and bool(guard.settings.accounts)
        return Guarding(on, serves, problem, held, told(held, on=on, serves=serves, problem=problem))

    def judge(self, draft: Draft) -> Judged:
        """Return whether a mail should wait that a mail program is about to send; raises `SendingError`."""
        guard = self._guard
        if guard is None or not guard.settings.on:
            raise SendingError(self._problem or (NOT_NOW if self._wanted.on else SWITCHED_OFF))
        verdict = guard.judge(draft)
        return Judged(verdict.hold, guard.settings.hold_seconds, verdict.why)

    def send_now(self, mail: str) -> Future[None]:
        """Send a mail; see `SendGuard.send_now`, whose errors are the future's."""
        return self._errand(lambda guard: guard.send_now(mail))

    def later(self, mail: str, seconds: float) -> Future[None]:
        """Let a mail that waits go so many seconds from now; see `SendGuard.later`."""
        return self._errand(lambda guard: guard.later(mail, seconds))

    def take_back(self, mail: str, into: Path) -> Future[Path]:
        """Write a mail to a file for editing, and let it wait no more; see `SendGuard.take_back`."""
        return self._errand(lambda guard: guard.take_back(mail, into))

    def drop(self, mail: str) -> Future[None]:
        """Let a mail wait no more without sending it; see `SendGuard.drop`."""
        return self._errand(lambda guard: guard.drop(mail))

    def _errand(self, call: Callable[[SendGuard], T]) -> Future[T]:
        """Make a call on the guard's own thread."""
        try:
            return self._turn.submit(self._called, call)
        except RuntimeError:  # it is shut down
            refused: Future[T] = Future()
            refused.set_exception(SendingError(CLOSING))
            return refused

    def _called(self, call: Callable[[SendGuard], T]) -> T:
        if self._guard is None:
            raise SendingError(NONE_WAITS)
        return call(self._guard)

    def _apply(self, settings: Settings) -> None:
        try:
            self._follow(settings)
        except Exception as error:  # nobody waits for what this raises
            self._failed(SendingError(A_FAULT.format(type(error).__name__, error)))
            raise

    def _follow(self, settings: Settings) -> None:
        self._sense(settings)
        try:
            self._wanted = send_settings(settings)
        except SendingError as error:  # only the windows' own check came before
            self._failed(error)
            return
        if self._wanted == self._used:
            return  # connections of mail programs are not broken for another choice
        if self._guard is None and not (self._wanted.on or self._folder.exists()):
            return
        try:
            self._go_by(self._wanted)
        except SendingError as error:
            self._failed(error)
            self._send_at_least()
        else:
            self._used, self._problem = self._wanted, ""

    def _go_by(self, chosen: SendSettings) -> None:
        """Have the guard run by these settings; raises `SendingError`."""
        if self._guard is None:
            self._guard = self._make(chosen)
            self._guard.start()
        else:
            self._guard.apply(chosen)

    def _send_at_least(self) -> None:
        """Where mail programs cannot be served, mails that wait are still shown and sent."""
        if self._guard is not None and self._guard.runs:
            return  # by the settings of before
        try:
            self._go_by(replace(self._wanted, on=False))
        except SendingError as error:
            if str(error) != self._problem:
                self._on_incident(PART, f"Mails that wait cannot be sent either: {error}")

    def _failed(self, error: SendingError) -> None:
        self._used, self._problem = None, str(error)
        self._on_incident(PART, f"Outgoing mail is not guarded as you chose: {error}")

    def _sense(self, settings: Settings) -> None:
        try:
            self._senses.apply(settings)
        except VaultError as error:
            self._on_incident(PART, TYPING_UNKNOWN.format(error))

    def _end(self) -> None:
        self._senses.stop()
        guard, self._guard = self._guard, None
        if guard is not None:
            guard.stop()


def told(held: tuple[HeldMail, ...], *, on: bool, serves: bool, problem: str) -> str:
    """Say in a sentence or two how it stands, without a word of any mail."""
    asked = sum(mail.state is State.UNSURE for mail in held)
    waiting = f"{len(held)} mail{' waits' if len(held) == 1 else 's wait'}." if held else ""
    question = f"Of {asked} it is not known whether {'it was' if asked == 1 else 'they were'} sent." if asked else ""
    how = SERVES if serves else "" if problem else NO_ACCOUNT if on else OFF
    wrong = f"{'Not as you chose' if serves else 'Mail programs are not served'}: {problem}" if problem else ""
    return " ".join(filter(None, (how, wrong, waiting, question)))
