from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.notices import wire
from companion.notices.digest import digest
from index.notices import HeldNotice


def held(number: int, app: str, summary: str, *, decision: str = "hold", time: float | None = None) -> HeldNotice:
    return HeldNotice(number, float(number) if time is None else time, app, summary, "", decision=decision)


def test_it_is_grouped_by_program_and_sender_newest_first() -> None:
    made = digest(3, [held(1, "Mail", "Ada"), held(2, "Chat", "Bob"), held(3, "Mail", "Cy"), held(4, "Mail", "Ada")])
    told = [
        (one.app, [(who.sender, [each.number for each in who.notices]) for who in one.senders]) for one in made.programs
    ]
    assert told == [("Mail", [("Ada", [4, 1]), ("Cy", [3])]), ("Chat", [("Bob", [2])])]
    assert made.summary == "While you were focused: 4 notifications"
    assert made.body == "Mail: Ada (2), Cy\nChat: Bob"


def test_what_is_left_to_the_digest_is_counted_and_not_named() -> None:
    made = digest(1, [held(1, "Shop", "Sale", decision="digest"), held(2, "Mail", "Ada")])
    assert made.body == "Mail: Ada\nand 1 other"
    assert made.count == 2


def test_a_long_one_stays_short_on_the_desktop_and_says_how_much_else_there_is() -> None:
    made = digest(1, [held(i, f"app{i % 9}", f"who{i}") for i in range(90)])
    lines = made.body.split("\n")
    assert len(lines) == 7
    assert lines[0] == "app8: who89, who80, who71 and 7 more"
    assert lines[-1] == "and 30 others"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.floats(0, 9)), max_size=40))
def test_nothing_is_lost_and_nothing_is_there_twice(some: list[tuple[str, str, float]]) -> None:
    kept = [held(i, app, who, time=time) for i, (app, who, time) in enumerate(some)]
    made = digest(1, kept)
    assert sorted(one.number for one in made.notices) == list(range(len(kept)))
    assert made.count == len(kept)
    assert [one.time for one in made.notices] == sorted((one.time for one in kept), reverse=True)


def test_markup_is_read_as_text_and_other_signs_stay() -> None:
    assert wire.plain("<b>Ada</b> &amp; Bob<br/>at 5 &lt; 6") == "Ada & Bobat 5 < 6"
    assert wire.plain("a < b and c > d") == "a < b and c > d"
    assert wire.plain('<a href="https://x.example">here</a>') == "here"
    assert wire.escaped("a < b & c") == "a &lt; b &amp; c"
