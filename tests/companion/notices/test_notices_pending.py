"""What comes by twice is one notification, and two that say the same are two."""

from __future__ import annotations

from dbus_fast import Message, MessageType, Variant

from companion.notices.pending import ANSWER_SECONDS, LATE_SECONDS, PORTAL_SECONDS, Pending
from companion.notices.types import Notice

PORTAL, SERVER = "org.freedesktop.portal.Notification", "org.freedesktop.Notifications"


class Desk:
    def __init__(self) -> None:
        self.handed_on: list[Notice] = []
        self.now = 0.0
        self.pending = Pending(
            1, lambda notice, _: self.handed_on.append(notice), clock=lambda: 5.0, ticking=lambda: self.now
        )

    def by_portal(self, serial: int, *, name: str = "", sender: str = ":1.5") -> None:
        told = {"title": Variant("s", "Ada"), "body": Variant("s", "ok")}
        said = Message(destination="org.x", path="/a", interface=PORTAL, member="AddNotification", signature="sa{sv}")
        said.body = [name or f"id{serial}", told]
        self._call(said, serial, sender)

    def sent(self, serial: int) -> None:
        said = Message(destination="org.x", path="/a", interface=SERVER, member="Notify", signature="susssasa{sv}i")
        said.body = ["Chat", 0, "", "Ada", "ok", [], {}, -1]
        self._call(said, serial, ":1.6")

    def shown(self, serial: int) -> None:
        self.sent(serial)
        self.answered(serial)

    def answered(self, serial: int) -> None:
        answer = Message(
            message_type=MessageType.METHOD_RETURN, signature="u", body=[serial], reply_serial=serial, serial=1
        )
        answer.destination, answer.sender = ":1.6", ":1.2"
        self.pending.answer(answer, "daemon")

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.pending.sweep()

    def _call(self, said: Message, serial: int, sender: str) -> None:
        said.sender, said.serial = sender, serial
        self.pending.call(said)


def test_the_portals_own_call_is_the_one_that_counts_however_long_it_takes() -> None:
    desk = Desk()
    desk.by_portal(1)
    desk.wait(0.7)
    desk.shown(7)
    desk.wait(PORTAL_SECONDS)
    assert [one.daemon_id for one in desk.handed_on] == [7]
    desk.by_portal(2)
    desk.wait(PORTAL_SECONDS)
    desk.shown(8)
    desk.wait(PORTAL_SECONDS)
    first, late = desk.handed_on[1:]
    assert (first.number, first.daemon_id) == (late.number, None)  # the same, of which more is known
    assert late.daemon_id == 8
    desk.wait(LATE_SECONDS)
    desk.shown(9)
    assert desk.handed_on[-1].number > late.number  # another


def test_two_that_say_the_same_are_two() -> None:
    desk = Desk()
    desk.by_portal(1)
    desk.by_portal(2)
    desk.wait(PORTAL_SECONDS)
    assert len({one.number for one in desk.handed_on}) == 2
    desk = Desk()
    desk.by_portal(1)
    desk.by_portal(2)
    desk.shown(7)
    desk.shown(8)
    desk.wait(PORTAL_SECONDS)
    assert [one.daemon_id for one in desk.handed_on] == [7, 8]


def test_programs_that_give_theirs_the_same_name_take_no_place_of_each_other() -> None:
    desk = Desk()
    for serial, sender in ((1, ":1.5"), (2, ":1.9"), (3, ":1.5")):
        desk.by_portal(serial, name="1", sender=sender)
    desk.wait(PORTAL_SECONDS)
    first, other, again = (one.tag for one in desk.handed_on)
    assert first == again != other


def test_what_waits_is_handed_on_when_the_bus_goes() -> None:
    desk = Desk()
    desk.by_portal(1)
    assert desk.pending.waits_below(2)
    desk.pending.clear()
    assert [one.summary for one in desk.handed_on] == ["Ada"]
    assert not desk.pending.waits_below(99)


def test_an_answer_that_comes_late_gives_its_number_to_the_same_one() -> None:
    desk = Desk()
    desk.sent(7)
    desk.wait(ANSWER_SECONDS)
    desk.answered(7)
    first, late = desk.handed_on
    assert (first.daemon_id, late.daemon_id) == (None, 7)
    assert first.number == late.number
