from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.capture.accessible.reading import Reading
from companion.capture.attention import LONGEST_GAP, Attention, Changed, Closed, Continued, Event, Opened
from companion.capture.triggers import RESTLESS
from companion.capture.types import Frame, Hands, Image, Skipped, Window


def picture(grey: int) -> Image:
    return np.full((64, 64, 3), grey, np.uint8)


def tiled(changed: int) -> Image:
    """100 tiles, the first ``changed`` of them white."""
    image = np.zeros((320, 320, 3), np.uint8)
    for tile in range(changed):
        row, column = divmod(tile, 10)
        image[row * 32 : row * 32 + 32, column * 32 : column * 32 + 32] = 255
    return image


PAGE = picture(10)


def frame(
    time: float, image: Image = PAGE, *, title: str = "a", app: str = "X", url: str = "", end: float | None = None
) -> Frame:
    return Frame(image, time, Window(app=app, title=title, url=url), end)


def test_the_first_frame_opens_a_moment() -> None:
    first = frame(1)
    assert Attention().see(first) == (Opened(first),)


def test_the_same_sight_continues_it() -> None:
    attention = Attention()
    attention.see(frame(1))
    assert attention.see(frame(3)) == (Continued(3),)
    assert attention.see(frame(5, PAGE.copy())) == (Continued(5),)


def test_another_title_app_url_or_content_closes_and_opens() -> None:
    for changed in (
        frame(2, title="b"),
        frame(2, app="Y"),
        frame(2, url="https://example.org"),
        frame(2, picture(200)),
        frame(2, np.zeros((32, 64, 3), np.uint8)),
    ):
        attention = Attention()
        attention.see(frame(1))
        assert attention.see(changed) == (Closed(2), Opened(changed))


def test_a_counter_in_the_title_opens_nothing() -> None:
    attention = Attention()
    attention.see(frame(1, title="(3) Inbox"))
    assert attention.see(frame(2, title="(4) Inbox")) == (Continued(2),)
    assert attention.see(frame(3, title="*Inbox")) == (Continued(3),)


def test_slow_typing_adds_up_to_a_new_moment() -> None:
    attention = Attention(threshold=0.08)
    attention.see(frame(0, tiled(0)))
    assert [type(attention.see(frame(n, tiled(n)))[0]) for n in range(1, 10)] == [Changed] * 8 + [Closed]


def test_what_is_not_looked_at_closes_the_moment_at_that_time() -> None:
    attention = Attention()
    attention.see(frame(1))
    assert attention.skip(Skipped(4, "excluded", private=True)) == (Closed(4),)
    assert attention.skip(Skipped(5, "excluded", private=True)) == ()
    again = frame(6)
    assert attention.see(again) == (Opened(again),)


def test_the_end_closes_the_moment_once() -> None:
    attention = Attention()
    assert attention.end(1) == ()
    attention.see(frame(1))
    assert attention.end(9) == (Closed(9),)
    assert attention.end(10) == ()


def test_a_gap_closes_the_moment_at_the_last_sight() -> None:
    attention = Attention()
    attention.see(frame(0))
    attention.see(frame(50))
    late = frame(51 + LONGEST_GAP)
    assert attention.see(late) == (Closed(50), Opened(late))
    assert attention.end(999) == (Closed(late.time),)


def test_what_is_looked_at_as_rarely_as_can_be_is_seen_all_along() -> None:
    attention, rarely = Attention(), RESTLESS[1] + 3.0  # a look takes a while
    attention.see(frame(0))
    assert attention.see(frame(rarely)) == (Continued(rarely),)
    film = frame(2 * rarely, picture(200))
    assert attention.see(film) == (Closed(2 * rarely), Opened(film))


def test_a_clock_set_back_closes_the_moment_at_the_last_sight() -> None:
    attention = Attention()
    attention.see(frame(100))
    back = frame(40)
    assert attention.see(back) == (Closed(100), Opened(back))


