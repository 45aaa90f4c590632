"""What is put together beside recording, and only where the person wants it; its imports wait until then."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from companion.idle import touched_ago
from companion.jobs.worker import Worker
from companion.settings import Settings
from embeddings.types import EEGWindow
from index.store import Store
from index.writer import Writer

if TYPE_CHECKING:
    from companion.deep_work.consequences import DeepWork
    from companion.feedback.room import Sources, TrainingRoom
    from companion.sending.guard import SendGuard
    from companion.sending.mail_guard import MailGuard
    from companion.sending.types import SendSettings

Clock = Callable[[], float]  # UTC seconds since 1970
Note = Callable[[str, str], None]
RESPONSE_SECONDS = 3.0  # from one look at the EEG to the next, for what it does after a notification


def deep_work(
    last: Callable[[float], EEGWindow | None],
    may_keep: Callable[[], bool],
    settings: Settings,
    *,
    store: Store,
    writer: Writer,
    encoder: Worker,
    note: Note,
    clock: Clock,
) -> DeepWork:
    """Return what follows focus.

    ``last`` returns the newest seconds of a head's EEG; ``may_keep``, whether anything may be taken down now.
    """
    from companion.deep_work.choices import Chosen
    from companion.deep_work.consequences import DeepWork
    from companion.deep_work.front import Front
    from companion.focus.watch import FocusWatch
    from companion.notices.notices import Notices
    from companion.notices.watching import PART
    from companion.quiet.choose import on_now
    from companion.quiet.journal import usual_folder
    from companion.quiet.keeping import Keeping
    from companion.tension import TensionWatch

    chosen = Chosen(settings)
    watch = FocusWatch(
        writer=writer,
        store=store,
        encoder=encoder,
        last=last,
        idle=touched_ago(),
        on_incident=note,
        rules=chosen.rules,
        chosen=chosen.kinds,
        hands=chosen.hands,
        clock=clock,
        may_keep=may_keep,
    )
    front = Front()
    notices = Notices(
        writer,
        store,
        os.environ,
        choices=lambda: chosen.choices,
        show=front.show,
        take_down=front.take_down,
        offer=front.offer,
        brain=TensionWatch(
            encoder=encoder, last=last, clock=clock, on_incident=note, every=RESPONSE_SECONDS, part=PART
        ),
        may_keep=may_keep,
        quiet=on_now,
        on_incident=note,
        clock=clock,
    )

    def keeping(on_change: Callable[[], None]) -> Keeping:
        return Keeping(usual_folder(), on_incident=note, on_change=on_change, clock=clock)

    return DeepWork(
        watch=watch,
        make_keeping=keeping,
        notices=notices,
        front=front,
        store=store,
        chosen=chosen,
        on_incident=note,
        clock=clock,
    )


def mail_guard(
    last: Callable[[float], EEGWindow | None],
    *,
    store: Store,
    writer: Writer,
    encoder: Worker,
    note: Note,
    clock: Clock,
) -> MailGuard:
    """Return what holds mails that were written in agitation; ``last`` as for `deep_work`."""
    from companion.sending.mail_guard import MailGuard
    from companion.sending.senses import Senses
    from companion.tension import TensionWatch

    def tension() -> TensionWatch:
        return TensionWatch(encoder=encoder, last=last, clock=clock, on_incident=note)

    vault, senses = writer.vault, Senses(store=store, make_tension=tension, clock=clock)

    def guard(chosen: SendSettings) -> SendGuard:
        from companion.sending.guard import SendGuard

        return SendGuard(
            vault.mails,
            vault.keys.files,
            chosen,
            signals=senses.signals,
            clock=clock,
            on_incident=note,
            ledger=vault.ledger,
        )

    return MailGuard(vault.mails, guard, senses=senses, on_incident=note)


def training(
    sources: Sources, made_up: Callable[[], bool], *, store: Store, writer: Writer, note: Note, clock: Clock
) -> TrainingRoom:
    """Return neurofeedback on whatever headset ``sources`` listen to; ``made_up`` says that it sends no EEG."""
    from companion.feedback.room import TrainingRoom

    return TrainingRoom(sources, store=store, writer=writer, on_incident=note, made_up=made_up, clock=clock)
