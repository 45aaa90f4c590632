"""Do-not-disturb and notices together, on a real dunst: what ends them loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from deep_parts import SETTINGS, NoGuard, Watch
from desktop import wait_until
from notices_desk import NoticesDesk, notices_desk

from companion.deep_work import deep_quiet
from companion.deep_work.choices import Chosen
from companion.deep_work.consequences import DeepWork
from companion.deep_work.focusing import Focusing
from companion.deep_work.front import Front
from companion.focus.watch import FocusWatch
from companion.notices.digest import Digest
from companion.quiet.keeping import Keeping
from companion.settings import Settings
from index import notices as rows
from index.store import Store
from index.writer import Writer


@dataclass
class Together:
    desk: NoticesDesk
    focusing: Focusing
    watch: Watch
    front: Front
    offered: list[Digest]

    def hold(self, summary: str) -> None:
        """Let focus begin, and one notification come."""
        self.watch.say(deep=True)
        wait_until(lambda: self.desk.dunst.get("paused") and self.desk.notices.snapshot().focused, "do-not-disturb")
        before = self.desk.notices.snapshot().held
        self.desk.program.notify(summary)
        wait_until(lambda: self.desk.notices.snapshot().held == before + 1, "it to be held")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.quiet.keeping.Guard", NoGuard)
    monkeypatch.setattr(deep_quiet, "LOOK_SECONDS", 0.05)


@contextmanager
def together(writer: Writer, store: Store, folder: Path) -> Iterator[Together]:
    front, watch, offered = Front(), Watch(), list[Digest]()
    with notices_desk(writer, store, show=front.show, offer=front.offer, start=False) as desk:
        front.shown_by(lambda _: True, offered.append)

        def note(_part: str, what: str) -> None:
            desk.incidents.append(what)

        def make(settings: Settings) -> DeepWork:
            return DeepWork(
                watch=cast("FocusWatch", watch),
                make_keeping=lambda changed: Keeping(folder, environ=desk.environ, on_incident=note, on_change=changed),
                notices=desk.notices,
                front=front,
                store=store,
                chosen=Chosen(settings),
                on_incident=note,
                clock=lambda: 0.0,
            )

        focusing = Focusing(make, on_incident=note)
        try:
            focusing.apply(SETTINGS).result(20.0)
            yield Together(desk, focusing, watch, front, offered)
        finally:
            focusing.stop()


def test_who_switches_focus_off_in_its_midst_is_shown_what_was_held(
    writer: Writer, store: Store, tmp_path: Path
) -> None:
    with together(writer, store, tmp_path / "state") as made:
        made.hold("letter")
        made.watch.say(deep=False)
        wait_until(lambda: made.desk.dunst.popped == 1, "the digest")
        made.hold("letter two")
        made.focusing.apply(Settings(follow_focus=False)).result(60.0)
        assert not made.desk.dunst.get("paused")
        assert made.desk.dunst.popped == 0
        (offered,) = made.offered
        assert [one.summary for one in offered.notices] == ["letter two", "letter"]
        assert not rows.are_untold(store)
        assert not made.desk.incidents


def test_while_recording_is_paused_do_not_disturb_is_off_and_begins_again_after_it(
    writer: Writer, store: Store, tmp_path: Path
) -> None:
    with together(writer, store, tmp_path / "state") as made:
        made.hold("letter")
        made.desk.recorded[0] = False
        made.desk.program.notify("meanwhile")
        wait_until(lambda: made.desk.dunst.popped == 2, "the digest, and what came meanwhile")
        assert not made.desk.dunst.get("paused")
        assert made.focusing.deep_work is not None
        assert deep_quiet.NOT_KEPT in made.focusing.deep_work.state().sentence
        assert [one.summary for one in rows.between(store, 0.0, 1e12)] == ["letter"]
        made.desk.recorded[0] = True
        made.hold("letter two")
        assert not made.desk.incidents
