from __future__ import annotations

import pytest

from companion.feedback import protocols
from companion.feedback.protocols import CALM, DIRECTION, FOCUS, SENSORIMOTOR, THETA_BETA, FeedbackError
from embeddings.feedback.plan import BandPlan, FocusPlan

MUSE = ("TP9", "AF7", "AF8", "TP10")
CAP = ("Fp1", "Fp2", "F3", "Fz", "F4", "C3", "Cz", "C4", "P3", "Pz", "P4", "O1", "O2")


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        (CALM, ("P3", "Pz", "P4", "O1", "O2")),
        (SENSORIMOTOR, ("C3", "Cz", "C4")),
        (THETA_BETA, ("F3", "Fz", "F4")),
    ],
)
def test_a_cap_has_electrodes_where_a_protocol_wants_them(
    protocol: protocols.Protocol, expected: tuple[str, ...]
) -> None:
    chosen = protocols.electrodes(protocol, CAP)
    assert (chosen.electrodes, chosen.near, chosen.sentence) == (expected, True, "")


def test_a_headband_is_listened_to_where_it_comes_nearest_and_says_so() -> None:
    chosen = protocols.electrodes(CALM, MUSE)
    assert chosen.electrodes == ("TP9", "TP10")
    assert not chosen.near
    assert "TP9, TP10" in chosen.sentence
    assert protocols.electrodes(THETA_BETA, MUSE).electrodes == ("AF7", "AF8")


@pytest.mark.parametrize("protocol", protocols.PROTOCOLS, ids=lambda one: one.name)
@pytest.mark.parametrize("names", [("Cz",), ("O1", "O2"), MUSE, CAP, tuple(f"E{i}" for i in range(32))])
def test_every_montage_has_something_to_listen_to(protocol: protocols.Protocol, names: tuple[str, ...]) -> None:
    chosen = protocols.electrodes(protocol, names)
    assert chosen.electrodes
    assert set(chosen.electrodes) <= set(names)
    assert chosen.near or chosen.sentence


def test_electrodes_that_lie_badly_are_left_out_until_none_is_left() -> None:
    assert protocols.electrodes(CALM, MUSE, leave_out=("TP9",)).electrodes == ("TP10",)
    with pytest.raises(FeedbackError, match="press them on"):
        protocols.electrodes(CALM, MUSE, leave_out=MUSE)


def test_calm_is_planned_around_the_own_alpha_frequency() -> None:
    own, usual = (protocols.plan(CALM, MUSE, alpha=alpha) for alpha in (11.25, None))
    assert isinstance(own, BandPlan)
    assert isinstance(usual, BandPlan)
    assert own.up == ((9.25, 13.25),)
    assert usual.up == ((8.0, 12.0),)


def test_focus_needs_a_rest() -> None:
    assert protocols.plan(FOCUS, MUSE, rest=b"rest") == FocusPlan(MUSE, b"rest")
    with pytest.raises(FeedbackError, match="Calibrate"):
        protocols.plan(FOCUS, MUSE)
    with pytest.raises(FeedbackError, match="chosen"):
        protocols.plan(DIRECTION, MUSE)


def test_a_protocol_is_found_by_name() -> None:
    assert [protocols.named(one.name) for one in protocols.PROTOCOLS] == list(protocols.PROTOCOLS)
    with pytest.raises(FeedbackError, match="theta-beta"):
        protocols.named("levitation")


def test_no_sentence_claims_what_training_does_for_health() -> None:
    told = " ".join(f"{one.title} {one.sentence}" for one in protocols.PROTOCOLS).lower()
    for claim in ("improve", "heal", "treat", "therap", "adhd", "anxiety", "sleep better", "cure", "depress"):
        assert claim not in told
