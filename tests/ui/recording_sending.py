"""A send guard that writes down what it is asked, and answers when told to."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

from recording_engine import NOW

from companion.sending.port import Guarding, Judged, SendingPort
from companion.sending.types import Draft, HeldMail, State

WHY = ("The words or the way they are written are sharp.", "The headset shows tension.")


def mail(
    name: str, state: State = State.HELD, *, goes: float | None = NOW + 470, said: str = "", subject: str = "Budget"
) -> HeldMail:
    goes = goes if state is State.HELD else None
    to = (f"{name}@example.org",)
    return HeldMail(name, "work", "ann@example.org", to, subject, 3400, NOW - 130, goes, state, WHY, said)


class RecordingSending:
    def __init__(self, *held: HeldMail, on: bool = True) -> None:
        self.held, self.on, self.problem = held, on, ""
        self.calls: list[tuple[object, ...]] = []
        self.asked: list[Future[Any]] = []

    def state(self) -> Guarding:
        return Guarding(self.on, self.on and not self.problem, self.problem, self.held, f"{len(self.held)} wait.")

    def judge(self, draft: Draft) -> Judged:
        self.calls.append(("judge", draft))
        return Judged(hold=True, seconds=600.0, why=WHY)

    def send_now(self, mail: str) -> Future[None]:
        return self._call("send now", mail)

    def later(self, mail: str, seconds: float) -> Future[None]:
        return self._call("later", mail, seconds)

    def take_back(self, mail: str, into: Path) -> Future[Path]:
        return self._call("take back", mail, into)

    def drop(self, mail: str) -> Future[None]:
        return self._call("drop", mail)

    def _call(self, *call: object) -> Future[Any]:
        self.calls.append(call)
        self.asked.append(Future())
        return self.asked[-1]


_port: type[SendingPort] = RecordingSending  # mypy compares them
