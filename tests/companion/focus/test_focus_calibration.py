from __future__ import annotations

from companion.focus.calibration import LOST_SECONDS, STAGES, Calibration, Part, Step


def run(calibration: Calibration, seconds: int, known: float | None, begin: float = 0.0) -> tuple[float, Step]:
    step = calibration.step(begin, known)
    now = begin
    for _ in range(seconds):
        now += 1.0
        step = calibration.step(now, known)
    return now, step


def test_it_goes_through_its_parts_and_tells_how_long_each_lasts() -> None:
    calibration = Calibration(100.0)
    assert calibration.step(101.0, 0.0).part is Part.READY
    now, step = run(calibration, 10, 0.5, 102.0)
    assert step.part is Part.REST
    assert step.left == 30.0
    shares, parts = [step.share], [step.part]
    while not calibration.over:
        now += 1.0
        step = calibration.step(now, 1.0)
        assert now < 1000.0
        shares.append(step.share)
        parts.append(step.part)
    assert shares == sorted(shares)
    assert list(dict.fromkeys(parts)) == [Part.REST, Part.MORE_REST, Part.PAUSE, Part.RUN_IN, Part.WORK, Part.DONE]
    rest, work = calibration.spans
    assert (rest.focused, work.focused) == (False, True)
    assert rest.end - rest.start == 45.0
    assert work.end - work.start == 75.0
    assert work.start - rest.end == 8.0 + 32.0


def test_a_rest_that_is_never_known_ends_in_a_sentence_that_says_what_to_do() -> None:
    calibration = Calibration(0.0)
    _, step = run(calibration, 200, 0.4)
    assert step.part is Part.FAILED
    assert "electrodes" in step.sentence
    assert calibration.spans == ()


def test_what_was_known_before_it_began_does_not_count_as_rest() -> None:
    calibration = Calibration(0.0)
    now, step = run(calibration, 5, 1.0)  # answers of before still come
    assert step.part is Part.REST
    assert calibration.step(now + 1.0, 0.0).left == STAGES[1].seconds


def test_a_headset_that_falls_silent_ends_it() -> None:
    calibration = Calibration(0.0)
    now, step = run(calibration, 10, 0.1)
    _, step = run(calibration, round(LOST_SECONDS) + 1, None, now)
    assert step.part is Part.FAILED
    assert "headset" in step.sentence
