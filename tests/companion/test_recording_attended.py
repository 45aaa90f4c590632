"""Who hears of hands and of attention, by what was consented to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from companion import recording
from companion.capture.attended import Attended
from companion.capture.types import Trigger
from companion.settings import Settings


class Heard:
    """Takes down what it is told."""

    def __init__(self) -> None:
        self.said: list[tuple[object, ...]] = []

    def happened(self, trigger: Trigger, time: float) -> None:
        self.said.append((trigger, time))

    def window(self, app: str, url: str, time: float) -> None:
        self.said.append((app, url, time))


@pytest.mark.parametrize("hands", [True, False])
def test_what_the_attention_is_on_is_told_wherever_windows_are_looked_at_and_hands_by_consent(
    monkeypatch: pytest.MonkeyPatch, hands: bool
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(recording, "choose", lambda *_given, **named: given.update(named))
    settings = replace(Settings(), consent_text=True, consent_input=hands, consent_keys=True)
    heard = Heard()
    recording.source("screen", settings, recording.ThisRun(None, None).consents(settings), heard)
    attended: Attended = given["attended"]
    attended.happened(Trigger.TYPED, 1.0)
    attended.window("zoom", "https://example.org/", 2.0)
    window = ("zoom", "https://example.org/", 2.0)
    assert heard.said == ([(Trigger.TYPED, 1.0), window] if hands else [window])