def test_a_replayed_moment_ends_where_its_frame_says() -> None:
    attention = Attention()
    attention.see(frame(0, end=250))
    after = frame(400, picture(99), end=460)
    assert attention.see(after) == (Closed(250), Opened(after))
    assert attention.end(1e9) == (Closed(460),)


def test_replayed_frames_of_one_thing_without_a_gap_are_one_moment() -> None:
    attention = Attention()
    attention.see(frame(0, end=200))
    assert attention.see(frame(200, end=450)) == (Continued(450),)
    apart = frame(451, end=460)
    assert attention.see(apart) == (Closed(450), Opened(apart))


def test_a_replayed_moment_never_reaches_into_the_next() -> None:
    attention = Attention()
    attention.see(frame(0, end=300))
    after = frame(100, title="b", end=200)
    assert attention.see(after) == (Closed(100), Opened(after))


steps = st.lists(
    st.tuples(
        st.sampled_from(["see", "skip"]),
        st.floats(-5, 100),
        st.sampled_from([0, 120, 250]),
        st.sampled_from("ab"),
        st.none() | st.floats(0, 400),
    ),
    max_size=25,
)


@given(steps)
def test_moments_never_nest_and_never_end_before_they_began(
    steps: list[tuple[str, float, int, str, float | None]],
) -> None:
    attention, now, events = Attention(), 1000.0, list[Event]()
    for what, passed, grey, title, lasts in steps:
        now += passed
        end = None if lasts is None else now + lasts
        seen = attention.see(frame(now, picture(grey), title=title, end=end))
        events += seen if what == "see" else (*seen, *attention.skip(Skipped(now, "because")))
    events += attention.end(now)
    opened: Frame | None = None
    for event in events:
        if isinstance(event, Opened):
            assert opened is None
            opened = event.frame
        elif isinstance(event, Continued):
            assert opened is not None
            assert event.time >= opened.time
        else:
            assert opened is not None
            assert event.time_end >= opened.time
            opened = None
    assert opened is None


def told(text: str) -> Reading:
    return Reading(text, "", "", (), (), complete=True)


def test_what_differs_a_little_changes_the_moment() -> None:
    attention = Attention()
    attention.see(frame(0, tiled(0)))
    changed = frame(2, tiled(3))
    assert attention.see(changed) == (Changed(changed),)
    assert attention.see(frame(4, tiled(3))) == (Continued(4),)
    read = replace(frame(6, tiled(3)), reading=told("one more word"))
    assert attention.see(read) == (Changed(read),)


def test_a_replay_that_differs_a_little_goes_on_with_its_moment() -> None:
    attention = Attention()
    attention.see(frame(0, tiled(0), end=2))
    assert attention.see(frame(2, tiled(3), end=4)) == (Continued(4),)


def test_without_pictures_lines_that_went_tell_that_the_person_read_on() -> None:
    page = "\n".join(f"line {number}" for number in range(10))
    attention = Attention()
    attention.see(Frame(None, 0, Window("X", "a"), reading=told(page)))
    longer = Frame(None, 2, Window("X", "a"), reading=told(page + "\nline 10"))
    assert attention.see(longer) == (Changed(longer),)
    scrolled = Frame(None, 4, Window("X", "a"), reading=told("\n".join(f"line {number}" for number in range(5, 15))))
    assert attention.see(scrolled) == (Closed(4), Opened(scrolled))


@pytest.mark.parametrize("hands", [Hands(keys=1), Hands(clicks=1), Hands(scrolls=1)])
def test_what_the_hands_did_is_not_lost_where_it_changed_nothing(hands: Hands) -> None:
    attention = Attention()
    attention.see(frame(0))
    done = replace(frame(3), hands=hands)
    assert attention.see(done) == (Changed(done),)
    assert attention.see(frame(4)) == (Continued(4),)
