"""What the vault keeps of focus: history, the person's own words, their rest; and what follows from these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from companion.focus.brain import Rests
from companion.focus.chronicle import Chronicle
from companion.focus.following import Second
from companion.focus.person import LEARNED_SECONDS, Person, learn, pack
from companion.focus.types import Cause
from index import focus_history
from index.focus_history import Source, Span
from index.store import Store
from index.writer import Writer


class Memory:
    """Keeps and learns. Every method raises `VaultError` where the vault cannot be read or written.

    Parameters
    ----------
    clock
        UTC seconds since 1970.

    """

    def __init__(self, writer: Writer, store: Store, *, clock: Callable[[], float]) -> None:
        self._writer, self._store, self._clock = writer, store, clock
        self._chronicle = Chronicle(writer, clock=clock)

    def add(self, second: Second, seconds: float) -> None:
        """Take down what stands for the last ``seconds``; not where nobody was there, or nothing is known.

        In quiet hours nothing disturbs, whatever one does: that is no focus.
        """
        state = second.state
        deep = state.deep and state.cause is not Cause.QUIET_HOURS
        if not second.away and (deep or state.probability is not None):
            data = b"" if second.numbers is None else pack(second.numbers)
            self._chronicle.add(replace(state, deep=deep), seconds=seconds, said=second.said, data=data)

    def flush(self) -> None:
        """Write what was taken down."""
        self._chronicle.flush()

    def forget(self, start: float, end: float) -> None:
        """Let go of what is not written yet of a time (UTC seconds)."""
        self._chronicle.forget(start, end)

    def person(self) -> Person:
        """Return what is learned from all that the person said."""
        return learn(focus_history.labelled(self._store, self._clock() - LEARNED_SECONDS))

    def rests(self) -> Rests:
        """Return the person's rest, by electrodes."""
        return focus_history.rests(self._store)

    def label(self, span: Span, *, focused: bool, source: Source) -> int:
        """Keep that a time was focus, or was not; returns the label's number."""
        self.flush()
        put = focus_history.put_label
        return self._writer.do(put, span, focused=focused, source=source, time=self._clock()).result()

    def take_back(self, label: int) -> None:
        """Let go of a label."""
        self._writer.do(focus_history.take_back, label).result()

    def keep_rest(self, ch_names: tuple[str, ...], span: Span, rest: bytes) -> None:
        """Keep the person's rest with these electrodes, learned during ``span``."""
        self._writer.do(focus_history.put_rest, ch_names, span, rest).result()
