"""Handing one mail to the server so that it is neither lost nor sent twice, wherever this is broken off.

The end of a mail's data is what makes a server take it. Before it goes out the mail is marked as being sent, safe on
disk; after the server's yes it is marked as sent before anything else. Between the two nobody but the server knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from companion.sending.queue import Queue
from companion.sending.replies import Reply
from companion.sending.types import OnIncident, SendingError, State
from companion.sending.upstream import UnsureError, Upstream

ENDS_EARLY = (
    "A line of this mail is a single dot after half a line break, where some servers end a mail (RFC 5321, 2.3.8): "
    "take that line out."
)


class WithdrawnError(Exception):
    """The person took the mail back, dropped it or put it off in the last moment; the server has nothing of it."""


def hand_over(
    queue: Queue, mail: str, content: bytes, upstream: Upstream, *, before: State, on_incident: OnIncident
) -> Reply:
    """Deliver a mail in state ``before`` whose sender and recipients the server has accepted; return its answer.

    After a yes it is in `State.SENT`; after a no in ``before`` or in `State.SENDING`, and the caller decides what
    becomes of it. Raises `UnsureError` once it is in `State.UNSURE`; `LostError`, `WithdrawnError` and `SendingError`
    with nothing sent.
    """

    def last_moment() -> None:
        if not queue.set_out(mail, before):
            raise WithdrawnError

    try:
        reply = upstream.deliver(content, last_moment=last_moment)
    except UnsureError:
        with _telling(on_incident):
            queue.leave_to_person(mail)
        raise
    except BaseException:
        upstream.close()  # before the end of the data: the server drops what it has
        raise
    if reply.accepted:
        with _telling(on_incident):
            queue.settle(mail, State.SENDING, State.SENT)
    return reply


@contextmanager
def _telling(on_incident: OnIncident) -> Iterator[None]:
    """Go on where the disk does not take a mark: the queue tries again, and after a restart the person is asked."""
    try:
        yield
    except SendingError as error:
        on_incident("mail", f"It could not be written down what became of a mail: {error}")
