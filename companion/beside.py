"""What is put together beside recording, and only where the person wants it; its imports wait until then."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from companion.idle import touched_ago
from companion.settings import Settings
from companion.worker import Worker
from embeddings.types import EEGWindow
from index.store import Store
from index.writer import Writer

if TYPE_CHECKING:
    from companion.deep_work import DeepWork

Clock = Callable[[], float]  # UTC seconds since 1970
Note = Callable[[str, str], None]


def deep_work(
    last: Callable[[float], EEGWindow | None],
    settings: Settings,
    *,
    store: Store,
    writer: Writer,
    encoder: Worker,
    note: Note,
    clock: Clock,
) -> DeepWork:
    """Return what follows focus; ``last`` returns the newest seconds of a head's EEG."""
    from companion.deep_work import DeepWork
    from companion.focus.watch import FocusWatch
    from companion.focus_choices import Chosen
    from companion.front import Front
    from companion.notices.notices import Notices
    from companion.quiet.journal import usual_folder
    from companion.quiet.keeping import Keeping

    chosen = Chosen(settings)
    watch = FocusWatch(
        writer=writer,
        store=store,
        encoder=encoder,
        last=last,
        idle=touched_ago(),
        on_incident=note,
        rules=chosen.rules,
        clock=clock,
    )
    front = Front()
    notices = Notices(
        writer,
        store,
        os.environ,
        choices=lambda: chosen.choices,
        show=front.show,
        offer=front.offer,
        on_incident=note,
        clock=clock,
    )

    def keeping(on_change: Callable[[], None]) -> Keeping:
        return Keeping(usual_folder(), on_incident=note, on_change=on_change, clock=clock)

    return DeepWork(
        watch=watch, make_keeping=keeping, notices=notices, front=front, store=store, chosen=chosen, clock=clock
    )
