"""What the benchmark of what is never held is worth: it fails where the gate knows less."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from companion.notices import calls, rules, security_codes
from companion.notices.rules import Choices, ruled
from companion.notices.types import Notice

BENCHMARKS = str(Path(__file__).parents[3] / "benchmarks")
sys.path.append(BENCHMARKS)
try:
    from _never_held import Cases, held_of
    from _ordinary_texts import ordinary
finally:
    sys.path.remove(BENCHMARKS)  # it has an `index.py`
COUNT = 1_800
NOTHING = re.compile("(?!)")


def held() -> Counter[str]:
    return held_of(Cases(7), COUNT)[0]


def test_none_of_them_is_held() -> None:
    assert not held()


@pytest.mark.parametrize(
    ("where", "name", "less", "kind"),
    [
        (calls, "CALL_WORDS", (), "words of a call"),
        (calls, "CALL_BEGINNINGS", (), "words of a call"),
        (calls, "CALL_TITLES", frozenset(), "words of a call"),
        (calls, "_CALLING", NOTHING, "words of a call"),
        (calls, "ALARM_NAMES", frozenset(), "alarm"),
        (calls, "ALARM_ENTRIES", frozenset(), "alarm"),
        (security_codes, "_WORD", NOTHING, "security code"),
        (security_codes, "_NUMBER", NOTHING, "security code"),
        (security_codes, "_LOGIN", NOTHING, "security code"),
        (security_codes, "_SMALL", NOTHING, "security code"),
        (rules, "_UNSPACED", NOTHING, "starred person"),
    ],
)
def test_where_the_gate_knows_less_some_are_held(
    monkeypatch: pytest.MonkeyPatch, where: object, name: str, less: object, kind: str
) -> None:
    monkeypatch.setattr(where, name, less)
    assert held()[kind]


def test_few_ordinary_ones_pass_by_mistake() -> None:
    passed = [
        f"{app}: {title}: {text}"
        for app, title, text in ordinary()
        if ruled(Notice(1, 1e9, app, title, text), Choices(), 0) is not None
    ]
    assert len(ordinary()) >= 500
    assert len(passed) <= 1, passed
