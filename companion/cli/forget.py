"""``companion forget``: take moments, a stretch of time, all EEG, or everything out of the vault, for good."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from companion import forgetting
from companion import settings as settings_file
from companion.cli import opening, options
from companion.cli.codes import DONE, NO
from companion.locked.merging import merge_all
from companion.recover import finish_forgetting, recover
from companion.sending import leftover
from companion.wording import clock_time, counted, duration
from index.forgetting import wish
from index.forgetting.budget import size_of
from index.forgetting.wish import Plan, Wish
from index.keys import mail_files
from index.store import Store
from index.types import Filters, VaultError
from index.vault import Vault
from index.writer import Writer

REALLY = "Forget it for good?"
SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
REWRITTEN_A_SECOND, LONG_SECONDS = 30_000_000, 20.0  # bytes of the database; when it is worth saying
LEARNED = "What was learned from the EEG that goes cannot be unlearned; `companion forget --brain` takes it away too."

NOTICES = (
    "What was learned of your notifications since then goes too: it will be as it was on the last day before that, or "
    "begin anew."
)


class Length(click.ParamType[float]):
    """A length of time: ``30m``, ``2h``, ``90s``, ``1d``."""

    name = "LENGTH"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        number, unit = value[:-1], value[-1:]
        if not number.isdecimal() or unit not in SECONDS or not int(number):
            self.fail(f"{value!r} is no length of time: write 30m, 2h, 90s or 1d.", param, ctx)
        return int(number) * SECONDS[unit]


@dataclass(frozen=True, slots=True)
class Told:
    """What goes or went, as it is shown."""

    moments: int
    frames: int
    eeg_seconds: float
    time_start: float | None
    time_end: float | None
    notices: int = 0  # that were held
    brain: bool = False
    everything: bool = False
    forgotten: bool = False


@click.command()
@click.option("--last", type=Length(), help="The last stretch of time, such as 30m, 2h or 1d.")
@click.option("--since", type=options.Moment(), help="From this time on.")
@click.option("--until", type=options.Moment(), help="Up to this time.")
@click.option("--app", default="", help="Everything in this program.")
@click.option("--site", default="", help="Everything on this site, such as example.org.")
@click.option("--tag", default="", help="Everything with this tag.")
@click.option(
    "--moment", "moments", type=options.NUMBER, multiple=True, metavar="N", help="One moment; may be given repeatedly."
)
@click.option("--brain", is_flag=True, help="All EEG and everything that was made from it.")
@click.option("--everything", is_flag=True, help="The whole vault with its keys.")
@click.option("--unsent-mails", is_flag=True, help="With --everything: mails that wait to be sent go too, unsent.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.vault
@options.as_json
def command(  # noqa: PLR0917 click passes by name
    last: float | None,
    since: float | None,
    until: float | None,
    app: str,
    site: str,
    tag: str,
    moments: tuple[int, ...],
    brain: bool,
    everything: bool,
    unsent_mails: bool,
    yes: bool,
    vault: Path | None,
    as_json: bool,
) -> int:
    """Take moments out of the vault for good: their text, pictures, vectors and EEG are in no file afterwards.

    Shows what will go and asks. Exits 1 when there is nothing to forget, or you say no.
    """
    now = time.time()
    filters = Filters(now - last if last else since, until, app, site, tag)
    _check(filters, last, since, moments, brain=brain, everything=everything)
    if unsent_mails and not everything:
        raise click.UsageError("--unsent-mails goes with --everything: nothing else takes mails along.")
    root = vault or settings_file.load().vault_path
    if everything:
        return _everything(root, unsent_mails=unsent_mails, yes=yes, as_json=as_json)
    wished = Wish(filters, moments, brain)
    with forgetting.opened_writer(opening.opened_to_write(root), ask=opening.passphrase) as writer:
        recover(writer, time=now)
        return _some(writer, wished, now, yes=yes, as_json=as_json)


def _check(
    filters: Filters,
    last: float | None,
    since: float | None,
    moments: tuple[int, ...],
    *,
    brain: bool,
    everything: bool,
) -> None:
    """Refuse what contradicts itself: nothing is forgotten by a slip."""
    if last and since is not None:
        raise click.UsageError("Say either --last or --since.")
    if filters.since is not None and filters.until is not None and filters.since >= filters.until:
        raise click.UsageError(f"--until must be later than --since or --last. {options.DAY}")
    chosen = [filters != Filters(), bool(moments), brain, everything]
    if sum(chosen) != 1:
        raise click.UsageError(
            "Say what to forget: a time, --app, --site or --tag (together: what is all of it), or --moment, or "
            "--brain, or --everything."
        )


def _some(writer: Writer, wished: Wish, now: float, *, yes: bool, as_json: bool) -> int:
    """Show, ask, forget."""
    store = Store(writer.vault)
    try:
        finish_forgetting(writer, store)
        merge_all(writer, time=now)
        plan = wish.plan(store, wished)
        told = _told(plan)
        if plan.empty:
            _say(told, "There is nothing of that in the vault.", as_json=as_json)
            return NO
        sentences = _sentence(told), _warning(plan), _patience(writer.vault)
        if not options.agreed(f"{' '.join(filter(None, sentences))}\n{REALLY}", yes=yes):
            return NO
        _forget(writer, store, plan, now)
    finally:
        store.close()
    done = replace(told, forgotten=True)
    _say(done, f"Forgotten: {_what(done)}.", as_json=as_json)
    return DONE


def _forget(writer: Writer, store: Store, plan: Plan, now: float) -> None:
    console = Console(stderr=True)
    columns = TextColumn("forgetting"), BarColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        bar = shown.add_task("", total=1.0)
        forgetting.forget(
            writer,
            store,
            plan,
            time=now,
            ask=opening.passphrase,
            progress=lambda share: shown.update(bar, completed=share),
        )


def _everything(root: Path, *, unsent_mails: bool, yes: bool, as_json: bool) -> int:
    """Delete the vault, locked or not."""
    vault = Vault(root)
    if not vault.key_file.exists():
        vault.require()
    mails = len(mail_files.unsent(vault.mails))
    if mails and not unsent_mails:
        raise VaultError(forgetting.unsent_told(vault))
    told = _counted(root)
    what = (
        f"The whole vault {root} goes, with its keys: {_what(told) if told else 'it is locked and cannot be counted'}."
    )
    what += (
        f" {counted(mails, 'mail')} that waited to be sent {'go' if mails > 1 else 'goes'} too, unsent."
        if mails
        else ""
    )
    if not options.agreed(f"{what} Nobody can bring it back.\n{REALLY}", yes=yes):
        return NO
    also = _forget_passwords(root) if mails or (vault.mails / leftover.FILE).exists() else ""
    left = forgetting.forget_everything(vault, unsent_mails=unsent_mails)
    told = replace(told or Told(0, 0, 0.0, None, None), everything=True, forgotten=True)
    also += f" Not Companion's, and left: {', '.join(left)}." if left else ""
    _say(told, f"The vault {root} is deleted.{also}", as_json=as_json)
    return DONE


def _forget_passwords(root: Path) -> str:
    """Take the passwords of mails that waited out of the keyring; return what to say where that cannot be."""
    from companion.sending.guard import forget_passwords
    from companion.sending.types import SendingError

    try:
        vault = opening.opened_to_write(root)
        forget_passwords(vault.mails, vault.keys.files, clock=time.time)
    except (VaultError, SendingError) as error:
        return f" Passwords of mails may be left in the keyring, as “companion mail”: remove them there ({error})."
    return ""


def _counted(root: Path) -> Told | None:
    """Return what is in a vault, None when it cannot be looked into: it can be deleted all the same."""
    try:
        store = Store(opening.opened_to_write(root))
    except VaultError:
        return None
    try:
        plan = wish.plan(store, Wish(Filters(since=float("-inf"))))
    except VaultError:
        return None
    finally:
        store.close()
    return _told(plan)


def _told(plan: Plan) -> Told:
    times = plan.time_start, plan.time_end
    return Told(len(plan.moments), plan.frames, plan.eeg_seconds, *times, len(plan.notices), brain=plan.brain)


def _sentence(told: Told) -> str:
    return f"This will go: {_what(told)}."


def _warning(plan: Plan) -> str:
    if plan.brain:
        return "The key of the EEG goes too, and all that was learned from it."
    return " ".join(
        sentence for sentence, goes in ((LEARNED, plan.eeg_seconds), (NOTICES, plan.learned is not None)) if goes
    )


def _patience(vault: Vault) -> str:
    """Return how long it will take, where that is long."""
    seconds = size_of(vault.database) / REWRITTEN_A_SECOND
    return f"At the end the database is written anew: about {duration(seconds)}." if seconds >= LONG_SECONDS else ""


def _what(told: Told) -> str:
    """Return what goes in words."""
    parts = [counted(told.moments, "moment")] if told.moments or not (told.brain or told.notices) else []
    parts += [counted(told.frames, "picture")] if told.frames else []
    parts += [f"{duration(told.eeg_seconds)} of EEG"] if told.eeg_seconds or told.brain else []
    parts += [counted(told.notices, "held notification")] if told.notices else []
    if told.time_start is None or told.time_end is None:
        return ", ".join(parts)
    return f"{', '.join(parts)}, from {clock_time(told.time_start)} to {clock_time(told.time_end)}"


def _say(told: Told, sentence: str, *, as_json: bool) -> None:
    print(json.dumps(asdict(told)) if as_json else sentence)
