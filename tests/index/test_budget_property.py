"""Whatever is written, forgotten or made smaller in whatever order: the folder never exceeds its budget.

And nothing is refused while something may still go.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from filling import T0, unit
from folder_watch import total, watched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from index import changes
from index.forgetting import forgetting, least_valuable, wish
from index.forgetting.budget import Kind, Limits, NoRoomError, size_of
from index.forgetting.forgetting import OfBrain
from index.forgetting.least_valuable import Thing
from index.forgetting.wish import Wish
from index.keys.keys import Keys
from index.keys.sealed_file import SealedFile
from index.keys.sealing import OVERHEAD
from index.signals.bdf import BdfAppender
from index.store import Store
from index.types import Filters, NewMoment
from index.vault import Vault
from index.writer import Writer

BUDGETS = (
    Limits(whole=6_000_000, frames=1_500_000, eeg=700_000, newest=30.0),
    Limits(whole=2_500_000, newest=30.0),  # all kinds share what there is
)
BRAIN = OfBrain(spaces=("state:*", "shared:*"), parts=("headset",))
CH_NAMES, SFREQ = ("TP9", "AF7", "AF8", "TP10"), 256.0
STEPS = ("picture", "words", "blob", "vectors", "eeg", "eeg", "file", "learn", "forget", "begin", "brain")


class History:
    """A vault and what is done to it."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.vault, self.limits = Vault(root, Keys.random()), limits
        self.vault.ledger.limits = limits
        self.writer = Writer(self.vault, clock=lambda: T0)
        self.rng = np.random.default_rng(0)
        self.time = T0
        self.moments: list[int] = []
        self.recordings = 0
        self.refused = 0

    def do(self, step: str, size: int) -> None:
        self.time += 20.0
        try:
            getattr(self, step)(size)
        except NoRoomError as short:
            self.refused += 1
            self._nothing_may_go(short.kind)

    def picture(self, size: int) -> None:
        image = self.rng.integers(0, 255, (40 + 20 * size, 300, 3), dtype=np.uint8)
        self._moment(image)

    def words(self, size: int) -> None:
        moment = self._moment(None)
        words = " ".join(f"w{number}" for number in self.rng.integers(0, 10**9, 40 * size))
        self.writer.do(changes.put_text, moment, words).result()

    def blob(self, size: int) -> None:
        data = self.rng.bytes(6_000 * size)
        self.writer.do(changes.put_features, self._moment(None), "kind", 1.0, data).result()

    def vectors(self, size: int) -> None:
        self.writer.do(changes.put_space, "state:x", model="m", dimension=64, time=T0).result()
        made = {moment: unit(self.rng.normal(size=(size, 64))) for moment in self.moments[-20:] if self._there(moment)}
        self.writer.do(changes.put_vectors, "state:x", made).result()

    def eeg(self, size: int) -> None:
        start, path = self.time, self.vault.eeg / f"{self.recordings}.bdf"
        self.recordings += 1
        named = {"ch_names": CH_NAMES, "sfreq": SFREQ, "time_start": start, "device": "d"}
        file = BdfAppender(path, sealer=self.vault.keys.eeg, ledger=self.vault.ledger, **named)
        name = changes.relative(self.vault, path)
        known = {key: value for key, value in named.items() if key != "time_start"}
        try:
            self.writer.do(changes.open_recording, name, source="s", time_start=start, **known).result()
            for _ in range(size):
                file.append(self.rng.normal(0, 20, (4, 2560)))
                self.time += 2560 / SFREQ
            file.close()
        finally:
            if file._file is not None:  # what was refused is let go
                file._file.close()
            self.writer.do(changes.extend_recording, name, file.samples, closed=True).result()

    def file(self, size: int) -> None:
        place = self.vault.root / "learning"
        place.mkdir(exist_ok=True)
        SealedFile(place / "checkpoint", self.vault).write(self.rng.bytes(60_000 * size))

    def learn(self, size: int) -> None:
        """Let another process, which asks nobody, learn within what was asked for, and record meanwhile."""
        folder, most = self.vault.root / "learning", 2 * (30_000 * size + OVERHEAD)
        folder.mkdir(exist_ok=True)
        theirs = SealedFile(folder / "checkpoint", Vault(self.vault.root, self.vault.keys))
        with self.vault.ledger.room(folder, max(0, most - size_of(folder))):
            for path in folder.iterdir():
                path.unlink()  # of a round before
            for _ in range(2):
                theirs.write(self.rng.bytes(30_000 * size))
                self.picture(size)

    def forget(self, size: int) -> None:
        self._forget(Wish(Filters(since=T0, until=self.time - 400.0 / size)))

    def brain(self, _: int) -> None:
        self._forget(Wish(brain=True))

    def begin(self, _: int) -> None:
        """Begin the program anew."""
        self.writer.close()
        self.writer = Writer(self.vault, clock=lambda: T0)
        self._measured()

    def _nothing_may_go(self, kind: Kind) -> None:
        """Look for what should have gone before anything was refused: of its own kind, or anything at all."""
        kinds: dict[Kind, Callable[[Database], list[Thing]]] = {
            Kind.FRAMES: lambda db: least_valuable.pictured(db, 1, self.limits.newest),
            Kind.EEG: lambda db: least_valuable.recordings(db, 1),
            Kind.DATABASE: lambda db: least_valuable.moments(db, 1, self.limits.newest),
        }
        for each in [kind] if kind in (Kind.FRAMES, Kind.EEG) else kinds:
            assert self.writer.do(kinds[each]).result() == [], f"{kind} was refused"

    def _measured(self) -> None:
        """The account that was kept is no less than what is there."""
        assert total(self.vault.root) <= sum(self.vault.ledger.used().values())

    def _moment(self, image: object) -> int:
        new = NewMoment(self.time, self.time, "app", f"title {self.time}")
        moment = self.writer.do(changes.open_moment, self.vault, new, image).result()
        self.writer.do(changes.close_moment, moment, self.time + 15).result()
        self.moments.append(moment)
        return moment

    def _there(self, moment: int) -> bool:
        sql = "SELECT 1 FROM moments WHERE id = ?"
        return self.writer.do(lambda db: db.execute(sql, [moment]).fetchone()).result() is not None

    def _forget(self, wished: Wish) -> None:
        store = Store(self.vault)
        try:
            forgetting.begin(self.writer, wish.plan(store, wished), time=self.time)
            forgetting.finish(self.writer, store, brain=BRAIN)
        finally:
            store.close()


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(BUDGETS), st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 10)), min_size=15, max_size=40)
)
def test_the_folder_never_exceeds_its_budget(limits: Limits, steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, watched(Path(folder)) as most:
        history = History(Path(folder) / "vault", limits)
        try:
            for step, size in steps:
                history.do(step, size)
                history._measured()
                assert total(history.vault.root) <= limits.whole
                used = history.vault.ledger.used()
                assert used[Kind.FRAMES] <= (limits.frames or limits.whole)
                assert used[Kind.EEG] <= (limits.eeg or limits.whole)
        finally:
            history.writer.close()
    assert 0 < most[0] <= limits.whole
