"""Notifications during focus: none lost, doubled or popping up late, what is never held, and what the model is worth.

- A real dunst under Xvfb, on a bus of its own, paused as it is during focus. A thousand notifications at 200 a second
  are counted as seen. Ten thousand are sent as fast as the daemon numbers them, one in a hundred critical, one in 250
  with a security code; then focus ends. Each has to be in the digest or shown, and in no two places; afterwards the
  daemon may show one notification, the digest, and nothing may wait behind it.
- A decision is timed from the notice to what becomes of it: rules, repeats, features and estimate, of a model that
  knows somebody. Its texts are as long as those of mails and chats, one in ten as long as is kept of any.
- A million cases that may never be held, each kind in turn, made at random (`_never_held.py`), of somebody whose own
  rules and model would hold every one. What they say is written down apart from the gate (`_never_held_texts.py`), in
  some forty languages; a test takes each list out of the gate and sees some of them held. Whoever wrote the texts had
  read the gate, and what it missed of them was mended: of texts that nobody thought of this says less. Beside it
  stands how many of five hundred ordinary notifications (`_ordinary_texts.py`) pass for one of these by mistake.
- The model learns from **simulated** people (`_simulated_person.py` says how they are made; nothing was observed of
  anybody). After 200 answers it is asked about a thousand notices and learns no more: their AUC and their calibration
  are the bars. ``ceiling`` is what one would reach who knew how these people are made. A calibration error is never
  nought: ``by_chance_alone`` is what that of a model would be which says the same and is right about every share, its
  bins being of a hundred notices each. Beside it stands the calibration of a model which is asked about each notice
  before it learns what came of it, as it is in use. Then the person goes through a hundred held notices and corrects
  what was judged wrongly; of these nothing else was learned. That it gains by these counts where the 95 % interval of
  the mean over people lies above none. There are two sets of people, apart by their seeds: priors and the share of the
  doubt were chosen on people of the first, which are printed; the bars are of the second, on whom nothing was chosen.
  ``--people-only`` leaves the rest out, and then exits by these bars alone.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from collections import Counter
from dataclasses import replace

import numpy as np
from _never_held import Cases, held_of
from _notices_desktop import Rate, Through, at_rate, through
from _notices_people import HELD_OUT, TUNED, TUNED_ON, bars_of_people, figures_of_people, people_from
from _ordinary_texts import ordinary
from _simulated_person import Person
from rich.progress import track

from companion.figures import Bar, report
from companion.notices.gate import Context, decide
from companion.notices.importance import Importance
from companion.notices.repeats import Repeats
from companion.notices.rules import Choices, OwnRule, ruled
from companion.notices.types import Decision, Notice

NOTIFICATIONS, AT_RATE, RATE = 10_000, 1_000, 200.0
PORTION = 10_000  # of what may never be held, with one memory of who came before
CASES, DECISIONS, PEOPLE = 1_000_000, 10_000, 200
SLOWEST_DECISION = 20.0  # milliseconds, p99
LONG_EVERY, LONG = 10, 4_000
NEEDED = ("Xvfb", "dunst", "dbus-daemon")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--notifications", type=int, default=NOTIFICATIONS)
    options.add_argument("--cases", type=int, default=CASES, help="that may never be held")
    options.add_argument("--people", type=int, default=PEOPLE, help="simulated ones, of each of two sets")
    options.add_argument("--held-out", type=int, default=HELD_OUT, metavar="SEED", help="of the first held-out person")
    options.add_argument("--people-only", action="store_true", help="what the model is worth, without the rest")
    options.add_argument("--seed", type=int, default=1, help="of what may never be held")
    chosen = options.parse_args()
    absent = [program for program in NEEDED if shutil.which(program) is None]
    if absent and not chosen.people_only:
        how = "packaging/linux/install-system-packages.sh test"
        print(f"notices: {', '.join(absent)} needed: {how}", file=sys.stderr)
        return 2
    if TUNED_ON - chosen.people < chosen.held_out < TUNED_ON + max(TUNED, chosen.people):
        options.error(f"--held-out {chosen.held_out}: choices were made on seeds near it; choose one from 1000 on")
    desktop = None if chosen.people_only else _of_the_desktop(chosen.notifications, chosen.cases, chosen.seed)
    tuned_on, held_out = people_from(TUNED_ON, chosen.people), people_from(chosen.held_out, chosen.people)
    figures, bars = desktop or ({}, [])
    figures |= {
        "people_tuned_on": figures_of_people(TUNED_ON, tuned_on),
        "people_held_out": figures_of_people(chosen.held_out, held_out),
    }
    return report("notices", figures, [*bars, *bars_of_people(held_out)])


def _of_the_desktop(notifications: int, cases: int, seed: int) -> tuple[dict[str, object], list[Bar]]:
    """Return figures and bars of all but what the model is worth."""
    seen, sent = at_rate(AT_RATE, RATE), through(notifications)
    decisions = _decisions()
    held, gate = _held(cases, seed)
    figures = _figures(seen, sent) | {
        "decision_ms_p50": round(float(np.quantile(decisions, 0.5)), 3),
        "decision_ms_p99": round(float(np.quantile(decisions, 0.99)), 3),
        "never_held_cases": cases,
        "held_of_these": dict(held),
        "rules_ms_p99": round(float(np.quantile(gate, 0.99)), 3),
        "ordinary_ones": len(ordinary()),
        "ordinary_ones_that_pass_for_never_held": _mistaken(),
    }
    slowest = max(float(np.quantile(took, 0.99)) for took in (decisions, gate))
    return figures, _bars(seen, sent, slowest, held)


def _bars(seen: Rate, sent: Through, slowest: float, held: Counter[str]) -> list[Bar]:
    return [
        Bar(f"seen of {seen.sent} at {RATE:.0f} a second, by name", seen.seen, seen.sent, "least"),
        Bar("of these, seen twice", seen.doubled, 0),
        Bar(f"lost of {sent.sent}", sent.lost, 0),
        Bar(f"doubled of {sent.sent}", sent.doubled, 0),
        Bar("digests shown after focus", sent.digests, 1, "least"),
        Bar("digests shown after focus, at the most", sent.digests, 1),
        Bar("pop-ups after focus beside the digest", sent.popped, 0),
        Bar("wrongly held through the daemon", sent.wrongly_held, 0),
        Bar("milliseconds a decision, p99", round(slowest, 3), SLOWEST_DECISION),
        Bar("never-held cases held", sum(held.values()), 0),
    ]


def _figures(seen: Rate, sent: Through) -> dict[str, object]:
    return {
        "rate_kept": round(seen.rate, 1),
        "shown_during_focus": sent.passed,
        "seconds_from_end_of_focus_to_digest": round(sent.seconds_to_end, 2),
        "incidents": sent.incidents,
    }


def _mistaken() -> list[str]:
    """Return the ordinary notifications that pass for what is never held."""
    return [
        f"{app}: {title}: {text}"
        for app, title, text in ordinary()
        if ruled(Notice(1, 0.0, app, title, text), Choices(), 0) is not None
    ]


def _held(count: int, seed: int) -> tuple[Counter[str], list[float]]:
    """Count the cases that are held, by kind; return as well how long each was judged, in milliseconds."""
    cases, held, took = Cases(seed), Counter[str](), list[float]()
    for some in track(_portions(count), "never held", disable=not sys.stderr.isatty()):
        found, times = held_of(cases, some)
        held += found
        took += times
    return held, took


def _portions(count: int) -> list[int]:
    whole, rest = divmod(count, PORTION)
    return [*[PORTION] * whole, *([rest] if rest else [])]


def _decisions() -> list[float]:
    """Return how long decisions take, in milliseconds."""
    person, model, repeats = Person(0), Importance(), Repeats()
    choices = Choices(
        starred_apps=("Signal",),
        starred_people=tuple(f"name {i}" for i in range(20)),
        rules=tuple(OwnRule(Decision.HOLD, words=f"nothing says {i}") for i in range(20)),
    )
    draw, took = random.Random(0), []  # noqa: S311 repeated by its seed
    for number in range(DECISIONS):
        met = person.meet()
        body = (
            " ".join(draw.choices(met.notice.body.split(), k=LONG // 6))
            if number % LONG_EVERY == 0
            else met.notice.body
        )
        notice = replace(met.notice, body=body)
        begun = time.perf_counter()
        earlier = repeats.note(notice, choices.repeat_minutes)
        seen = model.seen(notice, focused=True)
        decide(notice, Context(True, earlier, model.estimate(seen), model.answers), choices)
        took.append(1000.0 * (time.perf_counter() - begun))
        model.learn(notice, seen, acted=met.acted, response=met.response)
    return took


if __name__ == "__main__":
    sys.exit(main())
