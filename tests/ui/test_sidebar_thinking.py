"""Asking the sidebar by thought."""

from __future__ import annotations

import pytest
from recording_engine import RecordingEngine, status
from waiting import wait_until

from companion.brain.types import Contact
from companion.status import Activity
from ui.recall.sidebar import Sidebar
from ui.view_state import view


def said(sidebar: Sidebar) -> str:
    assert sidebar.stack.currentWidget() is sidebar.message
    return f"{sidebar.message.headline.text()}: {sidebar.message.body.text()}"


def answered(sidebar: Sidebar) -> None:
    wait_until(lambda: not sidebar.asking.busy)


def test_no_hit_by_thought_has_its_own_sentence(sidebar: Sidebar, engine: RecordingEngine) -> None:
    sidebar.think()
    engine.answer()
    answered(sidebar)
    assert said(sidebar).startswith("Nothing felt like this")


@pytest.mark.parametrize("contact", [contact for contact in Contact if contact is not Contact.STREAMING])
def test_a_thought_without_signal_says_why_and_asks_nothing(
    sidebar: Sidebar, engine: RecordingEngine, contact: Contact
) -> None:
    sidebar.show_state(view(status(contact=contact)))
    sidebar.think()
    assert engine.questions == []
    assert f"The headset is {contact}." in said(sidebar)
    assert sidebar.message.button.isVisible()


def test_without_a_headset_the_button_leads_to_the_choice(sidebar: Sidebar) -> None:
    wanted: list[bool] = []
    sidebar.settings_wanted.connect(lambda: wanted.append(True))
    sidebar.show_state(view(status(Activity.NO_HEADSET, contact=Contact.NONE)))
    sidebar.think()
    sidebar.message.button.click()
    assert wanted == [True]


def test_why_a_thought_cannot_be_asked_about_stays_until_it_can(sidebar: Sidebar) -> None:
    sidebar.show_state(view(status(contact=Contact.NONE)))
    sidebar.think()
    sidebar.show_state(view(status(contact=Contact.NONE, moments=7)))
    assert said(sidebar).startswith("Thinking of it needs a headset")
    sidebar.show_state(view(status(contact=Contact.LOST, moments=8)))
    assert said(sidebar).startswith("No brain signal is coming")
    sidebar.show_state(view(status(contact=Contact.STREAMING, moments=9)))
    assert said(sidebar).startswith("What was it about?")
    sidebar.show_state(view(status(contact=Contact.LOST, moments=9)))
    assert said(sidebar).startswith("What was it about?")
