"""What was held and never told of, where focus is not followed any more: shown by a window, not by the desktop.

A message of the desktop would outlive whoever listens for its "Show".
"""

from __future__ import annotations

from companion.deep_work.port import Offer
from companion.notices.digest import digest
from index import notices as rows
from index.store import Store
from index.writer import Writer


def tell_left(writer: Writer, store: Store, offer: Offer) -> None:
    """Offer all of it as one digest, where there is any. Raises `VaultError`."""
    if not rows.are_untold(store):
        return
    writer.do(rows.gather).result()
    made = rows.untold(store)
    offer(digest(made[-1], [one for number in made for one in rows.of_digest(store, number)]))
    for number in made:
        writer.do(rows.told, number).result()
